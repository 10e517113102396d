/** Constraints: projections of weights after their update, in place. */
import { type Rank, Relu, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { add, div, maximum, mul, reshaped, scalar, scoped, sqrt, square, summed, tensor, unary } from './run.ts';
import { unitNorms } from './units.ts';

interface Axes {
  /** What a norm goes over. Default: all axes but the last, so that each output unit has its own; of a vector the whole. */
  readonly axes?: readonly number[];
}

/** w ← w·min(1, max/‖w‖) */
export function maxNorm<R extends Rank>(parameter: Variable<R>, { max, axes }: Axes & { readonly max: number }): void {
  scoped(() => {
    // max / max(‖w‖, max) is exactly 1 for what is within already.
    const bound = scalar(max);
    parameter.assign(mul(parameter, div(bound, maximum(unitNorms(parameter, axes), bound))));
  });
}

/** w ← w/‖w‖, 0 stays 0. */
export function unitNorm<R extends Rank>(parameter: Variable<R>, { axes }: Axes = {}): void {
  scoped(() => {
    // Squares of what is smaller than this are 0 in float32, and so is the norm: it must not be blown up.
    parameter.assign(div(parameter, maximum(unitNorms(parameter, axes), scalar(1e-19))));
  });
}

/** w ← max(w, 0) */
export function nonNegative<R extends Rank>(parameter: Variable<R>): void {
  scoped(() => {
    parameter.assign(unary(Relu, parameter));
  });
}

/**
 * The nearest point of a ball around 0, of all parameters together.
 *   l2   w ← w·min(1, radius/‖w‖₂)
 *   l1   w ← sign(w)·max(|w| − θ, 0),  θ such that ‖w‖₁ = radius; unchanged where it is no more
 *
 * The L1 ball is projected onto on the host, in float64: sorting is the larger part of it, and no backend has an exact
 * sort.
 *
 * Source  Duchi et al. 2008, figure 1.
 */
export function projectBall(
  parameters: readonly Variable[],
  { norm, radius }: { readonly norm: 'l1' | 'l2'; readonly radius: number },
): void {
  if (norm === 'l1') {
    ontoL1Ball(parameters, radius);
    return;
  }
  scoped(() => {
    const bound = scalar(radius);
    const length = sqrt(
      parameters.reduce<Tensor<Rank.R0>>((sum, w) => add(sum, summed(reshaped(square(w), [w.size]), [0])), scalar(0)),
    );
    const scale = div(bound, maximum(length, bound));
    for (const parameter of parameters) parameter.assign(mul(parameter, scale));
  });
}

function ontoL1Ball(parameters: readonly Variable[], radius: number): void {
  const values = parameters.map((parameter) => parameter.dataSync<'float32'>());
  const threshold = l1Threshold(values, radius);
  if (threshold === 0) return;
  parameters.forEach((parameter, i) => {
    const shrunk = Float32Array.from(values[i] ?? [], (v) => Math.sign(v) * Math.max(Math.abs(v) - threshold, 0));
    const next = tensor(shrunk, parameter.shape);
    parameter.assign(next);
    next.dispose();
  });
}

/** What is taken off every |v| so that they add up to the radius; 0 where they are no more than that. */
function l1Threshold(values: readonly Float32Array[], radius: number): number {
  const sizes = new Float64Array(values.reduce((count, part) => count + part.length, 0));
  let at = 0;
  let total = 0;
  for (const part of values) {
    for (const value of part) {
      const size = Math.abs(value);
      sizes[at++] = size;
      total += size;
    }
  }
  if (total <= radius) return 0;
  sizes.sort().reverse();
  let [sum, threshold] = [0, 0];
  for (const [k, size] of sizes.entries()) {
    sum += size;
    const candidate = (sum - radius) / (k + 1);
    if (size <= candidate) break;
    threshold = candidate;
  }
  return threshold;
}
