/**
 * conv2d: 2-D cross-correlation over images [N, H, W, C].
 *   y[n,i,j,f] = activation(bias[f] + Σ x[n, i·s + k·d − top, j·s + l·d − left, c] · kernel[k,l,c,f])
 * with stride s and dilation d.
 */
import { Conv2D, FusedConv2D, type Rank, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Padding, Pair, Vector } from '../types.ts';
import type { FusedActivation } from './activation.ts';
import { padAttribute } from './geometry.ts';
import { concatenated, part, run, scoped } from './run.ts';

/** What says how a convolution moves; the same for its gradients. */
export interface ConvolutionOptions {
  /** Default [1, 1]. */
  readonly stride?: Pair;
  /** Distance between taps in pixels. Default [1, 1]. */
  readonly dilation?: Pair;
  /** Input and output channels fall into this many groups, each convolved by itself. Default 1. */
  readonly groups?: number;
  /** Default `same`. */
  readonly padding?: Padding;
}

/** How a window moves; 1 where nothing is said. */
export type Moves = Pick<ConvolutionOptions, 'stride' | 'dilation'>;

interface Fused {
  readonly bias?: Vector;
  /** Default `linear`. */
  readonly activation?: FusedActivation;
}

/** x [N, H, W, C], kernel [kh, kw, C/groups, F], bias [F] → y [N, H′, W′, F]. */
export function conv2d(x: Tensor4D, kernel: Tensor4D, options: ConvolutionOptions & Fused = {}): Tensor4D {
  const { stride = [1, 1], dilation = [1, 1], groups = 1, padding = 'same', bias, activation = 'linear' } = options;
  const attrs = { strides: [...stride], dilations: [...dilation], pad: padAttribute(padding), dataFormat: 'NHWC' };
  if (groups === 1) return convolved(x, kernel, attrs, bias, activation);
  return scoped(() => {
    const biases = bias === undefined ? undefined : split(bias, groups);
    const kernels = split(kernel, groups);
    return concatenated(
      split(x, groups).map((xs, g) => convolved(xs, kernels[g] ?? kernel, attrs, biases?.[g], activation)),
      3,
    );
  });
}

type Attributes = { strides: number[]; dilations: number[]; pad: string | number[][]; dataFormat: string };

const convolved = (
  x: Tensor4D,
  filter: Tensor4D,
  attrs: Attributes,
  bias: Vector | undefined,
  activation: FusedActivation,
): Tensor4D =>
  bias === undefined && activation === 'linear'
    ? run<Rank.R4>(Conv2D, { x, filter }, attrs)
    : run<Rank.R4>(FusedConv2D, bias === undefined ? { x, filter } : { x, filter, bias }, { ...attrs, activation });

/** Equal parts along the last axis. */
export function split<R extends Rank>(x: Tensor<R>, count: number): readonly Tensor<R>[] {
  const shape: readonly number[] = x.shape;
  const outer = shape.slice(0, -1);
  const width = (shape.at(-1) ?? 0) / count;
  const zeros = outer.map(() => 0);
  return Array.from({ length: count }, (_, i) => part(x, [...zeros, i * width], [...outer, width]));
}
