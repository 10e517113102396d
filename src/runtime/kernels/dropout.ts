/**
 * dropout: each element is dropped with probability `rate`, by a mask that is a function of (seed, layer, update,
 * element).
 *   inverted  y = x ⊙ m/(1 − rate)   the expectation of y is x; nothing to do for prediction
 *   standard  y = x ⊙ m              prediction scales by 1 − rate
 * with m ~ Bernoulli(1 − rate).
 *
 * Source  Srivastava et al. 2014.
 */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import type { Random } from '../model.ts';
import { masks } from '../random.ts';
import { mul, tensor } from './run.ts';

interface DropoutOptions {
  /** Fraction dropped, in [0, 1). */
  readonly rate: number;
  /** Default `inverted`. */
  readonly form?: 'inverted' | 'standard';
  /** Path of the layer: names the stream of random bits. */
  readonly stream: string;
}

/**
 * y = x ⊙ mask, and the mask itself for the gradient (dx = dy ⊙ mask): 1/(1 − rate) or 1 where an element is kept, 0
 * elsewhere.
 */
export function dropout<R extends Rank>(
  x: Tensor<R>,
  random: Random,
  { rate, form = 'inverted', stream }: DropoutOptions,
): { readonly y: Tensor<R>; readonly mask: Tensor<R> } {
  const mask = tensor<R>(masks(random, stream, x.size, rate, form === 'inverted' ? 1 / (1 - rate) : 1), x.shape);
  return { y: mul(x, mask), mask };
}
