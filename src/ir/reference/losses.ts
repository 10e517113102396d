/**
 * Losses, one sample row at a time: a row is what stands along the last axis. Of a prediction [N, …, C] with R rows a sample,
 *   loss = 1/N · Σₙ wₙ · 1/R · Σᵣ value(p[n,r], t[n,r])        w = 1 unless weights are given
 * which is Keras's `sum_over_batch_size`: with weights too the sum is divided by the batch, not by the sum of weights.
 */
import { map, type NdArray, scalar, sizeOf, zeros } from '../nd.ts';

type Row = Float64Array;

/** A loss of one row, and its slope by each value of the prediction. */
export interface RowLoss<O = unknown> {
  readonly value: (p: Row, t: Row, options: O) => number;
  readonly slope: (p: Row, t: Row, options: O) => ArrayLike<number>;
}

/** Keras's `epsilon()`: what logarithms and divisors are kept above. */
export const epsilon = 1e-7;

const mean = (row: ArrayLike<number>): number => sumOf(row) / row.length;
const sumOf = (row: ArrayLike<number>): number => Array.from(row).reduce((a, b) => a + b, 0);
const dot = (a: Row, b: Row): number => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
const norm = (a: Row): number => Math.sqrt(dot(a, a));
const logaddexp = (a: number, b: number): number => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The mean over the row of a function of a prediction and its target. */
const byElement = <O>(
  value: (p: number, t: number, options: O) => number,
  slope: (p: number, t: number, options: O) => number,
): RowLoss<O> => ({
  value: (p, t, options) => mean(p.map((v, i) => value(v, t[i] ?? 0, options))),
  slope: (p, t, options) => p.map((v, i) => slope(v, t[i] ?? 0, options) / p.length),
});

export const meanSquaredError = byElement(
  (p, t) => (p - t) ** 2,
  (p, t) => 2 * (p - t),
);

export const meanAbsoluteError = byElement(
  (p, t) => Math.abs(p - t),
  (p, t) => Math.sign(p - t),
);

const size = (t: number): number => Math.max(Math.abs(t), epsilon);
export const meanAbsolutePercentageError = byElement(
  (p, t) => (100 * Math.abs(p - t)) / size(t),
  (p, t) => (100 * Math.sign(p - t)) / size(t),
);

const logOf = (v: number): number => Math.log(Math.max(v, epsilon) + 1);
export const meanSquaredLogarithmicError = byElement(
  (p, t) => (logOf(p) - logOf(t)) ** 2,
  (p, t) => (p > epsilon ? (2 * (logOf(p) - logOf(t))) / (p + 1) : 0),
);

export const logCosh = byElement(
  (p, t) => logaddexp(p - t, t - p) - Math.LN2,
  (p, t) => Math.tanh(p - t),
);

export const poisson = byElement(
  (p, t) => p - t * Math.log(p + epsilon),
  (p, t) => 1 - t / (p + epsilon),
);

/** How the two sides of a margin are written: `signs` −1 and 1, where 0 stands for −1 too, or `shares` from 0 to 1. */
type Sides = 'signs' | 'shares';
export interface Margin {
  readonly sides: Sides;
}
const side = (t: number, { sides }: Margin): number => (sides === 'shares' ? 2 * t - 1 : t === 0 ? -1 : t);

export const hinge = byElement<Margin>(
  (p, t, options) => Math.max(1 - side(t, options) * p, 0),
  (p, t, options) => (side(t, options) * p < 1 ? -side(t, options) : 0),
);

export const squaredHinge = byElement<Margin>(
  (p, t, options) => Math.max(1 - side(t, options) * p, 0) ** 2,
  (p, t, options) => -2 * side(t, options) * Math.max(1 - side(t, options) * p, 0),
);

/** The greatest (1 − t)·p and where it stands first. */
function against(p: Row, t: Row): { readonly value: number; readonly at: number } {
  const values = p.map((v, i) => (1 - (t[i] ?? 0)) * v);
  const value = Math.max(...values);
  return { value, at: values.indexOf(value) };
}

export const categoricalHinge: RowLoss = {
  value: (p, t) => Math.max(against(p, t).value - dot(p, t) + 1, 0),
  slope(p, t) {
    const { value, at } = against(p, t);
    return p.map((_, i) => (value - dot(p, t) + 1 > 0 ? (i === at ? 1 - (t[i] ?? 0) : 0) - (t[i] ?? 0) : 0));
  },
};

const clipped = (v: number): number => Math.min(Math.max(v, epsilon), 1);
export const klDivergence: RowLoss = {
  value: (p, t) => sumOf(p.map((v, i) => clipped(t[i] ?? 0) * Math.log(clipped(t[i] ?? 0) / clipped(v)))),
  slope: (p, t) => p.map((v, i) => (v > epsilon && v < 1 ? -clipped(t[i] ?? 0) / v : 0)),
};

/** 1/‖x‖, at most 1/epsilon. */
const inverse = (x: Row): number => Math.min(1 / norm(x), 1 / epsilon);
export const cosineProximity: RowLoss = {
  value: (p, t) => -dot(p, t) * inverse(p) * inverse(t),
  slope(p, t) {
    // A vector of no length has no direction that could be turned.
    if (norm(p) <= epsilon) return p.map(() => 0);
    const [a, b] = [inverse(p), inverse(t)];
    const cosine = dot(p, t) * a * b;
    return p.map((v, i) => a * (cosine * a * v - b * (t[i] ?? 0)));
  },
};

export interface Smoothing {
  readonly smoothing: number;
}

export const sigmoidCrossEntropy = byElement<Smoothing>(
  (p, t, { smoothing }) => {
    const target = t * (1 - smoothing) + smoothing / 2;
    return Math.max(p, 0) - p * target + Math.log1p(Math.exp(-Math.abs(p)));
  },
  (p, t, { smoothing }) => sigmoid(p) - (t * (1 - smoothing) + smoothing / 2),
);

function shiftedRow(p: Row): Row {
  const greatest = Math.max(...p);
  return p.map((v) => v - greatest);
}
const smoothed = (t: Row, s: number): Row => t.map((v) => v * (1 - s) + s / t.length);

export const softmaxCrossEntropy: RowLoss<Smoothing> = {
  value(p, t, { smoothing }) {
    const row = shiftedRow(p);
    const normalizer = Math.log(sumOf(row.map(Math.exp)));
    return smoothed(t, smoothing).reduce((sum, share, i) => sum + share * (normalizer - (row[i] ?? 0)), 0);
  },
  slope(p, t, { smoothing }) {
    const exponentials = shiftedRow(p).map(Math.exp);
    const [total, target] = [sumOf(exponentials), smoothed(t, smoothing)];
    const share = sumOf(target);
    return p.map((_, i) => (share * (exponentials[i] ?? 0)) / total - (target[i] ?? 0));
  },
};

/** The rows of x [N, …, C], how many there are of a sample, and what each counts. */
function rowsOf(x: NdArray, weights: NdArray | null) {
  const width = x.shape.at(-1) ?? 1;
  const count = sizeOf(x.shape) / width;
  const samples = x.shape[0] ?? 1;
  return {
    count,
    row: (of: NdArray, r: number): Row => of.data.slice(r * width, (r + 1) * width),
    weight: (r: number): number => (weights?.data[Math.floor((r * samples) / count)] ?? 1) / count,
    width,
  };
}

export function lossOf<O>(loss: RowLoss<O>, p: NdArray, t: NdArray, weights: NdArray | null, options: O): NdArray {
  const { count, row, weight } = rowsOf(p, weights);
  let total = 0;
  for (let r = 0; r < count; r++) total += weight(r) * loss.value(row(p, r), row(t, r), options);
  return scalar(total);
}

export function slopeOf<O>(
  loss: RowLoss<O>,
  p: NdArray,
  t: NdArray,
  weights: NdArray | null,
  dLoss: NdArray | null,
  options: O,
): NdArray {
  const { count, row, weight, width } = rowsOf(p, weights);
  const slopes = zeros(p.shape);
  for (let r = 0; r < count; r++) {
    const slope = loss.slope(row(p, r), row(t, r), options);
    for (let i = 0; i < width; i++)
      slopes.data[r * width + i] = (dLoss?.data[0] ?? 1) * weight(r) * (slope[i] ?? Number.NaN);
  }
  return slopes;
}

/** [N] → [N, classes]: 1 at the class, 0 elsewhere. */
export const oneHot = (label: NdArray, classes: number): NdArray =>
  map(zeros([...label.shape, classes]), (_, i) => (label.data[Math.floor(i / classes)] === i % classes ? 1 : 0));

/** The weight of each class, or their mean under a distribution. */
export function classWeights(target: NdArray, weights: readonly number[]): NdArray {
  const shares = target.shape.length === 1 ? oneHot(target, weights.length) : target;
  const width = shares.shape[1] ?? 1;
  // Of two classes, a single column is the share of the second.
  const share = (n: number, c: number): number => {
    const value = shares.data[n * width + (width === 1 ? 0 : c)] ?? 0;
    return width === 1 && c === 0 ? 1 - value : value;
  };
  return map(zeros(shares.shape.slice(0, 1)), (_, n) => weights.reduce((sum, w, c) => sum + w * share(n, c), 0));
}
