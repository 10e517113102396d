/** Where the windows of a convolution or pool lie along height and width, as TensorFlow counts them. */
import type { Padding, Pair } from './attributes.ts';
import { ceilOf, floorOf, plus } from './dims.ts';
import type { Dim } from './graph.ts';

/** One axis. All sizes in pixels. */
export interface Extent {
  readonly size: number;
  /** How many positions the window takes. */
  readonly out: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Pixels added before and after. */
  readonly before: number;
  readonly after: number;
}

/** What says how a window moves. */
export interface Placement {
  /** Taps: height and width. */
  readonly size: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Padding;
}

/**
 *   same      out = ⌈size / stride⌉; of the pixels that are missing for that, the odd one goes after
 *   valid, n  out = ⌊(size + before + after − reach) / stride⌋ + 1, reach = (taps − 1)·dilation + 1
 */
function extent(
  axis: 0 | 1,
  size: number,
  { size: taps, stride: strides, dilation: dilations, padding }: Placement,
): Extent {
  const [stride, dilation] = [strides[axis], dilations[axis]];
  const reach = (taps[axis] - 1) * dilation + 1;
  const common = { size, taps: taps[axis], stride, dilation };
  if (padding === 'same') {
    const out = Math.ceil(size / stride);
    const missing = Math.max(0, (out - 1) * stride + reach - size);
    const before = Math.floor(missing / 2);
    return { ...common, out, before, after: missing - before };
  }
  const [before, after] = padding === 'valid' ? [0, 0] : padding[axis];
  return { ...common, out: Math.floor((size + before + after - reach) / stride) + 1, before, after };
}

/** Rows and columns over an image of this height and width. `out` is below 1 where the window does not fit. */
export const extents = (height: number, width: number, placement: Placement): readonly [Extent, Extent] => [
  extent(0, height, placement),
  extent(1, width, placement),
];

/** How many positions a window takes along an axis of this size, which may have a name. */
export function positions(
  axis: 0 | 1,
  size: Dim,
  { size: taps, stride: strides, dilation: dilations, padding }: Placement,
): Dim {
  const stride = strides[axis];
  if (padding === 'same') return ceilOf(size, stride);
  const [before, after] = padding === 'valid' ? [0, 0] : padding[axis];
  const reach = (taps[axis] - 1) * dilations[axis] + 1;
  return plus(floorOf(plus(size, before + after - reach), stride), 1);
}
