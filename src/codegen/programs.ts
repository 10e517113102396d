/** What code is generated from: the planned programs of a network, and how they came about. */
import type { Model, TrainConfig } from '../check/model.ts';
import type { Graph } from '../ir/graph.ts';
import type { Probed } from '../passes/inspection.ts';
import type { FrozenSplit, Program } from '../passes/lifetimes.ts';
import type { Migration } from '../passes/pass.ts';
import type { PassNotes } from '../passes/pipeline.ts';

/** The programs of a network, and how they came about. */
export interface CompiledNetwork {
  readonly model: Model;
  readonly graphs: {
    readonly model: Graph<'model'>;
    readonly evaluate: Graph<'infer'>;
    readonly predict: Graph<'infer'>;
  };
  /** Unfolded inference. */
  readonly evaluate: Program;
  /** Folded inference: what runs once, and what runs for each batch. */
  readonly frozen: FrozenSplit;
  /** Inference with dropout kept, one draw; null unless it is asked for. */
  readonly sample: Program | null;
  /** What each pass did, in the order they ran. */
  readonly notes: readonly ProgramNotes[];
  readonly migrations: readonly (Migration & { readonly pass: string })[];
}

/** A network with a training step. */
export interface CompiledTrain extends CompiledNetwork {
  readonly train: TrainConfig;
  readonly step: Program;
  /** What comes after the last batch of an update, where gradients are accumulated over several; else null: `step` has it. */
  readonly update: Program | null;
  /** The forward pass of training, unfused, for finding where a value stops being finite. */
  readonly inspect: Program;
  /** Forward and backward pass, unfused, and what of them is looked at; null unless it is asked for. */
  readonly probe: { readonly program: Program; readonly probed: readonly Probed[] } | null;
  /** The forward pass that measures statistics of the population; null where nothing asks for them. */
  readonly measure: Program | null;
  /** From what the network gives to its losses. */
  readonly lossOf: Program;
}

/** What one pass did to one program: `model`, `step`, `evaluate`, `predict`, `sample`. */
export interface ProgramNotes extends PassNotes {
  readonly program: 'model' | 'step' | 'evaluate' | 'predict' | 'sample';
}

export const isTrain = (compiled: CompiledNetwork | CompiledTrain): compiled is CompiledTrain => 'train' in compiled;

/** Migrations by the names that weights have in files. */
export const weightMigrations = (compiled: CompiledNetwork) =>
  compiled.migrations.map((m) =>
    m.kind === 'scale'
      ? { kind: m.kind, pass: m.pass, target: m.target.slice(1), factor: m.factor }
      : { kind: m.kind, pass: m.pass, target: m.target.slice(1), source: m.source.slice(1) },
  );
