/** How a training graph becomes a training step: everything `differentiate` needs beside the graph. */
import type { Ref } from './graph.ts';
import type { ArgumentsOf, Signature } from './signature.ts';
import type { ClipDef, Decay, OptimizerDef, ScheduleDef } from './vocabulary.ts';

/** An entry of the vocabulary with its bound arguments. */
export interface Bound<D> {
  readonly def: D;
  readonly args: ArgumentsOf<Signature>;
}

export interface StepRecipe {
  readonly optimizer: Bound<OptimizerDef>;
  readonly schedule: Bound<ScheduleDef>;
  readonly clip: Bound<ClipDef> | null;
  /** By parameter; absent: none. */
  readonly decay: ReadonlyMap<Ref, Decay>;
}
