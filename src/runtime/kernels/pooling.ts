/**
 * Pooling over windows of images [N, H, W, C]. Pixels of the padding never count: the maximum ignores them, the average
 * divides by the number of real pixels in the window.
 */
import { AvgPool, MaxPool, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Pair, Window } from '../types.ts';
import { type Extent, extents } from './geometry.ts';
import { mul, padded, run, scoped, tensor } from './run.ts';

export interface PoolOptions extends Window {
  /** Height and width of the window; also the stride unless one is given. */
  readonly size: Pair;
}

/** Attributes of tfjs's pooling kernels. */
export const attributes = ({ size, stride = size }: PoolOptions, pad: 'same' | 'valid') => ({
  filterSize: [...size],
  strides: [...stride],
  pad,
});

export const placed = (
  height: number,
  width: number,
  { size, stride = size, padding = 'same' }: PoolOptions,
): readonly [Extent, Extent] => extents(height, width, { size, stride, padding });

/** x [N, H, W, C] → y [N, H′, W′, C], the greatest value of each window. */
export function maxPool(x: Tensor4D, options: PoolOptions): Tensor4D {
  const { padding = 'same' } = options;
  if (typeof padding === 'string') return run(MaxPool, { x }, attributes(options, padding));
  // tfjs-node's kernel takes no explicit padding.
  return scoped(() =>
    run(MaxPool, { x: padded(x, ...padding, Number.NEGATIVE_INFINITY) }, attributes(options, 'valid')),
  );
}

/** x [N, H, W, C] → y [N, H′, W′, C], the mean of each window. */
export function avgPool(x: Tensor4D, options: PoolOptions): Tensor4D {
  const { size, padding = 'same' } = options;
  if (typeof padding === 'string' && size[0] * size[1] > 1) return run(AvgPool, { x }, attributes(options, padding));
  return scoped(() => {
    const [rows, columns] = placed(x.shape[1], x.shape[2], options);
    const image = padded(x, [rows.before, rows.after], [columns.before, columns.after]);
    // XNNPACK knows no mean of one pixel; the maximum of one is the same.
    const pool = size[0] * size[1] > 1 ? AvgPool : MaxPool;
    return mul(run(pool, { x: image }, attributes(options, 'valid')), shares(rows, columns));
  });
}

/** [1, H′, W′, 1]: by how much a window's mean over all its pixels falls short of the mean over the real ones. */
export function shares(rows: Extent, columns: Extent): Tensor4D {
  const shape = [1, rows.out, columns.out, 1];
  const [inRows, inColumns] = [share(rows), share(columns)];
  return tensor(Float32Array.from(inRows.flatMap((r) => inColumns.map((c) => r * c))), shape);
}

/** By window along one axis: taps / real pixels. */
const share = ({ size, out, taps, stride, before }: Extent): number[] =>
  Array.from({ length: out }, (_, i) => {
    const start = i * stride - before;
    return taps / (Math.min(size, start + taps) - Math.max(0, start));
  });
