/**
 * What is said instead of the spec: by `--set` on the command line, or by an axis of a sweep.
 *
 *   policy.norm                    what fills a slot
 *   policy.conv[first].init        a setting of what a selector finds
 *   policy.gradient.clip           a section of the policy
 *   batch, train.batch             a setting of the train; `lenet.batch` of the train of that name
 *   optimizer.rate                 an argument of such a setting
 *   network.classes, LeNet.width   a parameter of the network
 *   Strong.rate                    a parameter of a policy that is in force
 *
 * Overrides are applied to the syntax tree and to arguments before anything is checked, so that a wrong one is told as any mistake
 * is, at its own place. What nothing has taken at the end is reported: it named nothing.
 */
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { listed, quoted } from '../diagnostics/wording.ts';
import { optimizers, schedules } from '../ir/ops/index.ts';
import type { ArgumentValue } from '../ir/value.ts';
import { parseSelectors, parseValue } from '../parser/fragment.ts';
import type { Argument, Axis, Expression, Name, Parameter, PolicyItem, Selector, Setting } from '../parser/tree.ts';
import { entryOf } from './bind.ts';
import type { PolicyOverride } from './policy.ts';
import { placed, positionalKeys } from './positions.ts';
import { keysOf } from './sections/index.ts';
import { settingKeys } from './settings/index.ts';
import { trainKeys } from './train-keys.ts';
import { emptyEnvironment, evaluate } from './values.ts';
import { includes, isSlot, sections, slots } from './words.ts';

export interface Override {
  /** As written: `policy.conv[first].init`. */
  readonly path: string;
  readonly target: OverrideTarget;
  readonly value: Expression;
  /** Of the path. */
  readonly span: Span;
}

type OverrideTarget =
  | { readonly kind: 'policy'; readonly item: PolicyItem }
  | { readonly kind: 'parameter'; readonly of: Name; readonly parameter: Name }
  /** `train` is null where any is meant. */
  | { readonly kind: 'train'; readonly train: string | null; readonly key: Name; readonly argument: Name | null };

/** Overrides of one check, and which of them something has taken. */
export interface OverrideSet {
  /** `--set`, `sweep norm_by_batch` */
  readonly name: string;
  readonly list: readonly Override[];
  readonly taken: Set<Override>;
  /** Networks and policies that were in force, with their parameters: what else could have been named. */
  readonly met: Map<string, readonly string[]>;
}

export const noOverrides = (): OverrideSet => overrideSet('--set', []);

export const overrideSet = (name: string, list: readonly Override[]): OverrideSet => ({
  name,
  list,
  taken: new Set(),
  met: new Map(),
});

/** Names of trains: what stands behind one of them is a setting of it. */
type TrainNames = Pick<ReadonlyMap<string, unknown>, 'has'>;

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The file that diagnostics about `--set` point into: a line for each. */
export const setFile = '--set';
export const setText = (texts: readonly string[]): string => texts.join('\n');

/** `path=value` of each. Null after an error in one of them. */
export function readSets(texts: readonly string[], trains: TrainNames, report: Report): OverrideSet | null {
  const text = setText(texts);
  let start = 0;
  const list = texts.map((line) => {
    const span: Span = { file: setFile, start, end: start + line.length };
    start = span.end + 1;
    return readSet(text, span, trains, report);
  });
  const read = list.filter((o) => o !== null);
  const first = new Map<string, Override>();
  for (const o of read) {
    const before = first.get(o.path);
    if (before === undefined) first.set(o.path, o);
    else
      report(policies.settingTwice.at(o.span, { key: o.path, where: '`--set`' }, { places: { first: before.span } }));
  }
  return first.size < list.length ? null : overrideSet('--set', read);
}

function readSet(text: string, line: Span, trains: TrainNames, report: Report): Override | null {
  const refuse = (at: Span, path: string, why: string, help: string): null => {
    report(policies.overrideUnknown.at(at, { path, nearest: null, why, help }));
    return null;
  };
  const sign = outside(text, line, '=', 'first');
  if (sign === null) {
    const path = text.slice(line.start, line.end).trim();
    const open = unclosed(text, line);
    if (open !== null) {
      const at = { ...line, start: open, end: open + 1 };
      return refuse(
        at,
        path,
        'a bracket is not closed',
        'close it before the setting: `policy.conv[first].decay=1e-4`',
      );
    }
    return refuse(
      line,
      path,
      'a path, `=` and a value are expected',
      `write \`--set ${path === '' ? 'batch' : path}=…\``,
    );
  }
  const second = /^[^"([{]*?\s([A-Za-z_][\w.[\]]*)\s*=(?!=)/.exec(text.slice(sign + 1, line.end));
  if (second?.[1] !== undefined) {
    const begin = sign + 1 + second[0].lastIndexOf(second[1]);
    const [one, other] = [text.slice(line.start, begin).trim(), text.slice(begin, line.end).trim()];
    const help = `write \`--set ${shellWord(one)} --set ${shellWord(other)}\``;
    return refuse({ ...line, start: begin }, `${one} ${other}`, 'each `--set` sets one thing', help);
  }
  const span = trimmed(text, { ...line, end: sign });
  const path = text.slice(span.start, span.end);
  const value = parseValue(text, trimmed(text, { ...line, start: sign + 1 }), report);
  if (value === null) return null;
  const target = /^policy\s*\./.test(path)
    ? policyPath(text, span, value, report)
    : namesPath(namesIn(text, span), trains, report);
  return target && { path, target, value, span };
}

/** A word of a command as it is typed. */
const shellWord = (text: string): string => (/^[\w.=:/-]*$/.test(text) ? text : `'${text}'`);

/** `policy.norm: […]` with one of its values. */
export function readAxis(axis: Axis, value: Expression, trains: TrainNames, report: Report): Override | null {
  const [head, ...rest] = axis.path;
  const path = axis.path.map((n) => n.text).join('.');
  const span = { ...axis.span, end: axis.path.at(-1)?.span.end ?? axis.span.end };
  if (head === undefined || axis.path.some((n) => n.text === '')) return null;
  const target =
    head.text === 'policy' && rest.length > 0
      ? policyTarget(rest.length > 1 ? [selectorOf(rest.slice(0, -1))] : null, rest.at(-1) ?? head, value, report)
      : namesPath(axis.path, trains, report);
  return target && { path, target, value, span };
}

function policyPath(text: string, path: Span, value: Expression, report: Report): OverrideTarget | null {
  const from = trimmed(text, { ...path, start: text.indexOf('.', path.start) + 1 });
  const dot = outside(text, from, '.', 'last');
  const at = trimmed(text, dot === null ? from : { ...from, start: dot + 1 });
  const key: Name = { text: text.slice(at.start, at.end), span: at };
  if (dot === null) return policyTarget(null, key, value, report);
  const selectors = parseSelectors(text, trimmed(text, { ...from, end: dot }), report);
  return selectors && policyTarget(selectors, key, value, report);
}

/** A filling, where no selector is written, or a rule. */
function policyTarget(
  selectors: readonly Selector[] | null,
  key: Name,
  value: Expression,
  report: Report,
): OverrideTarget | null {
  const span = { ...key.span, end: Math.max(key.span.end, value.span.end) };
  if (selectors !== null) {
    const setting: Setting = { key, value, span };
    return { kind: 'policy', item: { kind: 'rule', selectors, settings: [setting], span } };
  }
  const optional = key.text.endsWith('?');
  const slot = optional ? { ...key, text: key.text.slice(0, -1) } : key;
  if (isSlot(slot.text)) return { kind: 'policy', item: { kind: 'filling', slot, optional, value, span } };
  const section = sections.find((s) => s === slot.text);
  const help = includes(settingKeys, slot.text)
    ? `say of what: \`policy.conv.${slot.text}\``
    : section !== undefined
      ? `say which setting: \`policy.${section}.${keysOf(section)[0] ?? '…'}\``
      : 'after `policy.` stands a slot (`policy.norm`), or a selector and a setting (`policy.conv.decay`)';
  const why = `\`${slot.text}\` is no slot`;
  const near = nearest(slot.text, slots);
  report(
    policies.overrideUnknown.at(key.span, {
      path: `policy.${slot.text}`,
      nearest: near && `policy.${near}`,
      why,
      help,
    }),
  );
  return null;
}

function namesPath(names: readonly Name[] | null, trains: TrainNames, report: Report): OverrideTarget | null {
  const [head, second, third, ...more] = names ?? [];
  if (head === undefined || names === null) return null;
  const path = names.map((n) => n.text).join('.');
  const refuse = (why: string, help: string | null): null => {
    const span = { ...head.span, end: names.at(-1)?.span.end ?? head.span.end };
    report(policies.overrideUnknown.at(span, { path, nearest: null, why, help }));
    return null;
  };
  if (names.some((n) => n.text === ''))
    return refuse('a name is missing in it', 'write a path such as `batch` or `policy.norm`');
  if (
    second === undefined &&
    (isSlot(head.text) || (includes(settingKeys, head.text) && !includes(trainKeys, head.text)))
  ) {
    const path = isSlot(head.text) ? `policy.${head.text}` : `policy.conv.${head.text}`;
    return refuse('a train has no such setting', `it is the policy's: \`${path}\``);
  }
  const train = trains.has(head.text) ? head.text : null;
  if (head.text === 'train' || train !== null) {
    if (second === undefined) return refuse('it is a declaration', `name a setting of it: \`${head.text}.batch\``);
    return settingPath(train, second, third ?? null, more, refuse);
  }
  // Also `network=Other` and `policy=Modern`: the settings of that name.
  if (second === undefined) return { kind: 'train', train, key: head, argument: null };
  if (includes(trainKeys, head.text) && head.text !== 'network')
    return settingPath(null, head, second, third === undefined ? more : [third, ...more], refuse);
  return third === undefined
    ? { kind: 'parameter', of: head, parameter: second }
    : refuse('it has too many parts', 'a parameter is named by two: `network.classes`');
}

/** Settings of a train that may have arguments. */
const calls: readonly string[] = ['optimizer', 'schedule', 'loss', 'average', 'reuse_validation'];

function settingPath(
  train: string | null,
  key: Name,
  argument: Name | null,
  more: readonly Name[],
  refuse: (why: string, help: string | null) => null,
): OverrideTarget | null {
  if (more.length > 0) return refuse('it has too many parts', 'an argument is named by two: `optimizer.rate`');
  if (key.text === 'network' && argument !== null) return { kind: 'parameter', of: key, parameter: argument };
  // The policy's paths have been read before; the train's own `policy` takes a list of names.
  if (argument !== null && key.text === 'data')
    return refuse('what a data declaration says is set there only', settable);
  if (argument !== null && includes(trainKeys, key.text) && !calls.includes(key.text))
    return refuse(`\`${key.text}\` has no arguments`, `set \`${key.text}\` as a whole`);
  return { kind: 'train', train, key, argument };
}

/** What a path may be. */
const settable =
  'a path is a setting of the train (`batch`, `optimizer.rate`), of the policy (`policy.norm`, `policy.conv.decay`) or a parameter (`network.classes`)';

function namesIn(text: string, span: Span): readonly Name[] {
  const names: Name[] = [];
  let start = span.start;
  for (const part of text.slice(span.start, span.end).split('.')) {
    const at = trimmed(text, { ...span, start, end: start + part.length });
    names.push({ text: text.slice(at.start, at.end), span: at });
    start += part.length + 1;
  }
  return names;
}

const selectorOf = (names: readonly Name[]): Selector => {
  const [first, last] = [names[0], names.at(-1)];
  const span: Span = { file: first?.span.file ?? '', start: first?.span.start ?? 0, end: last?.span.end ?? 0 };
  return { parts: [{ names, brackets: [], span }], optional: false, span };
};

function trimmed(text: string, span: Span): Span {
  let { start, end } = span;
  while (start < end && /\s/.test(text[start] ?? '')) start++;
  while (end > start && /\s/.test(text[end - 1] ?? '')) end--;
  return { ...span, start, end };
}

/** Where a sign stands that is in no bracket and no string; null when it does not. */
function outside(text: string, span: Span, sign: string, which: 'first' | 'last'): number | null {
  let depth = 0;
  let quoted = false;
  let found: number | null = null;
  for (let i = span.start; i < span.end; i++) {
    const c = text[i] ?? '';
    if (c === '"') quoted = !quoted;
    else if (quoted) continue;
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    else if (c === sign && depth === 0) {
      found = i;
      if (which === 'first') break;
    }
  }
  return found;
}

/** Where the last bracket stands that is never closed; null when all are. */
function unclosed(text: string, span: Span): number | null {
  const open: number[] = [];
  for (let i = span.start; i < span.end; i++) {
    if ('([{'.includes(text[i] ?? ' ')) open.push(i);
    else if (')]}'.includes(text[i] ?? ' ')) open.pop();
  }
  return open.at(-1) ?? null;
}

// ── applying ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What of the overrides is said of the policy. */
export function policyOverride({ name, list, taken }: OverrideSet): PolicyOverride | null {
  const items = list.flatMap((o) => {
    if (o.target.kind !== 'policy') return [];
    taken.add(o);
    return [o.target.item];
  });
  const [first] = items;
  return first === undefined ? null : { name, items, span: first.span };
}

/** Arguments with those that are overridden; `names`: how the declaration they are for may be called. */
export function overrideArguments(
  parameters: readonly Parameter[],
  args: readonly ArgumentValue[],
  names: readonly string[],
  { list, taken, met }: OverrideSet,
  report: Report,
): readonly ArgumentValue[] {
  const own = names.at(-1) ?? '';
  met.set(
    own,
    parameters.map((p) => p.name.text),
  );
  const meant = list.filter((o) => o.target.kind === 'parameter' && names.includes(o.target.of.text));
  if (meant.length === 0) return args;
  const keys = parameters.map((p) => p.name.text);
  let result = placed(keys, args).map(({ key, argument }): ArgumentValue => ({ ...argument, name: key }));
  for (const o of meant) {
    if (o.target.kind !== 'parameter') continue;
    taken.add(o);
    const { parameter } = o.target;
    if (!keys.includes(parameter.text)) {
      const near = nearest(parameter.text, keys);
      const why =
        keys.length === 0 ? `\`${own}\` has no parameters` : `\`${own}\` has no parameter \`${parameter.text}\``;
      const help = keys.length === 0 ? settable : `its parameters are ${listed(quoted(keys), 'and')}`;
      const facts = { path: o.path, nearest: near && `${o.target.of.text}.${near}`, why, help };
      report(policies.overrideUnknown.at(o.span, facts));
      continue;
    }
    const value = evaluate(o.value, emptyEnvironment, report);
    if (value === null) continue;
    const given: ArgumentValue = { name: parameter.text, nameSpan: parameter.span, value, span: o.span };
    result = [...result.filter((a) => a.name !== parameter.text), given];
  }
  return result;
}

/** The settings of a train with those that are overridden. */
export function overrideSettings(
  train: string,
  settings: readonly Setting[],
  { list, taken }: OverrideSet,
  report: Report,
  /** Names of the arguments of a loss of the project's own, in order. */
  own: (loss: string) => readonly string[] = () => [],
): readonly Setting[] {
  let result = settings;
  for (const o of list) {
    if (o.target.kind !== 'train' || (o.target.train !== null && o.target.train !== train)) continue;
    taken.add(o);
    const { key, argument } = o.target;
    const at = result.findIndex((s) => s.key.text === key.text);
    const before = result[at];
    const span = { ...o.span, end: o.value.span.end };
    if (argument === null) {
      const set: Setting = { key, value: o.value, span };
      result = before === undefined ? [...result, set] : result.map((s, i) => (i === at ? set : s));
      continue;
    }
    const value = before === undefined ? null : withArgument(before.value, argument, o.value, own);
    if (value === null || before === undefined) {
      const why = before === undefined ? `the train has no \`${key.text}\`` : `\`${key.text}\` has no arguments here`;
      const help = `set \`${key.text}\` as a whole`;
      report(policies.overrideUnknown.at(o.span, { path: o.path, nearest: null, why, help }));
      continue;
    }
    result = result.map((s, i) => (i === at ? { ...before, value } : s));
  }
  return result;
}

/** `adam(rate: 1e-3)` with another rate; null when it is nothing that takes arguments. */
function withArgument(
  expression: Expression,
  name: Name,
  value: Expression,
  own: (loss: string) => readonly string[],
): Expression | null {
  if (expression.kind !== 'name' && expression.kind !== 'call') return null;
  const callee: Name = expression.kind === 'call' ? expression.name : { text: expression.name, span: expression.span };
  const args = expression.kind === 'call' ? expression.arguments : [];
  const signature = (entryOf(optimizers, callee.text) ?? entryOf(schedules, callee.text))?.signature;
  const positional = signature === undefined ? own(callee.text) : positionalKeys(signature);
  const given: Argument = { name, value, span: name.span };
  const at = placed(positional, args).findIndex(({ key }) => key === name.text);
  return {
    kind: 'call',
    name: callee,
    arguments: at < 0 ? [...args, given] : args.map((a, i) => (i === at ? given : a)),
    span: expression.span,
  };
}
