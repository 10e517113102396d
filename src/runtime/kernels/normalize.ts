/**
 * normalize: x̂ = (x − mean)·r with r = 1/√(variance + ε), and a factor and an offset per channel: y = gamma·x̂ + beta.
 * `over`, `slice` and `groups` say which values of x [N, ..., C] share their statistics (grouping.ts). Not `centred`, mean
 * is 0 and variance the mean square. ε = epsilon + |learned|. Without gamma or beta these are 1 and 0.
 *
 * Source  Ioffe & Szegedy 2015; Ba et al. 2016; Wu & He 2018; Singh & Krishnan 2020.
 */
import { Abs, type Rank, Sign, type Tensor } from '@tensorflow/tfjs-core';
import type { Vector } from '../types.ts';
import { channelSum } from './channels.ts';
import { asRows, type Grouping, groupMeans, rowMeans, spread, type View, viewOf, widened } from './grouping.ts';
import {
  add,
  addBy,
  filled,
  has,
  inverseSqrt,
  matrixProduct,
  mul,
  mulBy,
  reshaped,
  run,
  runMany,
  scoped,
  square,
  sub,
  summed,
  unary,
} from './run.ts';

/**
 * The names under which a backend may offer these as kernels of its own for a whole batch: x and dy [N, H, W, C], gamma
 * and beta always there, attribute epsilon; results y, mean, variance and dx, dgamma, dbeta.
 */
export const batchNormKernel = 'NrmcBatchNorm';
export const batchNormTrainKernel = 'NrmcBatchNormTrain';
export const batchNormGradKernel = 'NrmcBatchNormGrad';

interface Affine {
  readonly gamma?: Vector;
  readonly beta?: Vector;
  readonly epsilon: number;
}

interface Options extends Affine, Grouping {
  /** One number whose magnitude is added to epsilon. */
  readonly learned?: Vector;
  /** Default true. */
  readonly centred?: boolean;
}

/** What a backend's own kernel wants: an image, and gamma and beta in any case. */
const whole = (x: Tensor, { gamma, beta }: Omit<Affine, 'epsilon'>) => {
  const channels = x.shape.at(-1) ?? 1;
  return {
    x: asImage(x),
    gamma: gamma ?? filled<Rank.R1>([channels], 1),
    beta: beta ?? filled<Rank.R1>([channels], 0),
  };
};

const asImage = (x: Tensor): Tensor => {
  const channels = x.shape.at(-1) ?? 1;
  return x.rank === 4 ? x : reshaped(x, [x.size / channels, 1, 1, channels]);
};

const isBatch = ({ over = 'batch', slice, learned, centred = true }: Options): boolean =>
  over === 'batch' && slice === undefined && learned === undefined && centred;

/** By given statistics: those of the population, or of a batch. */
export const batchNorm = <R extends Rank>(
  x: Tensor<R>,
  options: Affine & { readonly mean: Vector; readonly variance: Vector },
): Tensor<R> =>
  scoped(() => {
    const { mean, variance, gamma, beta, epsilon } = options;
    if (has(batchNormKernel))
      return reshaped(run(batchNormKernel, { ...whole(x, options), mean, variance }, { epsilon }), x.shape);
    // Three broadcasting kernels: 2 ms where FusedBatchNorm takes 5 on wasm (x [64, 28, 28, 32]; in one process).
    const view = viewOf(x, {});
    const r = inverseSqrt(addBy(variance, epsilon));
    const centered = sub(asRows(x, view), widened(spread(mean, view), view));
    return reshaped<R>(shifted(scaledBy(centered, r, gamma, view), beta, view), x.shape);
  });

/** By the mean and variance of the values themselves. */
export const normalize = <R extends Rank>(x: Tensor<R>, options: Options): Tensor<R> =>
  scoped(() => normalized(x, options).y);

/** Rank of the statistics. */
type StatisticsRank<R extends Rank, O extends Grouping> = O extends { readonly over: 'position' }
  ? R
  : O extends { readonly over: 'sample' } | { readonly slice: number }
    ? Rank.R2
    : Rank.R1;

type Normalized<R extends Rank, O extends Options> = {
  readonly y: Tensor<R>;
  readonly variance: Tensor<StatisticsRank<R, O>>;
} & (O extends { readonly centred: false } ? object : { readonly mean: Tensor<StatisticsRank<R, O>> });

/** The same, and the statistics: the variance divides by the count (biased), and is the mean square when not centred. */
export function normalizeTrain<R extends Rank, const O extends Options>(x: Tensor<R>, options: O): Normalized<R, O> {
  const { y, variance, mean } = scoped(() => {
    const made = normalized(x, options);
    return { y: made.y, variance: made.variance, ...(made.mean === null ? {} : { mean: made.mean }) };
  });
  // Their shapes are those of grouping.ts, which the type repeats; no mean where the options say so.
  return { y, variance, ...(mean === undefined ? {} : { mean }) } as unknown as Normalized<R, O>;
}

function normalized<R extends Rank>(
  x: Tensor<R>,
  options: Options,
): { readonly y: Tensor<R>; readonly variance: Tensor; readonly mean: Tensor | null } {
  const { gamma, beta, epsilon, centred = true } = options;
  if (isBatch(options) && has(batchNormTrainKernel)) {
    const [y, mean, variance] = runMany(batchNormTrainKernel, whole(x, options), { epsilon });
    if (y === undefined || mean === undefined || variance === undefined)
      throw new Error(`${batchNormTrainKernel} has three results`);
    return { y: reshaped(y, x.shape), variance, mean };
  }
  const view = viewOf(x, options);
  const rows = asRows(x, view);
  const mean = centred ? groupMeans(rowMeans(rows, view), view) : null;
  // Two passes: E[x²] − mean² would cancel where the mean is large.
  const centered = mean === null ? rows : sub(rows, widened(spread(mean, view), view));
  const variance = groupMeans(rowMeans(square(centered), view), view);
  const y = scaledBy(centered, inverse(variance, options), gamma, view);
  return {
    y: reshaped<R>(shifted(y, beta, view), x.shape),
    variance: reshaped(variance, view.shape),
    mean: mean && reshaped(mean, view.shape),
  };
}

/** r [blocks, groups]. */
function inverse(variance: Tensor<Rank.R2>, { epsilon, learned }: Options): Tensor<Rank.R2> {
  const shifted = addBy(variance, epsilon);
  return inverseSqrt(learned === undefined ? shifted : add(shifted, unary(Abs, learned)));
}

/** rows·r·gamma. What is small is multiplied first. */
function scaledBy(rows: Tensor<Rank.R3>, r: Tensor, gamma: Vector | undefined, view: View): Tensor<Rank.R3> {
  const factor = spread(r, view);
  if (gamma === undefined) return mul(rows, widened(factor, view));
  // With one row a block, r and gamma together are as large as x.
  if (view.rows === 1 && view.groups === 1) return mul(mul(rows, factor), gamma);
  return mul(rows, widened(mul(factor, gamma), view));
}

const shifted = (rows: Tensor<Rank.R3>, beta: Vector | undefined, view: View): Tensor<Rank.R3> =>
  beta === undefined ? rows : add(rows, widened(reshaped<Rank.R3>(beta, [1, 1, view.channels]), view));

type Gradients<R extends Rank, O> = {
  readonly dx: Tensor<R>;
  readonly dgamma: Tensor<Rank.R1>;
  readonly dbeta: Tensor<Rank.R1>;
} & (O extends { readonly learned: Vector } ? { readonly dlearned: Tensor<Rank.R1> } : object);

/**
 * In closed form, with g = dy·gamma and means over the values of a group; mean and variance are those of the same x.
 *   dx = r·(g − mean(g) − x̂·mean(g·x̂)), without mean(g) when not centred
 *   dgamma = Σ dy·x̂   dbeta = Σ dy   dlearned = −½·sign(learned)·Σ g·x̂·r²
 */
export function normalizeGrad<R extends Rank, const O extends Omit<Options, 'beta'> & { readonly mean?: Tensor }>(
  dy: Tensor<R>,
  x: Tensor<R>,
  variance: Tensor,
  options: O,
): Gradients<R, O> {
  const results = scoped((): { [name: string]: Tensor } => {
    const { gamma, learned, epsilon, mean } = options;
    if (isBatch(options) && mean !== undefined && has(batchNormGradKernel)) {
      const inputs = { ...whole(x, options), dy: asImage(dy), mean, variance };
      const [dx, dgamma, dbeta] = runMany(batchNormGradKernel, inputs, { epsilon });
      if (dx === undefined || dgamma === undefined || dbeta === undefined)
        throw new Error(`${batchNormGradKernel} has three results`);
      return { dx: reshaped(dx, x.shape), dgamma, dbeta };
    }
    const view = viewOf(x, options);
    const r = inverse(reshaped<Rank.R2>(variance, [view.blocks, view.groups]), options);
    const rows = asRows(x, view);
    const centered = mean === undefined ? rows : sub(rows, widened(spread(mean, view), view));
    const parts = { dy: asRows(dy, view), centered, r, gamma, centred: mean !== undefined };
    const { dx, dgamma, dbeta, inner } =
      view.rows === 1 && view.groups === 1 ? byPosition(parts, view) : byRows(parts, view);
    // Σ g·x̂·r² is r³ times the sum of g·(x − mean), which is `inner` a group.
    const dlearned =
      learned && mulBy(mul(unary(Sign, learned), summed(mul(inner, cubed(r)), [0, 1])), -0.5 * view.count);
    return { dx: reshaped(dx, x.shape), dgamma, dbeta, ...(dlearned === undefined ? {} : { dlearned }) };
  });
  // The shapes are those of x and of its channels, whichever way they were computed.
  return results as Gradients<R, O>;
}

interface Parts {
  readonly dy: Tensor<Rank.R3>;
  /** x − mean, or x. */
  readonly centered: Tensor<Rank.R3>;
  readonly r: Tensor<Rank.R2>;
  readonly gamma: Vector | undefined;
  readonly centred: boolean;
}

interface Sums {
  readonly dx: Tensor;
  readonly dgamma: Tensor<Rank.R1>;
  readonly dbeta: Tensor<Rank.R1>;
  /** mean(g·(x − mean)) [blocks, groups]. */
  readonly inner: Tensor<Rank.R2>;
}

/** Blocks of many rows: everything comes from two means over rows, of dy and of dy·(x − mean). */
function byRows({ dy, centered, r, gamma, centred }: Parts, view: View): Sums {
  const [ofDy, ofProduct] = [rowMeans(dy, view), rowMeans(mul(dy, centered), view)];
  const factors = reshaped<Rank.R2>(spread(r, view), [view.blocks, view.groups === 1 ? 1 : view.channels]);
  const dbeta = mulBy(blockSum(ofDy), view.rows);
  const dgamma = mulBy(blockSum(mul(ofProduct, factors)), view.rows);
  const inner = groupMeans(ofProduct, view, gamma);
  // What is small is joined first: dx = dy·(r·gamma) − r·mean(g) − (x − mean)·(r³·inner).
  const own = scaledBy(dy, r, gamma, view);
  const fromMean = centred ? sub(own, widened(spread(mul(r, groupMeans(ofDy, view, gamma)), view), view)) : own;
  return { dx: sub(fromMean, mul(centered, widened(spread(mul(cubed(r), inner), view), view))), dgamma, dbeta, inner };
}

/** Blocks of one row: means over its channels are products with a column, sums over positions products with a row. */
function byPosition({ dy, centered, r, gamma, centred }: Parts, view: View): Sums {
  const flat = (t: Tensor): Tensor<Rank.R2> => reshaped<Rank.R2>(t, [view.blocks, view.channels]);
  const [cotangent, product] = [flat(dy), flat(mul(dy, centered))];
  const dbeta = channelSum(cotangent);
  const dgamma = reshaped<Rank.R1>(matrixProduct(r, product, true), [view.channels]);
  const inner = groupMeans(product, view, gamma);
  const g = gamma === undefined ? cotangent : mul(cotangent, gamma);
  const fromMean = centred ? sub(g, groupMeans(cotangent, view, gamma)) : g;
  return { dx: mul(sub(fromMean, mul(flat(centered), mul(square(r), inner))), r), dgamma, dbeta, inner };
}

const cubed = <R extends Rank>(r: Tensor<R>): Tensor<R> => mul(r, square(r));

/** Σ over blocks: [blocks, channels] → [channels]. */
const blockSum = (x: Tensor<Rank.R2>): Tensor<Rank.R1> =>
  x.shape[0] === 1 ? reshaped<Rank.R1>(x, [x.shape[1]]) : channelSum(x);
