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
import type { DataField } from '../model.ts';
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

/** The files of a data set. */
export interface IdxFiles {
  readonly folder: string;
  readonly train: Part;
  readonly test: Part;
}

/** By field: where its values are. */
export type Part = ReadonlyMap<string, string>;

/** A field, and the words by which a file says that it holds it. */
interface Wanted {
  readonly field: string;
  readonly kind: DataField['kind'];
  readonly words: readonly string[];
}

/** `train-label-idx1-ubyte` holds field `label`. What MNIST calls `images` is the only tensor field, its `labels` the only class field. */
function wantedOf(fields: readonly DataField[]): readonly Wanted[] {
  return fields.map(({ kind, name }) => {
    const alone = fields.filter((f) => f.kind === kind).length === 1;
    return { field: name, kind, words: alone ? [name, kind === 'tensor' ? 'images' : 'labels'] : [name] };
  });
}

/** How files of the two parts begin. */
const parts = { train: ['train'], test: ['t10k', 'test'] } as const;

/** The usual name of a file, for messages. */
const usual = (part: keyof typeof parts, { words, kind }: Wanted): string =>
  `${parts[part][0]}-${words.at(-1)}-idx${kind === 'tensor' ? 3 : 1}-ubyte.gz`;

const fileOf = (files: readonly string[], part: keyof typeof parts, { words }: Wanted): string | undefined =>
  words
    .map((word) => new RegExp(`^(${parts[part].join('|')})-${word}[.-]idx\\d-\\w+(\\.gz)?$`))
    .flatMap((name) => files.filter((f) => name.test(f)))[0];

/** With `data`: `data/NAME`, or `data` itself; without: `data/NAME` beside the spec. The first folder that holds one of the files. */
export function findIdx(name: string, fields: readonly DataField[], { data, beside }: Where): IdxFiles {
  const tried =
    data === undefined
      ? [...new Set(beside.map((folder) => path.resolve(folder, 'data', name)))]
      : [path.resolve(data, name), path.resolve(data)];
  const wanted = wantedOf(fields);
  const all = (['train', 'test'] as const).flatMap((part) => wanted.map((w) => ({ part, wanted: w })));
  for (const folder of tried) {
    const files = filesOf(folder);
    const missing = all.filter((a) => fileOf(files, a.part, a.wanted) === undefined);
    if (missing.length === all.length) continue;
    if (missing.length > 0) {
      const paths = missing.map((m) => path.join(folder, usual(m.part, m.wanted)));
      throw failure(runtimeErrors.missingFile, { name, tried: paths });
    }
    const part = (of: keyof typeof parts): Part =>
      new Map(wanted.map((w) => [w.field, path.join(folder, fileOf(files, of, w) ?? '')]));
    return { folder, train: part('train'), test: part('test') };
  }
  throw failure(runtimeErrors.missingData, { name, tried, files: all.map((a) => usual(a.part, a.wanted)) });
}

/** Names in a fixed order; none when there is no such folder. */
function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
