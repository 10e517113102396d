/**
 * Which batches make an update. With `accumulate: k` the batches of an epoch are taken k at a time, the last group may be smaller, and no
 * group crosses the end of an epoch: ⌈batches/k⌉ updates an epoch. The gradient of an update is the mean over its samples, so each batch
 * has the share of its size.
 */
import { type Batching, type Samples, stepsPerEpoch } from '../batches.ts';
import { failure, runtimeErrors } from '../errors.ts';

export interface EpochPlan {
  readonly samples: number;
  readonly batch: number;
  /** Batches of an epoch. */
  readonly batches: number;
  readonly accumulate: number;
  /** Updates of an epoch. */
  readonly updates: number;
}

/** Refuses what cannot be trained on. */
export function planEpoch(samples: number, config: Batching & { readonly accumulate?: number | undefined }): EpochPlan {
  const { batch, accumulate = 1 } = config;
  const batches = stepsPerEpoch(samples, config);
  if (accumulate > batches) throw failure(runtimeErrors.accumulatesTooMany, { accumulate, batches, samples, batch });
  return { samples, batch, batches, accumulate, updates: Math.ceil(batches / accumulate) };
}

/** A batch among those of its update. */
export interface Part {
  /** The share of its samples. */
  readonly share: number;
  /** Of all batches of the update. */
  readonly samples: number;
  /** The update follows it. */
  readonly isLast: boolean;
}

/** Batches count from 0. */
export function partOf(batch: number, { samples, batch: size, batches, accumulate }: EpochPlan): Part {
  const first = batch - (batch % accumulate);
  const end = Math.min(first + accumulate, batches);
  // Of the last batch less may be left.
  const sizeOf = (from: number, to: number): number => Math.min(to * size, samples) - from * size;
  const all = sizeOf(first, end);
  return { share: sizeOf(batch, batch + 1) / all, samples: all, isLast: batch + 1 === end };
}

/** Training and validation part together, in the order of the files. */
export function together(train: Samples, validation: Samples | null): Samples {
  if (validation === null) return train;
  if (validation.columns !== train.columns)
    throw new Error('training and validation part are not rows of the same columns, and cannot be trained on together');
  return { ...train, rows: Uint32Array.from([...train.rows, ...validation.rows]).sort() };
}
