/**
 * noise: y = x + deviation·ε with ε ~ N(0, 1), a function of (seed, stream, update, element). Its gradient is that of
 * the identity, so nothing is kept.
 *
 * ε is drawn on the host, by a logarithm and a sine for every element.
 */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import type { Random } from '../model.ts';
import { noises } from '../random.ts';
import { add, scoped, tensor } from './run.ts';

interface NoiseOptions {
  /** Standard deviation of what is added. */
  readonly deviation: number;
  /** Names the stream of random bits. */
  readonly stream: string;
}

export const noise = <R extends Rank>(x: Tensor<R>, random: Random, { deviation, stream }: NoiseOptions): Tensor<R> =>
  scoped(() => add(x, tensor<R>(noises(random, stream, x.size, deviation), x.shape)));
