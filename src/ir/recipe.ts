/**
 * How a training graph becomes a training step: everything `differentiate` needs beside the graph. A step goes
 *
 *   gradients → (accumulated) → clip → penalties → optimizer → decay → constraints → averages
 *
 * with `of: total` penalties → clip.
 */
import type { Ref } from './graph.ts';
import type { ArgumentsOf, Signature } from './signature.ts';
import type { AscentDef, AverageDef, ClipDef, ConstraintDef, Decay, OptimizerDef, ScheduleDef } from './vocabulary.ts';

/** An entry of the vocabulary with its bound arguments. */
export interface Bound<D> {
  readonly def: D;
  readonly args: ArgumentsOf<Signature>;
}

/** Where gradients are taken instead of at the weights. */
export type Ascent = Bound<AscentDef>;

export interface StepRecipe {
  readonly optimizer: Bound<OptimizerDef>;
  readonly schedule: Bound<ScheduleDef>;
  readonly clip: Clipping | null;
  /** Absent: gradients are taken at the weights. */
  readonly ascent?: Ascent;
  /** By parameter; absent: none. */
  readonly decay: ReadonlyMap<Ref, Decay>;
  /** What the learning rate of a parameter is multiplied by; absent: 1. */
  readonly rateScale: ReadonlyMap<Ref, number>;
  /** Arguments of the optimizer that a parameter has for itself. Absent: none. */
  readonly optimizers?: ReadonlyMap<Ref, Bound<OptimizerDef>['args']>;
  /** In the order in which they are applied. */
  readonly constraints: readonly Constraining[];
  /** Gradients of several batches make one update. Absent: of one. */
  readonly accumulates?: boolean;
  /** Averages of the weights. Absent: none. */
  readonly average?: Bound<AverageDef>;
}

/** Which gradients are clipped: those of the loss, or what the penalties make of them too. */
export type ClipOf = 'data' | 'total';

export interface Clipping extends Bound<ClipDef> {
  readonly of: ClipOf;
  /** Parameters of the last layer with weights before each output. */
  readonly last: ReadonlySet<Ref>;
}

/** A constraint and the parameters that it projects: one, or all that belong together. */
export interface Constraining extends Bound<ConstraintDef> {
  readonly parameters: readonly Ref[];
}
