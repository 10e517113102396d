/** Samples in memory: the parts they are split into, the order they come in, and the batches they make. */
import { tensor } from '@tensorflow/tfjs-core';
import { type Changes, changing } from './augment/changes.ts';
import type { AugmentConfig } from './augment/index.ts';
import { failure, runtimeErrors } from './errors.ts';
import type { Tensor } from './model.ts';
import { applying, type Preprocessing, type Values, whiteningOf } from './preprocessing.ts';
import { permutation, splitOrder } from './random.ts';
import { whiten } from './whitening.ts';

/** One field of a data set: all its samples, raw. */
export type Column =
  | {
      readonly kind: 'tensor';
      readonly name: string;
      readonly dtype: 'float32' | 'int32';
      /** Of one sample. */
      readonly shape: readonly number[];
      readonly values: Values;
      readonly preprocessing: Preprocessing;
    }
  | { readonly kind: 'class'; readonly name: string; readonly classes: number; readonly values: Int32Array };

/** Some rows of the columns. */
export interface Samples {
  readonly columns: readonly Column[];
  readonly rows: Uint32Array;
  /** Every epoch takes them in this order. */
  readonly ordered?: boolean;
}

/** Tensors by field, [n, …shape]; whoever takes a batch disposes of it. */
export interface Batch {
  readonly fields: Readonly<Record<string, Tensor>>;
  readonly size: number;
}

export interface Split {
  readonly train: Uint32Array;
  /** Empty when nothing is held out. */
  readonly validation: Uint32Array;
}

/**
 * Holds out a share of n samples, or of as many of them as `limit` says: which ones is a function of the seed. Both parts keep the
 * order of the file. Which samples a limit leaves does not depend on the seed, so that runs with several seeds are about the same
 * data; a smaller limit takes some of what a larger one takes.
 */
export function split(seed: number, n: number, share: number, limit: number | null = null): Split {
  if (limit !== null && limit > n) throw failure(runtimeErrors.limitTooLarge, { part: 'train', limit, samples: n });
  const count = limit ?? n;
  const held = Math.round(count * share);
  if (share > 0 && held === 0) throw failure(runtimeErrors.tooFewForValidation, { samples: count, share });
  const used = limit === null ? null : splitOrder(limitSeed, n).slice(0, count).sort();
  const order = splitOrder(seed, count);
  const at = (places: Uint32Array): Uint32Array => (used === null ? places : places.map((i) => used[i] ?? 0)).sort();
  return { validation: at(order.slice(0, held)), train: at(order.slice(held)) };
}

/** Any would do, as long as it is always the same. */
const limitSeed = 0;

export interface Batching {
  readonly batch: number;
  readonly last: 'keep' | 'drop';
  /** A batch of one has no batch statistics. */
  readonly needsTwoSamples: boolean;
}

/** Number of batches of one epoch; refuses what cannot be trained on. */
export function stepsPerEpoch(samples: number, { batch, last, needsTwoSamples }: Batching): number {
  if (samples === 0 || (last === 'drop' && samples < batch)) {
    throw failure(runtimeErrors.tooFewForBatch, { samples, batch, last });
  }
  const single = batch === 1 || (last === 'keep' && samples % batch === 1);
  if (needsTwoSamples && single) throw failure(runtimeErrors.singleSample, { samples, batch });
  return last === 'keep' ? Math.ceil(samples / batch) : Math.floor(samples / batch);
}

/** The samples at these places, as tensors; `changes`: what training makes of them. */
export function take(
  samples: Samples,
  at: ArrayLike<number>,
  names?: readonly string[],
  changes: Changes | null = null,
): Batch {
  const columns = names === undefined ? samples.columns : samples.columns.filter((c) => names.includes(c.name));
  return {
    fields: Object.fromEntries(columns.map((column) => [column.name, gather(column, samples.rows, at, changes)])),
    size: at.length,
  };
}

function gather(column: Column, rows: Uint32Array, at: ArrayLike<number>, changes: Changes | null): Tensor {
  const n = at.length;
  const rowOf = (i: number): number => rows[at[i] ?? 0] ?? 0;
  if (column.kind === 'class' && changes?.shares != null) {
    const shares = new Float32Array(n * column.classes);
    for (let i = 0; i < n; i++) shares.set(changes.shares(column, rowOf(i)), i * column.classes);
    return tensor(shares, [n, column.classes], 'float32');
  }
  if (column.kind === 'class') {
    const values = Int32Array.from({ length: n }, (_, i) => column.values[rowOf(i)] ?? 0);
    return tensor(values, [n], 'int32');
  }
  const size = column.shape.reduce((a, b) => a * b, 1);
  const values = column.dtype === 'int32' ? new Int32Array(n * size) : new Float32Array(n * size);
  const apply = applying(column.preprocessing);
  for (let i = 0; i < n; i++) {
    const changed = changes?.values(column, rowOf(i)) ?? null;
    if (changed === null) apply(column.values, rowOf(i) * size, size, values, i * size);
    else apply(changed, 0, size, values, i * size);
  }
  const raw = tensor(values, [n, ...column.shape], column.dtype);
  const whitening = whiteningOf(column.preprocessing);
  return whitening === null ? raw : whiten(raw, whitening);
}

export const disposeBatch = (batch: Batch): void => {
  for (const value of Object.values(batch.fields)) value.dispose();
};

/** The batches of one epoch from the given one on, each epoch in an order of its own. One is prefetched. `fields`: default all. */
export async function* epochBatches(
  samples: Samples,
  options: Batching & {
    readonly seed: number;
    readonly epoch: number;
    readonly from: number;
    readonly fields?: readonly string[];
    readonly augment?: AugmentConfig | undefined;
  },
): AsyncGenerator<Batch> {
  const n = samples.rows.length;
  const order =
    samples.ordered === true
      ? Uint32Array.from({ length: n }, (_, i) => i)
      : permutation(options.seed, options.epoch, n);
  const steps = stepsPerEpoch(n, options);
  const { augment } = options;
  const changes = augment === undefined ? null : changing(samples, { ...augment, ...options });
  async function* all(): AsyncGenerator<Batch> {
    for (let step = options.from; step < steps; step++) {
      yield take(samples, order.subarray(step * options.batch, (step + 1) * options.batch), options.fields, changes);
    }
  }
  yield* prefetched(all(), disposeBatch);
}

/** Asks for the next item while the last one is in use; `discard` gets one that nobody took. */
export async function* prefetched<T>(source: AsyncGenerator<T>, discard: (item: T) => void): AsyncGenerator<T> {
  let next = source.next();
  try {
    for (;;) {
      const item = await next;
      if (item.done === true) return;
      next = source.next();
      // An error in it is thrown when its turn comes; until then it is not unhandled.
      next.catch(() => {});
      yield item.value;
    }
  } finally {
    const left = await next.catch(() => null);
    if (left !== null && left.done !== true) discard(left.value);
    await source.return(undefined);
  }
}

/** Places 0 … n − 1 in chunks, in order. */
export function* chunks(n: number, size: number): Generator<Uint32Array> {
  for (let from = 0; from < n; from += size) {
    yield Uint32Array.from({ length: Math.min(size, n - from) }, (_, i) => from + i);
  }
}
