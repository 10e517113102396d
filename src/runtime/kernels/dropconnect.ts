/**
 * DropConnect with a mask for each sample, and prediction by normal samples.
 *
 * A kernel for each sample takes as much memory as N kernels. The products are batches of matrices of one row.
 *
 * Source  Wan et al. 2013, "Regularization of neural networks using DropConnect".
 */
import type { Rank, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { BatchMatMul } from '@tensorflow/tfjs-core';
import type { Random } from '../model.ts';
import { masks, noises } from '../random.ts';
import type { Vector } from '../types.ts';
import { type ActivationName, activation } from './activation.ts';
import { add, maximum, mul, mulBy, reshaped, run, scalar, scoped, sqrt, tensor } from './run.ts';

interface DropConnectOptions {
  /** Fraction dropped, in (0, 1). */
  readonly rate: number;
  /** Names the stream of random bits. */
  readonly stream: string;
}

/** y[n] = kernel ⊙ mask[n] for each sample of `like`: kernel [D, U] → y, mask [N, D, U]. */
export function dropConnect(
  kernel: Tensor2D,
  like: Tensor,
  random: Random,
  { rate, stream }: DropConnectOptions,
): { readonly y: Tensor3D; readonly mask: Tensor3D } {
  const shape = [like.shape[0] ?? 0, ...kernel.shape];
  const mask = tensor<Rank.R3>(
    masks(
      random,
      stream,
      shape.reduce((a, b) => a * b, 1),
      rate,
      1,
    ),
    shape,
  );
  return { y: mul(mask, kernel), mask };
}

/** y[n] = x[n]·kernels[n] + bias: x [N, D], kernels [N, D, U], bias [U] → y [N, U]. */
export const denseEach = (x: Tensor2D, kernels: Tensor3D, { bias }: { readonly bias?: Vector } = {}): Tensor2D =>
  scoped(() => {
    const [n, features, units] = kernels.shape;
    const rows = reshaped<Rank.R3>(x, [n, 1, features]);
    const y = reshaped<Rank.R2>(product(rows, kernels, false), [n, units]);
    return bias === undefined ? y : add(y, bias);
  });

/** dx[n] = kernels[n]·dy[n]: dy [N, U], kernels [N, D, U] → dx [N, D]. */
export const denseEachInputGrad = (dy: Tensor2D, kernels: Tensor3D): Tensor2D =>
  scoped(() => {
    const [n, features, units] = kernels.shape;
    return reshaped<Rank.R2>(product(reshaped<Rank.R3>(dy, [n, 1, units]), kernels, true), [n, features]);
  });

const product = (a: Tensor3D, b: Tensor3D, transposeB: boolean): Tensor3D =>
  run(BatchMatMul, { a, b }, { transposeA: false, transposeB });

/** The products of all pairs of a sample: a [N, D], b [N, U] → [N, D, U]. */
export const outerEach = (a: Tensor2D, b: Tensor2D): Tensor3D =>
  scoped(() => {
    const [n, rows] = a.shape;
    return mul(reshaped<Rank.R3>(a, [n, rows, 1]), reshaped<Rank.R3>(b, [n, 1, b.shape[1]]));
  });

interface SampledOptions {
  readonly fn: ActivationName;
  /** Of leaky_relu below zero; alpha of elu. */
  readonly slope?: number;
  /** How many samples are averaged. */
  readonly samples: number;
  /** Names the stream of random bits. */
  readonly stream: string;
}

/** y = 1/n · Σₛ fn(mean + √variance·εₛ), εₛ ~ N(0, 1), s = 1 … samples; of the shape of `mean`. */
export const sampledActivation = <R extends Rank>(
  mean: Tensor<R>,
  variance: Tensor<R>,
  random: Random,
  { fn, slope = 0, samples, stream }: SampledOptions,
): Tensor<R> =>
  scoped(() => {
    // A variance that rounding made negative is none.
    const deviation = sqrt(maximum(variance, scalar(0)));
    let total: Tensor<R> | null = null;
    for (let s = 0; s < samples; s++) {
      const before: Tensor<R> | null = total;
      total = scoped(() => {
        const epsilon = tensor<R>(noises(random, stream, mean.size, 1, s * mean.size), mean.shape);
        const y = activation(add(mean, mul(deviation, epsilon)), { fn, slope });
        return before === null ? y : add(before, y);
      });
      before?.dispose();
    }
    if (total === null) throw new RangeError('at least one sample is drawn');
    return mulBy(total, 1 / samples);
  });
