/** Where windows go: padding and output sizes along height and width, as TensorFlow counts them. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Padding, Pair } from '../types.ts';

/** One axis of a convolution or pool. All sizes in pixels. */
export interface Extent {
  /** Size of the input. */
  readonly size: number;
  /** Size of the output. */
  readonly out: number;
  /** Taps of the window. */
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Rows or columns added before and after. */
  readonly before: number;
  readonly after: number;
}

function extent(axis: 0 | 1, size: number, taps: number, stride: number, dilation: number, padding: Padding): Extent {
  const reach = (taps - 1) * dilation + 1;
  const axisOf = { size, taps, stride, dilation };
  if (padding === 'same') {
    const out = Math.ceil(size / stride);
    const all = Math.max(0, (out - 1) * stride + reach - size);
    return { ...axisOf, out, before: all >> 1, after: all - (all >> 1) };
  }
  const [before, after] = padding === 'valid' ? [0, 0] : padding[axis];
  return { ...axisOf, out: Math.floor((size + before + after - reach) / stride) + 1, before, after };
}

export interface Placement {
  readonly size: Pair;
  readonly stride: Pair;
  readonly dilation?: Pair;
  readonly padding: Padding;
}

/** Rows and columns of a window over an image of this height and width. */
export function extents(
  height: number,
  width: number,
  { size, stride, dilation = [1, 1], padding }: Placement,
): readonly [Extent, Extent] {
  return [
    extent(0, height, size[0], stride[0], dilation[0], padding),
    extent(1, width, size[1], stride[1], dilation[1], padding),
  ];
}

/** Padding as tfjs's kernels take it. */
export const padAttribute = (padding: Padding): 'same' | 'valid' | number[][] =>
  typeof padding === 'string' ? padding : [[0, 0], [...padding[0]], [...padding[1]], [0, 0]];

export const isPlain = (pair: Pair): boolean => pair[0] === 1 && pair[1] === 1;

/** Height and width of an image that is to be made: as numbers, or those of another image. */
export type ImageSize =
  | { readonly height: number; readonly width: number; readonly like?: never }
  | { readonly like: Tensor4D; readonly height?: never; readonly width?: never };

export const sizeOf = (size: ImageSize): { readonly height: number; readonly width: number } =>
  size.like === undefined ? size : { height: size.like.shape[1], width: size.like.shape[2] };
