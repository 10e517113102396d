/** What goes on over several batches and updates: accumulated gradients, averages of weights. */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, filled, mulBy, scoped, sub } from './run.ts';

/** sum ← sum + share·gradient; `share`: the samples of this batch over those of the update. */
export function accumulate<R extends Rank>(sum: Variable<R>, gradient: Tensor<R>, share: number | undefined = 1): void {
  scoped(() => {
    sum.assign(add(sum, mulBy(gradient, share)));
  });
}

/** sums ← 0 */
export function clearSums(sums: readonly Variable[]): void {
  scoped(() => {
    for (const sum of sums) sum.assign(filled(sum.shape, 0));
  });
}

/** average ← average + share·(value − average); with a share of 1 they are the same memory, until one changes. */
export function updateAverage<R extends Rank>(average: Variable<R>, value: Tensor<R>, share: number): void {
  if (share === 0) return;
  scoped(() => {
    average.assign(share === 1 ? value : add(average, mulBy(sub(value, average), share)));
  });
}

/**
 * The share of the newest weights in an exponential average, by the number of the update from 1: (1 − d)/(1 − dᵗ), which
 * makes up for what the average began with. Without `debias` the first weights as they are, then 1 − d.
 */
export function emaShare(
  update: number,
  { decay, debias = true }: { readonly decay: number; readonly debias?: boolean },
): number {
  if (!debias) return update === 1 ? 1 : 1 - decay;
  return (1 - decay) / (1 - decay ** update);
}

/**
 * The share of the newest weights in a mean over weights taken at chosen updates: those that `every` divides (by itself
 * the ends of epochs), from a share of the run or, from 1 on, the end of an epoch. Before the first all of it, between
 * them none.
 */
export function swaShare(update: number, updates: number, perEpoch: number, options: Swa): number {
  const taken = swaTaken(update, updates, perEpoch, options);
  if (taken < 1) return 1;
  return update % (options.every ?? perEpoch) === 0 ? 1 / taken : 0;
}

interface Swa {
  /** A share of the run, or from 1 on an epoch. */
  readonly start: number;
  /** Updates; null: those of an epoch. */
  readonly every?: number | null;
}

/** How many weights the mean is of, after so many updates; 0 or less before the first are taken. */
export function swaTaken(update: number, updates: number, perEpoch: number, { start, every = null }: Swa): number {
  // 28% of 25 is a little above 7 in floating point.
  const from = start < 1 ? Math.ceil(start * updates * (1 - 1e-15)) : start * perEpoch;
  const step = every ?? perEpoch;
  return Math.floor(update / step) - Math.ceil(from / step) + 1;
}
