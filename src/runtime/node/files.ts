/** Reading and writing whole files; a write is seen complete or not at all. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { failure, runtimeErrors } from '../errors.ts';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../safetensors.ts';

/** What is meant where the system is terse. */
const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  EBUSY: 'it is a folder',
  EEXIST: 'it is a file, not a folder',
  ENOTDIR: 'a file stands where a folder is needed',
};

/** `no such file or directory`, without codes and stacks. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = 'code' in error && typeof error.code === 'string' ? reasons[error.code] : undefined;
  if (known !== undefined) return known;
  return /^[A-Z0-9_]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
}

/**
 * Makes a folder and those above it, one at a time: Node's own `recursive` never returns where the system refuses a folder as not
 * found (`/proc`). True when it was not there.
 */
export function makeFolder(folder: string): boolean {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error('EEXIST: a file'), { code: 'EEXIST' });
    return false;
  }
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    // Somebody else made it in between.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** To a temporary name, then rename. Folders on the way are made. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(path.dirname(path.resolve(file)));
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary, { force: true });
    throw failure(runtimeErrors.notWritable, { path: file, why: reasonOf(error) });
  }
}

/** Reads tensors and metadata; says why it cannot. */
export function readTensors(file: string): TensorFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw failure(runtimeErrors.weightsUnreadable, { file, why: reasonOf(error) });
  }
  return decodeSafetensors(bytes, file);
}

export const writeTensors = (file: string, content: TensorFile): void => writeWhole(file, encodeSafetensors(content));
