/** Samples in memory: the parts they are split into, the order they come in, and the batches they make. */
import { tensor } from '@tensorflow/tfjs-core';
import { failure, runtimeErrors } from './errors.ts';
import type { Tensor } from './model.ts';
import { applying, type Preprocessing, type Values } from './preprocessing.ts';
import { permutation, splitOrder } from './random.ts';

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

/** Holds out a share of n samples: which ones is a function of the seed. Both parts keep the order of the file. */
export function split(seed: number, n: number, share: number): Split {
  const held = Math.round(n * share);
  if (share > 0 && held === 0) throw failure(runtimeErrors.tooFewForValidation, { samples: n, share });
  const order = splitOrder(seed, n);
  return { validation: order.slice(0, held).sort(), train: order.slice(held).sort() };
}

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

/** The samples at these places, as tensors. */
export function take(samples: Samples, at: ArrayLike<number>, names?: readonly string[]): Batch {
  const columns = names === undefined ? samples.columns : samples.columns.filter((c) => names.includes(c.name));
  return {
    fields: Object.fromEntries(columns.map((column) => [column.name, gather(column, samples.rows, at)])),
    size: at.length,
  };
}

function gather(column: Column, rows: Uint32Array, at: ArrayLike<number>): Tensor {
  const n = at.length;
  if (column.kind === 'class') {
    const values = Int32Array.from({ length: n }, (_, i) => column.values[rows[at[i] ?? 0] ?? 0] ?? 0);
    return tensor(values, [n], 'int32');
  }
  const size = column.shape.reduce((a, b) => a * b, 1);
  const values = column.dtype === 'int32' ? new Int32Array(n * size) : new Float32Array(n * size);
  const apply = applying(column.preprocessing);
  for (let i = 0; i < n; i++) apply(column.values, (rows[at[i] ?? 0] ?? 0) * size, size, values, i * size);
  return tensor(values, [n, ...column.shape], column.dtype);
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
  },
): AsyncGenerator<Batch> {
  const n = samples.rows.length;
  const order = permutation(options.seed, options.epoch, n);
  const steps = stepsPerEpoch(n, options);
  async function* all(): AsyncGenerator<Batch> {
    for (let step = options.from; step < steps; step++) {
      yield take(samples, order.subarray(step * options.batch, (step + 1) * options.batch), options.fields);
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
