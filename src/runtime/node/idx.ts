/**
 * idx files, the format of MNIST and its kin: two zero bytes, the type of the values, the number of dimensions; each dimension as a
 * 32-bit count; the values. All big-endian. Gzipped or not is told by the content, not by the name.
 *
 * Source  yann.lecun.com/exdb/mnist.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { failure, runtimeErrors } from '../errors.ts';
import type { Values } from '../preprocessing.ts';
import { reasonOf } from './files.ts';

export interface Idx {
  readonly shape: readonly number[];
  readonly values: Values;
}

export function readIdx(file: string): Idx {
  return parseIdx(readBytes(file), file);
}

/** The content of a data file, unpacked. */
function readBytes(file: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw failure(runtimeErrors.dataUnreadable, { file, why: reasonOf(error) });
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw failure(runtimeErrors.notGzip, { file, why: reasonOf(error) });
  }
}

const types: Readonly<Record<number, { readonly name: string; readonly width: number }>> = {
  8: { name: 'unsigned bytes', width: 1 },
  9: { name: 'signed bytes', width: 1 },
  11: { name: '16-bit integers', width: 2 },
  12: { name: '32-bit integers', width: 4 },
  13: { name: '32-bit floats', width: 4 },
  14: { name: '64-bit floats', width: 8 },
};

/** `file` is for the messages. */
export function parseIdx(bytes: Uint8Array, file: string): Idx {
  const found = bytes.length;
  const [a, b, code = 0, rank = 0] = bytes;
  if (found >= 4 && (a !== 0 || b !== 0 || types[code] === undefined || rank === 0)) {
    const first = [...bytes.subarray(0, 4)].map((x) => x.toString(16).padStart(2, '0')).join(' ');
    throw failure(runtimeErrors.notIdx, { file, found: first });
  }
  const start = 4 + 4 * (found < 4 ? 0 : rank);
  if (found < start) throw failure(runtimeErrors.idxLength, { file, shape: null, expected: start, found });
  const type = types[code] ?? { name: '', width: 1 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, found);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((x, y) => x * y, 1);
  const expected = start + count * type.width;
  if (found !== expected) throw failure(runtimeErrors.idxLength, { file, shape, expected, found });
  if (code === 8) return { shape, values: new Uint8Array(bytes.subarray(start)) };
  if (code === 12) return { shape, values: Int32Array.from({ length: count }, (_, i) => view.getInt32(start + 4 * i)) };
  if (code === 13)
    return { shape, values: Float32Array.from({ length: count }, (_, i) => view.getFloat32(start + 4 * i)) };
  throw failure(runtimeErrors.idxType, { file, type: type.name });
}

/** Where a data set is looked for. */
export interface Where {
  /** `--data DIR`: there and nowhere else. */
  readonly data?: string | undefined;
  /** Folders that may hold `data/NAME`: the spec's own. */
  readonly beside: readonly string[];
}

/** The four files of a data set. */
export interface IdxFiles {
  readonly folder: string;
  readonly train: Part;
  readonly test: Part;
}

export interface Part {
  readonly images: string;
  readonly labels: string;
}

const roles = {
  'train images': /^train-images[.-]idx\d-\w+(\.gz)?$/,
  'train labels': /^train-labels[.-]idx\d-\w+(\.gz)?$/,
  'test images': /^(t10k|test)-images[.-]idx\d-\w+(\.gz)?$/,
  'test labels': /^(t10k|test)-labels[.-]idx\d-\w+(\.gz)?$/,
} as const;
type Role = keyof typeof roles;
const usual: Readonly<Record<Role, string>> = {
  'train images': 'train-images-idx3-ubyte.gz',
  'train labels': 'train-labels-idx1-ubyte.gz',
  'test images': 't10k-images-idx3-ubyte.gz',
  'test labels': 't10k-labels-idx1-ubyte.gz',
};

/** With `data`: `data/NAME`, or `data` itself; without: `data/NAME` beside the spec. The first folder that holds one of the files. */
export function findIdx(name: string, { data, beside }: Where): IdxFiles {
  const tried =
    data === undefined
      ? [...new Set(beside.map((folder) => path.resolve(folder, 'data', name)))]
      : [path.resolve(data, name), path.resolve(data)];
  for (const folder of tried) {
    const files = filesOf(folder);
    const found = (role: Role): string | undefined => files.find((f) => roles[role].test(f));
    const missing = (Object.keys(roles) as Role[]).filter((role) => found(role) === undefined);
    if (missing.length === Object.keys(roles).length) continue;
    if (missing.length > 0) {
      const paths = missing.map((role) => path.join(folder, usual[role]));
      throw failure(runtimeErrors.missingFile, { name, tried: paths });
    }
    const at = (role: Role): string => path.join(folder, found(role) ?? '');
    return {
      folder,
      train: { images: at('train images'), labels: at('train labels') },
      test: { images: at('test images'), labels: at('test labels') },
    };
  }
  throw failure(runtimeErrors.missingData, { name, tried });
}

/** Names in a fixed order; none when there is no such folder. */
function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
