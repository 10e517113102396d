/** Raw inputs for prediction, from whatever file they lie in: safetensors, NumPy arrays, tables, images. Each tensor has the samples first. */
import path from 'node:path';
import { failure, runtimeErrors } from '../errors.ts';
import type { FieldColumns } from '../model.ts';
import type { StoredTensor } from '../safetensors.ts';
import type { InputSpec } from '../weights.ts';
import { readTensors } from './files.ts';
import { parseTable, tableColumn, textOf } from './sources/csv.ts';
import { readPicture } from './sources/images.ts';
import { parseNpy, parseNpz } from './sources/npy.ts';
import { readRaw, unpacked } from './sources/source.ts';

/** What the data of the spec say of their files, and files of inputs do not. */
export interface Reading {
  /** Of tables: which columns make up an input. */
  readonly columns?: readonly FieldColumns[];
  readonly separator?: string;
  readonly header?: boolean;
  /** Of images: bring them to the size of the input. */
  readonly resize?: boolean;
}

type Tensors = ReadonlyMap<string, StoredTensor>;

const stemOf = (file: string): string => path.basename(file).replace(/(\.\w+)?(\.gz)?$/, '');

/** True for names of images: several of them are samples of one input. */
export const isImage = (file: string): boolean => /\.(png|jpe?g)$/i.test(file);

/** By name; a file that names nothing holds a tensor of its own name, or of the input that is wanted. `wanted`: what may be in it. */
export function readInputs(files: readonly string[], wanted: readonly InputSpec[], reading: Reading): Tensors {
  const [file = '', ...more] = files;
  if (more.length > 0 || isImage(file)) return images(files, wanted, reading);
  // What cannot be read is told as it always was.
  if (!/\.(npy|npz|csv|tsv|txt)(\.gz)?$/i.test(file)) return readTensors(file).tensors;
  const bytes = unpacked(readRaw(file), file);
  if (/\.npz$/i.test(file)) return parseNpz(bytes, file).arrays;
  if (/\.npy(\.gz)?$/i.test(file)) return new Map([[stemOf(file), parseNpy(bytes, file)]]);
  return table(bytes, file, wanted, reading);
}

function images(files: readonly string[], wanted: readonly InputSpec[], reading: Reading): Tensors {
  const [spec, ...others] = wanted;
  const first = files[0] ?? '';
  if (spec === undefined || others.length > 0 || spec.shape.length !== 3) {
    const [found] = [files.map(stemOf)];
    throw failure(runtimeErrors.inputMissing, { file: first, input: spec?.name ?? wanted[0]?.name ?? '', found });
  }
  const samples = files.map((file) => readPicture(readRaw(file), file, spec.name, spec.shape, reading.resize === true));
  const size = samples[0]?.length ?? 0;
  const values = new Uint8Array(samples.length * size);
  for (const [i, sample] of samples.entries()) values.set(sample, i * size);
  return new Map([[spec.name, { shape: [files.length, ...spec.shape.map(Number)], values }]]);
}

function table(bytes: Uint8Array, file: string, wanted: readonly InputSpec[], reading: Reading): Tensors {
  const { separator = /\.tsv/i.test(file) ? '\t' : ',', header = true, columns = [] } = reading;
  const cells = parseTable(textOf(bytes, file), file, { separator, header });
  return new Map(
    wanted.map((spec) => {
      const listed = columns.find((c) => c.field === spec.name)?.columns;
      const names = listed ?? (cells.header.includes(spec.name) ? [spec.name] : cells.header);
      const values = tableColumn(spec.name, names, cells, file);
      const rest = spec.shape.every((d) => typeof d === 'number') ? spec.shape.map(Number) : [names.length];
      const whole = rest.reduce((a, b) => a * b, 1) === names.length;
      return [spec.name, { shape: [cells.rows.length, ...(whole ? rest : [names.length])], values }];
    }),
  );
}
