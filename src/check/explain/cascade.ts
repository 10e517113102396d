/** The cascade at one place as data: what is in force, and what lost to it. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import { type Candidate, whyLost } from '../cascade.ts';
import type { RuleOrigin } from '../policy.ts';
import { printValue } from '../printing.ts';
import type { FlatSectionSetting } from '../sections/index.ts';
import type { Declared, SettingExplanation } from './explanation.ts';

export const ownerOf = ({ kind, policy }: RuleOrigin): string => (kind === 'set' ? policy : `policy ${policy}`);

export const declared = ({ rule, setting, specificity }: Candidate): Declared => ({
  kind: rule.origin.kind === 'set' ? 'set' : rule.kind,
  value: printValue(setting.value),
  by: ownerOf(rule.origin),
  rule: rule.kind === 'filling' ? null : rule.selectors.map((s) => s.text).join(', '),
  specificity: rule.kind === 'filling' ? { kind: 'slot', refinements: 0 } : specificity,
  span: setting.span,
});

/** The candidates for a key, strongest first; null when there are none. */
export function settingOf(
  key: string,
  candidates: readonly Candidate[],
  remark: string | null = null,
): SettingExplanation | null {
  const [first, ...losers] = candidates;
  if (first === undefined) return null;
  return {
    key,
    inForce: declared(first),
    lost: losers.map((c) => ({ ...declared(c), why: whyLost(c, first) })),
    remark,
  };
}

/** What is pinned in the network: every rule loses. */
export const pinnedSetting = (
  key: string,
  value: string,
  span: Span,
  candidates: readonly Candidate[],
): SettingExplanation => ({
  key,
  inForce: { kind: 'pin', value, by: 'pinned in the network', rule: null, specificity: null, span },
  lost: candidates.map((c) => ({ ...declared(c), why: 'pin' })),
  remark: null,
});

export const defaultSetting = (key: string, value: string, of: string): SettingExplanation => ({
  key,
  inForce: { kind: 'default', value, by: `default of ${of}`, rule: null, specificity: null, span: null },
  lost: [],
  remark: null,
});

/** A setting of a section: the latest policy wins. */
export function sectionSettingOf(won: FlatSectionSetting, lost: readonly FlatSectionSetting[]): SettingExplanation {
  const of = ({ section, value, origin, span }: FlatSectionSetting): Declared => ({
    kind: origin.kind === 'set' ? 'set' : 'rule',
    value: printValue(value),
    by: ownerOf(origin),
    rule: section,
    specificity: null,
    span,
  });
  return {
    key: won.key,
    inForce: of(won),
    lost: lost.map((s) => ({
      ...of(s),
      why: won.origin.kind === 'set' ? 'set' : s.origin.part === won.origin.part ? 'extends' : 'composition',
    })),
    remark: null,
  };
}
