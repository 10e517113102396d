/** Sums over axes, and shapes. */
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { RankOf, Reduced } from '../types.ts';
import { channelSum } from './channels.ts';
import { globalAvgPool } from './global-pooling.ts';
import { backendName, mulBy, reshaped, scoped, summed } from './run.ts';

/** The sum over `axes`, which are removed: sum(x [N, H, W, C], { axes: [0, 1, 2] }) → [C]. */
export function sum<R extends Rank, const A extends readonly number[]>(
  x: Tensor<R>,
  { axes }: { readonly axes: A },
): Tensor<Reduced<R, A>> {
  if (isOverPixels(x, axes) && backendName() === 'wasm')
    // Of [N, H, W, C] over H and W, which leaves rank 2.
    return scoped(() => mulBy(globalAvgPool(x), x.shape[1] * x.shape[2])) as Tensor<Reduced<R, A>>;
  const allButLast = axes.length === x.rank - 1 && axes.every((axis) => axis < x.rank - 1);
  // Removing all axes but the last leaves rank 1, which is what Reduced<R, A> comes to then.
  return allButLast && x.rank > 1 ? (channelSum(x) as Tensor<Reduced<R, A>>) : summed(x, axes);
}

/** Where a sum is taken as an average pool, as channel sums are: Sum is slow on wasm. */
const isOverPixels = (x: Tensor, axes: readonly number[]): x is Tensor4D =>
  x.rank === 4 && axes.length === 2 && axes.includes(1) && axes.includes(2);

/** The same values under another shape; `shape` leaves out the batch dimension, which stays first, and may have one −1. */
export function reshape<const S extends readonly number[]>(
  x: Tensor,
  options: { readonly shape: S },
): Tensor<RankOf<readonly [number, ...S]>>;
/** Under the shape of another value. */
export function reshape<R extends Rank>(x: Tensor, options: { readonly like: Tensor<R> }): Tensor<R>;
/** One value a sample. */
export function reshape(x: Tensor): Tensor<Rank.R1>;
export function reshape(
  x: Tensor,
  { shape = [], like }: { readonly shape?: readonly number[]; readonly like?: Tensor } = {},
): Tensor {
  return reshaped(x, like === undefined ? [x.shape[0] ?? 1, ...shape] : like.shape);
}
