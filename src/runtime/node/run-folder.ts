/**
 * The folder of a run, never overwritten by another:
 *   run.json                what was run, from where, on which data, and how far it came
 *   spec.nrm                the resolved spec
 *   <train>.ts …            the emitted code that was run
 *   history.jsonl           a line for each epoch, and for an update every so often
 *   checkpoint.safetensors  everything to go on from
 *   weights.safetensors     what came out
 *   summary.json            what it is worth
 *   report.html             all of it as a page
 *   run.lock                the process that is training; gone when it ends
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { failure, runtimeErrors } from '../errors.ts';
import type { InspectConfig } from '../inspect-config.ts';
import { makeFolder, reasonOf, writeWhole } from './files.ts';

export type RunStatus = 'running' | 'interrupted' | 'failed' | 'finished';

export interface RunInfo {
  readonly format: 'nrmc-run/1';
  readonly status: RunStatus;
  readonly train: string;
  readonly network: string;
  readonly policy: string | null;
  /** What was run: a spec, compiled, or an emitted entry by itself. */
  readonly kind: 'spec' | 'entry';
  /** The file of that. */
  readonly source: string;
  /** What was asked for beside the spec, to ask for it again when resuming. */
  readonly overrides: { readonly policy?: string; readonly epochs?: number; readonly set?: readonly string[] };
  /** When it is looked into; absent: it is not. */
  readonly inspect?: InspectConfig;
  readonly backend: string;
  readonly seed: number;
  readonly epochs: number;
  readonly version: string;
  /** sha256 of spec.nrm. */
  readonly spec: string;
  readonly data: { readonly folder: string; readonly files: Readonly<Record<string, string>> };
  /** sha256 of the modules that layers come from, by their paths from this folder; absent when there are none. */
  readonly modules?: Readonly<Record<string, string>>;
}

export const runFiles = {
  info: 'run.json',
  spec: 'spec.nrm',
  history: 'history.jsonl',
  checkpoint: 'checkpoint.safetensors',
  weights: 'weights.safetensors',
  summary: 'summary.json',
  report: 'report.html',
  lock: 'run.lock',
} as const;

/** Makes the folder: the given one, which must be new or empty, else `runs/<train>-<n>` with the next number. */
export function createRunFolder(train: string, run: string | undefined, cwd: string): string {
  const folder = run === undefined ? numbered(path.join(cwd, 'runs'), train) : path.resolve(cwd, run);
  try {
    makeFolder(folder);
    if (readdirSync(folder).length === 0) return folder;
  } catch (error) {
    throw failure(runtimeErrors.notWritable, { path: folder, why: reasonOf(error) });
  }
  throw failure(runtimeErrors.runExists, { folder: run ?? folder });
}

/** One after the highest number there is. Made here, so that two runs begun at once do not share it. */
function numbered(runs: string, train: string): string {
  try {
    makeFolder(runs);
    const numbers = readdirSync(runs)
      .filter((name) => name.startsWith(`${train}-`))
      .map((name) => name.slice(train.length + 1))
      .filter((n) => /^\d{1,9}$/.test(n))
      .map(Number);
    for (let n = Math.max(0, ...numbers) + 1; ; n++) {
      const folder = path.join(runs, `${train}-${n}`);
      if (makeFolder(folder)) return folder;
    }
  } catch (error) {
    throw failure(runtimeErrors.notWritable, { path: runs, why: reasonOf(error) });
  }
}

/** Takes the folder for this process; returns what gives it back. A process that was killed is found to be gone. */
export function lockRun(folder: string): () => void {
  const file = path.join(folder, runFiles.lock);
  const owner = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
  if (owner !== process.pid && isAlive(owner)) throw failure(runtimeErrors.inUse, { folder, pid: owner });
  writeWhole(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    // Signal 0 asks and does nothing.
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Killed, and not yet seen to be so by its parent: in containers whose first process does not care, for as long as they run. */
function isZombie(pid: number): boolean {
  try {
    // `pid (name) state …`; the name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1));
  } catch {
    // Only Linux can be asked this way.
    return false;
  }
}

export const writeInfo = (folder: string, info: RunInfo): void =>
  writeWhole(path.join(folder, runFiles.info), `${JSON.stringify(info, null, 2)}\n`);

/** What is known of a run; refuses a folder that is none. */
export function readRun(folder: string): { readonly info: RunInfo; readonly spec: string } {
  const read = (name: string): string => {
    try {
      return readFileSync(path.join(folder, name), 'utf8');
    } catch (error) {
      throw failure(runtimeErrors.notARun, { folder, why: `${name}: ${reasonOf(error)}` });
    }
  };
  let info: unknown;
  try {
    info = JSON.parse(read(runFiles.info));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw failure(runtimeErrors.notARun, { folder, why: `${runFiles.info} is not JSON` });
  }
  if (!isRunInfo(info)) throw failure(runtimeErrors.notARun, { folder, why: `${runFiles.info} is not of a run` });
  return { info, spec: read(runFiles.spec) };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isRunInfo(value: unknown): value is RunInfo {
  if (!isRecord(value) || value.format !== 'nrmc-run/1') return false;
  const texts = ['status', 'train', 'network', 'source', 'backend', 'version', 'spec'];
  const { data, overrides, epochs, seed, kind, policy, inspect } = value;
  return (
    texts.every((key) => typeof value[key] === 'string') &&
    typeof epochs === 'number' &&
    typeof seed === 'number' &&
    (kind === 'spec' || kind === 'entry') &&
    (policy === null || typeof policy === 'string') &&
    isRecord(overrides) &&
    ['string', 'undefined'].includes(typeof overrides.policy) &&
    ['number', 'undefined'].includes(typeof overrides.epochs) &&
    (overrides.set === undefined ||
      (Array.isArray(overrides.set) && overrides.set.every((s) => typeof s === 'string'))) &&
    (inspect === undefined || (isRecord(inspect) && ['number', 'object'].includes(typeof inspect.every))) &&
    isRecord(data) &&
    (value.modules === undefined ||
      (isRecord(value.modules) && Object.values(value.modules).every((hash) => typeof hash === 'string'))) &&
    typeof data.folder === 'string' &&
    isRecord(data.files)
  );
}

/** Lines of JSON. A run killed after its last checkpoint has lines behind it that are made again: they are cut off. */
export class History {
  readonly #file: string;
  length: number;

  constructor(folder: string, length: number) {
    this.#file = path.join(folder, runFiles.history);
    try {
      appendFileSync(this.#file, '');
      this.length = Math.min(length, statSync(this.#file).size);
      truncateSync(this.#file, this.length);
    } catch (error) {
      throw failure(runtimeErrors.notWritable, { path: this.#file, why: reasonOf(error) });
    }
  }

  add(line: object): void {
    const text = `${JSON.stringify(line)}\n`;
    try {
      appendFileSync(this.#file, text);
    } catch (error) {
      throw failure(runtimeErrors.notWritable, { path: this.#file, why: reasonOf(error) });
    }
    this.length += Buffer.byteLength(text);
  }
}
