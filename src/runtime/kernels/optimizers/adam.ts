/** Adam and amsgrad. */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { addBy, div, has, maximum, mulBy, runMany, scoped, sqrt } from '../run.ts';
import { type Betas, factors, moving, movingSquare, scaled, stepDown, times } from './update.ts';

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

const corrected = (rate: number, update: number, beta1: number, beta2: number): number =>
  (rate * Math.sqrt(1 - beta2 ** update)) / (1 - beta1 ** update);

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
  options: Betas = {},
): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const alpha = corrected(rate, update, beta1, beta2);
  scoped(() => {
    const g = scaled(gradient, options);
    if (has(adamKernel)) {
      const [before, after] = factors(rate, options);
      const attrs = { alpha, beta1, beta2, epsilon } satisfies AdamAttributes;
      const updated = runMany(adamKernel, { parameter: times(parameter, before), gradient: g, m, v }, attrs);
      // The results have the shapes of the variables that they are for.
      const [w2, m2, v2] = updated as readonly [Tensor<R>, Tensor<R>, Tensor<R>];
      parameter.assign(times(w2, after));
      m.assign(m2);
      v.assign(v2);
      return;
    }
    const mean = moving(m, beta1, g);
    const squares = movingSquare(v, beta2, g);
    const down = mulBy(div(mean, addBy(sqrt(squares), epsilon)), alpha);
    m.assign(mean);
    v.assign(squares);
    stepDown(parameter, down, rate, options);
  });
}

/**
 * Adam by the greatest mean square so far, as Keras has it: v̂ ← max(v̂, v) stands for v.
 *
 * Source  Reddi, Kale & Kumar 2018.
 */
export function amsgradUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  update: number,
  { m, v, vMax }: { readonly m: Variable<R>; readonly v: Variable<R>; readonly vMax: Variable<R> },
  options: Betas = {},
): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const alpha = corrected(rate, update, beta1, beta2);
  scoped(() => {
    const g = scaled(gradient, options);
    const mean = moving(m, beta1, g);
    const squares = movingSquare(v, beta2, g);
    const greatest = maximum(vMax, squares);
    const down = mulBy(div(mean, addBy(sqrt(greatest), epsilon)), alpha);
    m.assign(mean);
    v.assign(squares);
    vMax.assign(greatest);
    stepDown(parameter, down, rate, options);
  });
}
