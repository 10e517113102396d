/** From a checked sweep to the record of its cases. */
import path from 'node:path';
import { resolvedSpec, type SweepPlan } from '../../check/index.ts';
import { failure, runtimeErrors } from '../../runtime/errors.ts';
import { sha256 } from '../../runtime/node/data.ts';
import { version } from '../version.ts';
import { caseNames } from './names.ts';
import type { CaseRecord, SweepRecord } from './record.ts';
import { updatesOf } from './samples.ts';

export interface Prepared {
  readonly record: SweepRecord;
  /** Resolved specs by the names of the cases. */
  readonly specs: ReadonlyMap<string, string>;
  /** Of the train without the axes. */
  readonly resolved: string;
}

type Given = Pick<SweepRecord, 'source' | 'overrides' | 'data' | 'backend' | 'skipInvalid' | 'jobs' | 'declared'>;

/** `samples`: by the name of the data; null when that is not known. */
export function prepare(plan: SweepPlan, samples: ReadonlyMap<string, number> | null, given: Given): Prepared {
  const names = caseNames(plan);
  const specs = new Map<string, string>();
  const cases = plan.cases.map(({ train, why, values, repeat, set }, i): CaseRecord => {
    const name = names[i] ?? '';
    const base = {
      name,
      values: values.map((value, axis) => plan.axes[axis]?.values.indexOf(value) ?? -1),
      repeat,
      set,
      seconds: 0,
      code: null,
    };
    const skipped = { seed: null, epochs: null, updates: null, spec: null, status: 'skipped' as const };
    if (train === null) return { ...base, ...skipped, why };
    const count = samples?.get(train.data.name);
    const updates = count === undefined ? null : updatesOf(train, count);
    if (typeof updates === 'string') return { ...base, ...skipped, why: updates };
    const text = resolvedSpec(train);
    specs.set(name, text);
    const { seed, epochs } = train;
    return { ...base, seed, epochs, updates, spec: sha256(text), status: 'waiting', why: null };
  });
  const impossible = cases.filter((c, i) => c.status === 'skipped' && plan.cases[i]?.train != null);
  if (impossible.length > 0 && !given.skipInvalid) {
    throw failure(runtimeErrors.casesImpossible, {
      cases: impossible.map(({ name, why }) => ({ name, why: why ?? '' })),
    });
  }
  const record: SweepRecord = {
    format: 'nrmc-sweep/1',
    name: plan.name,
    train: plan.train.name,
    ...given,
    source: path.resolve(given.source),
    version: version(),
    began: new Date().toISOString(),
    seconds: 0,
    axes: plan.axes,
    repeats: plan.repeats,
    cases,
  };
  return { record, specs, resolved: resolvedSpec(plan.train) };
}

/** What is varied, in lines that can be compared. */
export const outline = ({ train, axes, repeats }: SweepRecord): string =>
  [
    `train: ${train}`,
    ...axes.map(({ path: of, values }) => `${of}: [${values.map((v) => v.text).join(', ')}]`),
    `repeats: ${repeats}`,
    '',
  ].join('\n');
