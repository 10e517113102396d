/** What a setting of a rule does, with its value bound: the table of settings that are compiled. */
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { AttrValue } from '../ir/graph.ts';
import { decays, initializers, penalties } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import type { Value } from '../ir/value.ts';
import type { Decay, InitializerDef, PenaltyDef } from '../ir/vocabulary.ts';
import { bindEntry, bindMethod, callOf, type Method, type Refuse } from './entries.ts';
import { printValue } from './printing.ts';
import { describe, type Environment } from './values.ts';
import { isSlot, type Slot, slots } from './words.ts';

export type Effect =
  | { readonly kind: 'fill'; readonly slot: Slot; readonly method: Method | null }
  | { readonly kind: 'init'; readonly init: Bound<InitializerDef> }
  | { readonly kind: 'decay'; readonly decay: Decay | null }
  | { readonly kind: 'penalty'; readonly penalties: readonly Bound<PenaltyDef>[] };

/** Keys of rules. A slot's name fills the slots that the selector finds, or that are inside of what it finds. */
export const settingKeys: readonly string[] = ['init', 'decay', 'penalty', ...slots];

/** The effect of a setting, or null after saying what is wrong with its value. */
export function bindSetting(key: string, value: Value, environment: Environment, report: Report): Effect | null {
  if (isSlot(key)) {
    const method = bindMethod(key, value, environment, report);
    return method && { kind: 'fill', slot: key, method: method === 'none' ? null : method };
  }
  if (key === 'init') {
    const init = bindEntry(
      value,
      { table: initializers, kind: 'initializer', noun: 'way of initialising', article: 'a' },
      environment,
      report,
      refuseWith(key, report),
    );
    return init && { kind: 'init', init };
  }
  if (key === 'decay') return bindDecay(value, environment, report);
  return bindPenalty(value, environment, report);
}

/** How a policy says that a value is not accepted. */
export const refuseWith =
  (key: string, report: Report): Refuse =>
  (value, accepts, near) =>
    report(policies.badValue.at(value.span, { key, accepts, found: describe(value), nearest: near, hint: null }));

const isNone = (value: Value): boolean => value.kind === 'word' && value.word === 'none';

function bindDecay(value: Value, environment: Environment, report: Report): Effect | null {
  if (isNone(value)) return { kind: 'decay', decay: null };
  const accepts = 'a number above 0 and below 1, `decoupled(…)` or `none`';
  const refuse = (hint: string | null): null => {
    report(policies.badValue.at(value.span, { key: 'decay', accepts, found: describe(value), nearest: null, hint }));
    return null;
  };
  let decay: Decay;
  if (value.kind === 'number') {
    if (value.value < 0 || value.value >= 1) return refuse(null);
    decay = { amount: value.value, per: 'rate' };
  } else {
    const name = callOf(value)?.name ?? '';
    if (Object.hasOwn(penalties, name)) {
      return refuse(`\`${name}\` is a penalty, a term of the loss: \`penalty: ${printValue(value)}\``);
    }
    const vocabulary = { table: decays, kind: 'decay', noun: 'number or a decay', article: 'a' } as const;
    const bound = bindEntry(value, vocabulary, environment, report, refuseWith('decay', report), ['none']);
    if (bound === null) return null;
    decay = bound.def.decay(bound.args);
  }
  if (decay.amount > 0) return { kind: 'decay', decay };
  report(
    policies.doesNothing.at(value.span, {
      what: `\`decay: ${printValue(value)}\``,
      why: 'nothing is taken away',
      instead: '`decay: none` resets a decay that another rule sets',
    }),
  );
  return null;
}

function bindPenalty(value: Value, environment: Environment, report: Report): Effect | null {
  if (isNone(value)) return { kind: 'penalty', penalties: [] };
  const bound = bindEntry(
    value,
    { table: penalties, kind: 'penalty', noun: 'penalty', article: 'a' },
    environment,
    report,
    refuseWith('penalty', report),
    ['none'],
  );
  if (bound === null) return null;
  if (!allZero(Object.values(bound.args))) return { kind: 'penalty', penalties: [bound] };
  report(
    policies.doesNothing.at(value.span, {
      what: `\`penalty: ${printValue(value)}\``,
      why: 'a factor of 0 adds nothing to the loss',
      instead: '`penalty: none` resets a penalty that another rule sets',
    }),
  );
  return null;
}

const allZero = (values: readonly AttrValue[]): boolean => {
  const numbers = values.filter((v) => typeof v === 'number');
  return numbers.length > 0 && numbers.every((n) => n === 0);
};
