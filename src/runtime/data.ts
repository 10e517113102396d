/**
 * Raw samples become what a run needs: checked columns, the parts they are split into, preprocessing fitted to what is trained on.
 * Which samples go where is a function of the seed and of their number; which ones are tested with, of their number alone, so that
 * trains with other seeds are tested with the same ones.
 */
import { type Column, type Samples, split } from './batches.ts';
import { failure, runtimeErrors } from './errors.ts';
import type { DataConfig, DataField, RunConfig, RunOutput } from './model.ts';
import { fitPreprocessing, type Preprocessing, type Values } from './preprocessing.ts';
import { splitOrder } from './random.ts';

/** All values of one field, as a source has read them. */
export interface RawColumn {
  readonly field: DataField;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  readonly values: Values;
  /** Where they are from, for messages. */
  readonly file: string;
  /** How a sample is spoken of: `sample 7`, `line 9`. Default: by its number from 0. */
  readonly place?: (sample: number) => string;
}

/** By field: what was fitted to the training part. */
export type FittedFields = Readonly<Record<string, Preprocessing>>;

export interface Prepared {
  readonly train: Samples;
  /** Null when nothing is held out. */
  readonly validation: Samples | null;
  readonly test: Samples;
  readonly preprocessing: FittedFields;
}

type PreparedConfig = { readonly data: DataConfig; readonly seed: number };

/** What of a run's configuration says which fields it reads. */
export type FieldUse = Pick<RunConfig, 'data' | 'inputs'> & {
  readonly outputs: readonly Pick<RunOutput, 'target' | 'sample'>[];
};

/** The fields that a run reads: its inputs, what its outputs are compared with, and weights of samples. */
export function usedFields({ data, inputs, outputs }: FieldUse): readonly DataField[] {
  const used = new Set([
    ...inputs,
    ...outputs.flatMap((o) => [o.target, ...(o.sample === undefined ? [] : [o.sample])]),
  ]);
  return data.fields.filter((f) => used.has(f.name));
}

/** `test` is null when a share of the training part is tested with. */
export function prepare(
  { data, seed }: PreparedConfig,
  train: readonly RawColumn[],
  test: readonly RawColumn[] | null,
): Prepared {
  const raw = columnsOf(train);
  const { pool, held } = testRows(data, raw.count);
  const { limit } = data;
  const rows = split(seed, pool.length, data.validation, limit?.train ?? null);
  const at = (places: Uint32Array): Uint32Array => places.map((place) => pool[place] ?? 0);
  const parts = { train: at(rows.train), validation: at(rows.validation) };
  // Nothing could be fitted; the size of a batch makes no difference.
  if (parts.train.length === 0) throw failure(runtimeErrors.tooFewForBatch, { samples: 0, batch: 1, last: 'keep' });
  const preprocessing: FittedFields = Object.fromEntries(
    raw.columns.flatMap((column): [string, Preprocessing][] => {
      const field = data.fields.find((f) => f.name === column.name);
      if (field?.kind !== 'tensor' || column.kind !== 'tensor') return [];
      return [[field.name, fitPreprocessing(field.preprocessing, column.values, column.shape, parts.train)]];
    }),
  );
  const columns = preprocessed(raw.columns, preprocessing);
  return {
    train: { columns, rows: parts.train, ...(data.shuffle === false ? { ordered: true } : {}) },
    validation: parts.validation.length === 0 ? null : { columns, rows: parts.validation },
    test: test === null ? limited(data, { columns, rows: held }) : prepareTest(data, test, preprocessing),
    preprocessing,
  };
}

/** A test part by itself, under preprocessing that was fitted before. Of a share: all samples, of which it is one. */
export function prepareTest(data: DataConfig, raw: readonly RawColumn[], fitted: FittedFields): Samples {
  const { columns, count } = columnsOf(raw);
  const rows = typeof data.test === 'number' ? testRows(data, count).held : everyRow(count);
  return limited(data, { columns: preprocessed(columns, fitted), rows });
}

const everyRow = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

/** Seed of what must be the same for every seed. */
const always = 0;

/** What is tested with, and what is left. */
function testRows(data: DataConfig, count: number): { readonly pool: Uint32Array; readonly held: Uint32Array } {
  if (typeof data.test !== 'number') return { pool: everyRow(count), held: new Uint32Array() };
  const held = Math.round(count * data.test);
  if (held === 0 || held === count)
    throw failure(runtimeErrors.tooFewForTest, { samples: count, share: data.test, held });
  const order = splitOrder(always, count);
  return { held: order.slice(0, held).sort(), pool: order.slice(held).sort() };
}

/** The test part, or as many samples of it as are wanted. */
function limited({ limit }: DataConfig, samples: Samples): Samples {
  const most = limit?.test ?? null;
  if (most === null) return samples;
  const { rows } = samples;
  if (most > rows.length)
    throw failure(runtimeErrors.limitTooLarge, { part: 'test', limit: most, samples: rows.length });
  const order = splitOrder(always, rows.length).slice(0, most).sort();
  return { ...samples, rows: order.map((i) => rows[i] ?? 0) };
}

const preprocessed = (columns: readonly Column[], fitted: FittedFields): readonly Column[] =>
  columns.map((c) => (c.kind === 'class' ? c : { ...c, preprocessing: fitted[c.name] ?? { kind: 'none' } }));

/** A column for each field, all of as many samples. */
function columnsOf(raw: readonly RawColumn[]): { readonly columns: readonly Column[]; readonly count: number } {
  const [first, ...others] = raw;
  if (first === undefined) throw new Error('data without fields');
  const other = others.find((o) => o.count !== first.count);
  if (other !== undefined) {
    // Several fields may lie in one file.
    const counts = [first, other].map(({ file, field, count }) => ({
      file: first.file === other.file ? `\`${field.name}\` of ${file}` : file,
      count,
    }));
    throw failure(runtimeErrors.countsDiffer, { counts });
  }
  if (first.count === 0) throw failure(runtimeErrors.noSamples, { file: first.file });
  return { columns: raw.map(columnOf), count: first.count };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const samplePlace = (sample: number): string => `sample ${sample.toLocaleString('en-US')}`;

function columnOf({ field, shape: found, values, count, file, place = samplePlace }: RawColumn): Column {
  if (field.kind === 'tensor') {
    const { name, shape } = field;
    if (!fits(found, shape)) throw failure(runtimeErrors.sampleShape, { file, found, field: name, shape });
    const bad = values instanceof Float32Array ? values.findIndex((v) => !Number.isFinite(v)) : -1;
    if (bad >= 0) {
      const value = values[bad] ?? Number.NaN;
      throw failure(runtimeErrors.valueNotFinite, {
        file,
        place: place(Math.floor(bad / sizeOf(shape))),
        field: name,
        value,
      });
    }
    const whole = field.dtype === 'int32' ? values.findIndex((v) => v !== (v | 0)) : -1;
    if (whole >= 0) {
      const value = values[whole] ?? Number.NaN;
      throw failure(runtimeErrors.valueNotWhole, {
        file,
        place: place(Math.floor(whole / sizeOf(shape))),
        field: name,
        value,
      });
    }
    return { kind: 'tensor', name, dtype: field.dtype, shape, values, preprocessing: { kind: 'none' } };
  }
  const { name, classes } = field;
  if (!found.every((d) => d === 1)) throw failure(runtimeErrors.sampleShape, { file, found, field: name, shape: [] });
  const index = values.findIndex((v) => !Number.isInteger(v) || v < 0 || v >= classes);
  if (index >= 0) {
    const value = values[index] ?? Number.NaN;
    throw failure(runtimeErrors.labelOutside, { file, place: place(index), value, field: name, classes });
  }
  return { ...field, values: Int32Array.from(values.subarray(0, count)) };
}

/** [28, 28] fits [28, 28], [28, 28, 1] and, row after row, [784]; one number fits [1]. */
const fits = (found: readonly number[], shape: readonly number[]): boolean => {
  const same = found.join();
  return (
    same === shape.join() || [...found, 1].join() === shape.join() || (shape.length === 1 && shape[0] === sizeOf(found))
  );
};
