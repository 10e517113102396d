/**
 * Gradients of conv2d, written as convolutions, which every backend has and most are fastest at.
 *
 * For one axis, with stride s, dilation d and p pixels of padding before, y[i] = Σₖ x[i·s + k·d − p]·K[k]. So
 *   dx[u] = Σ dy[i]·K[k] over i·s + k·d = u + p     dy, s apart, correlated with the flipped kernel
 *   dK[k] = Σᵢ x[i·s + k·d − p]·dy[i]               x correlated with dy, with stride and dilation swapped
 */
import { type NamedAttrMap, PadV2, type Rank, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Padding, Pair } from '../types.ts';
import { type ConvolutionOptions, conv2d, type Moves, split } from './convolution.ts';
import { type Extent, extents, type ImageSize, isPlain, padAttribute, sizeOf } from './geometry.ts';
import {
  backendName,
  concatenated,
  has,
  matrixProduct,
  padded,
  part,
  reshaped,
  reversed,
  run,
  scoped,
  tensor,
  transposed,
} from './run.ts';

/** The names under which a backend may offer these as kernels of its own, with the attributes below. */
export const inputGradKernel = 'NrmcConv2DInputGrad';
export const kernelGradKernel = 'NrmcConv2DKernelGrad';

/** Their attributes: stride and padding as tfjs's Conv2D has them, and the shape of the result. Dilation is 1. */
export interface GradientAttributes {
  readonly strides: number[];
  readonly pad: 'same' | 'valid' | number[][];
  readonly shape: number[];
}

const attributes = (stride: Pair, padding: Padding, shape: readonly number[]): NamedAttrMap =>
  ({ strides: [...stride], pad: padAttribute(padding), shape: [...shape] }) satisfies GradientAttributes;

/**
 * dy [N, H′, W′, F], kernel [kh, kw, C/groups, F] → dx [N, height, width, C]; the options as those of the convolution,
 * and the size of dx, or `like`, an image of that size.
 */
export function conv2dInputGrad(dy: Tensor4D, kernel: Tensor4D, options: ConvolutionOptions & ImageSize): Tensor4D {
  const { height, width } = sizeOf(options);
  const { stride = [1, 1], dilation = [1, 1], groups = 1, padding = 'same' } = options;
  const [kh, kw, c] = kernel.shape;
  const [rows, columns] = extents(height, width, { size: [kh, kw], stride, dilation, padding });
  // TensorFlow's own does not know dilation on every device.
  const native = has(inputGradKernel) && isPlain(dilation);
  const one = (dys: Tensor4D, filter: Tensor4D): Tensor4D =>
    native
      ? run(inputGradKernel, { dy: dys, kernel: filter }, attributes(stride, padding, [dy.shape[0], height, width, c]))
      : inputGrad(dys, filter, rows, columns);
  return byGroup(dy, kernel, groups, one);
}

/** One group after another, along the channels of both operands and of the result. */
const byGroup = (a: Tensor4D, b: Tensor4D, groups: number, one: (a: Tensor4D, b: Tensor4D) => Tensor4D): Tensor4D =>
  scoped(() => {
    if (groups === 1) return one(a, b);
    const bs = split(b, groups);
    return concatenated(
      split(a, groups).map((as, g) => one(as, bs[g] ?? b)),
      3,
    );
  });

function inputGrad(dy: Tensor4D, kernel: Tensor4D, rows: Extent, columns: Extent): Tensor4D {
  if (rows.stride === 1 && columns.stride === 1) {
    const flipped = transposed(reversed(kernel, [0, 1]), [0, 1, 3, 2]);
    return shifted(dy, flipped, fullPadding(rows), fullPadding(columns), {
      dilation: [rows.dilation, columns.dilation],
    });
  }
  return rows.dilation === 1 && columns.dilation === 1
    ? inputGradByPhase(dy, kernel, rows, columns)
    : inputGrad(spread(dy, rows, columns), kernel, unstrided(rows), unstrided(columns));
}

/** Padding with which a correlation with the flipped kernel has an output for each of the input's pixels. */
function fullPadding({ size, out, taps, dilation, before }: Extent): Pair {
  const reach = (taps - 1) * dilation;
  return [reach - before, size - out + before];
}

/** A convolution with padding that may be negative. */
function shifted(x: Tensor4D, filter: Tensor4D, rows: Pair, columns: Pair, moves: Moves = {}): Tensor4D {
  if (Math.min(...rows, ...columns) >= 0) return conv2d(x, filter, { ...moves, padding: [rows, columns] });
  return conv2d(padded(x, rows, columns), filter, { ...moves, padding: 'valid' });
}

/**
 * For strides: the pixels of dx fall into stride·stride phases, and the taps with them, so each phase is a plain
 * convolution of dy with its own taps. One convolution computes all, as channels, which are then laid out in space.
 */
function inputGradByPhase(dy: Tensor4D, kernel: Tensor4D, rows: Extent, columns: Extent): Tensor4D {
  const [n] = dy.shape;
  const [, , c, f] = kernel.shape;
  const [a, b] = [phased(rows), phased(columns)];
  // Taps k = j·stride + phase: [j, phase, j, phase, C, F] with j flipped → [j, j, F, phase, phase, C].
  const paddings = [
    [0, a.taps * a.phases - rows.taps],
    [0, b.taps * b.phases - columns.taps],
    [0, 0],
    [0, 0],
  ];
  const taps = run<Rank.R4>(PadV2, { x: kernel }, { paddings, constantValue: 0 });
  const flipped = reversed(reshaped<Rank.R6>(taps, [a.taps, a.phases, b.taps, b.phases, c, f]), [0, 2]);
  const filter = reshaped<Rank.R4>(transposed(flipped, [0, 2, 5, 1, 3, 4]), [
    a.taps,
    b.taps,
    f,
    a.phases * b.phases * c,
  ]);
  const y = shifted(dy, filter, [a.taps - 1, a.count - rows.out], [b.taps - 1, b.count - columns.out]);
  const laidOut = transposed(reshaped<Rank.R6>(y, [n, a.count, b.count, a.phases, b.phases, c]), [0, 1, 3, 2, 4, 5]);
  const image = reshaped<Rank.R4>(laidOut, [n, a.count * a.phases, b.count * b.phases, c]);
  return part(image, [0, rows.before, columns.before, 0], [n, rows.size, columns.size, c]);
}

/** Taps per phase, and how many pixels of each phase reach the end of the (padded) input. */
const phased = ({
  size,
  taps,
  stride,
  before,
}: Extent): { readonly phases: number; readonly taps: number; readonly count: number } => ({
  phases: stride,
  taps: Math.ceil(taps / stride),
  count: Math.floor((before + size - 1) / stride) + 1,
});

/** dy with stride − 1 zeros after each pixel but the last. */
function spread(dy: Tensor4D, rows: Extent, columns: Extent): Tensor4D {
  const [n, h, w, f] = dy.shape;
  const inRows = padded(reshaped(dy, [n * h, 1, w, f]), [0, rows.stride - 1], [0, 0]);
  const inColumns = padded(reshaped(inRows, [n * h * rows.stride, w, 1, f]), [0, 0], [0, columns.stride - 1]);
  return part(
    reshaped(inColumns, [n, h * rows.stride, w * columns.stride, f]),
    [0, 0, 0, 0],
    [n, (h - 1) * rows.stride + 1, (w - 1) * columns.stride + 1, f],
  );
}

const unstrided = (e: Extent): Extent => ({ ...e, stride: 1, out: (e.out - 1) * e.stride + 1 });

/**
 * x [N, H, W, C], dy [N, H′, W′, F], size [kh, kw] → dkernel [kh, kw, C/groups, F]; the options as those of the
 * convolution.
 */
export function conv2dKernelGrad(
  x: Tensor4D,
  dy: Tensor4D,
  options: ConvolutionOptions & { readonly size: Pair },
): Tensor4D {
  const { size, stride = [1, 1], dilation = [1, 1], groups = 1, padding = 'same' } = options;
  const [, height, width, channels] = x.shape;
  const [rows, columns] = extents(height, width, { size, stride, dilation, padding });
  const native = has(kernelGradKernel) && isPlain(dilation);
  const one = (xs: Tensor4D, dys: Tensor4D): Tensor4D =>
    native
      ? run(
          kernelGradKernel,
          { x: xs, dy: dys },
          attributes(stride, padding, [...size, channels / groups, dy.shape[3] / groups]),
        )
      : kernelGrad(xs, dys, rows, columns);
  return byGroup(x, dy, groups, one);
}

function kernelGrad(x: Tensor4D, dy: Tensor4D, rows: Extent, columns: Extent): Tensor4D {
  if (backendName() === 'wasm' && rows.taps * columns.taps * x.shape[3] <= 32)
    return kernelGradByPatches(x, dy, rows, columns);
  // x takes the place of the image, its channels that of the batch; dy that of the kernel.
  const [image, filter] = [channelsFirst(x), transposed(dy, [1, 2, 0, 3])];
  const y = shifted(image, filter, covering(rows), covering(columns), {
    stride: [rows.dilation, columns.dilation],
    dilation: [rows.stride, columns.stride],
  });
  return transposed(y, [1, 2, 0, 3]);
}

/** [N, H, W, C] → [C, H, W, N]: channels become the batch, the batch becomes the channels that are summed over. */
function channelsFirst(x: Tensor4D): Tensor4D {
  const [n, h, w, c] = x.shape;
  // Two transpositions of whole rows are twice as fast as the one of four axes (wasm; [64, 16, 16, 32]).
  const batchLast = transposed(reshaped<Rank.R2>(x, [n, h * w * c]), [1, 0]);
  return reshaped(transposed(reshaped<Rank.R3>(batchLast, [h * w, c, n]), [1, 0, 2]), [c, h, w, n]);
}

/**
 * For images of few channels, where the convolution would spend its time on rearranging dy as its filter (24 ms against
 * 5 for x [64, 28, 28, 1], dy [64, 28, 28, 32]; wasm): the patches under each window, by a convolution that copies,
 * then one product.
 */
function kernelGradByPatches(x: Tensor4D, dy: Tensor4D, rows: Extent, columns: Extent): Tensor4D {
  const [n, h, w, f] = dy.shape;
  const c = x.shape[3];
  const count = rows.taps * columns.taps * c;
  const identity = Float32Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
  const filter = tensor<Rank.R4>(identity, [rows.taps, columns.taps, c, count]);
  const patches = shifted(x, filter, covering(rows), covering(columns), {
    stride: [rows.stride, columns.stride],
    dilation: [rows.dilation, columns.dilation],
  });
  // [N, H′W′, F] → [F, N, H′W′], again in two steps.
  const byFilter = transposed(transposed(reshaped<Rank.R3>(dy, [n, h * w, f]), [0, 2, 1]), [1, 0, 2]);
  const product = matrixProduct(reshaped(byFilter, [f, n * h * w]), reshaped(patches, [n * h * w, count]));
  return reshaped(transposed(product, [1, 0]), [rows.taps, columns.taps, c, f]);
}

/** Padding with which the input is exactly what the windows cover: a stride may leave pixels over at the end. */
function covering({ size, out, taps, stride, dilation, before }: Extent): Pair {
  const covered = (out - 1) * stride + (taps - 1) * dilation + 1;
  return [before, covered - size - before];
}
