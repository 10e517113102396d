/**
 * idx files, the format of MNIST and its kin: two zero bytes, the type of the values, the number of dimensions; each dimension as a
 * 32-bit count; the values. All big-endian. Gzipped or not is told by the content, not by the name.
 *
 * Source  yann.lecun.com/exdb/mnist.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { failure, runtimeErrors } from '../../errors.ts';
import type { DataField } from '../../model.ts';
import type { Values } from '../../preprocessing.ts';
import { columnFrom } from './array.ts';
import { type Opened, type PartName, type Request, readHashed, type Where } from './source.ts';

interface Idx {
  readonly shape: readonly number[];
  readonly values: Values;
}

export const readIdx = (file: string): Idx => parseIdx(readHashed(file).bytes, file);

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

/** The files of a data set. */
interface IdxFiles {
  readonly folder: string;
  /** The folder that its name is taken from. */
  readonly root: string;
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

export function openIdx(name: string, { fields, data, where, parts: asked }: Request): Opened {
  const used = new Set(fields.map((f) => f.name));
  const found = findIdx(name, data.fields, where, { used, asked });
  return {
    folder: found.folder,
    root: found.root,
    read(part) {
      const files: Record<string, string> = {};
      const columns = fields.map((field) => {
        const file = found[part].get(field.name) ?? '';
        const { bytes, hash } = readHashed(file);
        files[path.basename(file)] = hash;
        return columnFrom(field, parseIdx(bytes, file), file);
      });
      return { columns, files };
    },
  };
}

/**
 * With `data`: `data/NAME`, or `data` itself; without: `data/NAME` beside the spec. The first folder that holds one of the files.
 * `only`: the fields and parts whose files must be there; default all.
 */
export function findIdx(
  name: string,
  fields: readonly DataField[],
  { data, beside }: Where,
  only?: { readonly used: ReadonlySet<string>; readonly asked: readonly PartName[] },
): IdxFiles {
  const places =
    data === undefined
      ? beside.map((folder) => path.resolve(folder, 'data')).map((root) => ({ root, folder: path.resolve(root, name) }))
      : [path.resolve(data, name), path.resolve(data)].map((folder) => ({ root: path.resolve(data), folder }));
  const tried = [...new Set(places.map((p) => p.folder))];
  const wanted = wantedOf(fields).filter((w) => only?.used.has(w.field) !== false);
  const all = (only?.asked ?? (['train', 'test'] as const)).flatMap((part) => wanted.map((w) => ({ part, wanted: w })));
  for (const { root, folder } of places) {
    const files = filesOf(folder);
    const missing = all.filter((a) => fileOf(files, a.part, a.wanted) === undefined);
    if (missing.length === all.length) continue;
    if (missing.length > 0) {
      const paths = missing.map((m) => path.join(folder, usual(m.part, m.wanted)));
      throw failure(runtimeErrors.missingFile, { name, tried: paths });
    }
    const part = (of: keyof typeof parts): Part =>
      new Map(wanted.map((w) => [w.field, path.join(folder, fileOf(files, of, w) ?? '')]));
    return { folder, root, train: part('train'), test: part('test') };
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
