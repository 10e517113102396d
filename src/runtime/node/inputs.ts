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
import { readRaw, sizeOf, unpacked } from './sources/source.ts';

/** What the data of the spec say of their files, and files of inputs do not. */
export interface Reading {
  /** Of tables: which columns make up an input. */
  readonly columns?: readonly FieldColumns[];
  /** Fields of one value: columns of their names. */
  readonly single?: readonly string[];
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
  const { separator = /\.tsv/i.test(file) ? '\t' : ',', header = true, columns = [], single = [] } = reading;
  const cells = parseTable(textOf(bytes, file), file, { separator, header });
  return new Map(
    wanted.map((spec) => {
      const listed = columns.find((c) => c.field === spec.name)?.columns;
      const own = single.includes(spec.name) && cells.header.includes(spec.name) ? [spec.name] : undefined;
      // Columns of other fields may stand in the file: what it was trained on can be predicted.
      const others = new Set([...columns.flatMap((c) => c.columns), ...single]);
      const left = cells.header.filter((name) => !others.has(name));
      const names = listed ?? own ?? left;
      const shape = spec.shape.every((d) => typeof d === 'number') ? spec.shape.map(Number) : [names.length];
      if (sizeOf(shape) !== names.length) {
        const facts = { field: spec.name, dtype: spec.dtype, shape, left: names, numbers: false, predicting: true };
        throw failure(runtimeErrors.csvColumnsLeft, { file, ...facts });
      }
      const values = tableColumn(spec.name, names, cells, file, spec.dtype);
      return [spec.name, { shape: [cells.rows.length, ...shape], values }];
    }),
  );
}

/** As data are read, [28, 28] is [28, 28, 1] and, row after row, [784]. */
export function inShapeOf({ shape }: InputSpec, tensor: StoredTensor): StoredTensor {
  const [count = 0, ...found] = tensor.shape;
  const grey = [...found, 1].every((size, i) => typeof shape[i] === 'string' || size === shape[i]);
  if (shape.length === found.length + 1 && grey && shape.at(-1) === 1)
    return { ...tensor, shape: [count, ...found, 1] };
  const rows = shape.length === 1 && found.length > 1 && sizeOf(found) === shape[0];
  return rows ? { ...tensor, shape: [count, sizeOf(found)] } : tensor;
}
