/** Adadelta. */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { addBy, div, mul, mulBy, scoped, sqrt } from '../run.ts';
import { type Decay, movingSquare, type Scaled, scaled, stepDown } from './update.ts';

interface AdadeltaOptions extends Decay, Scaled {
  /** Weight of the old means. Default 0.95. */
  readonly rho?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adadelta, as Keras has it; the slots start at zero.
 *   s ← ρs + (1 − ρ)g²   u = g·√(d + ε)/√(s + ε)   d ← ρd + (1 − ρ)u²   w ← w − rate·u
 *
 * Source  Zeiler 2012.
 */
export function adadeltaUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  { square, delta }: { readonly square: Variable<R>; readonly delta: Variable<R> },
  options: AdadeltaOptions = {},
): void {
  const { rho = 0.95, epsilon = 1e-7 } = options;
  scoped(() => {
    const g = scaled(gradient, options);
    const s = movingSquare(square, rho, g);
    const step = div(mul(g, sqrt(addBy(delta, epsilon))), sqrt(addBy(s, epsilon)));
    square.assign(s);
    delta.assign(movingSquare(delta, rho, step));
    stepDown(parameter, mulBy(step, rate), rate, options);
  });
}
