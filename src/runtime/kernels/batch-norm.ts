/**
 * Batch normalization over all axes but the last, with x [..., C] and r = 1/√(variance + epsilon):
 *   y = gamma·(x − mean)·r + beta
 *
 * Without gamma or beta these are 1 and 0. Source  Ioffe & Szegedy 2015; momentum weighs the old value, as in Keras.
 */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Vector } from '../types.ts';
import { channelSum } from './channels.ts';
import { add, addBy, inverseSqrt, mul, mulBy, scoped, square, sub } from './run.ts';

/**
 * The names under which a backend may offer these as kernels of its own. Inputs as the functions' below, gamma and beta always there;
 * attribute epsilon; results in their order.
 */
export const batchNormKernel = 'NrmcBatchNorm';
export const batchNormTrainKernel = 'NrmcBatchNormTrain';
export const batchNormGradKernel = 'NrmcBatchNormGrad';

interface Affine {
  readonly gamma?: Vector;
  readonly beta?: Vector;
  readonly epsilon: number;
}

/** By given statistics: those of the population, or of a batch. `momentum` has no part in it. */
export const batchNorm = <R extends Rank>(
  x: Tensor<R>,
  options: Affine & { readonly mean: Vector; readonly variance: Vector; readonly momentum?: number },
): Tensor<R> => scoped(() => normalized(sub(x, options.mean), options.variance, options));

/** From x − mean: three broadcasting kernels, 2 ms where FusedBatchNorm takes 5 on wasm (x [64, 28, 28, 32]; in one process). */
function normalized<R extends Rank>(
  centered: Tensor<R>,
  variance: Vector,
  { gamma, beta, epsilon }: Affine,
): Tensor<R> {
  const r = inverseSqrt(addBy(variance, epsilon));
  const y = mul(centered, gamma === undefined ? r : mul(r, gamma));
  return beta === undefined ? y : add(y, beta);
}

/** By the batch's own statistics, which come along: mean [C], and the variance [C] that divides by the count (biased). */
export const batchNormTrain = <R extends Rank>(
  x: Tensor<R>,
  options: Affine,
): { readonly y: Tensor<R>; readonly mean: Tensor<Rank.R1>; readonly variance: Tensor<Rank.R1> } =>
  scoped(() => {
    const count = x.size / (x.shape.at(-1) ?? 1);
    const mean = mulBy(channelSum(x), 1 / count);
    // Two passes: E[x²] − mean² would cancel where the mean is large.
    const centered = sub(x, mean);
    const variance = mulBy(channelSum(square(centered)), 1 / count);
    return { y: normalized(centered, variance, options), mean, variance };
  });

/**
 * With x̂ = (x − mean)·r and M values per channel; mean and variance are those of the same x.
 *   dbeta = Σ dy   dgamma = Σ dy·x̂   dx = gamma·r·(dy − dbeta/M − x̂·dgamma/M)
 */
export const batchNormGrad = <R extends Rank>(
  dy: Tensor<R>,
  x: Tensor<R>,
  mean: Vector,
  variance: Vector,
  { gamma, epsilon }: Omit<Affine, 'beta'>,
): { readonly dx: Tensor<R>; readonly dgamma: Tensor<Rank.R1>; readonly dbeta: Tensor<Rank.R1> } =>
  scoped(() => {
    const count = x.size / mean.shape[0];
    const r = inverseSqrt(addBy(variance, epsilon));
    const centered = sub(x, mean);
    const dbeta = channelSum(dy);
    const dgamma = mul(channelSum(mul(dy, centered)), r);
    const slope = gamma === undefined ? r : mul(r, gamma);
    // The factors of a channel are joined first, where they are small: dx = slope·(dy − dbeta/M − centered·(r·dgamma/M)).
    const toMean = sub(dy, mulBy(dbeta, 1 / count));
    return { dx: mul(sub(toMean, mul(centered, mulBy(mul(r, dgamma), 1 / count))), slope), dgamma, dbeta };
  });

/** moving ← momentum·moving + (1 − momentum)·value */
export function updateMoving<R extends Rank>(
  moving: Variable<R>,
  value: Tensor<R>,
  { momentum }: { readonly momentum: number },
): void {
  scoped(() => {
    moving.assign(add(mulBy(moving, momentum), mulBy(value, 1 - momentum)));
  });
}
