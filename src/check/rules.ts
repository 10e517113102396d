/** What stands between the braces of a policy: fillings, rules and sections, judged as far as that goes without a network. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { unsupported } from '../diagnostics/catalog/unsupported.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Filling, PolicyDeclaration, Rule, Setting } from '../parser/tree.ts';
import { reportInSlot } from './entries.ts';
import type { FlatRule, FlatSetting, RuleOrigin } from './policy.ts';
import { bindSectionSetting, type FlatSectionSetting, keysOf, sectionOfKey } from './sections/index.ts';
import { flatSelector, selectorText } from './selector-of.ts';
import type { PolicySelector } from './selectors.ts';
import { bindSetting, settingKeys } from './settings/index.ts';
import { isUnsupported } from './unsupported.ts';
import { type Environment, evaluate } from './values.ts';
import { includes, isSlot, type Section, sections as sectionNames, slots } from './words.ts';

/** The rules that a policy itself says; a filling becomes a rule whose selector is the slot. */
export function flattenItems(
  declaration: Pick<PolicyDeclaration, 'items'>,
  origin: RuleOrigin,
  environment: Environment,
  report: Report,
): {
  readonly rules: readonly FlatRule[];
  readonly sections: readonly FlatSectionSetting[];
  readonly wrong: ReadonlySet<string>;
} {
  const owner = origin.kind === 'set' ? `\`${origin.policy}\`` : `policy \`${origin.policy}\``;
  const rules: FlatRule[] = [];
  const wrong = new Set<string>();
  const sections: FlatSectionSetting[] = [];
  const filled = new Map<string, Span>();
  const said: Readonly<Record<Section, Map<string, Span>>> = { gradient: new Map(), input: new Map(), stop: new Map() };

  for (const item of declaration.items) {
    if (item.kind === 'filling') filling(item);
    else {
      const section = sectionOf(item);
      if (section === null) rule(item);
      else sectionRule(section, item);
    }
  }
  return { rules, sections, wrong };

  function filling(item: Filling): void {
    const slot = item.slot.text;
    if (slot === '') return; // missing, and reported by the parser
    if (!isSlot(slot)) {
      const section = sectionOfKey(slot);
      const facts = { name: slot, nearest: nearest(slot, slots), setting: includes(settingKeys, slot), section };
      report(policies.unknownSlot.at(item.slot.span, facts));
      return;
    }
    const setting = flatSetting(slot, item.value, item.span);
    if (setting?.effect.kind === 'method') {
      reportInSlot(setting.effect.method.def, slot, setting.value, report);
      return;
    }
    if (isTwice(filled, slot, item.slot.span, owner) || setting === null) return;
    const parts = [{ names: [slot], brackets: [] }];
    const selector: PolicySelector = { parts, optional: item.optional, text: slot, span: item.slot.span };
    rules.push({ origin, kind: 'filling', selectors: [selector], settings: [setting] });
  }

  /** Whether a key has been written before, which is reported; the first one stays. */
  function isTwice(written: Map<string, Span>, key: string, span: Span, where: string): boolean {
    const first = written.get(key);
    if (first === undefined) written.set(key, span);
    else report(policies.settingTwice.at(span, { key, where }, { places: { first } }));
    return first !== undefined;
  }

  function rule(item: Rule): void {
    const selectors = item.selectors.map((s) => flatSelector(s, environment, report)).filter((s) => s !== null);
    const written = new Map<string, Span>();
    const settings: FlatSetting[] = [];
    if (item.settings.length === 0) emptyRule(item);
    const where = `\`${item.selectors.map(selectorText).join(', ')}\``;
    for (const setting of item.settings) {
      const key = setting.key.text;
      if (key === '') continue;
      if (!includes(settingKeys, key)) {
        reportUnknownKey(setting, 'a rule', settingKeys, 'setting', report);
        continue;
      }
      const flat = flatSetting(key, setting.value, setting.span);
      if (!isTwice(written, key, setting.key.span, where) && flat !== null) settings.push(flat);
    }
    if (selectors.length < item.selectors.length) for (const s of settings) wrong.add(s.key);
    if (selectors.length > 0 && settings.length > 0) rules.push({ origin, kind: 'rule', selectors, settings });
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
    if (effect === null) wrong.add(key);
    return value && effect && { key, value, effect, span };
  }

  function sectionRule(section: Section, item: Rule): void {
    if (item.settings.length === 0) emptyRule(item);
    const known = keysOf(section);
    for (const setting of item.settings) {
      const key = setting.key.text;
      if (key === '') continue;
      if (!includes(known, key)) {
        const kind = section === 'gradient' ? 'gradient' : 'setting';
        reportUnknownKey(setting, `section \`${section}\``, known, kind, report);
        continue;
      }
      const value = evaluate(setting.value, environment, report);
      if (isTwice(said[section], key, setting.key.span, owner) || value === null) continue;
      const found = bindSectionSetting(section, key, value, environment, report);
      if (found === null) wrong.add(`${section}.${key}`);
      else sections.unshift({ section, key, bound: found.bound, value, origin, span: setting.span });
    }
  }
}

/** What a setting is called elsewhere. */
const hints: Readonly<Record<string, string>> = {
  bias: 'a bias is part of the network: `conv(6, kernel: 5, bias: false)`',
  weight_decay: 'write `decay: 5e-4`',
  l2: 'write `penalty: l2(1e-4)`',
  l1: 'write `penalty: l1(1e-5)`',
  regularizer: 'write `penalty: l2(1e-4)`',
  kernel_regularizer: 'write `penalty: l2(1e-4)`',
  bias_regularizer: 'a bias is named by the selector: `dense.bias { penalty: l2(1e-4) }`',
  initializer: 'write `init: kaiming`',
  kernel_initializer: 'write `init: kaiming`',
  bias_initializer: 'a bias is named by the selector: `dense.bias { init: zeros }`',
  freeze: 'write `trainable: false`',
  frozen: 'write `trainable: false`',
  requires_grad: 'write `trainable: false`',
  rate: 'the learning rate belongs to the train, `optimizer: adam(rate: 1e-3)`; a factor on it, for some weights, is `rate_scale: 0.1`',
  lr: 'the learning rate belongs to the train, `optimizer: adam(rate: 1e-3)`; a factor on it, for some weights, is `rate_scale: 0.1`',
  learning_rate:
    'the learning rate belongs to the train, `optimizer: adam(rate: 1e-3)`; a factor on it, for some weights, is `rate_scale: 0.1`',
  momentum:
    'of a norm it is an argument of the method, `norm: batch(momentum: 0.9)`; of the optimizer it belongs to the train',
  activation: 'fill the slot, outside of the rule or in one that selects it: `act: relu`',
  weights: 'write `start: "weights.safetensors"`',
  accumulate: 'it belongs to the train: `accumulate: 4`',
  average: 'it belongs to the train: `average: ema(decay: 0.999)`',
  restore_best_weights: 'write `restore: best`',
  mode: 'which way is better follows from `monitor`: losses and errors go down, accuracies up',
  clip: 'clipping is about all gradients together: `gradient { clip: global_norm(1.0) }`',
  clipnorm: 'write `clip: norm(1.0)`, which is of each weight by itself',
  clipvalue: 'write `clip: value(0.5)`',
  global_clipnorm: 'write `clip: global_norm(1.0)`',
  kernel_constraint: 'write `constraint: max_norm(3)`',
  bias_constraint: 'a bias is named by the selector: `dense.bias { constraint: max_norm(3) }`',
  max_norm: 'write `constraint: max_norm(3)`',
  non_neg: 'write `constraint: non_neg`',
  lr_mult: 'write `rate_scale: 0.1`, a factor on the learning rate',
  lr_scale: 'write `rate_scale: 0.1`, a factor on the learning rate',
  dropout: '`drop: dropout(drop: 0.3)`, outside of the rule',
  dropconnect: 'write `drop: dropconnect(drop: 0.5)`, in a rule on kernels',
  gaussian_noise: 'write `noise: gaussian(0.1)`',
};

/** The same with the number that was given. */
const renamedKeys: Readonly<Record<string, (number: string) => string>> = {
  weight_decay: (number) => `write \`decay: ${number}\``,
  l2: (number) => `write \`penalty: l2(${number})\``,
  l1: (number) => `write \`penalty: l1(${number})\``,
  dropout: (number) => `\`drop: dropout(drop: ${number})\`, outside of the rule`,
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
    const { value } = setting;
    const number = value.kind === 'number' ? value.text : null;
    const renamed = number === null || !Object.hasOwn(renamedKeys, key) ? undefined : renamedKeys[key]?.(number);
    const hint = renamed ?? (Object.hasOwn(hints, key) ? (hints[key] ?? null) : null);
    report(policies.unknownSetting.at(setting.key.span, { where, key, nearest: nearest(key, known), known, hint }));
  }
}

/** `input { … }`, `gradient { … }` and `stop { … }` are sections. */
function sectionOf(rule: Rule): Section | null {
  const [only, ...more] = rule.selectors;
  const [part, ...inner] = only?.parts ?? [];
  if (more.length > 0 || inner.length > 0 || part === undefined || part.names.length !== 1 || part.brackets.length > 0)
    return null;
  return sectionNames.find((s) => s === part.names[0]?.text) ?? null;
}
