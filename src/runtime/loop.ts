/**
 * The training loop: epochs of batches, one update each, validation and a checkpoint after each epoch. Pure: what happens to losses,
 * checkpoints and history is up to the hooks. The numbers depend on seed, data and backend alone, also when stopped and gone on with.
 */
import { nextFrame } from '@tensorflow/tfjs-core';
import { type Batch, disposeBatch, epochBatches, type Samples, stepsPerEpoch } from './batches.ts';
import { failure, runtimeErrors } from './errors.ts';
import { brokenWeight, causeOf, firstBroken, type Held, hold, release, restore } from './finite.ts';
import { type Forward, type Scores, score } from './metrics.ts';
import type { RunConfig, Scalar, Training } from './model.ts';
import type { AnyTrain } from './modules.ts';
import { dispose, disposeAll } from './tensors.ts';

export type LoopConfig = Pick<
  RunConfig,
  'seed' | 'batch' | 'last' | 'epochs' | 'inputs' | 'outputs' | 'needsTwoSamples'
>;

export interface TrainingData {
  readonly train: Samples;
  /** Null when nothing is held out. */
  readonly validation: Samples | null;
}

/** Where a run stands: after `update` updates, `step` of them in this epoch; epochs count from 1. */
export interface Progress {
  readonly epoch: number;
  readonly step: number;
  readonly update: number;
  /** Sums over the epoch so far. */
  readonly sums: {
    readonly loss: number;
    /** Of each output, where there are several. */
    readonly losses: Readonly<Record<string, number>>;
    readonly penalty: number;
    readonly samples: number;
    readonly seconds: number;
  };
}

/** Everything that training changes. */
export interface Run {
  readonly params: object;
  readonly state: object;
  readonly optimizer: object;
  readonly progress: Progress;
}

/** What one update said, of the values before it. */
export interface StepReport {
  readonly progress: Progress;
  readonly steps: number;
  readonly updates: number;
  readonly loss: number;
  /** Of each output, where there are several; `loss` is their sum. */
  readonly losses: Readonly<Record<string, number>>;
  readonly penalty: number;
}

export interface EpochReport {
  readonly epoch: number;
  readonly update: number;
  /** Means over the epoch, each batch as it was before its update. */
  readonly loss: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly penalty: number;
  readonly validation: Scores | null;
  readonly seconds: number;
}

/** What a loop tells while it runs; it waits for promises. */
export interface Hooks {
  step?(report: StepReport): void;
  epoch?(report: EpochReport): void;
  /** Everything is finite; the values may be read until this returns. */
  checkpoint?(run: Run): Promise<void>;
  /**
   * A value is not finite any more; an error follows. The run holds the last weights whose loss was finite, before the first step
   * those it began with; null when even those are
   * not finite throughout. Returns where good weights were put.
   */
  broken?(run: Run | null): Promise<string | null>;
  /** True to stop after the present step; a checkpoint follows. */
  stopped?(): boolean;
}

/** Updates between two checkpoints within an epoch. */
const checkpointEvery = 200;
/** Milliseconds between two pauses, in which signals and timers get their turn. */
const pauseEvery = 50;

const noSums: Progress['sums'] = { loss: 0, losses: {}, penalty: 0, samples: 0, seconds: 0 };

/** A run before its first update. */
export function begin(module: AnyTrain, seed: number): Run {
  const { params, state } = module.init(seed);
  const optimizer = module.initOptimizer(params);
  return { params, state, optimizer, progress: { epoch: 1, step: 0, update: 0, sums: noSums } };
}

export const endRun = ({ params, state, optimizer }: Run): void => disposeAll({ params, state, optimizer });

/** Trains to the end, or until `stopped`; the tensors of the run are updated in place, and stay the caller's. */
export async function train(
  module: AnyTrain,
  config: LoopConfig,
  data: TrainingData,
  run: Run,
  hooks: Hooks = {},
): Promise<{ readonly finished: boolean; readonly run: Run }> {
  const steps = stepsPerEpoch(data.train.rows.length, config);
  const loop = new Loop(module, config, data, run, hooks, steps);
  try {
    while (loop.progress.epoch <= config.epochs) {
      if (!(await loop.epoch())) return { finished: false, run: loop.run };
    }
    return { finished: true, run: loop.run };
  } finally {
    loop.close();
  }
}

const numberOf = async (value: Scalar): Promise<number> => (await value.data())[0] ?? Number.NaN;

const mapped = (
  values: Readonly<Record<string, number>>,
  f: (value: number, key: string) => number,
): Readonly<Record<string, number>> => Object.fromEntries(Object.entries(values).map(([key, v]) => [key, f(v, key)]));

class Loop {
  progress: Progress;
  readonly #module: AnyTrain;
  readonly #config: LoopConfig;
  readonly #data: TrainingData;
  readonly #start: Run;
  readonly #hooks: Hooks;
  readonly #steps: number;
  /** Weights before the last step: their loss was finite. Null before the first one. */
  #good: Held | null = null;
  #paused = performance.now();

  constructor(module: AnyTrain, config: LoopConfig, data: TrainingData, run: Run, hooks: Hooks, steps: number) {
    this.#module = module;
    this.#config = config;
    this.#data = data;
    this.#start = run;
    this.#hooks = hooks;
    this.#steps = steps;
    this.progress = run.progress;
  }

  get run(): Run {
    return { ...this.#start, progress: this.progress };
  }

  close(): void {
    release(this.#good);
    this.#good = null;
  }

  /** False when it was stopped. */
  async epoch(): Promise<boolean> {
    const { epoch, step: from } = this.progress;
    const { inputs, outputs } = this.#config;
    // The data may have fields that this network does not ask for.
    const fields = [...inputs, ...outputs.map((o) => o.target)];
    for await (const batch of epochBatches(this.#data.train, { ...this.#config, epoch, from, fields })) {
      try {
        await this.#step(batch);
      } finally {
        disposeBatch(batch);
      }
      const stopped = this.#hooks.stopped?.() === true;
      const { step, update } = this.progress;
      if (stopped || (update % checkpointEvery === 0 && step < this.#steps)) await this.#checkpoint();
      if (stopped) return false;
      await this.#pause();
    }
    await this.#endEpoch();
    return this.#hooks.stopped?.() !== true || this.progress.epoch > this.#config.epochs;
  }

  #training(update: number): Training<object, object, object> {
    const { params, state, optimizer } = this.#start;
    const { seed, epochs } = this.#config;
    return { params, state, optimizer, random: { seed, update }, update, updates: epochs * this.#steps };
  }

  async #step(batch: Batch): Promise<void> {
    const began = performance.now();
    const training = this.#training(this.progress.update + 1);
    const before = hold(training.params, training.state);
    const report = this.#module.step(training, batch.fields);
    const loss = await numberOf(report.loss);
    const losses: Record<string, number> = {};
    for (const [output, value] of Object.entries(report.losses ?? {})) losses[output] = await numberOf(value);
    const penalty = report.penalty === null ? 0 : await numberOf(report.penalty);
    dispose(report.loss, ...Object.values(report.losses ?? {}));
    report.penalty?.dispose();
    if (!Number.isFinite(loss) || !Number.isFinite(penalty)) {
      restore(before);
      release(before);
      const [what, value] = Number.isFinite(loss) ? ['penalty', penalty] : ['loss', loss];
      const bad = Object.entries(losses).filter(([, l]) => !Number.isFinite(l));
      const which = bad.length === 0 ? '' : `, of ${bad.map(([output, l]) => `\`${output}\` ${l}`).join(' and ')}`;
      const symptom = `the ${what} of update ${training.update} is ${value}${which}`;
      const field = await firstBroken(batch.fields);
      if (field !== null) await this.#break(symptom, `field \`${field}\` of the batch is not finite`, true);
      const cause = Number.isFinite(loss)
        ? ((await brokenWeight(training)) ?? 'the weights are too large for it')
        : await causeOf(this.#module, training, batch);
      await this.#break(symptom, cause);
    }
    release(this.#good);
    this.#good = before;
    const { epoch, step, sums } = this.progress;
    this.progress = {
      epoch,
      step: step + 1,
      update: training.update,
      sums: {
        loss: sums.loss + loss * batch.size,
        losses: mapped(losses, (l, output) => (sums.losses[output] ?? 0) + l * batch.size),
        penalty: sums.penalty + penalty * batch.size,
        samples: sums.samples + batch.size,
        seconds: sums.seconds + (performance.now() - began) / 1000,
      },
    };
    this.#hooks.step?.({
      progress: this.progress,
      steps: this.#steps,
      updates: training.updates,
      loss,
      losses,
      penalty,
    });
  }

  async #endEpoch(): Promise<void> {
    const { epoch, update, sums } = this.progress;
    await this.#requireFinite();
    const validation = await this.#validate();
    const { samples, seconds } = sums;
    this.#hooks.epoch?.({
      epoch,
      update,
      loss: sums.loss / samples,
      losses: mapped(sums.losses, (sum) => sum / samples),
      penalty: sums.penalty / samples,
      validation,
      seconds,
    });
    this.progress = { epoch: epoch + 1, step: 0, update, sums: noSums };
    await this.#hooks.checkpoint?.(this.run);
  }

  async #validate(): Promise<Scores | null> {
    if (this.#data.validation === null) return null;
    const { params, state } = this.#start;
    const forward: Forward = (...x) => this.#module.evaluate(params, state, ...x);
    const scores = await score(forward, this.#data.validation, this.#config);
    if (!Number.isFinite(scores.loss)) {
      const symptom = `the validation loss after update ${this.progress.update} is ${scores.loss}`;
      await this.#break(symptom, 'the weights are finite, an output of the network is not');
    }
    return scores;
  }

  async #checkpoint(): Promise<void> {
    await this.#requireFinite();
    await this.#hooks.checkpoint?.(this.run);
  }

  /** The loss of the weights after the last update is not known yet; that they are finite can be. */
  async #requireFinite(): Promise<void> {
    const { params, state, optimizer } = this.#start;
    const broken = (await firstBroken(params, state)) ?? (await firstBroken(optimizer));
    if (broken === null) return;
    await this.#break(`\`${broken}\` is not finite after update ${this.progress.update}`, null);
  }

  async #break(symptom: string, cause: string | null, inData = false): Promise<never> {
    if (this.#good !== null) restore(this.#good);
    // A kernel may turn NaN into 0, so that weights go bad long before the loss does.
    const usable = (await firstBroken(this.#start.params, this.#start.state)) === null;
    const where = (await this.#hooks.broken?.(usable ? this.run : null)) ?? null;
    const which = this.#good === null ? 'the weights from before it' : 'the weights of the last finite loss';
    const at = where === null ? '' : ` in ${where}`;
    const kept = usable
      ? `${which} are kept${at}`
      : where === null
        ? 'no finite weights are left'
        : `the last finite weights are${at}`;
    throw failure(runtimeErrors.notFinite, { symptom, cause, kept, inData });
  }

  async #pause(): Promise<void> {
    if (performance.now() - this.#paused < pauseEvery) return;
    await nextFrame();
    this.#paused = performance.now();
  }
}
