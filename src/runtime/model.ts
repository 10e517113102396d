/** What emitted modules export and what the runtime drives them with. Emitted code implements these types; nothing here computes. */

import type { Rank, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { AugmentConfig } from './augment/index.ts';
import type { PlateauSettings } from './plateau.ts';

/** The random key of one step: masks are functions of (seed, layer, step, element). */
export interface Random {
  readonly seed: number;
  /** Counts updates from 1. */
  readonly update: number;
}

/** Everything a training step reads and writes. */
export interface Training<Params, State, OptimizerState> {
  readonly params: Params;
  readonly state: State;
  readonly optimizer: OptimizerState;
  readonly random: Random;
  /** Number of this update, counted from 1. */
  readonly update: number;
  /** How many updates the whole run makes; schedules end there. */
  readonly updates: number;
  /** How many samples there are to train with; the weight of a prior is divided by it. */
  readonly samples: number;
  /** Updates of one epoch. */
  readonly perEpoch: number;
  /** What plateaus have left of the learning rate: 1 before the first. */
  readonly plateau: number;
  /** Where gradients are accumulated: the share that the samples of this batch have of its update. Absent: all. */
  readonly share?: number;
}

/** What a step says of the values before its update. The caller disposes of all of it. */
export interface Report {
  /** Mean loss over the batch, without penalties; of several outputs the sum. */
  readonly loss: Scalar;
  /** The loss of each output by its name, where there are several. */
  readonly losses?: Readonly<Record<string, Scalar>>;
  /** Sum of the penalties; null when the policy has none. */
  readonly penalty: Scalar | null;
  /** What each rule of the policy adds to that sum, by its selectors, where several do. */
  readonly penalties?: Readonly<Record<string, Scalar>>;
  /** The learning rate of the update. */
  readonly rate?: number;
}

/** What an update by accumulated gradients says of the values before it. The caller disposes of it. */
export type UpdateReport = Pick<Report, 'penalty' | 'penalties' | 'rate'>;

/** The losses of a step, or of a network that is measured. */
export type Losses = Pick<Report, 'loss' | 'losses'>;

/** Shows a layer's value while `inspect` runs; the tensor is disposed of afterwards. */
export type Look = (layer: string, value: Tensor) => void;

/** Shows what `probe` comes by; the tensors are disposed of afterwards. Gradients are those of the loss of the batch. */
export interface Probe {
  /** What a layer gives. An activation may say where it stops learning. */
  value(layer: string, value: Tensor, bounds?: Bounds): void;
  /** The gradient with respect to that. */
  gradient(layer: string, gradient: Tensor): void;
  /** The gradient with respect to a parameter. */
  parameter(name: string, gradient: Tensor): void;
}

/** Of an activation: values where its slope is 0 (y ≤ `to`, y ≥ `from`, y = `at`), and the range outside of which it is saturated. */
export interface Bounds {
  readonly flat?: { readonly to?: number; readonly from?: number; readonly at?: number };
  readonly within?: { readonly low?: number; readonly high?: number };
}

/** What a network gives: the tensor of its only output, or an object of tensors by the names of its outputs. */
export type Outputs = object;

/** What a network is applied to; a network that draws in prediction may be given a key behind its inputs. */
export type Input = Tensor | Random | undefined;

/** An emitted network. Inputs are positional, in the order of the spec. */
export interface NetworkModule<
  Params extends object,
  State extends object,
  Frozen extends object,
  Inputs extends readonly Input[],
> {
  /** Fresh weights; the same on every backend for one seed. */
  init(seed: number): { params: Params; state: State };
  /** The network's outputs by population statistics, unfolded. */
  evaluate(params: Params, state: State, ...inputs: Inputs): Outputs;
  /** Folds what depends on weights only. The caller disposes of it with `disposeAll`. */
  freeze(params: Params, state: State): Frozen;
  predict(frozen: Frozen, ...inputs: Inputs): Outputs;
  /** One draw of Monte Carlo prediction: dropout as in training, norms as in prediction. Emitted where it is asked for. */
  sample?(params: Params, state: State, random: Random, ...inputs: Inputs): Outputs;
}

/** An emitted train: a network with a training step. */
export interface TrainModule<
  Params extends object,
  State extends object,
  OptimizerState extends object,
  Frozen extends object,
  Inputs extends readonly Input[],
  Batch extends object,
> extends NetworkModule<Params, State, Frozen, Inputs> {
  initOptimizer(params: Params): OptimizerState;
  /** Forward, backward and update of one batch; without the update where there is a function `applyUpdate`. */
  step(training: Training<Params, State, OptimizerState>, batch: Batch): Report;
  /** Only where gradients are accumulated over several batches: the update by their mean. Returns the penalties before it. */
  applyUpdate?(training: Training<Params, State, OptimizerState>): UpdateReport;
  /** The forward pass of training alone, layer by layer: finds where a value stops being finite. Changes nothing. */
  inspect(training: Training<Params, State, OptimizerState>, batch: Batch, look: Look): void;
  /** Forward and backward pass of one batch, shown value by value. Changes nothing. Emitted where it is asked for. */
  probe?(training: Training<Params, State, OptimizerState>, batch: Batch, see: Probe): void;
  /** The losses of what the network has given, compared with fields of the data by name. The caller disposes of them. */
  lossOf(outputs: Outputs, targets: object): Losses;
  /**
   * Takes the statistics of one more batch into their means over all batches shown: `batches` counts them from 1, and 1
   * begins anew. Nothing else changes. Where prediction normalizes by the statistics of the population, it is run over
   * the training data once the weights are trained; also where weights are averages of those that were trained.
   */
  measure?(training: Training<Params, State, OptimizerState>, batch: Batch, batches: number): void;
}

export type { Rank, Scalar, Tensor, Variable };

/** What a run needs beside the module: written into the emitted entry by the compiler. */
export interface RunConfig {
  /** Name of the `train`. */
  readonly train: string;
  readonly network: string;
  readonly policy: string | null;
  /** The spec file's name, for messages. */
  readonly source: string;
  /** Version of nrmc that emitted the code. */
  readonly version: string;
  readonly data: DataConfig;
  /** Fields bound to the network's inputs, in order. */
  readonly inputs: readonly string[];
  /** The network's outputs, in order. */
  readonly outputs: readonly RunOutput[];
  readonly batch: number;
  readonly last: 'keep' | 'drop';
  readonly epochs: number;
  readonly seed: number;
  /** What is measured beside the losses. */
  readonly metrics: readonly MetricConfig[];
  /** True when a batch norm has one value per channel and sample: a batch of one sample has no statistics then. */
  readonly needsTwoSamples: boolean;
  /** What the passes did, for the summary. */
  readonly passes: readonly PassSummary[];
  /** How many nodes the programs have. */
  readonly programs: {
    readonly step: number;
    readonly evaluate: number;
    readonly freeze: number;
    readonly predict: number;
  };
  /** Rewrites that changed which weights there are or what they mean, and how weights trained without them follow. */
  readonly migrations: readonly WeightMigration[];
  /** What is done to samples while training. Absent: nothing. */
  readonly augment?: AugmentConfig;
  /** Files that weights begin with; paths are relative to the spec. Absent: all begin as they are initialised. */
  readonly start?: readonly StartFile[];
  /** `accumulate: k`: batches of an update. Absent: 1. */
  readonly accumulate?: number;
  /** What is averaged over updates, beside the weights. Absent: nothing. */
  readonly average?: AverageConfig;
  /** When training ends before its last epoch, and with which weights. Absent: with its last epoch and the last weights. */
  readonly stop?: StopConfig;
  /** How the validation part is used once training has ended. Absent: not at all. */
  readonly reuse?: ReuseConfig;
  /** Counts of the schedule that the run has to be long enough for. Absent: none. */
  readonly schedule?: ScheduleConfig;
  /** What lowers the learning rate after an epoch. Absent: nothing. */
  readonly plateau?: PlateauSettings;
  /** The resolved spec, as .nrm text. */
  readonly spec: string;
}

export interface ScheduleConfig {
  readonly name: string;
  /** What is counted. */
  readonly per: 'update' | 'epoch';
  readonly spans: readonly {
    /** The argument of the schedule. */
    readonly argument: string;
    readonly count: number;
    /** Nothing happens unless the run goes on after it. */
    readonly past: boolean;
  }[];
}

/** `ema`: at each update · `swa`: at every so many updates (null: at the end of each epoch) from a share of the run or an epoch on. */
export type AverageConfig =
  | { readonly kind: 'ema'; readonly decay: number; readonly debias: boolean }
  | { readonly kind: 'swa'; readonly start: number; readonly every: number | null };

export interface StopConfig {
  /** What is watched of the validation part: `loss`, `accuracy`, with several outputs `label_accuracy` and so on. */
  readonly monitor: string;
  /** Whether lower or higher is better. */
  readonly mode: 'min' | 'max';
  /** Epochs without improvement; null: all epochs are trained. */
  readonly patience: number | null;
  /** By how much a value must be better to count as an improvement. */
  readonly minDelta: number;
  /** Which weights a run ends with. */
  readonly restore: 'best' | 'last';
}

/** `limit`: epochs at most. */
export type ReuseConfig = { readonly kind: 'retrain' } | { readonly kind: 'continue'; readonly limit: number };

/** Weights of a network that begin with what a file has under their names. */
export interface StartFile {
  readonly file: string;
  readonly weights: readonly string[];
}

export interface RunOutput {
  readonly name: string;
  /** The field it is compared with, */
  readonly target: string;
  /** and by which loss. */
  readonly loss: string;
  /** What the loss implies for `--probabilities`. */
  readonly probabilities: 'softmax' | 'sigmoid' | null;
  /** Of a single output for two classes: from which value on it speaks for the second; null where its loss does not say. */
  readonly threshold?: number | null;
  /** The field that says what each sample counts. Absent: all count alike. */
  readonly sample?: string;
}

/** Of one output: what is measured, by what name it is reported, and its arguments. */
export interface MetricConfig {
  readonly output: string;
  readonly metric: string;
  readonly as: string;
  readonly [argument: string]: string | number | boolean;
}

export interface PassSummary {
  readonly name: string;
  readonly program: string;
  readonly rewrites: readonly string[];
  readonly refused: readonly string[];
}

/** scale: target ← target · factor · absorb: target ← target − source, and source is dropped. Per channel. */
export type WeightMigration =
  | { readonly kind: 'scale'; readonly pass: string; readonly target: string; readonly factor: number }
  | { readonly kind: 'absorb'; readonly pass: string; readonly target: string; readonly source: string };

export interface DataConfig {
  readonly name: string;
  readonly source: DataSource;
  readonly fields: readonly DataField[];
  /** Of a table: the columns of a field, by name, or by number from 1 where there is no header. */
  readonly columns?: readonly FieldColumns[];
  /** Share of the training part held out, in [0, 1). */
  readonly validation: number;
  /** A share of the samples to test with, or where they are from. Absent: the source's own test part. */
  readonly test?: number | DataSource;
  /** How many samples are used of each part: which ones of the training part is a function of the seed. Null or absent: all. */
  readonly limit?: { readonly train: number | null; readonly test: number | null };
  /** Each epoch in an order of its own; false: in the order of the files. Absent: true. */
  readonly shuffle?: boolean;
}

export interface FieldColumns {
  readonly field: string;
  readonly columns: readonly string[];
}

export type DataSource =
  | { readonly kind: 'idx' | 'npy' | 'npz' | 'safetensors' | 'cifar'; readonly name: string }
  | { readonly kind: 'csv'; readonly name: string; readonly separator: string; readonly header: boolean }
  | { readonly kind: 'images'; readonly name: string; readonly resize: boolean };

export type DataField =
  | {
      readonly kind: 'tensor';
      readonly name: string;
      readonly dtype: 'float32' | 'int32';
      readonly shape: readonly number[];
      readonly preprocessing: PreprocessingConfig;
    }
  | { readonly kind: 'class'; readonly name: string; readonly classes: number };

/** What is fitted to the training part; a word stands for the step with its defaults. */
export type PreprocessingConfig = 'none' | 'minmax' | 'standardize' | readonly PreprocessingStep[];

export type PreprocessingStep =
  | { readonly kind: 'minmax'; readonly low: number; readonly high: number; readonly per: 'all' | 'channel' }
  | { readonly kind: 'standardize'; readonly per: 'all' | 'channel' }
  | { readonly kind: 'zca'; readonly epsilon: number };
