/** Sums over axes, and shapes. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import type { RankOf, Reduced } from '../types.ts';
import { channelSum } from './channels.ts';
import { reshaped, summed } from './run.ts';

/** The sum over `axes`, which are removed: sum(x [N, H, W, C], { axes: [0, 1, 2] }) → [C]. */
export function sum<R extends Rank, const A extends readonly number[]>(
  x: Tensor<R>,
  { axes }: { readonly axes: A },
): Tensor<Reduced<R, A>> {
  const allButLast = axes.length === x.rank - 1 && axes.every((axis) => axis < x.rank - 1);
  // Removing all axes but the last leaves rank 1, which is what Reduced<R, A> comes to then.
  return allButLast && x.rank > 1 ? (channelSum(x) as Tensor<Reduced<R, A>>) : summed(x, axes);
}

/** The same values under another shape; `shape` leaves out the batch dimension, which stays first. */
export const reshape = <const S extends readonly number[]>(
  x: Tensor,
  { shape }: { readonly shape: S },
): Tensor<RankOf<readonly [number, ...S]>> => reshaped(x, [x.shape[0] ?? 1, ...shape]);
