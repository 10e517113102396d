/** Labels that `again` can name, and what a second application repeats. */
import type { StepItem } from '../../parser/tree.ts';
import type { NodePlace } from '../places.ts';
import type { Here } from './here.ts';

/** A labelled step, stage, block, loop, condition or join that has been walked to its end. */
interface Labelled {
  readonly item: StepItem;
  /** What its text sees. */
  readonly here: Here;
  /** What it computes, in order. */
  readonly nodes: readonly NodePlace[];
}

/** The labels that a text sees: its own and those around it. A block sees none of those around it, as with names of values. */
export class Labels {
  readonly #outer: Labels | null;
  readonly #known = new Map<string, Labelled>();

  constructor(outer: Labels | null) {
    this.#outer = outer;
  }

  /** In a loop the latest round counts. */
  set(label: string, labelled: Labelled): void {
    this.#known.set(label, labelled);
  }

  get(label: string): Labelled | null {
    const outer = this.#outer;
    return this.#known.get(label) ?? (outer === null ? null : outer.get(label));
  }

  names(): readonly string[] {
    const outer = this.#outer;
    return [...this.#known.keys(), ...(outer === null ? [] : outer.names())];
  }
}

/** A second application in progress: its nodes repeat those of the first in their order. */
export class Again {
  readonly path: string;
  readonly item: StepItem;
  readonly #first: readonly NodePlace[];
  readonly #outer: Again | null;
  #next = 0;
  #differs = false;

  constructor(path: string, of: Labelled, outer: Again | null) {
    this.path = path;
    this.item = of.item;
    this.#first = of.nodes;
    this.#outer = outer;
  }

  /** What the next node repeats, if it is of that kind and word; all applications around go on by one as well. */
  repeat<K extends NodePlace['kind']>(kind: K, word: string): Extract<NodePlace, { readonly kind: K }> | null {
    const first = this.#first[this.#next++];
    const original = first === undefined ? undefined : (first.original ?? first);
    const outer = this.#outer;
    if (outer !== null) outer.repeat(kind, word);
    if (original !== undefined && isKind(original, kind) && original.word === word) return original;
    this.#differs = true;
    return null;
  }

  /** Whether the same steps came as in the first application, all of them. */
  isSame(): boolean {
    return !this.#differs && this.#next === this.#first.length;
  }

  /** Whether a step is being repeated here, or around. */
  isRepeating(item: StepItem): boolean {
    return this.item === item || this.#outer?.isRepeating(item) === true;
  }
}

const isKind = <K extends NodePlace['kind']>(
  place: NodePlace,
  kind: K,
): place is Extract<NodePlace, { readonly kind: K }> => place.kind === kind;
