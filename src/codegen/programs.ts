/** What code is generated from: the planned programs of a network, and how they came about. */
import type { Model, TrainConfig } from '../check/model.ts';
import type { Graph } from '../ir/graph.ts';
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
  /** What each pass did, in the order they ran. */
  readonly notes: readonly ProgramNotes[];
  readonly migrations: readonly (Migration & { readonly pass: string })[];
}

/** A network with a training step. */
export interface CompiledTrain extends CompiledNetwork {
  readonly train: TrainConfig;
  readonly step: Program;
  /** The forward pass of training, unfused, for finding where a value stops being finite. */
  readonly inspect: Program;
}

/** What one pass did to one program: `model`, `step`, `evaluate`, `predict`. */
export interface ProgramNotes extends PassNotes {
  readonly program: 'model' | 'step' | 'evaluate' | 'predict';
}

export const isTrain = (compiled: CompiledNetwork | CompiledTrain): compiled is CompiledTrain => 'train' in compiled;

/** Migrations by the names that weights have in files. */
export const weightMigrations = (compiled: CompiledNetwork) =>
  compiled.migrations.map((m) =>
    m.kind === 'scale'
      ? { kind: m.kind, pass: m.pass, target: m.target.slice(1), factor: m.factor }
      : { kind: m.kind, pass: m.pass, target: m.target.slice(1), source: m.source.slice(1) },
  );
