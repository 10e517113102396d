/**
 * What a pass is: a rewrite of one graph with a declared contract. It never half-applies: a case it cannot prove is left alone and,
 * where a user would wonder, refused with the reason.
 */
import type { Graph, Ref, Stage } from '../ir/graph.ts';

/**
 * bits    the same numbers
 * values  the same up to a stated rounding
 * model   the same function once a known factor moves into other weights, but another training trajectory; never silent
 */
export type Preserves = 'bits' | 'values' | 'model';

export interface Pass {
  /** verb-object; the file and the export carry the same name. */
  readonly name: string;
  /** One line for `nrmc passes`. */
  readonly doc: string;
  readonly stages: readonly Stage[];
  readonly preserves: Preserves;
  readonly run: <S extends Stage>(graph: Graph<S>) => PassResult<S>;
}

export interface PassResult<S extends Stage = Stage> {
  readonly graph: Graph<S>;
  /** What it did, each with the layer it did it to. */
  readonly rewrites: readonly Note[];
  /** What it found and left alone, and why. */
  readonly refused: readonly Note[];
  /** For passes that preserve only the `model`: how weights trained without it become weights for its result. */
  readonly migrations: readonly Migration[];
}

export interface Note {
  /** Path of the layer. */
  readonly layer: string;
  /** `folded into conv1`, `conv1 is read twice`. */
  readonly text: string;
  /** Path of the layer that took it in, where one did. */
  readonly into?: string;
  /** Training takes the path it would have taken, whatever the pass preserves otherwise. */
  readonly exact?: true;
}

/** A change of stored weights, in order; all arithmetic is per channel (last axis). */
export type Migration =
  /** target ← target · factor */
  /** `exact`: initial value and training of the target are rescaled too, so that it takes the path it would have taken. */
  | { readonly kind: 'scale'; readonly target: Ref; readonly factor: number; readonly exact?: true }
  /** target ← target − source, then source is dropped */
  | { readonly kind: 'absorb'; readonly target: Ref; readonly source: Ref };
