/** What every format of data does: find its files, and read the fields that are wanted of one part. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { RawColumn } from '../../data.ts';
import { failure, runtimeErrors } from '../../errors.ts';
import type { DataConfig, DataField } from '../../model.ts';
import { sha256 } from '../digest.ts';
import { reasonOf } from '../files.ts';

/** Where data are looked for. */
export interface Where {
  /** `--data DIR`: there and nowhere else. */
  readonly data?: string | undefined;
  /** Folders that may hold `data/NAME`: the spec's own. */
  readonly beside: readonly string[];
}

export type PartName = 'train' | 'test';

export interface Request {
  /** Those that are read. */
  readonly fields: readonly DataField[];
  readonly data: DataConfig;
  readonly where: Where;
  /** The parts that will be read: all of their files must be there. */
  readonly parts: readonly PartName[];
  /** Names of the classes that are trained on, where they are folders. */
  readonly classes?: readonly string[] | undefined;
}

export interface Opened {
  /** What `--data` has to name to find the same again; `root` also where another source stands beside this one. */
  readonly folder: string;
  readonly root: string;
  /** A format without parts has the same samples for both. */
  read(part: PartName): ReadPart;
}

interface ReadPart {
  /** In the order of the fields. */
  readonly columns: readonly RawColumn[];
  /** sha256 of what was read, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of classes, in order, where they are folders. */
  readonly classes?: readonly string[];
}

/** Finds a file or folder: with `--data` DIR/NAME, or DIR itself where it ends with NAME; without, `data/NAME` beside the spec. */
export function locate(
  name: string,
  kind: 'file' | 'folder',
  { data, beside }: Where,
): { readonly place: string; readonly root: string } {
  const roots = (data === undefined ? beside.map((folder) => path.resolve(folder, 'data')) : [data]).map((r) =>
    path.resolve(r),
  );
  const tried = [...new Set(roots)].map((root) => ({ place: path.resolve(root, name), root }));
  const itself = data === undefined ? null : path.resolve(data);
  if (itself !== null && `${path.sep}${itself}`.endsWith(path.sep + path.normalize(name)))
    tried.push({ place: itself, root: itself });
  const found = tried.find(({ place }) => kindOf(place) === kind);
  if (found !== undefined) return found;
  const other = tried.find(({ place }) => kindOf(place) !== null);
  if (other !== undefined) throw failure(runtimeErrors.otherKind, { place: other.place, wanted: kind });
  throw failure(runtimeErrors.missingData, { name, tried: tried.map((t) => t.place), files: [] });
}

/** Null where nothing is. */
function kindOf(place: string): 'file' | 'folder' | null {
  try {
    const stat = statSync(place, { throwIfNoEntry: false });
    return stat === undefined ? null : stat.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw failure(runtimeErrors.dataUnreadable, { file: place, why: reasonOf(error) });
  }
}

/** The content of a data file as it lies there. */
export function readRaw(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw failure(runtimeErrors.dataUnreadable, { file, why: reasonOf(error) });
  }
}

/** Gzipped or not is told by the content, not by the name. */
export function unpacked(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw failure(runtimeErrors.notGzip, { file, why: reasonOf(error) });
  }
}

/** The bytes of a file and, for the run, its hash. */
export function readHashed(file: string): { readonly bytes: Uint8Array; readonly hash: string } {
  const raw = readRaw(file);
  return { bytes: unpacked(raw, file), hash: sha256(raw) };
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
