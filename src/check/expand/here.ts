/** Where the walk through a network's text stands, and what it has found so far. */
import { names } from '../../diagnostics/catalog/names.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { BlockDeclaration, ExternDeclaration, Item, StepItem } from '../../parser/tree.ts';
import type { Infer } from '../infer.ts';
import type { Named, Names } from '../naming.ts';
import type { NodePlace, Outline, Place, Wire } from '../places.ts';
import type { Scope } from '../scope.ts';
import type { Environment } from '../values.ts';
import type { Again, Labels } from './labels.ts';

/** How many steps a network may have, rounds of loops counted. */
export const mostSteps = 100_000;
/** How deep blocks may stand in blocks. */
export const mostLevels = 64;
/** How deep bodies of all kinds may stand in each other, blocks opened. */
export const mostDepth = 300;

/** What the body that is being walked can see. */
export interface Here {
  /** Of the file that the body is written in. */
  readonly scope: Scope;
  /** Parameters and loop variables. */
  readonly environment: Environment;
  /** The stage or block around. */
  readonly parent: Place | null;
  readonly names: Names;
  readonly values: Values;
  readonly labels: Labels;
  /** Inside of a loop's body, where labels get the number of the round. */
  readonly rounds: boolean;
  /** Blocks around, the outermost first. */
  readonly opened: readonly BlockDeclaration[];
  /** Bodies around. */
  readonly depth: number;
  /** Behind a condition that is not known: what stands here may be meant never to be. */
  readonly guess: boolean;
  /** In a second application: what it repeats, and where `again` stands. */
  readonly again: Again | null;
  readonly applied: Span | null;
  readonly report: Report;
}

/** The walk, as its parts see it: bodies contain steps, and steps contain bodies. */
export interface Walk {
  readonly network: string;
  readonly found: Found;
  readonly infer: Infer;
  /** The value behind a body; null when none arrives and none is made. */
  readonly body: (items: readonly Item[], current: Wire | null, here: Here) => Wire | null;
  /** Something that has a name of its own, under a name that is already given. */
  readonly make: (item: StepItem, named: Named, current: Wire | null, here: Here) => Wire | null;
}

/** Collects what the walk finds. */
export class Found {
  readonly inputs: Outline['inputs'][number][] = [];
  readonly places: Place[] = [];
  readonly nodes: NodePlace[] = [];
  readonly repeats: Outline['repeats'][number][] = [];
  readonly outputs: Outline['outputs'][number][] = [];
  readonly choices: Span[] = [];
  readonly byPath = new Map<string, Place>();
  /** Blocks and layers of the project's own in use by name: two of one name could not be told apart by selectors and reports. */
  readonly blocks = new Map<string, BlockDeclaration | ExternDeclaration>();
  /** What is said only where nothing is wrong: a name that nobody takes may be meant by a misspelt one. */
  readonly idle: (() => void)[] = [];
  /** Values that something takes. */
  readonly used = new Set<Wire>();
  /** Something could not be read; that has been reported, if not here then by the parser. */
  broken = false;
  #steps = 0;
  #full = false;

  /** Counts a step or the round of a loop; false when there are too many, which is reported once. */
  count(network: string, span: Span, report: Report): boolean {
    if (++this.#steps <= mostSteps) return true;
    if (!this.#full) report(names.networkTooLarge.at(span, { network, most: mostSteps }));
    this.#full = true;
    return false;
  }

  add(place: Place): void {
    this.places.push(place);
    this.byPath.set(place.path, place);
  }
}

/**
 * Values with names: inputs, and what `as` names. A loop's round and a block have names of their own; a second application
 * (`shadow`) may name again what the first one has named.
 */
export class Values {
  readonly #outer: Values | null;
  readonly #shadow: boolean;
  readonly #named = new Map<string, { readonly wire: Wire; readonly span: Span; taken: boolean }>();

  constructor(outer: Values | null, shadow = false) {
    this.#outer = outer;
    this.#shadow = shadow;
  }

  /** An input is there whether a path takes it by its name or not. */
  input(name: string, wire: Wire, span: Span, report: Report): void {
    this.define(name, wire, span, report);
    const named = this.#named.get(name);
    if (named !== undefined) named.taken = true;
  }

  define(name: string, wire: Wire, span: Span, report: Report): void {
    if (name === '') return; // missing, and reported by the parser
    const first = this.#shadow ? (this.#named.get(name) ?? null) : this.#find(name);
    if (first === null) this.#named.set(name, { wire, span, taken: false });
    else
      report(
        names.duplicateName.at(
          span,
          { path: name, what: 'values', automatic: false },
          { places: { first: first.span } },
        ),
      );
  }

  /** `step`: there is a step of that name, which says nothing of a value. */
  take(name: string, span: Span, step: boolean, report: Report): Wire | null {
    const found = this.#find(name);
    if (found !== null) {
      found.taken = true;
      return found.wire;
    }
    const known = this.#known();
    if (name !== '') report(names.unknownValue.at(span, { name, step, nearest: nearest(name, known), known }));
    return null;
  }

  has(name: string): boolean {
    return this.#find(name) !== null;
  }

  /** Names that nothing takes. */
  *idle(): Iterable<{ readonly name: string; readonly span: Span }> {
    for (const [name, { span, taken }] of this.#named) if (!taken) yield { name, span };
  }

  #find(name: string): { readonly wire: Wire; readonly span: Span; taken: boolean } | null {
    const outer = this.#outer;
    return this.#named.get(name) ?? (outer === null ? null : outer.#find(name));
  }

  #known(): readonly string[] {
    const outer = this.#outer;
    return [...this.#named.keys(), ...(outer === null ? [] : outer.#known())];
  }
}

/** What an unknown value is: nothing is said of it again. */
export const unknownWire = (span: Span): Wire => ({ type: null, producer: { path: '', span } });

/** What is wrong in a body is told with the place that uses it, and once where the same is wrong with several of its steps. */
export function usedAt(span: Span, path: string, report: Report): Report {
  const said = new Set<string>();
  return (d) => {
    const known = `${d.code} ${d.message}`;
    if (said.has(known)) return;
    said.add(known);
    const again = d.labels.some((l) => l.span.file === span.file && l.span.start === span.start);
    const more =
      d.labels.length === 0 || d.labels.length > 3 || again ? [] : [{ span, text: `in \`${short(path)}\`, used here` }];
    report({ ...d, labels: [...d.labels, ...more] });
  };
}

/** Blocks in blocks have long paths, of which the ends tell most. */
const short = (path: string): string => (path.length <= 60 ? path : `${path.slice(0, 28)} … ${path.slice(-28)}`);
