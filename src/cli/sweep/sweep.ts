/** `nrmc sweep`, once it is called: plan, list, run, go on. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { checkSweep, type SweepPlan } from '../../check/index.ts';
import { studies } from '../../diagnostics/catalog/studies.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { SweepDeclaration } from '../../parser/tree.ts';
import { resultTable, type SweepResults, timeText } from '../../report/sweep/index.ts';
import { failure, NrmcError, renderError, runtimeErrors } from '../../runtime/errors.ts';
import { withOverrides } from '../overrides.ts';
import { accept, readSpec, type Spec } from '../spec.ts';
import { Refused, say, showDiagnostics, showNote } from '../terminal.ts';
import { columnsText, dryRunText } from './listing.ts';
import type { SweepOptions } from './options.ts';
import { type Prepared, prepare } from './prepare.ts';
import { createSweepFolder, readRecord, type SweepRecord, sweepFiles, writeRecord } from './record.ts';
import { resumed } from './resume.ts';
import { isOpen, runSweep, type SweepRun, writeResults } from './run.ts';
import { trainingSamples } from './samples.ts';

export async function beginSweep(file: string, name: string | null, options: SweepOptions): Promise<void> {
  const planned = plan(file, name, options, options.epochs, options.skipInvalid === true);
  if (options.dryRun === true) return dryRun(planned, options);
  const prepared = await preparation(planned, options);
  const folder = createSweepFolder(planned.plan.name, options.folder, process.cwd());
  return run({ folder, ...prepared, settings: settingsOf(options) });
}

interface Planned {
  readonly spec: Spec;
  readonly plan: SweepPlan;
  readonly declaration: SweepDeclaration;
  readonly overrides: SweepRecord['overrides'];
}

/** Checked as a whole before anything runs: every value, every combination. */
function plan(
  file: string,
  name: string | null,
  given: SweepOptions,
  epochs: number | undefined,
  skip: boolean,
): Planned {
  const { spec, overrides: said } = withOverrides(readSpec(file, given.allowImport), given);
  const declaration = findSweep(spec, name);
  const overrides = { ...said, ...(epochs === undefined ? {} : { epochs }) };
  const { plan: made, diagnostics, refused } = checkSweep(spec.program, declaration, overrides);
  const told = skip ? diagnostics : [...diagnostics, ...refused];
  const accepted = accept(spec, told);
  if (made === null) throw new Refused(skip ? [...accepted, ...refused] : accepted, spec.sources);
  if (skip && refused.length > 0)
    showDiagnostics(
      refused.map((d) => ({ ...d, severity: 'warning' })),
      spec.sources,
    );
  return { spec, plan: made, declaration, overrides };
}

function findSweep(spec: Spec, name: string | null): SweepDeclaration {
  const all = spec.tree.declarations.filter((d) => d.kind === 'sweep');
  const named = name === null ? all : all.filter((d) => d.name.text === name);
  const [only, ...more] = named;
  if (only !== undefined && more.length === 0) return only;
  const found = all.map((d) => d.name.text);
  const facts = { file: spec.path, name, found, nearest: name === null ? null : nearest(name, found) };
  throw new Refused([...spec.diagnostics, studies.unknownSweep.at(null, facts)], spec.sources);
}

async function preparation(
  { spec, plan: made, declaration, overrides }: Planned,
  options: SweepOptions,
): Promise<Prepared> {
  const { set = [], ...rest } = overrides;
  const samples = await trainingSamples(
    spec,
    made,
    { ...settingsOf(options), data: options.data, overrides: rest },
    set,
  );
  return prepare(made, samples, given({ spec, plan: made, declaration, overrides }, options));
}

const given = ({ spec, declaration: { span }, overrides }: Planned, options: SweepOptions) => ({
  source: spec.path,
  overrides,
  data: options.data ?? null,
  backend: options.backend ?? null,
  skipInvalid: options.skipInvalid === true,
  jobs: options.jobs ?? availableParallelism(),
  declared: spec.sources.get(span.file)?.slice(span.start, span.end) ?? '',
});

const settingsOf = ({ allowExtern, allowImport }: SweepOptions): SweepRun['settings'] => ({
  ...(allowExtern === true ? { allowExtern } : {}),
  allowImport,
});

async function dryRun(planned: Planned, options: SweepOptions): Promise<void> {
  const prepared = await preparation(planned, options).catch((error: unknown) => {
    // The cases can be listed without the data; how many updates they take can not.
    if (!(error instanceof NrmcError) || error.code === runtimeErrors.casesImpossible.code) throw error;
    showNote(renderError(error));
    return prepare(planned.plan, null, given(planned, options));
  });
  for (const line of dryRunText(prepared.record, planned.plan)) say(line);
}

export async function resumeSweep(folder: string, options: SweepOptions): Promise<void> {
  const before = readRecord(folder);
  const { epochs, ...said } = before.overrides;
  const again: SweepOptions = {
    ...options,
    ...said,
    ...(options.data === undefined && before.data !== null ? { data: before.data } : {}),
  };
  const file = path.relative(process.cwd(), before.source);
  const planned = plan(file, before.name, again, epochs, before.skipInvalid);
  const prepared = await preparation(planned, before.skipInvalid ? { ...again, skipInvalid: true } : again);
  const merged = resumed(folder, before, prepared);
  const record: SweepRecord = {
    ...merged,
    data: again.data ?? null,
    // Of a sweep in which nothing is left to run, what its page says of it stays.
    jobs: options.jobs ?? (merged.cases.some(isOpen) ? availableParallelism() : before.jobs),
    backend: options.backend ?? before.backend,
  };
  const place = path.resolve(folder);
  if (record.cases.some(isOpen)) return run({ ...prepared, folder: place, record, settings: settingsOf(options) });
  // A run may have ended otherwise than the sweep was told, such as one that could not write its page.
  const known = record.cases.every((c, i) => c.status === before.cases[i]?.status);
  if (known && existsSync(path.join(folder, sweepFiles.report))) throw failure(runtimeErrors.sweepFinished, { folder });
  writeRecord(place, record);
  show(writeResults(place, record, prepared.resolved), place);
}

async function run(of: SweepRun): Promise<void> {
  const { folder, record } = of;
  const open = record.cases.filter(isOpen).length;
  const jobs = Math.min(record.jobs, open);
  say(`sweep ${record.name}: ${count(open, 'case')}, ${jobs} at a time, in ${folder}`);
  const { record: after, results, signal } = await runSweep({ ...of, record: { ...record, jobs } });
  if (results !== null) return show(results, folder);
  const done = after.cases.filter((c) => !isOpen(c)).length;
  say(`stopped with ${done} of ${count(after.cases.length, 'case')} done; go on with nrmc sweep --resume ${folder}`);
  // As a process that the signal ended.
  process.exitCode = signal === 'SIGINT' ? 130 : 143;
}

const count = (n: number, what: string): string => `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;

function show(results: SweepResults, folder: string): void {
  const { columns, rows } = resultTable(results);
  say('');
  for (const line of columnsText(columns, rows)) say(line);
  const failed = results.runs.filter((run) => run.status === 'failed');
  // A case that fails is a result; a sweep of nothing else is none.
  if (failed.length === results.runs.length) process.exitCode = 1;
  if (failed.length > 0) say('');
  for (const run of failed) say(`${run.name} failed: ${run.why ?? ''}`);
  const spread = results.repeats === 1 ? '' : ` ± is the standard deviation over ${results.repeats} repeats.`;
  say('');
  say(`On the test part.${spread} ${count(results.runs.length, 'run')} in ${timeText(results.seconds)}.`);
  say(path.join(folder, sweepFiles.report));
}
