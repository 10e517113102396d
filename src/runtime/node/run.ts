/** Training as a whole: data, backend, folder, loop with checkpoints, weights, evaluation, summary. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { stepsPerEpoch } from '../batches.ts';
import { type BestEpoch, checkpointFile, standingOf } from '../checkpoint.ts';
import { compareFolded } from '../comparison.ts';
import { failure, NrmcError, runtimeErrors } from '../errors.ts';
import { begin, endRun, type Hooks, type Run, train } from '../loop.ts';
import type { RunConfig } from '../model.ts';
import type { AnyTrain } from '../modules.ts';
import { loadCheckpoint, metadataOf, valuesOf } from '../weights.ts';
import { type Backend, type BackendName, chooseBackend } from './backend.ts';
import { type LoadedData, loadData, sha256 } from './data.ts';
import { differenceOf } from './difference.ts';
import { readTensors, writeTensors, writeWhole } from './files.ts';
import {
  createRunFolder,
  History,
  type RunInfo,
  type RunStatus,
  readRun,
  runFiles,
  writeInfo,
} from './run-folder.ts';
import { createScreen, type Output, Progression, type Screen } from './screen.ts';
import { filesText, figuresText, type Summary, summaryOf } from './summary.ts';

export interface TrainOptions {
  /** The spec file, or the emitted entry; data are looked for in `data/` beside it. */
  readonly source: string;
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
  readonly quiet?: boolean | undefined;
  /** Default: stdout. */
  readonly output?: Output | undefined;
  /** Where `runs` is made. Default: the current folder. */
  readonly cwd?: string | undefined;
}

export interface TrainOutcome {
  readonly folder: string;
  /** Null when it was interrupted. */
  readonly summary: Summary | null;
  /** What interrupted it. */
  readonly signal: NodeJS.Signals | null;
}

/** Updates between two lines of the history. */
const historyEvery = 50;

/** Trains, evaluates and leaves everything in a run folder. */
export async function runTraining(module: AnyTrain, given: RunConfig, options: TrainOptions): Promise<TrainOutcome> {
  const resumed = options.resume === undefined ? null : openRun(options.resume, given, options.epochs);
  const config = { ...given, epochs: options.epochs ?? resumed?.epochs ?? given.epochs };
  const data = loadData(config, {
    data: options.data ?? resumed?.data.folder,
    beside: [path.dirname(path.resolve(options.source)), options.cwd ?? process.cwd()],
  });
  if (resumed !== null) requireSameData(options.resume ?? '', resumed, data);
  stepsPerEpoch(data.train.rows.length, config);

  const screen = createScreen(options.quiet === true, options.output);
  const backend = await pickBackend(options.backend, resumed, screen);
  const folder = options.resume === undefined ? createRunFolder(config.train, options.run, options.cwd ?? process.cwd()) : path.resolve(options.resume);
  const info: RunInfo = resumed ?? infoOf(config, options, data, backend);
  if (resumed === null) {
    writeWhole(path.join(folder, runFiles.spec), config.spec);
    for (const file of options.emitted ?? []) writeWhole(path.join(folder, file.path), file.text);
  } else if (resumed.version !== config.version) {
    screen.line(`begun with nrmc ${resumed.version}, gone on with ${config.version}: numbers may differ`);
  }
  const session = new Session(module, config, data, backend, folder, info, screen);
  try {
    return await session.run((options.emitted ?? []).map((file) => file.path));
  } finally {
    screen.end();
  }
}

/** What is known of a run that can be gone on with under this spec. */
function openRun(folder: string, config: RunConfig, epochs: number | undefined): RunInfo {
  const { info, spec } = readRun(folder);
  if (info.status === 'finished') throw failure(runtimeErrors.finished, { folder });
  if (sha256(spec) !== info.spec) throw failure(runtimeErrors.notARun, { folder, why: `its ${runFiles.spec} was edited` });
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

async function pickBackend(wanted: TrainOptions['backend'], resumed: RunInfo | null, screen: Screen): Promise<Backend> {
  const before = resumed?.backend;
  const same = before === 'node' || before === 'wasm' || before === 'cpu' ? before : 'auto';
  const free = wanted === undefined || wanted === 'auto';
  const backend = await chooseBackend(free ? same : wanted);
  const why = free && same !== 'auto' ? 'as the run began' : backend.why;
  screen.line(`backend ${backend.name}: ${why}`);
  if (before !== undefined && before !== backend.name) screen.line(`begun on ${before}: the numbers will not be the same`);
  return backend;
}

const infoOf = (config: RunConfig, options: TrainOptions, data: LoadedData, backend: Backend): RunInfo => ({
  format: 'nrmc-run/1',
  status: 'running',
  train: config.train,
  network: config.network,
  policy: config.policy,
  source: path.resolve(options.source),
  overrides: options.overrides ?? {},
  backend: backend.name,
  seed: config.seed,
  epochs: config.epochs,
  version: config.version,
  spec: sha256(config.spec),
  data: { folder: data.folder, files: data.files },
});

/** One process's share of a run. */
class Session {
  readonly #module: AnyTrain;
  readonly #config: RunConfig;
  readonly #data: LoadedData;
  readonly #backend: Backend;
  readonly #folder: string;
  readonly #info: RunInfo;
  readonly #screen: Screen;
  readonly #metadata: Readonly<Record<string, string>>;
  #best: BestEpoch | null = null;

  constructor(
    module: AnyTrain,
    config: RunConfig,
    data: LoadedData,
    backend: Backend,
    folder: string,
    info: RunInfo,
    screen: Screen,
  ) {
    this.#module = module;
    this.#config = config;
    this.#data = data;
    this.#backend = backend;
    this.#folder = folder;
    this.#info = info;
    this.#screen = screen;
    this.#metadata = metadataOf(config, data.preprocessing);
  }

  async run(emitted: readonly string[]): Promise<TrainOutcome> {
    const { run: start, history } = this.#start();
    const signals = listen();
    try {
      this.#status('running');
      const { finished, run } = await train(this.#module, this.#config, this.#data, start, this.#hooks(history, signals));
      if (!finished) return this.#interrupted(run, signals.received());
      const summary = await this.#finish(run);
      for (const line of [...summary.text, '', ...filesText(this.#folder, emitted), '', this.#folder]) this.#screen.line(line);
      return { folder: this.#folder, summary: summary.summary, signal: null };
    } finally {
      signals.stop();
      endRun(start);
    }
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }

  #status(status: RunStatus): void {
    writeInfo(this.#folder, { ...this.#info, status });
  }

  /** From the checkpoint, where there is one. */
  #start(): { readonly run: Run; readonly history: History } {
    const run = begin(this.#module, this.#config.seed);
    const file = this.#path(runFiles.checkpoint);
    if (!existsSync(file)) return { run, history: new History(this.#folder, 0) };
    const checkpoint = readTensors(file);
    const { progress, history, best } = standingOf(checkpoint, file);
    loadCheckpoint(run, checkpoint, file, this.#config.network);
    this.#best = best;
    this.#screen.line(`goes on after update ${progress.update.toLocaleString('en-US')}`);
    return { run: { ...run, progress }, history: new History(this.#folder, history) };
  }

  #hooks(history: History, signals: Signals): Hooks {
    const texts = new Progression(this.#config.epochs, this.#config.batch);
    return {
      step: (report) => {
        const { progress, loss, penalty } = report;
        if (progress.update % historyEvery === 0) {
          history.add({ kind: 'update', update: progress.update, epoch: progress.epoch, loss, penalty });
        }
        this.#screen.live(() => texts.step(report));
      },
      epoch: (report) => {
        const { epoch, validation } = report;
        history.add({ kind: 'epoch', ...report });
        if (validation !== null && (this.#best === null || validation.loss < this.#best.loss)) {
          this.#best = { epoch, loss: validation.loss, accuracy: validation.accuracy };
        }
        this.#screen.line(texts.epoch(report));
      },
      checkpoint: async (run) => {
        const file = await checkpointFile(run, { history: history.length, best: this.#best }, this.#metadata);
        writeTensors(this.#path(runFiles.checkpoint), file);
      },
      broken: async (run) => {
        this.#status('failed');
        const kept = this.#path(run === null ? runFiles.checkpoint : runFiles.weights);
        if (run !== null) await this.#writeWeights(run);
        return existsSync(kept) ? kept : null;
      },
      stopped: () => signals.received() !== null,
    };
  }

  async #writeWeights({ params, state }: Run): Promise<void> {
    const tensors = new Map([...(await valuesOf(params)), ...(await valuesOf(state))]);
    writeTensors(this.#path(runFiles.weights), { tensors, metadata: this.#metadata });
  }

  #interrupted(run: Run, signal: NodeJS.Signals | null): TrainOutcome {
    this.#status('interrupted');
    this.#screen.line(`stopped after update ${run.progress.update.toLocaleString('en-US')}; go on with --resume ${this.#folder}`);
    this.#screen.line(this.#folder);
    return { folder: this.#folder, summary: null, signal };
  }

  async #finish(run: Run): Promise<{ readonly summary: Summary; readonly text: readonly string[] }> {
    await this.#writeWeights(run);
    const { inputs, target } = this.#config;
    const comparison = await compareFolded(this.#module, run, this.#data.test, inputs, target);
    const made = { backend: this.#backend, updates: run.progress.update, best: this.#best };
    const summary = summaryOf(this.#config, comparison, made);
    writeWhole(this.#path(runFiles.summary), `${JSON.stringify(summary, null, 2)}\n`);
    this.#status('finished');
    return { summary, text: ['', ...figuresText(this.#config, comparison)] };
  }
}

interface Signals {
  /** The signal that asked to stop; null when none did. */
  received(): NodeJS.Signals | null;
  stop(): void;
}

/** The first signal asks to stop after the present step; a second one ends the process as always. */
function listen(): Signals {
  const names = ['SIGINT', 'SIGTERM'] as const;
  let first: NodeJS.Signals | null = null;
  const stop = (): void => {
    for (const name of names) process.off(name, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    first = signal;
    stop();
  };
  for (const name of names) process.on(name, onSignal);
  return { received: () => first, stop };
}

export { NrmcError };
