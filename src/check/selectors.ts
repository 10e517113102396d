/**
 * Selectors: which places of a network a rule is about.
 *
 *   conv  stem.conv1  stem conv  conv.kernel  conv[first]  conv[3]  conv[kernel: 1]  conv[not classifier]
 *
 * A dot joins a part to the one directly inside it, a space to one anywhere inside. `first`, `last` and an index count, in network
 * order, what the rest of the selector matches.
 */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { AttrValue } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import type { Place } from './places.ts';
import { sameValue } from './values.ts';

/** A selector of the syntax tree with its values evaluated. */
export interface PolicySelector {
  readonly parts: readonly PolicySelectorPart[];
  readonly optional: boolean;
  /** As it would be written, without `?`. */
  readonly text: string;
  readonly span: Span;
}

export interface PolicySelectorPart {
  readonly names: readonly string[];
  readonly brackets: readonly PolicyBracket[];
}

export type PolicyBracket =
  | { readonly kind: 'first' | 'last' }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'not'; readonly selector: PolicySelector }
  | { readonly kind: 'attribute'; readonly key: string; readonly keySpan: Span; readonly value: Value };

/** What the selector matches among `places`, which are in network order. */
export const match = (selector: PolicySelector, places: readonly Place[]): readonly Place[] =>
  matchParts(selector.parts, places);

function matchParts(parts: readonly PolicySelectorPart[], places: readonly Place[]): readonly Place[] {
  const last = parts.at(-1);
  if (last === undefined) return [];
  const outer = parts.length > 1 ? new Set(matchParts(parts.slice(0, -1), places)) : null;
  const innermostFirst = last.names.toReversed();
  let found: readonly Place[] = places.filter((place) => {
    const top = chain(place, innermostFirst);
    return top !== null && (outer === null || hasAncestor(top, outer));
  });
  for (const bracket of last.brackets)
    if (bracket.kind === 'not' || bracket.kind === 'attribute') found = refine(found, bracket, places);
  for (const bracket of last.brackets)
    if (bracket.kind !== 'not' && bracket.kind !== 'attribute') found = pick(found, bracket);
  return found;
}

function hasAncestor(place: Place, among: ReadonlySet<Place>): boolean {
  for (let p = place.parent; p !== null; p = p.parent) if (among.has(p)) return true;
  return false;
}

/** The place that the outermost name matches when the innermost one matches `place`, each directly inside the next. */
function chain(place: Place, innermostFirst: readonly string[]): Place | null {
  let at: Place | null = place;
  let top: Place | null = null;
  for (const name of innermostFirst) {
    if (at === null || !isCalled(at, name)) return null;
    top = at;
    at = at.parent;
  }
  return top;
}

/** By its label or automatic name, or by its op, slot or block. In a loop all rounds of a label are called by the label too. */
export const isCalled = (place: Place, name: string): boolean =>
  place.name === name || place.label === name || ('word' in place && place.word === name);

function refine(
  found: readonly Place[],
  bracket: Extract<PolicyBracket, { kind: 'not' | 'attribute' }>,
  places: readonly Place[],
): readonly Place[] {
  if (bracket.kind === 'not') {
    const excluded = new Set(match(bracket.selector, places));
    return found.filter((place) => !excluded.has(place) && !hasAncestor(place, excluded));
  }
  return found.filter((place) => hasArgument(place, bracket.key, bracket.value));
}

function pick(
  found: readonly Place[],
  bracket: Exclude<PolicyBracket, { kind: 'not' | 'attribute' }>,
): readonly Place[] {
  const index = bracket.kind === 'index' ? bracket.index - 1 : bracket.kind === 'first' ? 0 : found.length - 1;
  const place = found[index];
  return place === undefined ? [] : [place];
}

/** Compared as the op reads it, so that `kernel: 1` and `kernel: [1, 1]` are the same. */
function hasArgument(place: Place, key: string, value: Value): boolean {
  if (place.kind === 'block') {
    const given = place.arguments.get(key);
    return given != null && sameValue(given, value);
  }
  if (place.kind !== 'step' || place.layer === null) return false;
  const { def, args } = place.layer;
  if (!Object.hasOwn(def.signature, key)) return false;
  const wanted = def.signature[key]?.read(value);
  const found = args[key];
  return wanted !== undefined && found !== undefined && sameAttr(wanted, found);
}

function sameAttr(a: AttrValue, b: AttrValue): boolean {
  if (isList(a) && isList(b)) {
    return (
      a.length === b.length &&
      a.every((x, i) => {
        const y = b[i];
        return y !== undefined && sameAttr(x, y);
      })
    );
  }
  return a === b;
}

const isList = (value: AttrValue): value is readonly AttrValue[] => Array.isArray(value);

// ── specificity ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Kind of the last name, then how many brackets and ancestors; order decides between equals. */
export interface Specificity {
  readonly kind: SpecificityKind;
  readonly refinements: number;
}

/** Weakest first. An automatic name is a label that nobody had to write. */
const specificityKinds = ['op', 'slot', 'block', 'label', 'parameter'] as const;
type SpecificityKind = (typeof specificityKinds)[number];

/** How specific a selector is about a place that it found: its last name may mean a label here and an op there. */
export function specificityOf(selector: PolicySelector, place: Place): Specificity {
  const names = selector.parts.reduce((n, part) => n + part.names.length, 0);
  const brackets = selector.parts.reduce((n, part) => n + part.brackets.length, 0);
  return { kind: kindOf(selector.parts.at(-1)?.names.at(-1), place), refinements: names - 1 + brackets };
}

function kindOf(name: string | undefined, place: Place): SpecificityKind {
  if (place.kind === 'weight') return 'parameter';
  if (!('word' in place) || place.word !== name) return 'label';
  return place.kind === 'step' ? 'op' : place.kind;
}

/** Positive when `a` is stronger. */
export const compareSpecificity = (a: Specificity, b: Specificity): number =>
  specificityKinds.indexOf(a.kind) - specificityKinds.indexOf(b.kind) || a.refinements - b.refinements;
