/**
 * Data from a program: samples one by one, from an array, a generator or anything asynchronous, as values by field. What the spec says of
 * its fields, of preprocessing, validation, limit and test share holds for them too; its source is not read.
 */
import { type Prepared, prepare, type RawColumn, usedFields } from './data.ts';
import { failure, runtimeErrors } from './errors.ts';
import type { DataField, RunConfig } from './model.ts';

/** By field: a number, a class or a single value; or as many numbers as the field has, the last axis running fastest. */
export type Sample = Readonly<Record<string, number | ArrayLike<number>>>;

export type SampleSource = Iterable<Sample> | AsyncIterable<Sample>;

export interface SampleParts {
  readonly train: SampleSource;
  /** May be left out where the spec tests with a share of the samples. */
  readonly test?: SampleSource;
}

/** Takes all samples in and prepares them as those of files are: `train(module, config, await samplesOf(config, { train, test }), run)`. */
export async function samplesOf(
  config: Parameters<typeof usedFields>[0] & Pick<RunConfig, 'seed'>,
  parts: SampleParts,
): Promise<Prepared> {
  const fields = usedFields(config);
  const train = await collect(fields, parts.train, 'train');
  const shared = typeof config.data.test === 'number';
  if (!shared && parts.test === undefined) throw failure(runtimeErrors.noTestSamples, { data: config.data.name });
  const test = shared || parts.test === undefined ? null : await collect(fields, parts.test, 'test');
  return prepare(config, train, test);
}

async function collect(
  fields: readonly DataField[],
  source: SampleSource,
  part: string,
): Promise<readonly RawColumn[]> {
  const growing = fields.map((field) => ({ field, values: new Growing(field) }));
  let count = 0;
  for await (const sample of source) {
    for (const { field, values } of growing) {
      const value = sample[field.name];
      const found = refusalOf(field, value);
      if (found !== null || value === undefined) {
        const facts = { part, place: `sample ${count}`, field: field.name, found: found ?? 'missing' };
        throw failure(runtimeErrors.sampleField, { ...facts, shape: field.kind === 'tensor' ? field.shape : [] });
      }
      values.add(value);
    }
    count++;
  }
  return growing.map(({ field, values }) => ({
    field,
    shape: field.kind === 'tensor' ? field.shape : [],
    count,
    values: values.all,
    file: `\`${part}\``,
  }));
}

const sizeOf = (field: DataField): number => (field.kind === 'class' ? 1 : field.shape.reduce((a, b) => a * b, 1));

/** Why a value is not taken; null for one that is. */
function refusalOf(field: DataField, value: number | ArrayLike<number> | undefined): string | null {
  if (value === undefined) return 'missing';
  const size = sizeOf(field);
  const values = typeof value === 'number' ? [value] : value;
  if (values.length !== size) return `${values.length} ${values.length === 1 ? 'number' : 'numbers'}, not ${size}`;
  if (field.kind === 'tensor' && field.dtype === 'float32') return null;
  // An Int32Array would cut a fraction off, and wrap what is beyond it.
  const other = Array.from(values).find((v) => v !== (v | 0));
  if (other === undefined) return null;
  return Number.isInteger(other) ? `${other}, beyond the whole numbers of 32 bits` : `${other}, not a whole number`;
}

/** Values of one field, in an array that doubles when it is full. */
class Growing {
  #values: Float32Array | Int32Array;
  #length = 0;

  constructor(field: DataField) {
    const room = 64 * sizeOf(field);
    this.#values = field.kind === 'tensor' && field.dtype === 'float32' ? new Float32Array(room) : new Int32Array(room);
  }

  add(value: number | ArrayLike<number>): void {
    const added = typeof value === 'number' ? [value] : value;
    if (this.#length + added.length > this.#values.length) {
      const room = 2 * (this.#length + added.length);
      const next = this.#values instanceof Float32Array ? new Float32Array(room) : new Int32Array(room);
      next.set(this.#values);
      this.#values = next;
    }
    this.#values.set(added, this.#length);
    this.#length += added.length;
  }

  get all(): Float32Array | Int32Array {
    return this.#values.slice(0, this.#length);
  }
}
