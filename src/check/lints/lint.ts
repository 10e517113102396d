/** What a lint is, and what it sees. */
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { Value } from '../../ir/value.ts';
import type { Declaration, ImportDeclaration, SourceFile } from '../../parser/tree.ts';
import type { Model, TrainConfig } from '../model.ts';
import type { Calls } from './calls.ts';
import type { Flow } from './flow.ts';

/** A network under a policy. */
interface NetworkView {
  readonly model: Model;
  readonly flow: Flow;
  /** What is written where a layer stands. */
  readonly calls: Calls;
}

/** A train, with the places of what it says. */
export interface TrainView extends NetworkView {
  readonly train: TrainConfig;
  readonly batch: Span;
  readonly optimizer: Value;
}

/** A file by itself. */
interface FileView {
  readonly tree: SourceFile;
  /** What an import brings under a name; nothing when it leads nowhere. */
  readonly imported: (from: ImportDeclaration, name: string) => readonly Declaration[];
}

export type NetworkLint = (view: NetworkView, report: Report) => void;
export type TrainLint = (view: TrainView, report: Report) => void;
export type FileLint = (view: FileView, report: Report) => void;
