/** Training as a whole: data, backend, folder, loop with checkpoints, weights, evaluation, summary. */
import path from 'node:path';
import process from 'node:process';
import { failure, renderWarning, runtimeErrors } from '../errors.ts';
import type { InspectConfig } from '../inspect-config.ts';
import { probeOf } from '../inspection.ts';
import { requireTrainable } from '../loop.ts';
import type { RunConfig } from '../model.ts';
import type { AnyTrain } from '../modules.ts';
import { type Backend, type BackendName, chooseBackend } from './backend.ts';
import { type LoadedData, loadData } from './data.ts';
import { differenceOf } from './difference.ts';
import { sha256 } from './digest.ts';
import { changedModules, codeIn, hashesOf, modulesOf, relocated } from './externs.ts';
import { writeWhole } from './files.ts';
import { createRunFolder, lockRun, type RunInfo, readRun, runFiles } from './run-folder.ts';
import { createScreen, type Output, type Screen } from './screen.ts';
import { Session, type TrainOutcome } from './session.ts';

export interface TrainOptions {
  /** The spec file, or the emitted entry; data are looked for in `data/` beside it. */
  readonly source: string;
  /** Which of the two; default `entry`. */
  readonly kind?: RunInfo['kind'] | undefined;
  /** Default `auto`; when resuming, the backend the run began with. */
  readonly backend?: 'auto' | BackendName | undefined;
  /** In place of the spec's. */
  readonly epochs?: number | undefined;
  /** `--data DIR` */
  readonly data?: string | undefined;
  /** `--run DIR`: new or empty. Default `runs/<train>-<n>`. */
  readonly run?: string | undefined;
  /** `--resume RUN` */
  readonly resume?: string | undefined;
  /** Stored in run.json, to compile the same again when resuming. */
  readonly overrides?: RunInfo['overrides'] | undefined;
  /** The code that is run, for the folder. */
  readonly emitted?: readonly { readonly path: string; readonly text: string }[] | undefined;
  /** Looks into training, with code that was made for it. When resuming: as the run began. */
  readonly inspect?: InspectConfig | undefined;
  /** Draws the network for the report, once it is written. Absent: a report without a picture. */
  readonly picture?: (() => Promise<string | null>) | undefined;
  readonly quiet?: boolean | undefined;
  /** Default: stdout. */
  readonly output?: Output | undefined;
  /** Where `runs` is made. Default: the current folder. */
  readonly cwd?: string | undefined;
}

/** Trains, evaluates and leaves everything in a run folder. */
export async function runTraining(module: AnyTrain, given: RunConfig, options: TrainOptions): Promise<TrainOutcome> {
  const resumed = options.resume === undefined ? null : openRun(options.resume, given, options.epochs);
  const config = { ...given, epochs: options.epochs ?? resumed?.epochs ?? given.epochs };
  const data = loadData(config, {
    data: options.data ?? resumed?.data.folder,
    beside: [path.dirname(path.resolve(options.source)), options.cwd ?? process.cwd()],
  });
  if (resumed !== null) requireSameData(options.resume ?? '', resumed, data);
  requireTrainable(config, data);
  const inspect = options.inspect ?? resumed?.inspect;
  if (inspect !== undefined) probeOf(module);

  const screen = createScreen(options.quiet === true, options.output);
  const samples = data.train.rows.length;
  if (config.batch > samples) screen.line(renderWarning(runtimeErrors.longBatch, { batch: config.batch, samples }));
  const backend = await pickBackend(options.backend, resumed, screen);
  const folder =
    options.resume === undefined
      ? createRunFolder(config.train, options.run, options.cwd ?? process.cwd())
      : path.resolve(options.resume);
  const from = path.dirname(path.resolve(options.source));
  const modules = hashesOf(
    options.emitted === undefined ? modulesOf(codeIn(folder, config.train), folder) : modulesOf(options.emitted, from),
    folder,
  );
  if (resumed !== null) requireSameModules(options.resume ?? '', resumed, modules);
  const now = infoOf(config, options, data, backend, modules);
  // What a resumed run goes on with is what its next resumption finds.
  const info: RunInfo =
    resumed === null ? now : { ...resumed, backend: now.backend, version: now.version, data: now.data };
  if (resumed === null) {
    writeWhole(path.join(folder, runFiles.spec), config.spec);
    for (const file of relocated(options.emitted ?? [], from, folder))
      writeWhole(path.join(folder, file.path), file.text);
  } else if (resumed.version !== config.version) {
    screen.line(`begun with nrmc ${resumed.version}, gone on with ${config.version}: numbers may differ`);
  }
  const emitted = (options.emitted ?? []).map((file) => file.path);
  const release = lockRun(folder);
  try {
    const { picture } = options;
    return await new Session({ module, config, data, backend, folder, info, screen, emitted, picture }).run();
  } finally {
    release();
    screen.end();
  }
}

/** What is known of a run that can be gone on with under this spec. */
function openRun(folder: string, config: RunConfig, epochs: number | undefined): RunInfo {
  const { info, spec } = readRun(folder);
  if (info.status === 'finished') throw failure(runtimeErrors.finished, { folder });
  if (sha256(spec) !== info.spec)
    throw failure(runtimeErrors.notARun, { folder, why: `its ${runFiles.spec} was edited` });
  const difference = [
    ...(spec === config.spec ? [] : differenceOf(spec, config.spec)),
    ...(epochs === undefined || epochs === info.epochs ? [] : [`- epochs: ${info.epochs}`, `+ epochs: ${epochs}`]),
  ];
  if (difference.length > 0) throw failure(runtimeErrors.changedSpec, { folder, difference });
  return info;
}

function requireSameData(folder: string, { data }: RunInfo, now: LoadedData): void {
  const files = Object.entries(now.files)
    .filter(([name, hash]) => data.files[name] !== hash)
    .map(([name]) => path.join(now.folder, name));
  if (files.length > 0) throw failure(runtimeErrors.changedData, { folder, files });
}

function requireSameModules(folder: string, { modules = {} }: RunInfo, now: NonNullable<RunInfo['modules']>): void {
  const changed = changedModules(modules, now);
  if (changed.length > 0) throw failure(runtimeErrors.externChanged, { folder, modules: changed });
}

async function pickBackend(wanted: TrainOptions['backend'], resumed: RunInfo | null, screen: Screen): Promise<Backend> {
  const before = resumed?.backend;
  const same = before === 'node' || before === 'wasm' || before === 'cpu' ? before : 'auto';
  const free = wanted === undefined || wanted === 'auto';
  const backend = await chooseBackend(free ? same : wanted);
  const why = free && same !== 'auto' ? 'as the run had it' : backend.why;
  screen.line(`backend ${backend.name}: ${why}`);
  if (before !== undefined && before !== backend.name)
    screen.line(`the run was on ${before}: the numbers will not be the same`);
  return backend;
}

const infoOf = (
  config: RunConfig,
  options: TrainOptions,
  data: LoadedData,
  backend: Backend,
  modules: NonNullable<RunInfo['modules']>,
): RunInfo => ({
  format: 'nrmc-run/1',
  status: 'running',
  train: config.train,
  network: config.network,
  policy: config.policy,
  kind: options.kind ?? 'entry',
  source: path.resolve(options.source),
  overrides: options.overrides ?? {},
  ...(options.inspect === undefined ? {} : { inspect: options.inspect }),
  backend: backend.name,
  seed: config.seed,
  epochs: config.epochs,
  version: config.version,
  spec: sha256(config.spec),
  data: { folder: data.folder, files: data.files },
  ...(Object.keys(modules).length === 0 ? {} : { modules }),
});
