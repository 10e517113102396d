/**
 * Updates of parameters, in place: a variable takes over the new value, the old one is freed unless something else
 * holds it.
 */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, addBy, div, has, mul, mulBy, runMany, scoped, sqrt, square, sub } from './run.ts';

/**
 * The name under which a backend may offer Adam's arithmetic as one kernel: inputs parameter, gradient, m, v; results
 * parameter, m, v.
 */
export const adamKernel = 'NrmcAdam';

/** Its attributes: α and the others of the formula below. */
export interface AdamAttributes {
  readonly alpha: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

interface Decay {
  /** Decoupled weight decay; default 0: none. */
  readonly decay?: number;
  /** `rate` (default): w ← w − rate·decay·w − update. `step`: w ← (1 − decay)·w after the update. */
  readonly decayPer?: 'rate' | 'step';
}

/** What w is multiplied by before the update is subtracted, and what the outcome is multiplied by. */
const factors = (rate: number, { decay = 0, decayPer = 'rate' }: Decay): readonly [before: number, after: number] =>
  decayPer === 'rate' ? [1 - rate * decay, 1] : [1, 1 - decay];

const times = <R extends Rank>(x: Tensor<R>, factor: number): Tensor<R> => (factor === 1 ? x : mulBy(x, factor));

interface Scaled {
  /** Multiplies the gradient first: the factor of clipping. Absent: 1. */
  readonly scale?: Tensor<Rank.R0>;
}

const scaled = <R extends Rank>(gradient: Tensor<R>, scale: Tensor<Rank.R0> | undefined): Tensor<R> =>
  scale === undefined ? gradient : mul(gradient, scale);

interface SgdOptions<R extends Rank> extends Decay, Scaled {
  /** The memory of momentum. */
  readonly velocity?: Variable<R>;
  /** Default 0. */
  readonly momentum?: number;
  /** Looks ahead by one step of momentum. Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent, as Keras has it.
 *   without velocity   w ← w − rate·g
 *   momentum μ         v ← μv − rate·g   w ← w + v
 *   nesterov           v ← μv − rate·g   w ← w + μv − rate·g
 */
export function sgdUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  options: SgdOptions<R> = {},
): void {
  const { velocity, momentum = 0, nesterov = false, scale } = options;
  const [before, after] = factors(rate, options);
  scoped(() => {
    const stepDown = mulBy(scaled(gradient, scale), rate);
    const w = times(parameter, before);
    if (velocity === undefined) {
      parameter.assign(times(sub(w, stepDown), after));
      return;
    }
    const v = sub(mulBy(velocity, momentum), stepDown);
    const moved = nesterov ? sub(add(w, mulBy(v, momentum)), stepDown) : add(w, v);
    velocity.assign(v);
    parameter.assign(times(moved, after));
  });
}

interface AdamOptions extends Decay, Scaled {
  /** Weight of the old mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Weight of the old mean of squares. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adam, as Keras has it; with decay, AdamW. t = update, counted from 1; `slots` are its memory, from zero.
 *   m ← β₁m + (1 − β₁)g   v ← β₂v + (1 − β₂)g²
 *   w ← w − α·m/(√v + ε)   α = rate·√(1 − β₂ᵗ)/(1 − β₁ᵗ)
 *
 * Source  Kingma & Ba 2015; Loshchilov & Hutter 2019 for the decay.
 */
export function adamUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  update: number,
  { m, v }: { readonly m: Variable<R>; readonly v: Variable<R> },
  options: AdamOptions = {},
): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, scale } = options;
  const alpha = (rate * Math.sqrt(1 - beta2 ** update)) / (1 - beta1 ** update);
  const [before, after] = factors(rate, options);
  scoped(() => {
    const g = scaled(gradient, scale);
    if (has(adamKernel)) {
      const attrs = { alpha, beta1, beta2, epsilon } satisfies AdamAttributes;
      const updated = runMany(adamKernel, { parameter: times(parameter, before), gradient: g, m, v }, attrs);
      // The results have the shapes of the variables that they are for.
      const [w2, m2, v2] = updated as readonly [Tensor<R>, Tensor<R>, Tensor<R>];
      parameter.assign(times(w2, after));
      m.assign(m2);
      v.assign(v2);
      return;
    }
    const mean = add(mulBy(m, beta1), mulBy(g, 1 - beta1));
    const squares = add(mulBy(v, beta2), mulBy(square(g), 1 - beta2));
    const stepDown = mulBy(div(mean, addBy(sqrt(squares), epsilon)), alpha);
    m.assign(mean);
    v.assign(squares);
    parameter.assign(times(sub(times(parameter, before), stepDown), after));
  });
}
