/** Clipping of gradients. */
import { map, type NdArray, scalar } from '../nd.ts';
import { norms, unitAxes } from './units.ts';

const normOf = (gradients: readonly NdArray[]): number =>
  Math.sqrt(gradients.reduce((total, g) => total + g.data.reduce((sum, v) => sum + v * v, 0), 0));

const within = (norm: number, bound: number): number => (norm > bound ? bound / norm : 1);

export const clipScale = (gradients: readonly NdArray[], maxNorm: number): NdArray =>
  scalar(within(normOf(gradients), maxNorm));

/** The scale, the new mean and the new count. */
export function dynamicClipScale(
  mean: NdArray,
  count: NdArray,
  gradients: readonly NdArray[],
  { alpha, beta }: { readonly alpha: number; readonly beta: number },
): readonly [NdArray, NdArray, NdArray] {
  const [before = 0, n = 0] = [mean.data[0], count.data[0]];
  const norm = normOf(gradients);
  const scale = n === 0 ? 1 : within(norm, alpha * before + beta);
  return [scalar(scale), scalar(before + (norm - before) / (n + 1)), scalar(n + 1)];
}

export const clipValue = (gradient: NdArray, max: number): NdArray =>
  map(gradient, (g) => Math.max(-max, Math.min(max, g)));

export function adaptiveClip(
  parameter: NdArray,
  gradient: NdArray,
  { lambda, eps }: { readonly lambda: number; readonly eps: number },
): NdArray {
  const axes = unitAxes(parameter.shape);
  const [w, g] = [norms(parameter, axes), norms(gradient, axes)];
  return map(gradient, (value, i) => value * within(g.at(i), lambda * Math.max(w.at(i), eps)));
}
