/**
 * What losses have in common. A loss is 1/N · Σₙ wₙ · (the loss of sample n), w = 1 unless weights are given; the loss of a sample is the
 * mean over its rows, a row being what stands along the last axis. So with weights too the sum is divided by the number of samples.
 */
import { type Rank, type Scalar, Sum, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { mul, mulBy, reshaped, run, scoped } from '../run.ts';

interface Weighted {
  /** What each sample counts: [N]. */
  readonly weights?: Tensor1D;
}

interface WeightedSlope extends Weighted {
  /** The gradient by the loss; 1 unless given. */
  readonly dLoss?: Scalar;
}

/** [rows, C] of a value [N, …, C]. */
export const rowsOf = (x: Tensor): Tensor2D => reshaped<Rank.R2>(x, [-1, x.shape.at(-1) ?? 1]);

/** [rows, 1] */
export const rowSum = (x: Tensor2D): Tensor2D => run<Rank.R2>(Sum, { x }, { axis: [1], keepDims: true });

/** What each row counts, [rows, 1], as shares of the whole: rows of one sample alike. */
function sharesOf(weights: Tensor1D, rows: number): Tensor2D {
  const n = weights.shape[0];
  const column = mulBy(reshaped<Rank.R2>(weights, [n, 1]), 1 / rows);
  const each = rows / n;
  if (each === 1) return column;
  // A row for each row of the sample; a product with ones would be summed over instead.
  return reshaped<Rank.R2>(run('Tile', { x: column }, { reps: [1, each] }), [rows, 1]);
}

const sumAll = (x: Tensor): Scalar =>
  reshaped<Rank.R0>(run(Sum, { x: reshaped<Rank.R1>(x, [-1]) }, { axis: [0], keepDims: false }), []);

/** The mean of a loss of each row, [rows, 1]; or of each element, which makes its share of a row's mean. */
function meanOf(each: Tensor2D, weights: Tensor1D | undefined): Scalar {
  const [rows, width] = each.shape;
  return weights === undefined
    ? mulBy(sumAll(each), 1 / (rows * width))
    : mulBy(sumAll(mul(each, sharesOf(weights, rows))), 1 / width);
}

/** Slopes as they are in a mean over rows, or over elements when `width` is their number in a row; in the shape of the prediction. */
function shared<R extends Rank>(
  slopes: Tensor2D,
  width: number,
  { weights, dLoss }: WeightedSlope,
  like: Tensor<R>,
): Tensor<R> {
  const [rows] = slopes.shape;
  const mean =
    weights === undefined
      ? mulBy(slopes, 1 / (rows * width))
      : mul(slopes, width === 1 ? sharesOf(weights, rows) : mulBy(sharesOf(weights, rows), 1 / width));
  return reshaped<R>(dLoss === undefined ? mean : mul(mean, dLoss), like.shape);
}

export type Loss<Options extends object, Target extends Tensor = Tensor> = (
  prediction: Tensor,
  target: Target,
  options?: Weighted & Options,
) => Scalar;

export type Slope<Options extends object, Target extends Tensor = Tensor> = <R extends Rank>(
  prediction: Tensor<R>,
  target: Target,
  options?: WeightedSlope & Options,
) => Tensor<R>;

type Elements<Options> = (prediction: Tensor2D, target: Tensor2D, options: Options) => Tensor2D;

/** A loss of each element, and its slope by the prediction. */
export const ofElements = <Options extends object>(
  value: Elements<Partial<Options>>,
  slope: Elements<Partial<Options>>,
): readonly [Loss<Partial<Options>>, Slope<Partial<Options>>] => [
  (prediction, target, options = {}) =>
    scoped(() => meanOf(value(rowsOf(prediction), rowsOf(target), options), options.weights)),
  (prediction, target, options = {}) =>
    scoped(() => {
      const slopes = slope(rowsOf(prediction), rowsOf(target), options);
      return shared(slopes, slopes.shape[1], options, prediction);
    }),
];

/** A loss of each row, [rows, 1], and its slope by the prediction, [rows, C]. */
export const ofRows = <Options extends object, Target extends Tensor = Tensor>(
  value: (prediction: Tensor2D, target: Target, options: Partial<Options>) => Tensor2D,
  slope: (prediction: Tensor2D, target: Target, options: Partial<Options>) => Tensor2D,
): readonly [Loss<Partial<Options>, Target>, Slope<Partial<Options>, Target>] => [
  (prediction, target, options = {}) =>
    scoped(() => meanOf(value(rowsOf(prediction), target, options), options.weights)),
  (prediction, target, options = {}) =>
    scoped(() => shared(slope(rowsOf(prediction), target, options), 1, options, prediction)),
];
