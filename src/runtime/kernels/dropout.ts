/**
 * dropout: each element is dropped with probability `rate`, by a mask that is a function of (seed, layer, update,
 * element).
 *   inverted  y = x ⊙ m/(1 − rate)   the expectation of y is x; nothing to do for prediction
 *   standard  y = x ⊙ m              prediction scales by 1 − rate
 * with m ~ Bernoulli(1 − rate). With `per: 'channel'` there is one m for each channel of a sample, with `per: 'sample'`
 * one for all of it: stochastic depth.
 *
 * Source  Srivastava et al. 2014; Tompson et al. 2015; Huang et al. 2016.
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
  /**
   * What has a number of its own: each element (default), each channel of a sample, with a mask [N, 1, ..., C], or all
   * of a sample, with a mask [N, 1, ..., 1].
   */
  readonly per?: 'element' | 'channel' | 'sample';
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
  { rate, form = 'inverted', per = 'element', stream }: DropoutOptions,
): { readonly y: Tensor<R>; readonly mask: Tensor<R> } {
  const shape: readonly number[] = x.shape;
  const last = shape.length - 1;
  const own = shape.map((size, axis) =>
    per === 'element' || axis === 0 || (per === 'channel' && axis === last) ? size : 1,
  );
  const count = own.reduce((a, b) => a * b, 1);
  const mask = tensor<R>(masks(random, stream, count, rate, form === 'inverted' ? 1 / (1 - rate) : 1), own);
  return { y: mul(x, mask), mask };
}
