/**
 * Batch normalization over all axes but the last, with x [..., C] and r = 1/√(variance + epsilon):
 *   y = gamma·(x − mean)·r + beta
 *
 * Without gamma or beta these are 1 and 0. Source  Ioffe & Szegedy 2015; momentum weighs the old value, as in Keras.
 */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Vector } from '../types.ts';
import { channelSum } from './channels.ts';
import {
  add,
  addBy,
  filled,
  has,
  inverseSqrt,
  mul,
  mulBy,
  reshaped,
  run,
  runMany,
  scoped,
  square,
  sub,
} from './run.ts';

/**
 * The names under which a backend may offer these as kernels of its own: x and dy [N, H, W, C], gamma and beta always
 * there, attribute epsilon, results in the order of the functions below.
 */
export const batchNormKernel = 'NrmcBatchNorm';
export const batchNormTrainKernel = 'NrmcBatchNormTrain';
export const batchNormGradKernel = 'NrmcBatchNormGrad';

interface Affine {
  readonly gamma?: Vector;
  readonly beta?: Vector;
  readonly epsilon: number;
}

/** What a backend's own kernel wants: an image, and gamma and beta in any case. */
const whole = (x: Tensor, { gamma, beta }: Omit<Affine, 'epsilon'>) => {
  const channels = x.shape.at(-1) ?? 1;
  return {
    x: asImage(x),
    gamma: gamma ?? filled<Rank.R1>([channels], 1),
    beta: beta ?? filled<Rank.R1>([channels], 0),
  };
};

const asImage = (x: Tensor): Tensor => {
  const channels = x.shape.at(-1) ?? 1;
  return x.rank === 4 ? x : reshaped(x, [x.size / channels, 1, 1, channels]);
};

/** By given statistics: those of the population, or of a batch. `momentum` has no part in it. */
export const batchNorm = <R extends Rank>(
  x: Tensor<R>,
  options: Affine & { readonly mean: Vector; readonly variance: Vector; readonly momentum?: number },
): Tensor<R> =>
  scoped(() => {
    const { mean, variance, epsilon } = options;
    if (!has(batchNormKernel)) return normalized(sub(x, mean), variance, options);
    return reshaped(run(batchNormKernel, { ...whole(x, options), mean, variance }, { epsilon }), x.shape);
  });

/**
 * From x − mean: three broadcasting kernels, 2 ms where FusedBatchNorm takes 5 on wasm (x [64, 28, 28, 32]; in one
 * process).
 */
function normalized<R extends Rank>(
  centered: Tensor<R>,
  variance: Vector,
  { gamma, beta, epsilon }: Affine,
): Tensor<R> {
  const r = inverseSqrt(addBy(variance, epsilon));
  const y = mul(centered, gamma === undefined ? r : mul(r, gamma));
  return beta === undefined ? y : add(y, beta);
}

type Normalized<R extends Rank> = {
  readonly y: Tensor<R>;
  readonly mean: Tensor<Rank.R1>;
  readonly variance: Tensor<Rank.R1>;
};

/**
 * By the batch's own statistics, which come along: mean [C], and the variance [C] that divides by the count (biased).
 */
export function batchNormTrain<R extends Rank>(x: Tensor<R>, options: Affine): Normalized<R> {
  const results = scoped((): Tensor[] => {
    const count = x.size / (x.shape.at(-1) ?? 1);
    if (has(batchNormTrainKernel)) {
      const [y, ...statistics] = runMany(batchNormTrainKernel, whole(x, options), { epsilon: options.epsilon });
      return y === undefined ? [] : [reshaped(y, x.shape), ...statistics];
    }
    const mean = mulBy(channelSum(x), 1 / count);
    // Two passes: E[x²] − mean² would cancel where the mean is large.
    const centered = sub(x, mean);
    const variance = mulBy(channelSum(square(centered)), 1 / count);
    return [normalized(centered, variance, options), mean, variance];
  });
  // The shapes are those of x and of its channels, whichever way they were computed.
  const [y, mean, variance] = results as [Tensor<R>, Tensor<Rank.R1>, Tensor<Rank.R1>];
  return { y, mean, variance };
}

type Gradients<R extends Rank> = {
  readonly dx: Tensor<R>;
  readonly dgamma: Tensor<Rank.R1>;
  readonly dbeta: Tensor<Rank.R1>;
};

/**
 * With x̂ = (x − mean)·r and M values per channel; mean and variance are those of the same x.
 *   dbeta = Σ dy   dgamma = Σ dy·x̂   dx = gamma·r·(dy − dbeta/M − x̂·dgamma/M)
 */
export function batchNormGrad<R extends Rank>(
  dy: Tensor<R>,
  x: Tensor<R>,
  mean: Vector,
  variance: Vector,
  options: Omit<Affine, 'beta'>,
): Gradients<R> {
  const { gamma, epsilon } = options;
  const results = scoped((): Tensor[] => {
    if (has(batchNormGradKernel)) {
      const inputs = { ...whole(x, options), dy: asImage(dy), mean, variance };
      const [dx, ...sums] = runMany(batchNormGradKernel, inputs, { epsilon });
      return dx === undefined ? [] : [reshaped(dx, x.shape), ...sums];
    }
    const count = x.size / mean.shape[0];
    const r = inverseSqrt(addBy(variance, epsilon));
    const centered = sub(x, mean);
    const dbeta = channelSum(dy);
    const dgamma = mul(channelSum(mul(dy, centered)), r);
    // What is one number a channel is joined first: dx = gamma·r·(dy − dbeta/M − centered·(r·dgamma/M)).
    const fromMean = sub(dy, mulBy(dbeta, 1 / count));
    const fromVariance = mul(centered, mulBy(mul(r, dgamma), 1 / count));
    return [mul(sub(fromMean, fromVariance), gamma === undefined ? r : mul(r, gamma)), dgamma, dbeta];
  });
  // As in batchNormTrain.
  const [dx, dgamma, dbeta] = results as [Tensor<R>, Tensor<Rank.R1>, Tensor<Rank.R1>];
  return { dx, dgamma, dbeta };
}

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
