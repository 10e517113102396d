/**
 * NumPy arrays: a magic word, the version, a header (a Python dictionary: type, order, shape), the values. An npz file is a zip of them.
 *
 * Source  numpy.lib.format.
 */
import path from 'node:path';
import { unzipSync } from 'fflate';
import { failure, runtimeErrors } from '../../errors.ts';
import type { Values } from '../../preprocessing.ts';
import { columnFrom } from './array.ts';
import { locate, type Opened, type Request, readHashed, sizeOf } from './source.ts';

interface NumpyArray {
  readonly shape: readonly number[];
  readonly values: Values;
}

/** A folder with `<field>.npy` for each field. */
export function openNpy(name: string, { fields, where }: Request): Opened {
  const { place: folder, root } = locate(name, 'folder', where);
  return {
    folder: root,
    root,
    read() {
      const files: Record<string, string> = {};
      const columns = fields.map((field) => {
        const file = path.join(folder, `${field.name}.npy`);
        const { bytes, hash } = readHashed(file);
        files[`${field.name}.npy`] = hash;
        return columnFrom(field, parseNpy(bytes, file), file);
      });
      return { columns, files };
    },
  };
}

export function openNpz(name: string, { fields, where }: Request): Opened {
  const { place: file, root } = locate(name, 'file', where);
  return {
    folder: root,
    root,
    read() {
      const { bytes, hash } = readHashed(file);
      const arrays = parseNpz(bytes, file, new Set(fields.map((f) => f.name)));
      const columns = fields.map((field) => {
        const array = arrays.arrays.get(field.name);
        if (array === undefined)
          throw failure(runtimeErrors.arrayMissing, { file, field: field.name, found: arrays.names });
        return columnFrom(field, array, file);
      });
      return { columns, files: { [path.basename(file)]: hash } };
    },
  };
}

/** The arrays of these names, default all; and the names of all. */
export function parseNpz(
  bytes: Uint8Array,
  file: string,
  wanted?: ReadonlySet<string>,
): { readonly arrays: ReadonlyMap<string, NumpyArray>; readonly names: readonly string[] } {
  const names: string[] = [];
  let entries: Readonly<Record<string, Uint8Array>>;
  try {
    entries = unzipSync(bytes, {
      filter: ({ name }) => {
        names.push(arrayName(name));
        return wanted?.has(arrayName(name)) ?? true;
      },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw failure(runtimeErrors.notNumpy, { file, why: `it is no npz file, or a part of one (${why})` });
  }
  const arrays = Object.entries(entries).map(
    ([name, content]) => [arrayName(name), parseNpy(content, `${file}: ${name}`)] as const,
  );
  return { arrays: new Map(arrays), names };
}

const arrayName = (entry: string): string => entry.replace(/\.npy$/, '');

/** How values of a type are read. */
interface Type {
  readonly width: number;
  readonly read: (view: DataView, at: number, little: boolean) => number;
  readonly float: boolean;
}

const types: Readonly<Record<string, Type>> = {
  b1: { width: 1, read: (v, at) => v.getUint8(at), float: false },
  u1: { width: 1, read: (v, at) => v.getUint8(at), float: false },
  i1: { width: 1, read: (v, at) => v.getInt8(at), float: false },
  u2: { width: 2, read: (v, at, little) => v.getUint16(at, little), float: false },
  i2: { width: 2, read: (v, at, little) => v.getInt16(at, little), float: false },
  u4: { width: 4, read: (v, at, little) => v.getUint32(at, little), float: false },
  i4: { width: 4, read: (v, at, little) => v.getInt32(at, little), float: false },
  u8: { width: 8, read: (v, at, little) => Number(v.getBigUint64(at, little)), float: false },
  i8: { width: 8, read: (v, at, little) => Number(v.getBigInt64(at, little)), float: false },
  f4: { width: 4, read: (v, at, little) => v.getFloat32(at, little), float: true },
  f8: { width: 8, read: (v, at, little) => v.getFloat64(at, little), float: true },
};

/** What to save in the place of an array of a type that is not read: words are numbered, as classes are. */
const converted = (descr: string): string =>
  /[OSU]/.test(descr)
    ? 'save numbers; of names of classes, `numpy.unique(names, return_inverse=True)[1]`'
    : 'save `x.astype("float32")`';

/** `file` is for the messages. */
export function parseNpy(bytes: Uint8Array, file: string): NumpyArray {
  const refuse = (why: string, instead?: string): Error =>
    failure(runtimeErrors.notNumpy, { file, why, ...(instead === undefined ? {} : { instead }) });
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte))
    throw refuse('it is no npy file, or a part of one');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const old = bytes[6] === 1;
  const start = old ? 10 : 12;
  const length = old ? view.getUint16(8, true) : view.getUint32(8, true);
  if (bytes.length < start + length) throw refuse('it is cut short');
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  const descr = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header);
  const dimensions = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (dimensions === undefined) throw refuse('its header has no shape');
  const type = types[descr?.[2] ?? ''];
  if (descr === null || type === undefined) {
    const found = /'descr':\s*('[^']*'|[^,]*)/.exec(header)?.[1] ?? 'none';
    throw refuse(`its values are of type ${found}; whole numbers, float32 and float64 are read`, converted(found));
  }
  if (/'fortran_order':\s*True/.test(header))
    throw refuse('its values lie in Fortran order', 'save `numpy.ascontiguousarray(x)`');
  const shape = dimensions.split(',').flatMap((d) => (d.trim() === '' ? [] : [Number(d)]));
  if (shape.length === 0)
    throw refuse('it holds a single number', 'the first dimension of an array counts the samples');
  const count = sizeOf(shape);
  const begin = start + length;
  const expected = begin + count * type.width;
  if (bytes.length !== expected)
    throw refuse(
      `${shape.length === 1 ? count : `[${shape.join(', ')}]`} values need ${expected} bytes, it has ${bytes.length}`,
    );
  if (descr[2] === 'u1' || descr[2] === 'b1') return { shape, values: bytes.slice(begin) };
  const little = descr[1] !== '>';
  const at = (_: unknown, i: number): number => type.read(view, begin + i * type.width, little);
  if (type.float) return { shape, values: Float32Array.from({ length: count }, at) };
  const values = Int32Array.from({ length: count }, at);
  const beyond = values.findIndex((value, i) => value !== at(null, i));
  if (beyond >= 0)
    throw refuse(`${at(null, beyond)} is beyond the whole numbers of 32 bits`, 'save `x.astype("float32")`');
  return { shape, values };
}
