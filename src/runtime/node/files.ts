/** Reading and writing whole files; a write is seen complete or not at all. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { failure, runtimeErrors } from '../errors.ts';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../safetensors.ts';

/** `no such file or directory`, without codes and stacks. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /^[A-Z0-9_]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
}

/** To a temporary name, then rename. Folders on the way are made. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.tmp`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
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
