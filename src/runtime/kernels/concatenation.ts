/** Values side by side along the last axis, and parts of it. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { concatenated, handle, part } from './run.ts';

/** [x₁ [..., C₁], x₂ [..., C₂], ...] → [..., C₁ + C₂ + ...] */
export function concat<R extends Rank>(xs: readonly Tensor<R>[]): Tensor<R> {
  const [first, ...more] = xs;
  if (first === undefined) throw new RangeError('concat needs one value at least');
  // TensorFlow's kernel takes two at least.
  return more.length === 0 ? handle(first) : concatenated(xs, first.rank - 1);
}

/** x [..., C] → [..., size], from place `from` of the last axis; 0 unless given. */
export function slice<R extends Rank>(
  x: Tensor<R>,
  { from = 0, size }: { readonly from?: number; readonly size: number },
): Tensor<R> {
  const outer: readonly number[] = x.shape.slice(0, -1);
  return part(x, [...outer.map(() => 0), from], [...outer, size]);
}
