/** Clipping of gradients: factors that all of them are scaled by, and bounds of single ones. */
import { ClipByValue, Minimum, type Rank, type Scalar, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import {
  add,
  addBy,
  div,
  maximum,
  mul,
  mulBy,
  reshaped,
  run,
  scalar,
  scoped,
  sqrt,
  square,
  sub,
  summed,
} from './run.ts';
import { unitNorms } from './units.ts';

/** √Σg² over all gradients together. */
const normOf = (gradients: readonly Tensor[]): Scalar =>
  sqrt(gradients.reduce<Scalar>((sum, g) => add(sum, summed<Rank.R0>(reshaped(square(g), [g.size]), [0])), scalar(0)));

/**
 * min(1, maxNorm/‖g‖), ‖g‖ being the Euclidean norm of all gradients together: what to scale them by. 1 when all are
 * zero.
 */
export const clipScale = (gradients: readonly Tensor[], { maxNorm }: { readonly maxNorm: number }): Scalar =>
  // maxNorm / max(norm, maxNorm) is the minimum above without a division by zero.
  scoped(() => div(scalar(maxNorm), maximum(normOf(gradients), scalar(maxNorm))));

/** What it follows: the mean of the norms so far, and of how many. Both begin at 0. */
interface NormMemory {
  readonly mean: Variable<Rank.R0>;
  readonly count: Variable<Rank.R0>;
}

/**
 * min(1, c/‖g‖) with c = alpha·mean + beta, the mean of ‖g‖ over all calls before; the first time 1. The norms that are
 * remembered are those before clipping.
 */
export const dynamicClipScale = (
  { mean, count }: NormMemory,
  gradients: readonly Tensor[],
  { alpha, beta }: { readonly alpha: number; readonly beta: number },
): Scalar =>
  scoped(() => {
    const norm = normOf(gradients);
    const isFirst = sub(scalar(1), run<Rank.R0>(Minimum, { a: count, b: scalar(1) }));
    // The first time the bound is at least the norm itself, so that nothing is clipped; no reading back is needed.
    const bound = add(addBy(mulBy(mean, alpha), beta), mul(isFirst, norm));
    const scale = div(bound, maximum(maximum(norm, bound), scalar(smallest)));
    const next = addBy(count, 1);
    mean.assign(add(mean, div(sub(norm, mean), next)));
    count.assign(next);
    return scale;
  });

/** Where norm and bound are 0 the factor does not matter, as long as it is a number. */
const smallest = 1e-30;

/** Each element within −max and max. */
export const clipValue = <R extends Rank>(gradient: Tensor<R>, { max }: { readonly max: number }): Tensor<R> =>
  run(ClipByValue, { x: gradient }, { clipValueMin: -max, clipValueMax: max });

interface AdaptiveOptions {
  /** Default 0.01. */
  readonly lambda?: number;
  /** The least norm that weights count with. Default 1e-3. */
  readonly eps?: number;
}

/** g·min(1, λ·max(‖w‖, eps)/‖g‖) per output unit, which is the last axis; a vector is one unit. */
export const adaptiveClip = <R extends Rank>(
  parameter: Tensor<R>,
  gradient: Tensor<R>,
  { lambda = 0.01, eps = 1e-3 }: AdaptiveOptions = {},
): Tensor<R> =>
  scoped(() => {
    const bound = mulBy(maximum(unitNorms(parameter), scalar(eps)), lambda);
    // bound / max(‖g‖, bound) is at most 1, without a division by zero.
    return mul(gradient, div(bound, maximum(unitNorms(gradient), bound)));
  });
