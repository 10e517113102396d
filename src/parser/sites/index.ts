/**
 * What is said at each place of the grammar where reading can fail: one message a site, written by hand. scripts/sites.ts holds the
 * sites of the parser against them: the build fails when one lacks a message, or a message lacks its site.
 *
 *   setting/Colon                  the colon in the rule `setting`, whoever calls it
 *   repeat>primary/choice          the choice of `primary`, where a `repeat` wants its number
 *   expression#1>primary/choice    the same, behind an operator
 *   selector/some                  at least one
 *   list/separator, list/item      a comma that is missing, and one with nothing before it
 */
import { headers } from './headers.ts';
import type { Separator, SiteMessage } from './message.ts';
import { networks } from './networks.ts';
import { policies } from './policies.ts';
import { separated } from './separators.ts';
import { settings } from './settings.ts';
import { values } from './values.ts';

export type { Separator, SiteMessage } from './message.ts';

export const messages: Readonly<Record<string, SiteMessage>> = {
  ...headers,
  ...networks,
  ...policies,
  ...settings,
  ...values,
};

export const separators: Readonly<Record<string, Separator>> = separated;

/** Rules that say nothing of what is written: the rule that calls them does. */
export const throughRules: readonly string[] = ['operand', 'expression', 'value', 'fieldType', 'type', 'tensorField'];

/** A rule that is being read; with `#1`, the second time that its caller calls it. */
export const frame = (rule: string, occurrence: number): string => (occurrence === 0 ? rule : `${rule}#${occurrence}`);

const ruleOf = (entry: string): string => entry.replace(/#\d+$/, '');

/** Where reading failed: a kind of site in the last of the rules that are open. */
export interface Failure {
  readonly kind: string;
  /** Outermost first, as `frame` has them. */
  readonly stack: readonly string[];
}

/** The rule that says what is written here: the nearest that is no mere form. */
function contextOf(stack: readonly string[]): string | null {
  for (let at = stack.length - 1; at > 0; at--) {
    const caller = ruleOf(stack[at - 1] ?? '');
    if (!throughRules.includes(caller)) return caller;
    // The second operand of an expression is another place than the first.
    const occurrence = /#\d+$/.exec(stack[at] ?? '')?.[0];
    if (occurrence !== undefined) return `${caller}${occurrence}`;
  }
  return null;
}

/** The key of the message for a place; null when there is none, which the tests know nothing of. */
export function siteOf({ kind, stack }: Failure): string | null {
  const key = `${ruleOf(stack.at(-1) ?? '')}/${kind}`;
  const exact = `${contextOf(stack)}>${key}`;
  return [exact, key].find((k) => Object.hasOwn(messages, k)) ?? null;
}

/** The rule whose item is being read, when nothing but its item has been begun: `arguments` in `argument`, `expression`, … */
export function separatorOf(stack: readonly string[]): string | null {
  const rule = stack.findLast((entry) => Object.hasOwn(separators, ruleOf(entry)));
  return rule === undefined ? null : ruleOf(rule);
}
