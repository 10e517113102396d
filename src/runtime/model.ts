/** What emitted modules export and what the runtime drives them with. Emitted code implements these types; nothing here computes. */
import type { Rank, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';

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
}

/** What a step says of the values before its update. The caller disposes of all of it. */
export interface Report {
  /** Mean loss over the batch, without penalties; of several outputs the sum. */
  readonly loss: Scalar;
  /** The loss of each output by its name, where there are several. */
  readonly losses?: Readonly<Record<string, Scalar>>;
  /** Sum of the penalties; null when the policy has none. */
  readonly penalty: Scalar | null;
}

/** Shows a layer's value while `inspect` runs; the tensor is disposed of afterwards. */
export type Look = (layer: string, value: Tensor) => void;

/** What a network gives: the tensor of its only output, or an object of tensors by the names of its outputs. */
export type Outputs = object;

/** An emitted network. Inputs are positional, in the order of the spec. */
export interface NetworkModule<
  Params extends object,
  State extends object,
  Frozen extends object,
  Inputs extends readonly Tensor[],
> {
  /** Fresh weights; the same on every backend for one seed. */
  init(seed: number): { params: Params; state: State };
  /** The network's outputs by population statistics, unfolded. */
  evaluate(params: Params, state: State, ...inputs: Inputs): Outputs;
  /** Folds what depends on weights only. The caller disposes of it with `disposeAll`. */
  freeze(params: Params, state: State): Frozen;
  predict(frozen: Frozen, ...inputs: Inputs): Outputs;
}

/** An emitted train: a network with a training step. */
export interface TrainModule<
  Params extends object,
  State extends object,
  OptimizerState extends object,
  Frozen extends object,
  Inputs extends readonly Tensor[],
  Batch extends object,
> extends NetworkModule<Params, State, Frozen, Inputs> {
  initOptimizer(params: Params): OptimizerState;
  /** Forward, backward and update of one batch. */
  step(training: Training<Params, State, OptimizerState>, batch: Batch): Report;
  /** The forward pass of training alone, layer by layer: finds where a value stops being finite. Changes nothing. */
  inspect(training: Training<Params, State, OptimizerState>, batch: Batch, look: Look): void;
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
  readonly metrics: readonly 'accuracy'[];
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
  /** Files that weights begin with; paths are relative to the spec. Absent: all begin as they are initialised. */
  readonly start?: readonly StartFile[];
  /** The resolved spec, as .nrm text. */
  readonly spec: string;
}

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
  readonly loss: 'cross_entropy';
  /** What the loss implies for `--probabilities`. */
  readonly probabilities: 'softmax' | 'sigmoid' | null;
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
  readonly source: { readonly kind: 'idx'; readonly name: string };
  readonly fields: readonly DataField[];
  /** Share of the training part held out, in [0, 1). */
  readonly validation: number;
}

export type DataField =
  | {
      readonly kind: 'tensor';
      readonly name: string;
      readonly dtype: 'float32' | 'int32';
      readonly shape: readonly number[];
      readonly preprocessing: 'none' | 'minmax' | 'standardize';
    }
  | { readonly kind: 'class'; readonly name: string; readonly classes: number };
