/** One process's share of a run: from the checkpoint, where there is one, to the end or a signal. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type BestEpoch, checkpointFile, standingOf } from '../checkpoint.ts';
import { compareFolded } from '../comparison.ts';
import { NrmcError } from '../errors.ts';
import { begin, type EpochReport, endRun, type Hooks, type Phase, type Run, train } from '../loop.ts';
import { lossesOf, metricsOf, type Scores } from '../metrics.ts';
import type { RunConfig } from '../model.ts';
import type { AnyTrain } from '../modules.ts';
import type { TensorFile } from '../safetensors.ts';
import { preprocessingTensors } from '../stored-preprocessing.ts';
import { loadCheckpoint, loadStart, metadataOf, valuesOf } from '../weights.ts';
import type { Backend } from './backend.ts';
import type { LoadedData } from './data.ts';
import { readTensors, reasonOf, writeTensors, writeWhole } from './files.ts';
import { measuredText, phaseText } from './phases.ts';
import { takeConfusion, withConfusion } from './report/confusion.ts';
import { insideLines, inspectionLine, Remarks } from './report/inside.ts';
import { writeReport } from './report/write.ts';
import { History, type RunInfo, type RunStatus, readRun, runFiles, writeInfo } from './run-folder.ts';
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
  /** Draws the network for the report. */
  readonly picture?: (() => Promise<string | null>) | undefined;
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
    const { module, config, data, folder, info, screen, emitted } = this.#parts;
    const { run: start, history } = this.#start();
    const signals = listen();
    let run = start;
    try {
      this.#status('running');
      const { inspect } = info;
      const looked = inspect === undefined ? config : { ...config, inspect };
      const result = await train(module, looked, data, start, this.#hooks(history, signals));
      run = result.run;
      const { finished } = result;
      if (!finished) return await this.#interrupted(run, signals.received());
      const { summary, text } = await this.#finish(run, history);
      await this.#report();
      const seen = inspect === undefined ? [] : insideLines(folder);
      const inside = seen.length === 0 ? [] : ['', ...seen];
      for (const line of ['', ...text, ...inside, '', ...filesText(folder, emitted), '', folder]) screen.line(line);
      return { folder, summary, signal: null };
    } catch (error) {
      if (error instanceof NrmcError) await this.#reportFailure(error);
      throw error;
    } finally {
      signals.stop();
      endRun(run);
    }
  }

  async #report(why: string | null = null): Promise<void> {
    const { folder, picture } = this.#parts;
    await writeReport(folder, (await picture?.()) ?? null, why);
  }

  /** What there is of a run that failed; that it failed is what is told, whatever becomes of the page. */
  async #reportFailure(error: NrmcError): Promise<void> {
    const { folder, screen } = this.#parts;
    try {
      if (readRun(folder).info.status === 'failed') await this.#report(`${error.code}: ${error.message}`);
    } catch (other) {
      screen.line(`no report was written: ${reasonOf(other)}`);
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
      // A history without a checkpoint is of a run that was killed before the first one.
      if (existsSync(this.#path(runFiles.history)))
        screen.line('there is no checkpoint yet: begins again with update 1');
      this.#load(run);
      return { run, history: new History(folder, 0) };
    }
    const checkpoint = readTensors(file);
    const { progress, history, best } = standingOf(checkpoint, file);
    const kept = loadCheckpoint(run, checkpoint, file, config.network);
    this.#best = best;
    screen.line(`goes on after update ${progress.update.toLocaleString('en-US')}`);
    return { run: { ...run, progress, best: kept }, history: new History(folder, history) };
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

  #hooks(history: History, signals: Signals): Hooks {
    const { config, screen } = this.#parts;
    const remarks = new Remarks();
    const texts = new Progression(config.epochs, config.batch, config.metrics);
    return {
      step: (report) => {
        const { progress, loss, losses, penalty, penalties, updated } = report;
        const { phase, update, epoch, rate } = progress;
        texts.seen();
        if (updated && update % historyEvery === 0) {
          const records = unlessEmpty({ losses, penalties });
          history.add({ kind: 'update', ...behind(phase), update, epoch, loss, penalty, ...records, ...told(rate) });
        }
        screen.live(() => texts.step(report));
      },
      epoch: (report) => {
        const { phase, validation, losses, penalties, rate, watched, ...rest } = report;
        const best = bestOf(report);
        history.add({
          kind: 'epoch',
          ...behind(phase),
          ...rest,
          ...unlessEmpty({ losses, penalties }),
          ...told(rate),
          ...historyOf(validation, config),
          ...(watched === null ? {} : { monitor: watched.monitor, watched: watched.value, isBest: watched.isBest }),
        });
        if (best !== null && (this.#best === null || best.loss < this.#best.loss)) this.#best = best;
        screen.line(texts.epoch(report));
      },
      phase: (report) => {
        for (const line of phaseText(report, config)) screen.line(line);
        const { phase, next, progress } = report;
        const { found, reached } = progress;
        if (config.stop === undefined) return;
        history.add({ kind: 'phase', phase, next, ...found, ...(reached === null ? {} : { reached }) });
      },
      inspect: (report) => {
        history.add(inspectionLine(report));
        for (const line of remarks.of(report)) screen.line(line);
      },
      restart: (run) => this.#load(run),
      checkpoint: async (run) => {
        const file = await checkpointFile(run, { history: history.length, best: this.#best }, this.#metadata);
        writeTensors(this.#path(runFiles.checkpoint), this.#withPreprocessing(file));
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
    writeTensors(this.#path(runFiles.weights), this.#withPreprocessing({ tensors, metadata: this.#metadata }));
  }

  #withPreprocessing(file: TensorFile): TensorFile {
    return { ...file, tensors: new Map([...file.tensors, ...preprocessingTensors(this.#parts.data.preprocessing)]) };
  }

  async #interrupted(run: Run, signal: NodeJS.Signals | null): Promise<TrainOutcome> {
    const { folder, screen } = this.#parts;
    this.#status('interrupted');
    await this.#report();
    const update = run.progress.update.toLocaleString('en-US');
    screen.line(`stopped after update ${update}; go on with --resume ${folder}`);
    screen.line(folder);
    return { folder, summary: null, signal };
  }

  async #finish(run: Run, history: History): Promise<{ readonly summary: Summary; readonly text: readonly string[] }> {
    await this.#writeWeights(run);
    const { module, config, data, backend } = this.#parts;
    const measured = await compareFolded(module, run, data.test, withConfusion(config));
    const { comparison, confusion } = takeConfusion(measured);
    if (Object.keys(confusion).length > 0) history.add({ kind: 'test', confusion });
    const summary = summaryOf(config, comparison, { backend, progress: run.progress, best: this.#best });
    writeWhole(this.#path(runFiles.summary), `${JSON.stringify(summary, null, 2)}\n`);
    this.#status('finished');
    const { measured: statistics } = run.progress;
    const text = [...(statistics === null ? [] : [measuredText(statistics), '']), ...figuresText(config, comparison)];
    return { summary, text };
  }
}

/** Records of outputs are there when there are several outputs. */
const unlessEmpty = (records: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
  Object.fromEntries(Object.entries(records).filter(([, record]) => Object.keys(record).length > 0));

/** Lines of the first phase are as they always were. */
const behind = (phase: Phase) => (phase === 'train' ? {} : { phase });
const told = (rate: number | null) => (rate === null ? {} : { rate });

/** Of the first phase: later ones train on the validation part. */
const bestOf = ({ phase, epoch, validation }: EpochReport): BestEpoch | null =>
  phase !== 'train' ? null : validation && { epoch, loss: validation.loss, ...metricsOf(validation) };

/** What a line of the history says of the validation part: the accuracy of a single output by itself, all else by name. */
function historyOf(validation: Scores | null, { metrics, outputs }: RunConfig): object {
  const several = outputs.length > 1;
  const wanted = !several && metrics.some((m) => m.as === 'accuracy');
  if (validation === null) return { validationLoss: null, ...(wanted ? { validationAccuracy: null } : {}) };
  const values = metricsOf(validation);
  const names = metrics.map((m) => (several ? `${m.output}_${m.as}` : m.as));
  const validationMetrics = Object.fromEntries(
    names.flatMap((name) => {
      const value = values[name];
      return value === undefined || (wanted && name === 'accuracy') ? [] : [[name, value] as const];
    }),
  );
  return {
    validationLoss: validation.loss,
    ...unlessEmpty({ validationLosses: lossesOf(validation), validationMetrics }),
    ...(wanted ? { validationAccuracy: values.accuracy ?? null } : {}),
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
