/** The family of norms: means over groups of values of x [N, …, C], as ops/norm/grouping.ts has them. */

import { map, type NdArray, zeros } from '../nd.ts';
import type { Grouping } from '../ops/norm/grouping.ts';

type Options = Grouping & { readonly epsilon: number };

interface Groups {
  /** Shape of the statistics. */
  readonly shape: readonly number[];
  /** Number of values in each. */
  readonly count: number;
  /** Position in the statistics of the value at a flat position of x. */
  readonly of: (flat: number) => number;
}

function groupsOf(x: NdArray, { over, slice, groups }: Grouping): Groups {
  const samples = x.shape[0] ?? 1;
  const channels = x.shape.at(-1) ?? 1;
  const size = x.data.length / samples;
  const channel = (flat: number): number => flat % channels;
  const sample = (flat: number): number => Math.floor(flat / size);
  const made = (shape: readonly number[], of: (flat: number) => number): Groups => ({
    shape,
    count: x.data.length / shape.reduce((a, b) => a * b, 1),
    of,
  });
  if (over === 'position') return made([...x.shape.slice(0, -1), 1], (flat) => Math.floor(flat / channels));
  if (over === 'sample') {
    const each = channels / (groups ?? channels);
    return made(
      [samples, channels / each],
      (flat) => (sample(flat) * channels) / each + Math.floor(channel(flat) / each),
    );
  }
  return slice === null
    ? made([channels], channel)
    : made([samples / slice, channels], (flat) => Math.floor(sample(flat) / slice) * channels + channel(flat));
}

/** The mean over each group of f(flat position). */
function means(x: NdArray, groups: Groups, f: (flat: number) => number): NdArray {
  const total = zeros(groups.shape);
  x.data.forEach((_, i) => {
    const at = groups.of(i);
    total.data[at] = (total.data[at] ?? 0) + f(i) / groups.count;
  });
  return total;
}

/** Sum over all axes but the last of f(flat position): [C]. */
function channelSum(x: NdArray, f: (flat: number) => number): NdArray {
  const channels = x.shape.at(-1) ?? 1;
  const total = zeros([channels]);
  x.data.forEach((_, i) => {
    total.data[i % channels] = (total.data[i % channels] ?? 0) + f(i);
  });
  return total;
}

const at = (v: NdArray | null, i: number, otherwise: number): number => v?.data[i] ?? otherwise;

const epsilonOf = ({ epsilon }: Options, learned: NdArray | null): number => epsilon + Math.abs(at(learned, 0, 0));

interface Statistics {
  readonly variance: NdArray;
  /** Null where the values are not centred. */
  readonly mean: NdArray | null;
}

/** x̂ = (x − mean)·r, and r by group. */
function standardized(x: NdArray, groups: Groups, { variance, mean }: Statistics, epsilon: number) {
  const r = map(variance, (v) => 1 / Math.sqrt(v + epsilon));
  return { r, values: map(x, (v, i) => (v - at(mean, groups.of(i), 0)) * at(r, groups.of(i), 0)) };
}

export function normalize(
  x: NdArray,
  gamma: NdArray | null,
  beta: NdArray | null,
  learned: NdArray | null,
  options: Options,
): { readonly y: NdArray; readonly mean: NdArray; readonly variance: NdArray } {
  const groups = groupsOf(x, options);
  const channels = x.shape.at(-1) ?? 1;
  const mean = options.centred ? means(x, groups, (i) => at(x, i, 0)) : zeros(groups.shape);
  const variance = means(x, groups, (i) => (at(x, i, 0) - at(mean, groups.of(i), 0)) ** 2);
  const { values } = standardized(x, groups, { variance, mean }, epsilonOf(options, learned));
  const y = map(values, (v, i) => at(gamma, i % channels, 1) * v + at(beta, i % channels, 0));
  return { y, mean, variance };
}

export function normalizeGrad(
  dy: NdArray,
  x: NdArray,
  statistics: Statistics,
  gamma: NdArray | null,
  learned: NdArray | null,
  options: Options,
): {
  readonly dx: NdArray;
  readonly dgamma: NdArray;
  readonly dbeta: NdArray;
  readonly dlearned: NdArray | null;
} {
  const groups = groupsOf(x, options);
  const channels = x.shape.at(-1) ?? 1;
  const { r, values } = standardized(x, groups, statistics, epsilonOf(options, learned));
  const g = map(dy, (v, i) => v * at(gamma, i % channels, 1));
  const fromMean = means(x, groups, (i) => at(g, i, 0));
  const fromSpread = means(x, groups, (i) => at(g, i, 0) * at(values, i, 0));
  const dx = map(g, (v, i) => {
    const k = groups.of(i);
    return at(r, k, 0) * (v - (options.centred ? at(fromMean, k, 0) : 0) - at(values, i, 0) * at(fromSpread, k, 0));
  });
  const inner = fromSpread.data.reduce((sum, v, k) => sum + v * groups.count * at(r, k, 0) ** 2, 0);
  return {
    dx,
    dgamma: channelSum(dy, (i) => at(dy, i, 0) * at(values, i, 0)),
    dbeta: channelSum(dy, (i) => at(dy, i, 0)),
    dlearned: learned && map(learned, (v) => -0.5 * Math.sign(v) * inner),
  };
}

/** By given statistics [C]. */
export function batchNorm(
  x: NdArray,
  gamma: NdArray | null,
  beta: NdArray | null,
  mean: NdArray,
  variance: NdArray,
  epsilon: number,
): NdArray {
  const channels = mean.data.length;
  return map(x, (v, i) => {
    const c = i % channels;
    return (at(gamma, c, 1) * (v - at(mean, c, 0))) / Math.sqrt(at(variance, c, 0) + epsilon) + at(beta, c, 0);
  });
}

/** momentum·moving + (1 − momentum)·value, for slices their mean; `of` is the value normalized where the unbiased variance counts. */
export function updateMoving(moving: NdArray, value: NdArray, of: NdArray | null, momentum: number): NdArray {
  const channels = moving.data.length;
  const slices = value.data.length / channels;
  const count = of === null ? 0 : of.data.length / value.data.length;
  const unbiased = count > 1 ? count / (count - 1) : 1;
  const batch = map(moving, (_, c) => {
    const of = Array.from({ length: slices }, (_, s) => at(value, s * channels + c, 0));
    return (of.reduce((a, b) => a + b, 0) / slices) * unbiased;
  });
  return map(moving, (v, i) => momentum * v + (1 - momentum) * at(batch, i, 0));
}
