/** Going on with a sweep: the spec must say the same, what is finished is kept, what was interrupted is gone on with. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { failure, runtimeErrors } from '../../runtime/errors.ts';
import { differenceOf } from '../../runtime/node/difference.ts';
import { type RunStatus, readRun, runFiles } from '../../runtime/node/run-folder.ts';
import { outline, type Prepared } from './prepare.ts';
import { type CaseRecord, keptSpec, type SweepRecord } from './record.ts';

/** The record with what its folder says of each case. */
export function resumed(folder: string, before: SweepRecord, { record: now, specs }: Prepared): SweepRecord {
  requireSame(folder, before, now, specs);
  const cases = before.cases.map((c) => settled(folder, c));
  return { ...before, cases };
}

function requireSame(folder: string, before: SweepRecord, now: SweepRecord, specs: ReadonlyMap<string, string>): void {
  const refuse = (difference: readonly string[]): never => {
    throw failure(runtimeErrors.sweepChanged, { folder, difference });
  };
  const declared = differenceOf(outline(before), outline(now));
  if (declared.length > 0) refuse(declared);
  for (const [i, c] of before.cases.entries()) {
    const other = now.cases[i];
    if (other !== undefined && other.name === c.name && other.spec === c.spec) continue;
    refuse([`in ${c.name}:`, ...differenceOf(keptSpec(folder, c.name), specs.get(c.name) ?? '')]);
  }
}

function settled(folder: string, c: CaseRecord): CaseRecord {
  if (c.status === 'skipped') return c;
  const status = statusIn(path.join(folder, c.name));
  if (status === 'finished') return { ...c, status, code: null, why: null };
  if (status === 'failed') return { ...c, status, why: c.why ?? 'training has left the finite numbers' };
  return { ...c, status: status === null ? 'waiting' : 'interrupted', code: null, why: null };
}

function statusIn(run: string): RunStatus | null {
  return existsSync(path.join(run, runFiles.info)) ? readRun(run).info.status : null;
}

/** Whether its folder holds a run to go on with; what was left by a process that ended before its first update is removed. */
export function isBegun(folder: string, { name }: CaseRecord): boolean {
  const run = path.join(folder, name);
  if (statusIn(run) !== null) return true;
  rmSync(run, { recursive: true, force: true });
  return false;
}
