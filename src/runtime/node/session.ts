/** One process's share of a run: from the checkpoint, where there is one, to the end or a signal. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type BestEpoch, checkpointFile, standingOf } from '../checkpoint.ts';
import { compareFolded } from '../comparison.ts';
import { begin, type EpochReport, endRun, type Hooks, type Run, train } from '../loop.ts';
import { lossesOf, metricsOf, type Scores } from '../metrics.ts';
import type { RunConfig } from '../model.ts';
import type { AnyTrain } from '../modules.ts';
import { loadCheckpoint, loadStart, metadataOf, valuesOf } from '../weights.ts';
import type { Backend } from './backend.ts';
import type { LoadedData } from './data.ts';
import { readTensors, writeTensors, writeWhole } from './files.ts';
import { History, type RunInfo, type RunStatus, runFiles, writeInfo } from './run-folder.ts';
import { Progression, type Screen } from './screen.ts';
import { figuresText, filesText, type Summary, summaryOf } from './summary.ts';

export interface TrainOutcome {
  readonly folder: string;
  /** Null when it was interrupted. */
  readonly summary: Summary | null;
  /** What interrupted it. */
  readonly signal: NodeJS.Signals | null;
}

/** Updates between two lines of the history. */
const historyEvery = 50;

/** What a run is made of, once it is known to be possible. */
export interface Parts {
  readonly module: AnyTrain;
  readonly config: RunConfig;
  readonly data: LoadedData;
  readonly backend: Backend;
  readonly folder: string;
  readonly info: RunInfo;
  readonly screen: Screen;
  /** Names of the emitted files in the folder. */
  readonly emitted: readonly string[];
}

/** Trains, evaluates and leaves the results in the folder. */
export class Session {
  readonly #parts: Parts;
  readonly #metadata: Readonly<Record<string, string>>;
  #best: BestEpoch | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#metadata = metadataOf(parts.config, parts.data.preprocessing);
  }

  async run(): Promise<TrainOutcome> {
    const { module, config, data, folder, screen, emitted } = this.#parts;
    const { run: start, history } = this.#start();
    const signals = listen();
    try {
      this.#status('running');
      const { finished, run } = await train(
        module,
        config,
        data,
        start,
        this.#hooks(history, signals, start.progress.update),
      );
      if (!finished) return this.#interrupted(run, signals.received());
      const { summary, text } = await this.#finish(run);
      for (const line of ['', ...text, '', ...filesText(folder, emitted), '', folder]) screen.line(line);
      return { folder, summary, signal: null };
    } finally {
      signals.stop();
      endRun(start);
    }
  }

  #path(name: string): string {
    return path.join(this.#parts.folder, name);
  }

  #status(status: RunStatus): void {
    writeInfo(this.#parts.folder, { ...this.#parts.info, status });
  }

  /** From the checkpoint, where there is one. */
  #start(): { readonly run: Run; readonly history: History } {
    const { module, config, folder, screen } = this.#parts;
    const run = begin(module, config.seed);
    const file = this.#path(runFiles.checkpoint);
    if (!existsSync(file)) {
      this.#load(run);
      return { run, history: new History(folder, 0) };
    }
    const checkpoint = readTensors(file);
    const { progress, history, best } = standingOf(checkpoint, file);
    loadCheckpoint(run, checkpoint, file, config.network);
    this.#best = best;
    screen.line(`goes on after update ${progress.update.toLocaleString('en-US')}`);
    return { run: { ...run, progress }, history: new History(folder, history) };
  }

  /** What weights start from, where the spec names files. */
  #load(run: Run): void {
    const { config, info, screen } = this.#parts;
    for (const { file, weights } of config.start ?? []) {
      const found = path.relative(process.cwd(), path.resolve(path.dirname(info.source), file));
      loadStart(run, readTensors(found), found, weights, config);
      screen.line(`starts from ${file}: ${weights.length} ${weights.length === 1 ? 'weight' : 'weights'}`);
    }
  }

  #hooks(history: History, signals: Signals, before: number): Hooks {
    const { config, screen } = this.#parts;
    const texts = new Progression(config.epochs, config.batch, before, config.metrics);
    return {
      step: (report) => {
        const { progress, loss, losses, penalty } = report;
        if (progress.update % historyEvery === 0) {
          const { update, epoch } = progress;
          history.add({ kind: 'update', update, epoch, loss, ...unlessEmpty({ losses }), penalty });
        }
        screen.live(() => texts.step(report));
      },
      epoch: (report) => {
        const { validation, losses, ...rest } = report;
        const best = bestOf(report);
        history.add({ kind: 'epoch', ...rest, ...unlessEmpty({ losses }), ...historyOf(validation, config.metrics) });
        if (best !== null && (this.#best === null || best.loss < this.#best.loss)) this.#best = best;
        screen.line(texts.epoch(report));
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
    const { folder, screen } = this.#parts;
    this.#status('interrupted');
    const update = run.progress.update.toLocaleString('en-US');
    screen.line(`stopped after update ${update}; go on with --resume ${folder}`);
    screen.line(folder);
    return { folder, summary: null, signal };
  }

  async #finish(run: Run): Promise<{ readonly summary: Summary; readonly text: readonly string[] }> {
    await this.#writeWeights(run);
    const { module, config, data, backend } = this.#parts;
    const comparison = await compareFolded(module, run, data.test, config);
    const summary = summaryOf(config, comparison, { backend, updates: run.progress.update, best: this.#best });
    writeWhole(this.#path(runFiles.summary), `${JSON.stringify(summary, null, 2)}\n`);
    this.#status('finished');
    return { summary, text: figuresText(config, comparison) };
  }
}

/** Records of outputs are there when there are several outputs. */
const unlessEmpty = (records: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
  Object.fromEntries(Object.entries(records).filter(([, record]) => Object.keys(record).length > 0));

const bestOf = ({ epoch, validation }: EpochReport): BestEpoch | null =>
  validation && { epoch, loss: validation.loss, ...metricsOf(validation) };

/** What a line of the history says of the validation part; of several outputs by name. */
function historyOf(validation: Scores | null, metrics: RunConfig['metrics']): object {
  const wanted = metrics.includes('accuracy');
  if (validation === null) return { validationLoss: null, ...(wanted ? { validationAccuracy: null } : {}) };
  const values = metricsOf(validation);
  const single = values.accuracy;
  return {
    validationLoss: validation.loss,
    ...unlessEmpty({ validationLosses: lossesOf(validation) }),
    ...(!wanted ? {} : single === undefined ? { validationMetrics: values } : { validationAccuracy: single }),
  };
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
