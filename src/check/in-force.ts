/** What of a policy is in force in a network: the rules that the resolved spec repeats. */
import { acts, type Finding, pinOf, type Reached } from './cascade.ts';
import type { FlatPolicy, FlatRule, FlatSetting } from './policy.ts';
import type { PolicySelector } from './selectors.ts';
import { isNeutral } from './settings/index.ts';

/** Rules with the settings that won at one place at least, and the selectors that found something for them. */
export function rulesInForce(policy: FlatPolicy, reached: Reached, findings: readonly Finding[]): readonly FlatRule[] {
  const won = winners(reached);
  const kept = new Set([...won].filter((s) => !isNeutral(s.effect) || resets(s, won, reached)));
  return policy.rules.flatMap((rule) => {
    // `?` lets a selector find nothing for one setting and something for another: each keeps those that it has a use for.
    const parts = new Map<
      string,
      { readonly settings: readonly FlatSetting[]; readonly selectors: PolicySelector[] }
    >();
    for (const finding of findings) {
      if (finding.rule !== rule) continue;
      const isReached = (s: FlatSetting) => finding.reached.some((r) => r.setting === s && r.places.length > 0);
      const settings = rule.settings.filter((s) => kept.has(s) && isReached(s));
      if (settings.length === 0) continue;
      const key = settings.map((s) => rule.settings.indexOf(s)).join();
      const part = parts.get(key) ?? { settings, selectors: [] };
      parts.set(key, part);
      part.selectors.push(finding.selector);
    }
    return [...parts.values()].map(({ settings, selectors }) => ({ ...rule, settings, selectors }));
  });
}

function winners(reached: Reached): ReadonlySet<FlatSetting> {
  const won = new Set<FlatSetting>();
  for (const [place, keys] of reached) {
    // A pinned slot is won by its pin.
    for (const [key, [first]] of keys)
      if (first !== undefined && pinOf(place, key) === null && acts(key, place, reached)) won.add(first.setting);
  }
  return won;
}

/** Whether a setting such as `decay: none` takes something away that is in force elsewhere: else it would do nothing. */
function resets(setting: FlatSetting, won: ReadonlySet<FlatSetting>, reached: Reached): boolean {
  for (const keys of reached.values()) {
    const [first, ...losers] = keys.get(setting.key) ?? [];
    if (first?.setting === setting && losers.some((c) => won.has(c.setting) && !isNeutral(c.setting.effect)))
      return true;
  }
  return false;
}
