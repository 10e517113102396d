/** Places: what stands where in the text of a network, before any policy is applied. Selectors look for places. */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { ValueType } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import type { LayerDef, WeightSpec } from '../ir/vocabulary.ts';
import type { BoundArguments } from './bind.ts';
import type { Method } from './entries.ts';
import type { Slot } from './words.ts';

export type Place = StagePlace | StepPlace | SlotPlace | WeightPlace;

interface PlaceBase {
  /** Label or automatic name; the last part of `path`. */
  readonly name: string;
  /** `stem.conv1` */
  readonly path: string;
  readonly parent: Place | null;
  readonly span: Span;
}

/** `stem: { … }` */
export interface StagePlace extends PlaceBase {
  readonly kind: 'stage';
}

/** `conv(6, kernel: 5)` */
export interface StepPlace extends PlaceBase {
  readonly kind: 'step';
  /** The op as written. */
  readonly word: string;
  /** Null when there is no such layer, or its arguments are wrong; that has been reported. */
  readonly layer: { readonly def: LayerDef; readonly args: BoundArguments } | null;
  /** Null when a step before it could not be made sense of. */
  readonly input: ValueType | null;
  readonly output: ValueType | null;
}

/** `norm`, `act(gelu)` */
export interface SlotPlace extends PlaceBase {
  readonly kind: 'slot';
  readonly word: Slot;
  /** What stands in its parentheses; null when the policy decides. */
  readonly pin: Pin | null;
}

export interface Pin {
  readonly value: Value;
  /** Null after an error in it. */
  readonly method: Method | 'none' | null;
}

/** `conv1.kernel`: a weight of the layer at `parent`. */
export interface WeightPlace extends PlaceBase {
  readonly kind: 'weight';
  readonly spec: WeightSpec;
}

/** A network with its parameters resolved. */
export interface Outline {
  readonly network: string;
  readonly span: Span;
  readonly input: { readonly name: string; readonly type: ValueType; readonly span: Span } | null;
  /** In the order of the text; a stage comes before what is in it. */
  readonly places: readonly Place[];
  /** False when something was wrong: then what a policy does not find says little. */
  readonly complete: boolean;
}

export const isInside = (place: Place, ancestor: Place): boolean => {
  for (let p = place.parent; p !== null; p = p.parent) if (p === ancestor) return true;
  return false;
};
