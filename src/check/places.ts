/** Places: what stands where in the text of a network, before any policy is applied. Selectors look for places. */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { ValueType } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import type { LayerDef, WeightSpec } from '../ir/vocabulary.ts';
import type { BlockDeclaration, ExternDeclaration } from '../parser/tree.ts';
import type { BoundArguments } from './bind.ts';
import type { Method } from './entries.ts';
import type { Environment } from './values.ts';
import type { Slot } from './words.ts';

export type Place = StagePlace | BlockPlace | StepPlace | SlotPlace | WeightPlace;

interface PlaceBase {
  /** Label or automatic name; the last part of `path`. */
  readonly name: string;
  /** The label as written: in a loop each round's place has a name of its own and this one in common. Null without a label. */
  readonly label: string | null;
  /** `stem.conv1` */
  readonly path: string;
  readonly parent: Place | null;
  readonly span: Span;
}

/** `stem: { … }` */
export interface StagePlace extends PlaceBase {
  readonly kind: 'stage';
}

/** `Residual(64)` */
export interface BlockPlace extends PlaceBase {
  readonly kind: 'block';
  /** The block's name. */
  readonly word: string;
  /** What its parameters are here: selectors may ask for them. */
  readonly arguments: Environment;
}

/** `conv(6, kernel: 5)`, and a join: `sum { | … | … }`. */
export interface StepPlace extends PlaceBase {
  readonly kind: 'step';
  /** The op as written. */
  readonly word: string;
  /** Null when there is no such layer, or its arguments are wrong; that has been reported. */
  readonly layer: { readonly def: LayerDef; readonly args: BoundArguments } | null;
  readonly inputs: readonly Wire[];
  readonly output: Wire;
  /** For a second application (`again`): the place whose weights it uses, and where `again` stands. */
  readonly original: StepPlace | null;
  readonly applied: Span | null;
}

/** `norm`, `act(gelu)` */
export interface SlotPlace extends PlaceBase {
  readonly kind: 'slot';
  readonly word: Slot;
  /** What stands in its parentheses; null when the policy decides. */
  readonly pin: Pin | null;
  readonly inputs: readonly [Wire];
  readonly output: Wire;
  readonly original: SlotPlace | null;
  readonly applied: Span | null;
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

/** A value on its way from one place to others. Each is an object of its own: who takes a value is told by identity. */
export interface Wire {
  /** Null when something before could not be made sense of. */
  readonly type: ValueType | null;
  /** What gave the value its shape: an input, or the last step that is no slot. */
  readonly producer: Producer;
}

interface Producer {
  readonly path: string;
  readonly span: Span;
}

/** A place where something is computed. */
export type NodePlace = StepPlace | SlotPlace;

/** A network with its parameters resolved. */
export interface Outline {
  readonly network: string;
  readonly span: Span;
  readonly inputs: readonly {
    readonly name: string;
    readonly type: ValueType;
    readonly wire: Wire;
    readonly span: Span;
  }[];
  /** What selectors find, in the order of the text; a stage or block comes before what is in it. */
  readonly places: readonly Place[];
  /** What is computed, in execution order: places that compute, and second applications, which no selector finds. */
  readonly nodes: readonly NodePlace[];
  /** Second applications of stages and blocks. */
  readonly repeats: readonly { readonly path: string; readonly word: string; readonly span: Span }[];
  readonly outputs: readonly { readonly name: string; readonly wire: Wire; readonly span: Span }[];
  /** The blocks and layers of one's own that are in use, by name. */
  readonly blocks: ReadonlyMap<string, BlockDeclaration | ExternDeclaration>;
  /** Where `choose` stands. */
  readonly choices: readonly Span[];
  /** False when something was wrong: then what a policy does not find says little. */
  readonly complete: boolean;
}

export const isInside = (place: Place, ancestor: Place): boolean => {
  for (let p = place.parent; p !== null; p = p.parent) if (p === ancestor) return true;
  return false;
};
