/** RMSprop. */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, addBy, div, maximum, mulBy, scalar, scoped, sqrt, square, sub } from '../run.ts';
import { type Decay, moving, movingSquare, type Scaled, scaled, stepDown } from './update.ts';

interface RmspropOptions<R extends Rank> extends Decay, Scaled {
  /** The mean of the gradients, where they are centered. */
  readonly mean?: Variable<R>;
  /** The memory of momentum. */
  readonly velocity?: Variable<R>;
  /** Weight of the old means. Default 0.9. */
  readonly rho?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * RMSprop, as Keras has it; the slots start at zero.
 *   s ← ρs + (1 − ρ)g²   u = rate·g/√(s + ε)   w ← w − u
 *   centered   a ← ρa + (1 − ρ)g   u = rate·g/√(max(0, s − a²) + ε)
 *   momentum   b ← μb + u   w ← w − b
 *
 * Source  Tieleman & Hinton 2012; Graves 2013.
 */
export function rmspropUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  { square: squares }: { readonly square: Variable<R> },
  options: RmspropOptions<R> = {},
): void {
  const { mean, velocity, rho = 0.9, momentum = 0, epsilon = 1e-7 } = options;
  scoped(() => {
    const g = scaled(gradient, options);
    const s = movingSquare(squares, rho, g);
    squares.assign(s);
    let spread = s;
    if (mean !== undefined) {
      const a = moving(mean, rho, g);
      mean.assign(a);
      // Never below 0, where rounding would put the variance of gradients that hardly change.
      spread = maximum(sub(s, square(a)), scalar(0));
    }
    const step = div(mulBy(g, rate), sqrt(addBy(spread, epsilon)));
    if (velocity === undefined) {
      stepDown(parameter, step, rate, options);
      return;
    }
    const b = add(mulBy(velocity, momentum), step);
    velocity.assign(b);
    stepDown(parameter, b, rate, options);
  });
}
