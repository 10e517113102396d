/** Adagrad. */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, addBy, div, mulBy, scoped, sqrt, square } from '../run.ts';
import { type Decay, type Scaled, scaled, stepDown } from './update.ts';

interface AdagradOptions extends Decay, Scaled {
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adagrad, as Keras has it.
 *   s ← s + g²   w ← w − rate·g/√(s + ε)
 *
 * Source  Duchi, Hazan & Singer 2011.
 */
export function adagradUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  { accumulator }: { readonly accumulator: Variable<R> },
  options: AdagradOptions = {},
): void {
  const { epsilon = 1e-7 } = options;
  scoped(() => {
    const g = scaled(gradient, options);
    const sum = add(accumulator, square(g));
    accumulator.assign(sum);
    stepDown(parameter, div(mulBy(g, rate), sqrt(addBy(sum, epsilon))), rate, options);
  });
}
