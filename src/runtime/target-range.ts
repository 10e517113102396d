/** What numbers a loss compares with: those that it does not take would train towards something else without a word. */
import type { Column } from './batches.ts';
import { applying, stepsOf } from './preprocessing.ts';

export interface TargetRange {
  /** As a message says it. */
  readonly takes: string;
  readonly has: (value: number) => boolean;
  readonly help: string;
}

const shares: TargetRange = {
  takes: 'shares from 0 to 1',
  has: (v) => v >= 0 && v <= 1,
  help: 'bring it to 0 … 1 with `= minmax`, or use a loss of numbers such as `mean_squared_error`',
};
const fromZero: TargetRange = {
  takes: 'numbers from 0',
  has: (v) => v >= 0,
  help: 'use a loss of any numbers such as `mean_squared_error`; `standardize` puts values below 0',
};
const sides: TargetRange = {
  takes: '-1 and 1, or 0 and 1',
  has: (v) => v === -1 || v === 0 || v === 1,
  help: 'declare the field as `class(2)`, or use a loss of numbers such as `mean_squared_error`',
};

/** By the name of the loss; those that are not here take any number. A loss of a project's own cannot have one of these names. */
const ranges: Readonly<Record<string, TargetRange>> = {
  cross_entropy: shares,
  categorical_crossentropy: shares,
  binary_crossentropy: shares,
  kullback_leibler_divergence: shares,
  categorical_hinge: shares,
  mean_squared_logarithmic_error: fromZero,
  poisson: fromZero,
  hinge: sides,
  squared_hinge: sides,
};

/** Finds the first number of the rows that the loss does not take, as it arrives behind preprocessing. */
export function outsideOf(
  loss: string,
  column: Column,
  rows: Uint32Array,
): (TargetRange & { readonly sample: number; readonly value: number }) | null {
  const range = Object.hasOwn(ranges, loss) ? ranges[loss] : undefined;
  if (range === undefined || column.kind === 'class') return null;
  const last = stepsOf(column.preprocessing).at(-1);
  // Values that are not trained on may lie a little beyond those that it was fitted to.
  if (last?.kind === 'minmax' && range.has(last.low ?? 0) && range.has(last.high ?? 1) && range !== sides) return null;
  // Whitening is applied on the backend, and its values are on both sides of 0.
  const apply = applying(column.preprocessing);
  const size = column.shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(size);
  for (const row of rows) {
    apply(column.values, row * size, size, values, 0);
    const value = values.find((v) => !range.has(v));
    if (value !== undefined) return { ...range, sample: row + 1, value };
  }
  return null;
}
