/**
 * Which values of x [N, ..., C] share their statistics, and how means over them are taken. x is seen as [blocks, rows, channels], with
 * statistics over the rows of a block and the channels of a group:
 *   over batch    [1, N·H·W, C], in slices [N/slice, slice·H·W, C]      statistics [C] or [N/slice, C]
 *   over sample   [N, H·W, C]                                           statistics [N, groups]
 *   over position [N·H·W, 1, C], one group                              statistics [N, H, W, 1]
 */
import { AvgPool, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import { backendName, filled, matrixProduct, mul, mulBy, reshaped, run, summed } from './run.ts';

export interface Grouping {
  /** Default `batch`. */
  readonly over?: 'batch' | 'sample' | 'position';
  /** Samples whose statistics are taken together; default the whole batch. */
  readonly slice?: number;
  /** Groups of channels; default each channel by itself. */
  readonly groups?: number;
}

export interface View {
  readonly blocks: number;
  readonly rows: number;
  readonly channels: number;
  readonly groups: number;
  /** Rows of one sample in a block, by which sums are taken in two steps. */
  readonly inner: number;
  /** Rows that are seen as one while they are combined with statistics. */
  readonly fold: number;
  /** How many values a mean is taken of. */
  readonly count: number;
  /** Shape of the statistics. */
  readonly shape: readonly number[];
}

export function viewOf(x: Tensor, { over = 'batch', slice, groups }: Grouping): View {
  const [samples = 1] = x.shape;
  const channels = x.shape.at(-1) ?? 1;
  const positions = x.size / (samples * channels);
  if (over === 'position') {
    const view = { blocks: samples * positions, rows: 1, channels, groups: 1, inner: 1, fold: 1, count: channels };
    return { ...view, shape: [...x.shape.slice(0, -1), 1] };
  }
  if (over === 'sample') {
    const own = groups ?? channels;
    const fold = foldOf(positions, channels);
    const view = { blocks: samples, rows: positions, channels, groups: own, inner: positions, fold };
    return { ...view, count: (positions * channels) / own, shape: [samples, own] };
  }
  const size = slice ?? samples;
  if (samples % size !== 0)
    throw new RangeError(`slices of ${size} samples do not divide a batch of ${samples} samples`);
  const blocks = samples / size;
  return {
    blocks,
    rows: size * positions,
    channels,
    groups: channels,
    inner: positions,
    fold: foldOf(size * positions, channels),
    count: size * positions,
    shape: slice === undefined ? [channels] : [blocks, channels],
  };
}

/**
 * On wasm a kernel that broadcasts goes from row to row, so rows are taken together: 0.9 ms where rows of 32 channels take
 * 1.5 against one block of statistics and 4.9 against 64 (x [64, 28, 28, 32]; in one process).
 */
const widest = 1024;

/** How many rows fit: the largest divisor that does. */
function foldOf(rows: number, channels: number): number {
  let fold = Math.max(1, Math.min(rows, Math.floor(widest / channels)));
  while (rows % fold !== 0) fold--;
  return fold;
}

/** x as [blocks, rows/fold, fold·channels]. */
export const asRows = (x: Tensor, { blocks, rows, channels, fold }: View): Tensor<Rank.R3> =>
  reshaped<Rank.R3>(x, [blocks, rows / fold, fold * channels]);

/** What is one number a channel, [blocks or 1, 1, channels], once for each row of a fold; one number for all is left. */
export function widened(small: Tensor<Rank.R3>, { channels, fold }: View): Tensor<Rank.R3> {
  const [blocks] = small.shape;
  if (fold === 1 || small.shape[2] === 1) return small;
  const repeated = mul(reshaped<Rank.R4>(small, [blocks, 1, 1, channels]), filled([1, 1, fold, 1], 1));
  return reshaped<Rank.R3>(repeated, [blocks, 1, fold * channels]);
}

/** The mean over the rows of each block: [blocks, channels]. Samples first, which also rounds less. */
export function rowMeans(x: Tensor, { blocks, rows, channels, inner }: View): Tensor<Rank.R2> {
  const outer = rows / inner;
  const samples = meanOf(x, blocks * outer, inner, channels);
  return reshaped<Rank.R2>(meanOf(samples, blocks, outer, channels), [blocks, channels]);
}

/**
 * On wasm an average pool is the fast way to a mean over rows: 0.5 ms where Sum takes 11 and a product with ones 7
 * (x [64, 28, 28, 32]; in one process).
 */
function meanOf(x: Tensor, blocks: number, rows: number, channels: number): Tensor {
  // XNNPACK refuses windows of one pixel.
  if (rows === 1) return x;
  if (backendName() === 'wasm')
    return run(
      AvgPool,
      { x: reshaped(x, [blocks, rows, 1, channels]) },
      { filterSize: [rows, 1], strides: [1, 1], pad: 'valid' },
    );
  return mulBy(summed(reshaped(x, [blocks, rows, channels]), [1]), 1 / rows);
}

/**
 * The mean over the channels of each group, times `weights` [channels] where they are given: [blocks, channels] → [blocks, groups].
 */
export function groupMeans(x: Tensor<Rank.R2>, { blocks, channels, groups }: View, weights?: Tensor): Tensor<Rank.R2> {
  const each = channels / groups;
  if (each === 1) return weights === undefined ? x : mul(x, weights);
  // A product with the weights spares one with each value; without them Sum is faster (0.5 ms and 1.0 on wasm).
  if (groups === 1 && weights !== undefined)
    return matrixProduct(x, reshaped<Rank.R2>(mulBy(weights, 1 / each), [channels, 1]));
  const values = reshaped(weights === undefined ? x : mul(x, weights), [blocks * groups, each]);
  return mulBy(reshaped<Rank.R2>(summed(values, [1]), [blocks, groups]), 1 / each);
}

/** Statistics as [blocks, 1, channels], or [blocks, 1, 1] for one group. */
export function spread(statistics: Tensor, { blocks, channels, groups }: View): Tensor<Rank.R3> {
  const each = channels / groups;
  if (groups === 1 || each === 1) return reshaped<Rank.R3>(statistics, [blocks, 1, groups]);
  const repeated = mul(reshaped<Rank.R3>(statistics, [blocks, groups, 1]), filled([1, 1, each], 1));
  return reshaped<Rank.R3>(repeated, [blocks, 1, channels]);
}
