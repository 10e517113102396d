/** Gradient descent. */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, mulBy, scoped, sub } from '../run.ts';
import { type Decay, factors, type Scaled, scaled, stepDown, times } from './update.ts';

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
  const { velocity, momentum = 0, nesterov = false } = options;
  scoped(() => {
    const down = mulBy(scaled(gradient, options), rate);
    if (velocity === undefined) {
      stepDown(parameter, down, rate, options);
      return;
    }
    const [before, after] = factors(rate, options);
    const w = times(parameter, before);
    const v = sub(mulBy(velocity, momentum), down);
    const moved = nesterov ? sub(add(w, mulBy(v, momentum)), down) : add(w, v);
    velocity.assign(v);
    parameter.assign(times(moved, after));
  });
}
