/** What of a policy is in force in a network: the rules that the resolved spec repeats. */
import { acts, type Finding, type Reached } from './cascade.ts';
import type { FlatPolicy, FlatRule, FlatSetting } from './policy.ts';
import { isNeutral } from './settings.ts';

/** Rules with the settings that won at one place at least, and the selectors that found something for them. */
export function rulesInForce(policy: FlatPolicy, reached: Reached, findings: readonly Finding[]): readonly FlatRule[] {
  const won = winners(reached);
  const kept = new Set([...won].filter((s) => !isNeutral(s.effect) || resets(s, won, reached)));
  return policy.rules.flatMap((rule) => {
    const settings = rule.settings.filter((s) => kept.has(s));
    const selectors = findings.filter(
      (f) => f.rule === rule && f.reached.some((r) => kept.has(r.setting) && r.places.length > 0),
    );
    return settings.length === 0 ? [] : [{ ...rule, settings, selectors: selectors.map((f) => f.selector) }];
  });
}

function winners(reached: Reached): ReadonlySet<FlatSetting> {
  const won = new Set<FlatSetting>();
  for (const [place, keys] of reached) {
    // A pinned slot is won by its pin.
    if (place.kind === 'slot' && place.pin !== null) continue;
    for (const [key, [first]] of keys) if (first !== undefined && acts(key, place, reached)) won.add(first.setting);
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
