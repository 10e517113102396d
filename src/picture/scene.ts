/**
 * What is drawn, before it is known where: cards of layers, joins, pills, boxes around groups, and the lines between them.
 *
 *   pill   an input or output
 *   card   layers that follow each other without a branch, one line each
 *   join   where paths meet
 *   dot    where a value enters a group and parts
 *   box    a group; one that holds a single card is that card, with a title
 */
import type { Layer } from '../check/model.ts';

export interface Line {
  readonly layer: Layer;
  readonly name: string;
  readonly detail: string;
  /** The shape that leaves, where it is another than arrives and is not told below the card. */
  readonly shape: string;
  /** The slot that it fills, and whether the network itself says with what. */
  readonly slot: { readonly kind: 'norm' | 'act' | 'drop'; readonly pinned: boolean } | null;
}

export interface Title {
  readonly text: string;
  /** `Residual`, `= encoder`, `×3` */
  readonly note: string;
  readonly path: string;
  /** A second application: its frame is dashed. */
  readonly again: boolean;
}

export interface Pill {
  readonly kind: 'pill';
  readonly id: string;
  readonly role: 'input' | 'output';
  readonly name: string;
  readonly type: string;
}
export interface Card {
  readonly kind: 'card';
  readonly id: string;
  readonly title: Title | null;
  readonly lines: readonly Line[];
}
export interface Join {
  readonly kind: 'join';
  readonly id: string;
  readonly layer: Layer;
}
export interface Dot {
  readonly kind: 'dot';
  readonly id: string;
}
export interface Box {
  readonly kind: 'box';
  readonly id: string;
  readonly title: Title;
  readonly items: readonly Item[];
}
export type Item = Pill | Card | Join | Dot | Box;

/** A value on its way from one item to another; `shape` is told once per value, where it changes. */
export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface Scene {
  readonly items: readonly Item[];
  readonly edges: readonly Edge[];
  /** By the id of an item: the shape that is told where its value leaves. */
  readonly shapes: ReadonlyMap<string, string>;
}
