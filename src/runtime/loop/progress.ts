/** Where a run stands, and what is told while it runs. */
import type { Samples } from '../batches.ts';
import type { Held } from '../finite.ts';
import type { InspectConfig } from '../inspect-config.ts';
import type { Inspection } from '../inspection.ts';
import type { Scores } from '../metrics.ts';
import type { RunConfig } from '../model.ts';
import { beginPlateau, type PlateauState } from '../plateau.ts';
import { unwatched, type Watch, type Watched } from './stopping.ts';

export type LoopConfig = Pick<
  RunConfig,
  | 'seed'
  | 'batch'
  | 'last'
  | 'epochs'
  | 'inputs'
  | 'outputs'
  | 'metrics'
  | 'needsTwoSamples'
  | 'accumulate'
  | 'augment'
  | 'average'
  | 'stop'
  | 'reuse'
  | 'schedule'
  | 'plateau'
> & {
  /** Training is looked into; absent: it is not. */
  readonly inspect?: InspectConfig;
};

export interface TrainingData {
  readonly train: Samples;
  /** Null when nothing is held out. */
  readonly validation: Samples | null;
}

/**
 * train      on the training part
 * retrain    from the initial values again, on training and validation data, for as many updates as were found
 * continue   from the best weights on, on training and validation data, until the validation loss is low enough
 * over       nothing is left to do; weights and statistics are the final ones
 */
export type Phase = 'train' | 'retrain' | 'continue' | 'over';

/** Where a run stands: after `update` updates, `step` batches into this epoch; epochs count from 1 in each phase. */
export interface Progress {
  readonly phase: Phase;
  readonly epoch: number;
  readonly step: number;
  readonly update: number;
  /** Batches so far: more than updates when gradients are accumulated. What is random is a function of them. */
  readonly batches: number;
  /** Sums over the epoch so far. */
  readonly sums: Sums;
  /** The learning rate of the last update; null before the first, and where the module does not tell. */
  readonly rate: number | null;
  readonly watch: Watch;
  readonly plateau: PlateauState;
  /** What plateaus have left of the learning rate: from the update behind the given one on; 1 before the first. */
  readonly factors: readonly { readonly update: number; readonly factor: number }[];
  /** How the first phase ended, once it has. */
  readonly found: Found | null;
  /** How `continue` ended. */
  readonly reached: Reached | null;
  /** What measuring the statistics came to, at the end. */
  readonly measured: MeasureReport | null;
}

/** Whether the validation loss came below the target, and what it was after the last of these epochs. */
export interface Reached {
  readonly isBelow: boolean;
  readonly loss: number;
  readonly epochs: number;
}

export interface Sums {
  readonly loss: number;
  /** Of each output, where there are several. */
  readonly losses: Readonly<Record<string, number>>;
  readonly penalty: number;
  /** Of each rule, where several have one. */
  readonly penalties: Readonly<Record<string, number>>;
  readonly samples: number;
  readonly seconds: number;
}

/** The end of the first phase. */
export interface Found {
  readonly why: 'patience' | 'epochs';
  /** The last epoch and update that were trained. */
  readonly epoch: number;
  readonly update: number;
  /** Those of the weights that are kept; `value` is that of the monitor, null when nothing is watched. */
  readonly kept: { readonly epoch: number; readonly update: number; readonly value: number | null };
  /** The loss of those weights over the training part, which `continue` brings the validation loss below; null otherwise. */
  readonly target: number | null;
}

export const noSums: Sums = { loss: 0, losses: {}, penalty: 0, penalties: {}, samples: 0, seconds: 0 };

export const begun: Progress = {
  phase: 'train',
  epoch: 1,
  step: 0,
  update: 0,
  batches: 0,
  sums: noSums,
  rate: null,
  watch: unwatched,
  plateau: beginPlateau,
  factors: [],
  found: null,
  reached: null,
  measured: null,
};

/** Everything that training changes. */
export interface Run {
  readonly params: object;
  readonly state: object;
  readonly optimizer: object;
  readonly progress: Progress;
  /** The values of the best epoch so far, where they are to be kept. */
  readonly best?: Held | null;
}

/** What one step said, of the values before it. */
export interface StepReport {
  readonly progress: Progress;
  /** Batches of the epoch. */
  readonly steps: number;
  /** Batches that are left at most, in this phase. */
  readonly left: number;
  /** Of the batch. */
  readonly loss: number;
  /** Of each output, where there are several; `loss` is their sum. */
  readonly losses: Readonly<Record<string, number>>;
  readonly penalty: number;
  readonly penalties: Readonly<Record<string, number>>;
  /** An update came after it: not for each batch when gradients are accumulated. */
  readonly updated: boolean;
}

export interface EpochReport {
  readonly phase: Phase;
  readonly epoch: number;
  readonly update: number;
  /** Means over the epoch, each batch as it was before its update. */
  readonly loss: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly penalty: number;
  readonly penalties: Readonly<Record<string, number>>;
  /** The learning rate of the last update; null where the module does not tell. */
  readonly rate: number | null;
  readonly validation: Scores | null;
  /** What early stopping watches; null where it does not. */
  readonly watched: (Watched & { readonly monitor: string; readonly isBest: boolean }) | null;
  readonly seconds: number;
}

/** What training looks like after so many updates, by the first batch of the first epoch: always the same samples. */
export interface InspectReport extends Inspection {
  readonly phase: Phase;
  readonly epoch: number;
  readonly update: number;
  /** Samples of the batch. */
  readonly samples: number;
}

/** A phase is over: how, and what comes next. */
export interface PhaseReport {
  readonly phase: Exclude<Phase, 'over'>;
  readonly next: Phase;
  readonly progress: Progress;
}

/** What a loop tells while it runs; it waits for promises. */
export interface Hooks {
  step?(report: StepReport): void;
  epoch?(report: EpochReport): void;
  phase?(report: PhaseReport): void;
  /** Where the configuration says `inspect`. */
  inspect?(report: InspectReport): void;
  /** The weights are the initial ones again, for training anew; what a run starts from is loaded here. */
  restart?(run: Run): void;
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

/** Statistics measured over the training data. */
export interface MeasureReport {
  readonly batches: number;
  /** Samples of each. */
  readonly batch: number;
  /** By statistic: the largest difference to the moving one. */
  readonly differences: Readonly<Record<string, number>>;
}
