/**
 * What the updates of all optimizers share. They happen in place: a variable takes over the new value, the old one is freed unless
 * something else holds it.
 */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, mul, mulBy, square, sub } from '../run.ts';

export interface Decay {
  /** Decoupled weight decay; default 0: none. */
  readonly decay?: number;
  /** `rate` (default): w ← w − rate·decay·w − update. `step`: w ← (1 − decay)·w after the update. */
  readonly decayPer?: 'rate' | 'step';
}

export interface Scaled {
  /** Multiplies the gradient first: the factor of clipping. Absent: 1. */
  readonly scale?: Tensor<Rank.R0>;
}

export interface Betas extends Decay, Scaled {
  /** Weight of the old mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Weight of the old mean of squares. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/** What w is multiplied by before the update is subtracted, and what the outcome is multiplied by. */
export const factors = (
  rate: number,
  { decay = 0, decayPer = 'rate' }: Decay,
): readonly [before: number, after: number] => (decayPer === 'rate' ? [1 - rate * decay, 1] : [1, 1 - decay]);

export const times = <R extends Rank>(x: Tensor<R>, factor: number): Tensor<R> => (factor === 1 ? x : mulBy(x, factor));

export const scaled = <R extends Rank>(gradient: Tensor<R>, { scale }: Scaled): Tensor<R> =>
  scale === undefined ? gradient : mul(gradient, scale);

/** weight·mean + (1 − weight)·value */
export const moving = <R extends Rank>(mean: Tensor<R>, weight: number, value: Tensor<R>): Tensor<R> =>
  add(mulBy(mean, weight), mulBy(value, 1 - weight));

export const movingSquare = <R extends Rank>(mean: Tensor<R>, weight: number, value: Tensor<R>): Tensor<R> =>
  moving(mean, weight, square(value));

/** w ← w − down, with the decay. */
export function stepDown<R extends Rank>(parameter: Variable<R>, down: Tensor<R>, rate: number, decay: Decay): void {
  const [before, after] = factors(rate, decay);
  parameter.assign(times(sub(times(parameter, before), down), after));
}
