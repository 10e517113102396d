/** Reads what the runs of a sweep have left. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CurvePoint, RunResult, SweepResults } from '../../report/sweep/index.ts';
import { readRun, runFiles } from '../../runtime/node/run-folder.ts';
import { labelsOf } from './names.ts';
import type { CaseRecord, SweepRecord } from './record.ts';

export function resultsOf(folder: string, record: SweepRecord, resolved: string): SweepResults {
  const labels = labelsOf(record.axes);
  const { name, train, repeats, seconds, jobs, version, declared } = record;
  return {
    name,
    train,
    axes: record.axes.map(({ path: of, values }, i) => ({ path: of, label: labels[i] ?? of, values })),
    repeats,
    runs: record.cases.map((c) => runOf(folder, c)),
    seconds,
    jobs,
    backend: backendsOf(folder, record),
    version,
    began: `${record.began.slice(0, 16).replace('T', ' ')} UTC`,
    declared,
    resolved,
  };
}

function backendsOf(folder: string, { cases }: SweepRecord): string {
  const finished = cases.filter((c) => c.status === 'finished');
  return [...new Set(finished.map((c) => readRun(path.join(folder, c.name)).info.backend))].join(' and ') || 'none';
}

export function runOf(folder: string, c: CaseRecord): RunResult {
  const { name, values, repeat, seed, seconds } = c;
  const status = c.status === 'finished' || c.status === 'skipped' ? c.status : 'failed';
  const code = c.code === null ? '' : `${c.code}: `;
  return {
    name,
    values,
    repeat,
    seed,
    seconds,
    status,
    why: status === 'finished' ? null : `${code}${c.why ?? ''}`,
    measures: status === 'finished' ? measuresIn(path.join(folder, name, runFiles.summary)) : {},
    curve: curveIn(path.join(folder, name, runFiles.history)),
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What the summary says of the test part, by names for people: `accuracy`, `label accuracy`, `loss`. */
function measuresIn(file: string): Readonly<Record<string, number>> {
  const summary: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isObject(summary)) return {};
  const metrics = isObject(summary.testMetrics) ? Object.entries(summary.testMetrics) : [];
  const all: readonly (readonly [string, unknown])[] = [
    ['accuracy', summary.testAccuracy],
    ...metrics.map(([name, value]) => [name.replaceAll('_', ' '), value] as const),
    ['loss', summary.testLoss],
  ];
  return Object.fromEntries(all.filter((pair): pair is readonly [string, number] => typeof pair[1] === 'number'));
}

/** Epochs are counted on where training begins again, as after early stopping. */
function curveIn(file: string): readonly CurvePoint[] {
  if (!existsSync(file)) return [];
  const curve: CurvePoint[] = [];
  let before = 0;
  let last = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const entry = parsed(line);
    if (!isObject(entry) || entry.kind !== 'epoch') continue;
    const { epoch, loss, validationLoss } = entry;
    if (typeof epoch !== 'number' || typeof loss !== 'number') continue;
    if (epoch <= last) before += last;
    last = epoch;
    const validation = typeof validationLoss === 'number' ? validationLoss : null;
    curve.push({ epoch: before + epoch, training: loss, validation });
  }
  return curve;
}

/** Null of the empty end, and of a line that a killed process left unfinished. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
