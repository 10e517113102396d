/** A data set from its files to samples: shapes and labels checked, the validation part held out, preprocessing fitted. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Column, type Samples, split } from '../batches.ts';
import { failure, runtimeErrors } from '../errors.ts';
import type { DataField, RunConfig } from '../model.ts';
import { fitPreprocessing, type Preprocessing } from '../preprocessing.ts';
import { findIdx, type Part, readIdx, type Where } from './idx.ts';

type Fitted = Readonly<Record<string, Preprocessing>>;

export interface LoadedData {
  readonly train: Samples;
  /** Null when nothing is held out. */
  readonly validation: Samples | null;
  readonly test: Samples;
  /** By field: what was fitted to the training part. */
  readonly preprocessing: Fitted;
  readonly folder: string;
  /** sha256 of each file by its name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Reads all parts of a train's data. */
export function loadData(config: Pick<RunConfig, 'data' | 'seed'>, where: Where): LoadedData {
  const { data, seed } = config;
  const found = findIdx(data.source.name, data.fields, where);
  const raw = readPart(data.fields, found.train);
  const rows = split(seed, raw.count, data.validation);
  const preprocessing: Fitted = Object.fromEntries(
    data.fields.flatMap((field, i) => {
      const column = raw.columns[i];
      if (field.kind !== 'tensor' || column === undefined) return [];
      return [
        [field.name, fitPreprocessing(field.preprocessing, column.values, sizeOf(field.shape), rows.train)] as const,
      ];
    }),
  );
  const columns = preprocessed(raw.columns, preprocessing);
  const files = [...found.train.values(), ...found.test.values()];
  return {
    train: { columns, rows: rows.train },
    validation: rows.validation.length === 0 ? null : { columns, rows: rows.validation },
    test: wholePart(data.fields, found.test, preprocessing),
    preprocessing,
    folder: found.folder,
    files: Object.fromEntries(files.map((file) => [path.basename(file), sha256(readFileSync(file))])),
  };
}

/** The test part alone, under preprocessing that was fitted before. */
export function loadTest(config: Pick<RunConfig, 'data'>, where: Where, preprocessing: Fitted): Samples {
  const { source, fields } = config.data;
  return wholePart(fields, findIdx(source.name, fields, where).test, preprocessing);
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function wholePart(fields: readonly DataField[], part: Part, fitted: Fitted): Samples {
  const { columns, count } = readPart(fields, part);
  return { columns: preprocessed(columns, fitted), rows: Uint32Array.from({ length: count }, (_, i) => i) };
}

const preprocessed = (columns: readonly Column[], fitted: Fitted): readonly Column[] =>
  columns.map((c) => (c.kind === 'class' ? c : { ...c, preprocessing: fitted[c.name] ?? { kind: 'none' } }));

/** A column for each field, all of as many samples. */
function readPart(
  fields: readonly DataField[],
  part: Part,
): { readonly columns: readonly Column[]; readonly count: number } {
  const read = fields.map((field) => readField(field, part.get(field.name) ?? ''));
  const [first, ...others] = read;
  if (first === undefined) throw new Error('data without fields');
  const other = others.find((o) => o.count !== first.count);
  if (other !== undefined) {
    const counts = [first, other].map(({ file, count }) => ({ file, count }));
    throw failure(runtimeErrors.countsDiffer, { counts });
  }
  if (first.count === 0) throw failure(runtimeErrors.noSamples, { file: first.file });
  return { columns: read.map((r) => r.column), count: first.count };
}

function readField(
  field: DataField,
  file: string,
): { readonly column: Column; readonly count: number; readonly file: string } {
  const { shape, values } = readIdx(file);
  const [count = 0, ...found] = shape;
  if (field.kind === 'tensor') {
    if (count > 0 && !fits(found, field.shape)) {
      throw failure(runtimeErrors.sampleShape, { file, found, field: field.name, shape: field.shape });
    }
    return { column: { ...field, values, preprocessing: { kind: 'none' } }, count, file };
  }
  const { name, classes } = field;
  if (!found.every((d) => d === 1)) throw failure(runtimeErrors.sampleShape, { file, found, field: name, shape: [] });
  const index = values.findIndex((v) => !Number.isInteger(v) || v < 0 || v >= classes);
  if (index >= 0) {
    const value = values[index] ?? Number.NaN;
    throw failure(runtimeErrors.labelOutside, { file, index, value, field: name, classes });
  }
  return { column: { ...field, values: Int32Array.from(values) }, count, file };
}

/** [28, 28] fits [28, 28], [28, 28, 1] and, row after row, [784]. */
const fits = (found: readonly number[], shape: readonly number[]): boolean => {
  const same = found.join();
  return same === shape.join() || `${same},1` === shape.join() || (shape.length === 1 && shape[0] === sizeOf(found));
};
