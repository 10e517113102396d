/**
 * A policy with its parameters known and `extends` followed: one list of rules, the base's before its own. A filling is a rule whose
 * selector is the slot. Everything that can be judged without a network is judged here.
 */
import { policies } from '../diagnostics/catalog/policies.ts';
import { unsupported } from '../diagnostics/catalog/unsupported.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { clips } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { ClipDef } from '../ir/vocabulary.ts';
import type { Bracket, Filling, PolicyDeclaration, PolicyReference, Rule, Selector, Setting } from '../parser/tree.ts';
import { bindParameters } from './bind.ts';
import { bindEntry } from './entries.ts';
import { printValue } from './printing.ts';
import { find, type Scope } from './scope.ts';
import type { PolicyBracket, PolicySelector } from './selectors.ts';
import { bindSetting, type Effect, refuseWith, settingKeys } from './settings.ts';
import { isUnsupported } from './unsupported.ts';
import { type Environment, emptyEnvironment, evaluate } from './values.ts';
import { includes, isSlot, sections, slots } from './words.ts';

export interface FlatPolicy {
  readonly name: string;
  readonly rules: readonly FlatRule[];
  readonly clip: { readonly bound: Bound<ClipDef>; readonly value: Value } | null;
  /** The `{ … }` of the policy in force, for messages. */
  readonly span: Span;
}

export interface FlatRule {
  /** The policy it is written in; another than the one in force when it comes by `extends`. */
  readonly policy: string;
  readonly kind: 'filling' | 'rule';
  readonly selectors: readonly PolicySelector[];
  readonly settings: readonly FlatSetting[];
}

export interface FlatSetting {
  readonly key: string;
  readonly value: Value;
  readonly effect: Effect;
  readonly span: Span;
}

/** A policy and the values of its parameters. */
export interface PolicyUse {
  readonly declaration: PolicyDeclaration;
  readonly arguments: readonly ArgumentValue[];
  /** Where it is asked for. */
  readonly span: Span;
}

/** The policy that a reference names, with its arguments evaluated. */
export function usePolicy(
  reference: PolicyReference,
  environment: Environment,
  scope: Scope,
  report: Report,
): PolicyUse | null {
  const declaration = find('policy', scope.policies, reference.name.text, reference.name.span, scope, report);
  const args = reference.arguments.map((a): ArgumentValue | null => {
    const value = evaluate(a.value, environment, report);
    return value && { name: a.name?.text ?? null, nameSpan: a.name?.span ?? null, value, span: a.span };
  });
  if (declaration === null || args.includes(null)) return null;
  return { declaration, arguments: args.filter((a) => a !== null), span: reference.span };
}

/** With `missing: 'unknown'`, parameters that are not given are unknown instead of missing: for a policy that nobody uses. */
export function flatten(
  use: PolicyUse,
  scope: Scope,
  report: Report,
  missing: 'error' | 'unknown' = 'error',
): FlatPolicy | null {
  const chain: { readonly declaration: PolicyDeclaration; readonly environment: Environment }[] = [];
  for (let next: PolicyUse | null = use; next !== null; ) {
    const { declaration }: PolicyUse = next;
    const from = chain.findIndex((c) => c.declaration === declaration);
    if (from >= 0) {
      reportCycle(
        chain.slice(from).map((c) => c.declaration),
        report,
      );
      return null;
    }
    const callee = { name: declaration.name.text, span: next.span, environment: emptyEnvironment };
    const environment = bindParameters(
      declaration.parameters,
      next.arguments,
      callee,
      report,
      next === use ? missing : 'error',
    );
    if (environment === null) return null;
    chain.push({ declaration, environment });
    next = declaration.extends && usePolicy(declaration.extends, environment, scope, report);
    if (declaration.extends !== null && next === null) return null;
  }
  const rules: FlatRule[] = [];
  let clip: FlatPolicy['clip'] = null;
  for (const { declaration, environment } of chain.toReversed()) {
    const part = flattenItems(declaration, environment, report);
    rules.push(...part.rules);
    clip = part.clip ?? clip;
  }
  return { name: use.declaration.name.text, rules, clip, span: use.declaration.name.span };
}

/** Told from the policy that stands first in the file, so that every way into the circle says the same. */
function reportCycle(circle: readonly PolicyDeclaration[], report: Report): void {
  const start = circle.indexOf(circle.reduce((a, b) => (b.span.start < a.span.start ? b : a)));
  const names = [...circle.slice(start), ...circle.slice(0, start)].map((d) => d.name.text);
  report(policies.extendsCycle.at(circle[start]?.extends?.span ?? null, { names }));
}

function flattenItems(
  declaration: PolicyDeclaration,
  environment: Environment,
  report: Report,
): Pick<FlatPolicy, 'rules' | 'clip'> {
  const policy = declaration.name.text;
  const rules: FlatRule[] = [];
  let clip: FlatPolicy['clip'] = null;
  const filled = new Map<string, Filling>();
  const clipped = new Map<string, Setting>();

  for (const item of declaration.items) {
    if (item.kind === 'filling') filling(item);
    else {
      const section = sectionOf(item);
      if (section === null) rule(item);
      else if (section === 'gradient') gradient(item);
      else
        report(
          unsupported.construct.at(item.selectors[0]?.span ?? item.span, {
            what: `section \`${section}\``,
            instead: null,
          }),
        );
    }
  }
  return { rules, clip };

  function filling(item: Filling): void {
    const slot = item.slot.text;
    if (!isSlot(slot)) {
      const known = [...slots];
      report(policies.unknownSlot.at(item.slot.span, { name: slot, nearest: nearest(slot, known) }));
      return;
    }
    const first = filled.get(slot);
    if (first !== undefined)
      report(
        policies.settingTwice.at(
          item.slot.span,
          { key: slot, where: `policy \`${policy}\`` },
          { places: { first: first.slot.span } },
        ),
      );
    else filled.set(slot, item);
    const setting = flatSetting(slot, item.value, item.span);
    const selector: PolicySelector = {
      parts: [{ names: [slot], brackets: [] }],
      optional: item.optional,
      text: slot,
      span: item.slot.span,
    };
    if (setting !== null) rules.push({ policy, kind: 'filling', selectors: [selector], settings: [setting] });
  }

  function rule(item: Rule): void {
    const selectors = item.selectors.map((s) => flatSelector(s, environment, report)).filter((s) => s !== null);
    const written = new Map<string, Setting>();
    const settings: FlatSetting[] = [];
    if (item.settings.length === 0) emptyRule(item);
    const where = `\`${item.selectors.map((s) => selectorText(s)).join(', ')}\``;
    for (const setting of item.settings) {
      const key = setting.key.text;
      const first = written.get(key);
      if (first !== undefined)
        report(policies.settingTwice.at(setting.key.span, { key, where }, { places: { first: first.key.span } }));
      else written.set(key, setting);
      if (!includes(settingKeys, key)) {
        reportUnknownKey(setting, 'a rule', settingKeys, 'setting', report);
        continue;
      }
      const flat = flatSetting(key, setting.value, setting.span);
      if (flat !== null) settings.push(flat);
    }
    if (selectors.length > 0 && settings.length > 0) rules.push({ policy, kind: 'rule', selectors, settings });
  }

  function emptyRule(item: Rule): void {
    report(
      policies.doesNothing.at(item.span, {
        what: 'this rule',
        why: 'it has no settings',
        instead: 'write a setting between the braces, or remove it',
      }),
    );
  }

  function flatSetting(key: string, expression: Setting['value'], span: Span): FlatSetting | null {
    const value = evaluate(expression, environment, report);
    const effect = value && bindSetting(key, value, environment, report);
    return value && effect && { key, value, effect, span };
  }

  function gradient(item: Rule): void {
    if (item.settings.length === 0) emptyRule(item);
    for (const setting of item.settings) {
      const key = setting.key.text;
      if (key !== 'clip') {
        reportUnknownKey(setting, 'section `gradient`', ['clip'], 'gradient', report);
        continue;
      }
      const first = clipped.get(key);
      if (first !== undefined)
        report(
          policies.settingTwice.at(
            setting.key.span,
            { key, where: `policy \`${policy}\`` },
            { places: { first: first.key.span } },
          ),
        );
      else clipped.set(key, setting);
      const value = evaluate(setting.value, environment, report);
      if (value === null) continue;
      const vocabulary = { table: clips, kind: 'clip', noun: 'way of clipping', article: 'a' } as const;
      const bound = bindEntry(value, vocabulary, environment, report, refuseWith('clip', report));
      if (bound !== null) clip = { bound, value };
    }
  }
}

/** What a setting is called elsewhere. */
const hints: Readonly<Record<string, string>> = {
  bias: 'a bias is part of the network: `conv(6, kernel: 5, bias: false)`',
  weight_decay: '`decay: 5e-4`',
  regularizer: '`penalty: l2(1e-4)`',
  kernel_initializer: '`init: kaiming`',
  clip: 'clipping is about all gradients together: `gradient { clip: global_norm(1.0) }`',
  dropout: '`drop: dropout(drop: 0.3)`, outside of the rule',
};

function reportUnknownKey(
  setting: Setting,
  where: string,
  known: readonly string[],
  kind: 'setting' | 'gradient',
  report: Report,
): void {
  const key = setting.key.text;
  if (isUnsupported(kind, key))
    report(unsupported.word.at(setting.key.span, { what: 'setting', word: key, compiled: known }));
  else {
    const hint = Object.hasOwn(hints, key) ? (hints[key] ?? null) : null;
    report(policies.unknownSetting.at(setting.key.span, { where, key, nearest: nearest(key, known), known, hint }));
  }
}

/** `input { … }`, `gradient { … }` and `stop { … }` are sections. */
function sectionOf(rule: Rule): (typeof sections)[number] | null {
  const [only, ...more] = rule.selectors;
  const [part, ...inner] = only?.parts ?? [];
  if (more.length > 0 || inner.length > 0 || part === undefined || part.names.length !== 1 || part.brackets.length > 0)
    return null;
  return sections.find((s) => s === part.names[0]?.text) ?? null;
}

function flatSelector(selector: Selector, environment: Environment, report: Report): PolicySelector | null {
  let fine = true;
  const bracket = (b: Bracket): PolicyBracket | null => {
    switch (b.kind) {
      case 'first':
      case 'last':
        return { kind: b.kind };
      case 'index':
        return { kind: 'index', index: b.index };
      case 'not': {
        const inner = flatSelector(b.selector, environment, report);
        return inner && { kind: 'not', selector: inner };
      }
      case 'attribute': {
        const value = evaluate(b.value, environment, report);
        return value && { kind: 'attribute', key: b.key.text, keySpan: b.key.span, value };
      }
    }
  };
  const parts = selector.parts.map((part) => {
    const brackets = part.brackets.map(bracket);
    if (brackets.includes(null)) fine = false;
    return { names: part.names.map((n) => n.text), brackets: brackets.filter((b) => b !== null) };
  });
  if (!fine || parts.length === 0 || parts.some((p) => p.names.length === 0)) return null;
  return { parts, optional: selector.optional, text: textOf(parts), span: selector.span };
}

const textOf = (parts: PolicySelector['parts']): string =>
  parts.map((p) => `${p.names.join('.')}${p.brackets.map((b) => `[${bracketText(b)}]`).join('')}`).join(' ');

const bracketText = (b: PolicyBracket): string =>
  b.kind === 'index'
    ? String(b.index)
    : b.kind === 'not'
      ? `not ${b.selector.text}`
      : b.kind === 'attribute'
        ? `${b.key}: ${printValue(b.value)}`
        : b.kind;

const selectorText = (s: Selector): string => s.parts.map((p) => p.names.map((n) => n.text).join('.')).join(' ');
