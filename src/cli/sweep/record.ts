/**
 * The folder of a sweep, never overwritten by another:
 *   sweep.json     what is run, and how far it came
 *   specs/*.nrm    the resolved spec of each case, which resuming compares
 *   <case>/        the run of each case, as `nrmc train` leaves it
 *   table.csv, runs.csv, report.html   the result
 *   run.lock       the process that runs it; gone when it ends
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { failure, runtimeErrors } from '../../runtime/errors.ts';
import { makeFolder, reasonOf, writeWhole } from '../../runtime/node/files.ts';

export const sweepFiles = {
  info: 'sweep.json',
  specs: 'specs',
  table: 'table.csv',
  runs: 'runs.csv',
  report: 'report.html',
} as const;

/** `skipped`: the train does not take its values, and that was accepted. */
type CaseStatus = 'waiting' | 'running' | 'interrupted' | 'finished' | 'failed' | 'skipped';

export interface CaseRecord {
  /** Its folder. */
  readonly name: string;
  /** Of each axis which value. */
  readonly values: readonly number[];
  /** From 0. */
  readonly repeat: number;
  readonly seed: number | null;
  /** What `--set` says. */
  readonly set: readonly string[];
  readonly epochs: number | null;
  /** Expected; null when it is not known. */
  readonly updates: number | null;
  /** sha256 of its resolved spec; null of a skipped one. */
  readonly spec: string | null;
  readonly status: CaseStatus;
  /** Of training, over all processes that it took. */
  readonly seconds: number;
  /** Of a failed or skipped one. */
  readonly code: string | null;
  readonly why: string | null;
}

export interface SweepRecord {
  readonly format: 'nrmc-sweep/1';
  readonly name: string;
  readonly train: string;
  /** The spec file. */
  readonly source: string;
  readonly overrides: { readonly policy?: string; readonly set?: readonly string[]; readonly epochs?: number };
  readonly data: string | null;
  readonly backend: string | null;
  readonly skipInvalid: boolean;
  readonly version: string;
  readonly began: string;
  /** That it ran, without the time that it stood still. */
  readonly seconds: number;
  readonly jobs: number;
  readonly axes: readonly RecordedAxis[];
  readonly repeats: number;
  /** The declaration, as it is written. */
  readonly declared: string;
  readonly cases: readonly CaseRecord[];
}

interface RecordedAxis {
  readonly path: string;
  readonly values: readonly { readonly text: string; readonly number: number | null }[];
}

/** Makes the folder: the given one, which must be new or empty, else `sweeps/<name>-<n>` with the next number. */
export function createSweepFolder(name: string, folder: string | undefined, cwd: string): string {
  const place = folder === undefined ? path.join(cwd, 'sweeps') : path.resolve(cwd, folder);
  try {
    makeFolder(place);
    const found = readdirSync(place);
    if (folder === undefined) return numbered(place, name, found);
    if (found.length === 0) return place;
  } catch (error) {
    throw failure(runtimeErrors.notWritable, { path: place, why: reasonOf(error) });
  }
  throw failure(runtimeErrors.sweepExists, { folder: folder ?? place });
}

/** One after the highest number there is. Made here, so that two sweeps begun at once do not share it. */
function numbered(place: string, name: string, found: readonly string[]): string {
  const numbers = found
    .filter((entry) => entry.startsWith(`${name}-`))
    .map((entry) => entry.slice(name.length + 1))
    .filter((n) => /^\d{1,9}$/.test(n))
    .map(Number);
  for (let n = Math.max(0, ...numbers) + 1; ; n++) {
    const folder = path.join(place, `${name}-${n}`);
    if (makeFolder(folder)) return folder;
  }
}

export const writeRecord = (folder: string, record: SweepRecord): void =>
  writeWhole(path.join(folder, sweepFiles.info), `${JSON.stringify(record, null, 2)}\n`);

export const specFile = (folder: string, name: string): string => path.join(folder, sweepFiles.specs, `${name}.nrm`);

/** The resolved spec of a case when the sweep began; empty when it is gone. */
export const keptSpec = (folder: string, name: string): string => {
  const file = specFile(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

/** What is known of a sweep; refuses a folder that is none. */
export function readRecord(folder: string): SweepRecord {
  const refuse = (why: string): never => {
    throw failure(runtimeErrors.notASweep, { folder, why });
  };
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(path.join(folder, sweepFiles.info), 'utf8'));
  } catch (error) {
    return refuse(
      error instanceof SyntaxError ? `${sweepFiles.info} is not JSON` : `${sweepFiles.info}: ${reasonOf(error)}`,
    );
  }
  return isRecord(record) ? record : refuse(`${sweepFiles.info} is not of a sweep`);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isRecord(value: unknown): value is SweepRecord {
  if (!isObject(value) || value.format !== 'nrmc-sweep/1') return false;
  return (
    ['name', 'train', 'source', 'version', 'began', 'declared'].every((key) => typeof value[key] === 'string') &&
    ['seconds', 'jobs', 'repeats'].every((key) => typeof value[key] === 'number') &&
    [value.data, value.backend].every((v) => v === null || typeof v === 'string') &&
    isObject(value.overrides) &&
    isListOf(value.axes, (axis) => typeof axis.path === 'string' && isListOf(axis.values, hasText)) &&
    isListOf(value.cases, isCase)
  );
}

const hasText = (value: Readonly<Record<string, unknown>>): boolean => typeof value.text === 'string';

const isListOf = (value: unknown, test: (item: Readonly<Record<string, unknown>>) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => isObject(item) && test(item));

const isCase = (value: Readonly<Record<string, unknown>>): boolean =>
  typeof value.name === 'string' &&
  typeof value.status === 'string' &&
  typeof value.seconds === 'number' &&
  typeof value.repeat === 'number' &&
  Array.isArray(value.values) &&
  Array.isArray(value.set) &&
  value.set.every((text) => typeof text === 'string');
