/** Runs `nrmc` as a process, from its sources, and shows what a user sees. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
export const command = path.join(root, 'src/cli/main.ts');

export interface Shown {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own, gone when the tests of the file are. */
export function workFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'nrmc-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function nrmc(cwd: string, ...args: readonly string[]): Shown {
  const { FORCE_COLOR: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1', LANG: 'C.UTF-8' },
  });
  return { code: status, out: stdout, err: stderr };
}

export const example = (name: string): string => path.join(root, 'examples', name);
