/** Projections of weights. */
import { map, type NdArray } from '../nd.ts';
import { norms, unitAxes } from './units.ts';

export function maxNorm(w: NdArray, max: number, axes: readonly number[] | null): NdArray {
  const norm = norms(w, axes ?? unitAxes(w.shape));
  return map(w, (v, i) => (norm.at(i) > max ? (v * max) / norm.at(i) : v));
}

export function unitNorm(w: NdArray, axes: readonly number[] | null): NdArray {
  const norm = norms(w, axes ?? unitAxes(w.shape));
  return map(w, (v, i) => (norm.at(i) === 0 ? 0 : v / norm.at(i)));
}

export const nonNegative = (w: NdArray): NdArray => map(w, (v) => Math.max(v, 0));

export function projectBall(weights: readonly NdArray[], norm: 'l1' | 'l2', radius: number): readonly NdArray[] {
  const all = weights.flatMap((w) => [...w.data]);
  if (norm === 'l2') {
    const length = Math.sqrt(all.reduce((sum, v) => sum + v * v, 0));
    return length <= radius ? weights : weights.map((w) => map(w, (v) => (v * radius) / length));
  }
  const threshold = l1Threshold(all, radius);
  return weights.map((w) => map(w, (v) => Math.sign(v) * Math.max(Math.abs(v) - threshold, 0)));
}

/** What is taken off every |v| so that they add up to the radius; 0 where they are no more than that. */
function l1Threshold(values: readonly number[], radius: number): number {
  const sizes = values.map(Math.abs).toSorted((a, b) => b - a);
  if (sizes.reduce((a, b) => a + b, 0) <= radius) return 0;
  let [sum, threshold] = [0, 0];
  for (const [k, size] of sizes.entries()) {
    sum += size;
    const candidate = (sum - radius) / (k + 1);
    if (size <= candidate) break;
    threshold = candidate;
  }
  return threshold;
}
