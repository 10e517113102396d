/**
 * The policy in force as one declaration. What the cascade decides by specificity and order is repeated as it was written. What an
 * override beat its way into has no rule that would win there again, so the keys it touches are written out place by place.
 */
import type { Expression, Name, PolicyDeclaration, PolicyItem, Rule, Selector } from '../parser/tree.ts';
import { acts, pinOf, type Reached } from './cascade.ts';
import type { Place } from './places.ts';
import type { FlatPolicy, FlatRule } from './policy.ts';
import { printSectionSetting, winnersOf } from './sections/index.ts';
import { match } from './selectors.ts';
import { type Effect, isNeutral, isTogether, printEffect, settingOf } from './settings/index.ts';
import { boolean, fromSelector, name, nowhere, setting, word } from './syntax.ts';
import { isSlot, sections, slots } from './words.ts';

interface PolicyInForce {
  readonly policy: FlatPolicy;
  readonly inForce: readonly FlatRule[];
  /** With weights, in network order. */
  readonly places: readonly Place[];
  readonly reached: Reached;
}

export function resolvedPolicy({ policy, inForce, places, reached }: PolicyInForce): PolicyDeclaration {
  const touched = new Set(policy.rules.flatMap((r) => (r.origin.kind === 'set' ? r.settings.map((s) => s.key) : [])));
  const rules = inForce.flatMap((rule): FlatRule[] => {
    const settings = rule.settings.filter((s) => !touched.has(s.key));
    return settings.length === 0 ? [] : [{ ...rule, settings }];
  });
  const fillings = rules.filter((r) => r.kind === 'filling');
  const items: PolicyItem[] = [
    ...slots.flatMap((slot) => fillings.flatMap((r) => resolvedFilling(r, slot))),
    ...rules.filter((r) => r.kind === 'rule').map(resolvedRule),
    ...[...touched].toSorted().flatMap((key) => placeByPlace(key, places, reached)),
  ];
  const said = winnersOf(policy.sections).filter((s) => s.bound !== null);
  for (const section of sections) {
    const own = said.filter((s) => s.section === section).map((s) => setting(s.key, printSectionSetting(s)));
    if (own.length > 0) items.push(ruleOf([selectorOf(section)], own));
  }
  return {
    doc: '',
    span: nowhere,
    kind: 'policy',
    name: name(policy.identifier),
    parameters: [],
    extends: null,
    items,
  };
}

const resolvedFilling = (rule: FlatRule, slot: string): readonly PolicyItem[] =>
  rule.settings
    .filter((s) => s.key === slot)
    .map((s) => ({ kind: 'filling', slot: name(s.key), optional: false, value: printEffect(s.effect), span: nowhere }));

const resolvedRule = (rule: FlatRule): Rule =>
  ruleOf(
    rule.selectors.map((s) => ({ ...fromSelector(s), optional: false })),
    rule.settings.map((s) => setting(s.key, printEffect(s.effect))),
  );

const ruleOf = (selectors: readonly Selector[], settings: Rule['settings']): Rule => ({
  kind: 'rule',
  selectors,
  settings,
  span: nowhere,
});

function selectorOf(path: string): Selector {
  const names: readonly Name[] = path.split('.').map(name);
  return { parts: [{ names, brackets: [], span: nowhere }], optional: false, span: nowhere };
}

/**
 * A rule for each value of a key, for all places that have it. A path also finds longer ones that end alike; those are more
 * specific and get a rule of their own, that takes the value away again where they have none. And the label of a loop finds all of its
 * rounds: paths that do so come first, so that those of the rounds, which are as specific, have the last word.
 */
function placeByPlace(key: string, places: readonly Place[], reached: Reached): readonly PolicyItem[] {
  const winner = (place: Place) => {
    const [first] = pinOf(place, key) !== null ? [] : (reached.get(place)?.get(key) ?? []);
    return first === undefined || isNeutral(first.setting.effect) || !acts(key, place, reached)
      ? null
      : first.setting.effect;
  };
  // A moving statistic is frozen with the norm that it belongs to, not by name.
  const pathOf = (p: Place): string =>
    key === 'trainable' && p.kind === 'weight' && p.spec.role === 'statistic' ? (p.parent?.path ?? p.path) : p.path;
  const groups = new Map<string, { readonly paths: string[]; readonly rule: (paths: readonly string[]) => Rule }>();
  const written = new Set<string>();
  const together = 'together';
  const rulesSeen: Effect[] = [];
  /** Equal values stand together, unless each is about the weights of its own rule. */
  const keyOf = (value: Expression, effect: Effect | null): string => {
    if (effect === null || !isTogether(effect)) return JSON.stringify(value);
    if (!rulesSeen.includes(effect)) rulesSeen.push(effect);
    return `${together} ${rulesSeen.indexOf(effect)}`;
  };
  const add = (path: string, value: Expression, effect: Effect | null = null): void => {
    if (written.has(path)) return;
    written.add(path);
    const text = keyOf(value, effect);
    const group = groups.get(text) ?? {
      paths: [],
      rule: (paths) => ruleOf(paths.map(selectorOf), [setting(key, value)]),
    };
    groups.set(text, group);
    group.paths.push(path);
  };
  const named = places.flatMap((p) => (winner(p) === null ? [] : [pathOf(p)]));
  const rounds = roundsFoundBy(named, places);
  const isFound = (path: string): boolean =>
    rounds.paths.has(path) || named.some((other) => path === other || path.endsWith(`.${other}`));
  for (const place of places) {
    const effect = winner(place);
    if (effect !== null) add(pathOf(place), printEffect(effect), effect);
    else if (
      isOfKey(place, key) &&
      acts(key, place, reached) &&
      (isFound(pathOf(place)) ||
        (place.kind === 'weight' && settingOf(key)?.reaches !== 'outputs' && isFound(place.parent?.path ?? '')))
    ) {
      const neutral = neutralOf(place, key);
      if (neutral !== null) add(pathOf(place), neutral);
    }
  }
  const ruled = (byRound: boolean): readonly Rule[] =>
    [...groups].flatMap(([text, { paths, rule }]) => {
      // What is about weights together stays one rule.
      const whole = text.startsWith(together) && paths.some((path) => rounds.by.has(path));
      const some = whole ? (byRound ? paths : []) : paths.filter((path) => rounds.by.has(path) === byRound);
      return some.length === 0 ? [] : [rule(some)];
    });
  return [...ruled(true), ...ruled(false)];
}

/** Which of some paths find places of other paths by the label of a loop, and the paths of those places. */
function roundsFoundBy(
  named: readonly string[],
  places: readonly Place[],
): { readonly by: ReadonlySet<string>; readonly paths: ReadonlySet<string> } {
  const by = new Set<string>();
  const paths = new Set<string>();
  const labels = new Set(places.flatMap((p) => (p.label !== null && p.label !== p.name ? [p.label] : [])));
  for (const path of new Set(named)) {
    const names = path.split('.');
    if (!names.some((n) => labels.has(n))) continue;
    const selector = { parts: [{ names, brackets: [] }], optional: true, text: path, span: nowhere };
    for (const place of match(selector, places)) {
      if (place.path === path || place.path.endsWith(`.${path}`)) continue;
      by.add(path);
      paths.add(place.path);
    }
  }
  return { by, paths };
}

function isOfKey(place: Place, key: string): boolean {
  if (isSlot(key)) {
    if (place.kind === 'weight') return key !== 'act' && place.spec.role === 'kernel';
    return place.kind === 'slot' && place.word === key && place.pin === null;
  }
  return place.kind === 'weight' || (settingOf(key)?.reaches === 'outputs' && 'inputs' in place);
}

/** What a place has without any rule. */
function neutralOf(place: Place, key: string): Expression | null {
  const reset = settingOf(key)?.reset?.value;
  if (reset === 'true') return boolean(true);
  if (key !== 'init') return word(reset ?? 'none');
  if (place.kind !== 'weight') return null;
  const { kind } = place.spec.init;
  return word(kind === 'glorot_uniform' ? 'glorot' : kind);
}
