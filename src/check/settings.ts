/** What a setting of a rule does, with its value bound: the table of settings that are compiled. */
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { listed, quoted } from '../diagnostics/wording.ts';
import type { AttrValue } from '../ir/graph.ts';
import { decays, initializers, penalties } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import type { Value } from '../ir/value.ts';
import type { Decay, InitializerDef, PenaltyDef } from '../ir/vocabulary.ts';
import { bindEntry, bindMethod, callOf, type Method, type Refuse } from './entries.ts';
import { printValue } from './printing.ts';
import { tracing } from './tracing.ts';
import { describe, type Environment, emptyEnvironment } from './values.ts';
import { isSlot, type Slot, slots } from './words.ts';

export type Effect =
  | { readonly kind: 'fill'; readonly slot: Slot; readonly method: Method | null }
  | { readonly kind: 'init'; readonly init: Bound<InitializerDef> }
  | { readonly kind: 'decay'; readonly decay: Decay | null }
  | { readonly kind: 'penalty'; readonly penalties: readonly Bound<PenaltyDef>[] }
  | { readonly kind: 'trainable'; readonly trainable: boolean }
  /** A file of weights; null takes away what another rule says. */
  | { readonly kind: 'start'; readonly file: string | null };

/** Keys of rules. A slot's name fills the slots that the selector finds, or that are inside of what it finds. */
export const settingKeys: readonly string[] = ['init', 'decay', 'penalty', 'trainable', 'start', ...slots];

/** Says of a place what it is without any rule: resets what another rule sets. */
export function isNeutral(effect: Effect): boolean {
  switch (effect.kind) {
    case 'fill':
      return effect.method === null;
    case 'init':
      return false;
    case 'decay':
      return effect.decay === null;
    case 'penalty':
      return effect.penalties.length === 0;
    case 'trainable':
      return effect.trainable;
    case 'start':
      return effect.file === null;
  }
}

/** The effect of a setting, or null after saying what is wrong with its value. */
export function bindSetting(key: string, value: Value, environment: Environment, sink: Report): Effect | null {
  const report = tracing([value], sink);
  if (isSlot(key)) {
    const method = bindMethod(key, value, environment, sink);
    return method && { kind: 'fill', slot: key, method: method === 'none' ? null : method };
  }
  if (key === 'init') {
    const init = bindEntry(
      value,
      { table: initializers, kind: 'initializer', noun: 'way of initialising', article: 'a' },
      environment,
      report,
      refuseWith(key, report, environment),
    );
    return init && { kind: 'init', init };
  }
  if (key === 'decay') return bindDecay(value, environment, report);
  if (key === 'trainable') {
    if (value.kind === 'boolean') return { kind: 'trainable', trainable: value.value };
    const word = value.kind === 'word' ? value.word.toLowerCase() : '';
    const near = ['no', 'off', 'never', 'false'].includes(word)
      ? 'false'
      : ['yes', 'on', 'true'].includes(word)
        ? 'true'
        : null;
    refuseWith(key, report)(value, '`true` or `false`', near);
    return null;
  }
  if (key === 'start') return bindStart(value, report);
  return bindPenalty(value, environment, report);
}

/** How a policy says that a value is not accepted; `environment` are the parameters of the policy. */
export const refuseWith =
  (key: string, report: Report, environment: Environment = emptyEnvironment): Refuse =>
  (value, accepts, near) => {
    const hint = valueHint(key, value, environment);
    report(policies.badValue.at(value.span, { key, accepts, found: describe(value), nearest: near, hint }));
  };

/** What a value that is of the wrong kind was probably meant to be. */
function valueHint(key: string, value: Value, environment: Environment): string | null {
  if (value.kind === 'number' && key === 'penalty') return `say which: \`l2(${printValue(value)})\``;
  if (value.kind === 'number' && key === 'clip') return `say how: \`clip: global_norm(${printValue(value)})\``;
  if (value.kind === 'number' && key === 'init') return `write \`init: constant(${printValue(value)})\``;
  if (value.kind === 'string' && key !== 'start') return `write it without quotes: \`${key}: ${value.value}\``;
  const known = [...environment.keys()];
  if (value.kind !== 'word' || known.length === 0) return null;
  return `${known.length === 1 ? 'the parameter' : 'parameters'} here ${known.length === 1 ? 'is' : 'are'} ${listed(quoted(known), 'and')}`;
}

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
    if (value.value < 0 || value.value >= 1) return refuse('it is the share of a weight that is taken away: `5e-4`');
    decay = { amount: value.value, per: 'rate' };
  } else {
    const name = callOf(value)?.name ?? '';
    if (Object.hasOwn(penalties, name)) {
      return refuse(`\`${name}\` is a penalty, a term of the loss: \`penalty: ${printValue(value)}\``);
    }
    const vocabulary = { table: decays, kind: 'decay', noun: 'number or a decay', article: 'a' } as const;
    const bound = bindEntry(value, vocabulary, environment, report, refuseWith('decay', report, environment), ['none']);
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

function bindStart(value: Value, report: Report): Effect | null {
  if (isNone(value)) return { kind: 'start', file: null };
  if (value.kind === 'string' && value.value !== '') return { kind: 'start', file: value.value };
  const accepts = 'the path of a file of weights, or `none`';
  const hint = value.kind === 'string' ? null : 'write it in quotes: `start: "weights.safetensors"`';
  report(policies.badValue.at(value.span, { key: 'start', accepts, found: describe(value), nearest: null, hint }));
  return null;
}

function bindPenalty(value: Value, environment: Environment, report: Report): Effect | null {
  if (isNone(value)) return { kind: 'penalty', penalties: [] };
  const bound = bindEntry(
    value,
    { table: penalties, kind: 'penalty', noun: 'penalty', article: 'a' },
    environment,
    report,
    refuseWith('penalty', report, environment),
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
