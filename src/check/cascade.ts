/**
 * The cascade: which rule of a policy is in force at which place. A pin beats all, then comes what the command line or a sweep sets;
 * among rules the more specific wins, and the later one among equals. Losers are kept: they explain what happened.
 */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Value } from '../ir/value.ts';
import type { EffectiveSetting, LostReason, SettingSource } from './model.ts';
import { isInside, type Pin, type Place } from './places.ts';
import type { FlatPolicy, FlatRule, FlatSetting } from './policy.ts';
import { compareSpecificity, match, type PolicySelector, type Specificity, specificityOf } from './selectors.ts';
import { type Effect, settingOf } from './settings/index.ts';
import { takes } from './targets.ts';

/** A setting that reaches a place. */
export interface Candidate {
  readonly rule: FlatRule;
  readonly setting: FlatSetting;
  readonly selector: PolicySelector;
  readonly specificity: Specificity;
  /** Position of the rule in the policy: decides between equals. */
  readonly order: number;
}

/** Candidates for each key of each place, strongest first. */
export type Reached = ReadonlyMap<Place, ReadonlyMap<string, readonly Candidate[]>>;

/** What a selector of a rule found: nothing, places that cannot take a setting, or what it was meant for. */
export interface Finding {
  readonly rule: FlatRule;
  readonly selector: PolicySelector;
  readonly found: readonly Place[];
  /** Per setting of the rule: the places it reaches. */
  readonly reached: readonly { readonly setting: FlatSetting; readonly places: readonly Place[] }[];
}

/** Applies every rule of a policy to `places`; weights are among them once layers are known. */
export function cascade(
  policy: FlatPolicy,
  places: readonly Place[],
): { readonly reached: Reached; readonly findings: readonly Finding[] } {
  const reached = new Map<Place, Map<string, Candidate[]>>();
  const findings: Finding[] = [];
  const position = new Map(places.map((place, i) => [place, i]));
  policy.rules.forEach((rule, order) => {
    for (const selector of rule.selectors) {
      const found = match(selector, places);
      const perSetting = rule.settings.map((setting) => ({ setting, places: targetsOf(setting, found, within, add) }));
      findings.push({ rule, selector, found, reached: perSetting });

      function add(target: Place, by: Place, setting: FlatSetting): void {
        const keys = reached.get(target) ?? new Map<string, Candidate[]>();
        reached.set(target, keys);
        const candidates = keys.get(setting.key) ?? [];
        keys.set(setting.key, candidates);
        candidates.push({ rule, setting, selector, specificity: specificityOf(selector, by), order });
      }
    }
  });
  /** A place and all that is in it: places are in network order, so these stand together. */
  function within(place: Place, visit: (inner: Place) => void): void {
    visit(place);
    let at = (position.get(place) ?? 0) + 1;
    for (let next = places[at]; next !== undefined && isInside(next, place); next = places[++at]) visit(next);
  }

  for (const keys of reached.values())
    for (const [key, candidates] of keys) if (candidates.length > 1) keys.set(key, strongestFirst(candidates));
  return { reached, findings };
}

/** The places that a setting reaches from those that a selector found. */
function targetsOf(
  setting: FlatSetting,
  found: readonly Place[],
  within: (place: Place, visit: (inner: Place) => void) => void,
  add: (target: Place, by: Place, setting: FlatSetting) => void,
): readonly Place[] {
  const targets = new Set<Place>();
  for (const by of found) {
    within(by, (place) => {
      if (!takes(setting, place, by)) return;
      targets.add(place);
      add(place, by, setting);
    });
  }
  return [...targets];
}

/** Strongest first; a rule that reaches a place in several ways counts by the strongest of them. */
function strongestFirst(candidates: readonly Candidate[]): Candidate[] {
  const sorted = candidates.toSorted(
    (a, b) =>
      Number(isOverride(b)) - Number(isOverride(a)) ||
      compareSpecificity(b.specificity, a.specificity) ||
      b.order - a.order,
  );
  const seen = new Set<FlatSetting>();
  return sorted.filter((c) => !seen.has(c.setting) && seen.add(c.setting));
}

const isOverride = ({ rule }: Candidate): boolean => rule.origin.kind === 'set';

export const sourceOf = ({ rule, setting, selector, specificity }: Candidate): SettingSource => {
  const { policy, kind } = rule.origin;
  const owner = kind === 'set' ? policy : `policy ${policy}`;
  return {
    kind: kind === 'set' ? 'set' : rule.kind,
    text: rule.kind === 'filling' ? owner : `${owner}: ${selector.text}`,
    specificity,
    span: setting.span,
  };
};

/** The pin that beats every rule for a key at a place. */
export const pinOf = (place: Place, key: string): Pin | null =>
  place.kind === 'slot' && place.word === key ? place.pin : null;

/** The rule that freezes a weight; null when it is trained. */
export function freezes(place: Place, reached: Reached): Candidate | null {
  const [winner] = reached.get(place)?.get('trainable') ?? [];
  return winner?.setting.effect.kind === 'trainable' && !winner.setting.effect.trainable ? winner : null;
}

/** Whether what is in force at a place has an effect there: on a frozen weight nothing that acts on gradients has. */
export const acts = (key: string, place: Place, reached: Reached): boolean =>
  settingOf(key)?.acts !== 'on updates' || freezes(place, reached) === null;

/** What keeps a setting that is in force at a place from having an effect there. */
export type IdleReason = 'frozen' | 'start';

/** Null where it has one. `started`: the train begins all weights from a file. */
export function idleBy(key: string, place: Place, reached: Reached, started: boolean): IdleReason | null {
  if (!acts(key, place, reached)) return 'frozen';
  if (key !== 'init') return null;
  const [start] = reached.get(place)?.get('start') ?? [];
  const file = start?.setting.effect.kind === 'start' ? start.setting.effect.file : null;
  // `start: none` of a rule leaves what the train says.
  return file !== null || started ? 'start' : null;
}

/** Why a rule lost to another; to a pin when there is none. */
export function whyLost(loser: Candidate, winner: Candidate | null): LostReason {
  if (winner === null) return 'pin';
  if (isOverride(winner) && !isOverride(loser)) return 'set';
  if (compareSpecificity(winner.specificity, loser.specificity) !== 0) return 'specificity';
  const [lost, won] = [loser.rule.origin, winner.rule.origin];
  if (lost.position === won.position) return 'order';
  return lost.part === won.part ? 'extends' : 'composition';
}

/** The setting in force and the ones that lost to it. */
export function effective(
  key: string,
  weight: string | null,
  winner: { readonly value: Value; readonly from: SettingSource; readonly by: Candidate | null },
  losers: readonly Candidate[],
): EffectiveSetting {
  return {
    key,
    weight,
    value: winner.value,
    from: winner.from,
    lost: losers.map((c) => ({ value: c.setting.value, from: sourceOf(c), why: whyLost(c, winner.by) })),
  };
}

export const won = (candidate: Candidate) => ({
  value: candidate.setting.value,
  from: sourceOf(candidate),
  by: candidate,
});

export const pinned = (value: Value, span: Span) => ({
  value,
  from: { kind: 'pin' as const, text: 'pinned in the network', specificity: null, span },
  by: null,
});

/** The strongest effect of a kind on a place. */
export function winnerOf<K extends Effect['kind']>(
  reached: Reached,
  place: Place,
  key: string,
  kind: K,
): {
  readonly effect: Extract<Effect, { kind: K }>;
  readonly candidate: Candidate;
  readonly lost: readonly Candidate[];
} | null {
  const [candidate, ...lost] = reached.get(place)?.get(key) ?? [];
  if (candidate === undefined) return null;
  const { effect } = candidate.setting;
  return isKind(effect, kind) ? { effect, candidate, lost } : null;
}

const isKind = <K extends Effect['kind']>(effect: Effect, kind: K): effect is Extract<Effect, { kind: K }> =>
  effect.kind === kind;
