/**
 * Local response normalization: y = x·s^(−beta) with s = k + alpha·Σ x² over the `size` channels around each of x [..., C].
 *
 * Source  Krizhevsky et al. 2012. alpha multiplies each square; PyTorch divides its alpha by `size`.
 */
import { Exp, Log, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import { addBy, matrixProduct, mul, mulBy, reshaped, scoped, square, sub, tensor, unary } from './run.ts';

interface Options {
  readonly k: number;
  readonly alpha: number;
  readonly beta: number;
  /** An odd number of channels, its own in the middle. */
  readonly size: number;
}

export const localResponse = <R extends Rank>(x: Tensor<R>, options: Options): Tensor<R> =>
  scoped(() => {
    const rows = asRows(x);
    return reshaped<R>(mul(rows, power(bases(rows, options), -options.beta)), x.shape);
  });

/** dx = dy·s^(−beta) − 2·alpha·beta·x·Σ dy·x·s^(−beta−1), the sum over the same neighbours, which are symmetric. */
export const localResponseGrad = <R extends Rank>(dy: Tensor<R>, x: Tensor<R>, options: Options): Tensor<R> =>
  scoped(() => {
    const { alpha, beta, size } = options;
    const [rows, cotangent] = [asRows(x), asRows(dy)];
    const s = bases(rows, options);
    const factor = power(s, -beta);
    const direct = mul(cotangent, factor);
    const shares = mul(mul(direct, rows), power(s, -1));
    const around = mulBy(mul(rows, neighbours(shares, size)), 2 * alpha * beta);
    return reshaped<R>(sub(direct, around), x.shape);
  });

const asRows = (x: Tensor): Tensor<Rank.R2> => {
  const channels = x.shape.at(-1) ?? 1;
  return reshaped<Rank.R2>(x, [x.size / channels, channels]);
};

const bases = (rows: Tensor<Rank.R2>, { k, alpha, size }: Options): Tensor<Rank.R2> =>
  addBy(mulBy(neighbours(square(rows), size), alpha), k);

/** s > 0 throughout, as k is. */
const power = <R extends Rank>(s: Tensor<R>, by: number): Tensor<R> => unary(Exp, mulBy(unary(Log, s), by));

/** Sums over neighbouring channels as a product with a band of ones: the only way on every backend, and fast on all. */
function neighbours(rows: Tensor<Rank.R2>, size: number): Tensor<Rank.R2> {
  const channels = rows.shape[1];
  const reach = (size - 1) / 2;
  const band = new Float32Array(channels * channels).map((_, i) =>
    Math.abs(Math.floor(i / channels) - (i % channels)) <= reach ? 1 : 0,
  );
  return matrixProduct(rows, tensor<Rank.R2>(band, [channels, channels]));
}
