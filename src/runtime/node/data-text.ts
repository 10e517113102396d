/** What a train reads, as lines: its parts, and of each field the values that training sees. */

import path from 'node:path';
import process from 'node:process';
import type { AugmentConfig } from '../augment/index.ts';
import { type Column, disposeBatch, type Samples, take } from '../batches.ts';
import type { LoadConfig, LoadedData } from './data.ts';

/** What of a train says which data it reads, and what becomes of them. */
export interface PreviewConfig extends LoadConfig {
  readonly augment: AugmentConfig | null;
}

const row = (name: string, text: string): string => `  ${name.padEnd(12)}${text}`;
const counted = (n: number): string => n.toLocaleString('en-US');

export function dataText(
  { augment }: PreviewConfig,
  { folder, train, validation, test }: LoadedData,
): readonly string[] {
  const part = (name: string, samples: Samples | null): readonly string[] =>
    samples === null ? [] : [row(name, `${counted(samples.rows.length).padStart(9)} samples`)];
  return [
    row('from', path.relative(process.cwd(), folder) || '.'),
    '',
    ...part('training', train),
    ...part('validation', validation),
    ...part('test', test),
    '',
    ...train.columns.flatMap((column) => fieldText(column, train)),
    ...(augment === null ? [] : ['', row('augment', augment.list.map(({ kind }) => kind).join(', '))]),
  ];
}

function fieldText(column: Column, { rows }: Samples): readonly string[] {
  if (column.kind === 'class') {
    const counts = new Array<number>(column.classes).fill(0);
    for (const r of rows) counts[column.values[r] ?? 0] = (counts[column.values[r] ?? 0] ?? 0) + 1;
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    const range = least === most ? counted(least) : `from ${counted(least)} to ${counted(most)}`;
    const each = counts.length <= 12 ? counts.map(counted).join(', ') : range;
    return [row(column.name, `class(${column.classes})`), row('', `in training: ${each} of each class`)];
  }
  const raw = spreadOf(column.values, rows, column.shape);
  const steps = column.preprocessing.kind === 'none' ? null : preprocessed(column, rows);
  return [
    row(column.name, `${column.dtype}[${column.shape.join(', ')}]`),
    row('', `raw          ${raw}`),
    ...(steps === null ? [] : [row('', `as trained   ${steps}`)]),
  ];
}

/** Of at most this many samples: a look, not a measurement. */
const looked = 1000;

function preprocessed(column: Column & { readonly kind: 'tensor' }, rows: Uint32Array): string {
  const some = { columns: [column], rows: rows.subarray(0, looked) };
  const batch = take(
    some,
    Uint32Array.from(some.rows, (_, i) => i),
  );
  const values = Object.values(batch.fields)[0]?.dataSync() ?? new Float32Array();
  disposeBatch(batch);
  const text = statistics(values);
  return rows.length > looked ? `${text}, of ${counted(looked)} samples` : text;
}

function spreadOf(values: ArrayLike<number>, rows: Uint32Array, shape: readonly number[]): string {
  const size = shape.reduce((a, b) => a * b, 1);
  const all = new Float64Array(rows.length * size);
  rows.forEach((r, i) => {
    for (let j = 0; j < size; j++) all[i * size + j] = values[r * size + j] ?? 0;
  });
  return statistics(all);
}

function statistics(values: ArrayLike<number>): string {
  let [min, max, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i] ?? 0;
    if (x < min) min = x;
    if (x > max) max = x;
    sum += x;
  }
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? 0) - mean) ** 2;
  const text = (x: number): string => String(Number(x.toPrecision(4)));
  return `${text(min)} to ${text(max)}, mean ${text(mean)}, deviation ${text(Math.sqrt(squares / values.length))}`;
}
