/** Runs the cases of a sweep that are not done, and writes the result. */
import path from 'node:path';
import process from 'node:process';
import { runsCsv, type SweepResults, sweepPage, tableCsv } from '../../report/sweep/index.ts';
import { writeWhole } from '../../runtime/node/files.ts';
import { lockRun } from '../../runtime/node/run-folder.ts';
import type { RunSettings } from '../run-train.ts';
import { type Job, type Pool, startPool } from './pool.ts';
import { type CaseRecord, type SweepRecord, specFile, sweepFiles, writeRecord } from './record.ts';
import { resultsOf, runOf } from './results.ts';
import { isBegun } from './resume.ts';
import { View } from './view.ts';

export interface SweepRun {
  readonly folder: string;
  readonly record: SweepRecord;
  readonly specs: ReadonlyMap<string, string>;
  readonly resolved: string;
  readonly settings: Pick<RunSettings, 'allowExtern' | 'allowImport'>;
}

interface SweepOutcome {
  readonly record: SweepRecord;
  /** Null when a signal stopped it. */
  readonly results: SweepResults | null;
  readonly signal: NodeJS.Signals | null;
}

export async function runSweep({ folder, record: start, specs, resolved, settings }: SweepRun): Promise<SweepOutcome> {
  const release = lockRun(folder);
  let record = start;
  const began = performance.now();
  const save = (change: (c: CaseRecord) => CaseRecord): void => {
    const seconds = start.seconds + (performance.now() - began) / 1000;
    record = { ...record, seconds, cases: record.cases.map(change) };
    writeRecord(folder, record);
  };
  const update = (name: string, change: Partial<CaseRecord>): void =>
    save((c) => (c.name === name ? { ...c, ...change } : c));

  for (const [name, text] of specs) writeWhole(specFile(folder, name), text);
  save((c) => c);
  const jobs = inOrder(record.cases).map((c) => jobOf(folder, c, record, settings));
  const view = new View(() => record.cases, record.jobs);
  const signals = listen();
  try {
    const pool = startPool(jobs, record.jobs, {
      began(job, worker) {
        view.began(job, worker);
        update(job.name, { status: 'running' });
      },
      says: (_, worker, text) => view.says(worker, text),
      ended(job, worker, outcome) {
        const before = record.cases.find((c) => c.name === job.name);
        const seconds = (before?.seconds ?? 0) + view.ended(worker);
        const { status } = outcome;
        const why = status === 'failed' ? { code: outcome.code, why: outcome.why } : {};
        update(job.name, { status, seconds, ...why });
        const after = record.cases.find((c) => c.name === job.name);
        if (after !== undefined) view.result(after, runOf(folder, after));
      },
    });
    signals.stops(pool);
    await pool.done;
    save((c) => c);
  } finally {
    signals.end();
    view.end();
    release();
  }
  const signal = signals.received();
  if (signal !== null && record.cases.some(isOpen)) return { record, results: null, signal };
  return { record, results: writeResults(folder, record, resolved), signal: null };
}

/** Table and page, from what the runs have left. */
export function writeResults(folder: string, record: SweepRecord, resolved: string): SweepResults {
  const results = resultsOf(folder, record, resolved);
  writeWhole(path.join(folder, sweepFiles.table), tableCsv(results));
  writeWhole(path.join(folder, sweepFiles.runs), runsCsv(results));
  writeWhole(path.join(folder, sweepFiles.report), sweepPage(results));
  return results;
}

export const isOpen = ({ status }: CaseRecord): boolean =>
  status === 'waiting' || status === 'running' || status === 'interrupted';

/** Those that are not done, the longest first: at the end no process is left with a long one while the others are idle. */
const inOrder = (cases: readonly CaseRecord[]): readonly CaseRecord[] =>
  cases.filter(isOpen).toSorted((a, b) => (b.updates ?? 0) - (a.updates ?? 0));

function jobOf(folder: string, c: CaseRecord, record: SweepRecord, settings: SweepRun['settings']): Job {
  const { source, train, overrides, data, backend } = record;
  const run = path.join(folder, c.name);
  const { policy } = overrides;
  const own = { ...(policy === undefined ? {} : { policy }), ...(c.set.length === 0 ? {} : { set: c.set }) };
  return {
    name: c.name,
    message: {
      kind: 'train',
      request: { file: path.relative(process.cwd(), source), name: train, given: own, epochs: overrides.epochs },
      settings: {
        ...settings,
        data: data ?? undefined,
        backend: isBackend(backend) ? backend : undefined,
        ...(isBegun(folder, c) ? { resume: run } : { run }),
      },
      spec: c.spec ?? '',
    },
  };
}

const isBackend = (name: string | null): name is 'auto' | 'node' | 'wasm' | 'cpu' =>
  name !== null && ['auto', 'node', 'wasm', 'cpu'].includes(name);

interface Signals {
  stops(pool: Pool): void;
  received(): NodeJS.Signals | null;
  end(): void;
}

/** The first signal lets the cases that run make their checkpoints; a second one ends the sweep as always, and they make them alone. */
function listen(): Signals {
  const names = ['SIGINT', 'SIGTERM'] as const;
  let first: NodeJS.Signals | null = null;
  let pool: Pool | null = null;
  const end = (): void => {
    for (const name of names) process.off(name, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    first = signal;
    end();
    pool?.stop(signal);
  };
  for (const name of names) process.on(name, onSignal);
  return {
    stops(given) {
      pool = given;
      if (first !== null) pool.stop(first);
    },
    received: () => first,
    end,
  };
}
