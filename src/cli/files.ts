/** Writing without loss: to a temporary name, then rename. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { files } from '../diagnostics/catalog/files.ts';
import { Refused } from './terminal.ts';

/** `no such file or directory`, without codes and stacks. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const system = /^[A-Z0-9_]+: ([^,]+)/.exec(error.message)?.[1];
  return system ?? error.message;
}

export function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // Nothing was written, or nothing can be removed: the reason given below is the one that matters.
    }
    throw new Refused([files.unwritable.at(null, { path: file, why: reasonOf(error) })]);
  }
}
