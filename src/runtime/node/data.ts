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
  const found = findIdx(data.source.name, where);
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
  const files = [...Object.values(found.train), ...Object.values(found.test)];
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
  return wholePart(config.data.fields, findIdx(config.data.source.name, where).test, preprocessing);
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function wholePart(fields: readonly DataField[], part: Part, fitted: Fitted): Samples {
  const { columns, count } = readPart(fields, part);
  return { columns: preprocessed(columns, fitted), rows: Uint32Array.from({ length: count }, (_, i) => i) };
}

const preprocessed = (columns: readonly Column[], fitted: Fitted): readonly Column[] =>
  columns.map((c) => (c.kind === 'class' ? c : { ...c, preprocessing: fitted[c.name] ?? { kind: 'none' } }));

/** Images for the tensor field, labels for the class field. */
function readPart(
  fields: readonly DataField[],
  part: Part,
): { readonly columns: readonly Column[]; readonly count: number } {
  const images = readIdx(part.images);
  const labels = readIdx(part.labels);
  const [imageCount = 0, ...found] = images.shape;
  const [labelCount = 0, ...rest] = labels.shape;
  if (imageCount !== labelCount) throw failure(runtimeErrors.countsDiffer, { ...part, imageCount, labelCount });
  if (imageCount === 0) throw failure(runtimeErrors.noSamples, { file: part.images });
  const columns = fields.map((field): Column => {
    if (field.kind === 'tensor') {
      if (!fits(found, field.shape)) {
        throw failure(runtimeErrors.sampleShape, { file: part.images, found, field: field.name, shape: field.shape });
      }
      return { ...field, values: images.values, preprocessing: { kind: 'none' } };
    }
    if (!rest.every((d) => d === 1)) {
      throw failure(runtimeErrors.sampleShape, { file: part.labels, found: rest, field: field.name, shape: [] });
    }
    const index = labels.values.findIndex((v) => !Number.isInteger(v) || v < 0 || v >= field.classes);
    if (index >= 0) {
      const value = labels.values[index] ?? Number.NaN;
      const { name, classes } = field;
      throw failure(runtimeErrors.labelOutside, { file: part.labels, index, value, field: name, classes });
    }
    return { ...field, values: Int32Array.from(labels.values) };
  });
  return { columns, count: imageCount };
}

/** [28, 28] fits [28, 28], [28, 28, 1] and, row after row, [784]. */
const fits = (found: readonly number[], shape: readonly number[]): boolean => {
  const same = found.join();
  return same === shape.join() || `${same},1` === shape.join() || (shape.length === 1 && shape[0] === sizeOf(found));
};
