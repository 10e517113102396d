/**
 * The resolved spec of a train: one file that says the same with nothing left to look up. The network has its arguments as defaults,
 * the policy its base and parameters worked in and only what is in force, data and train every default written out. It depends on
 * what the spec means, not on how it is laid out: a run stores it, and a changed spec is told from a reformatted one by it.
 */
import { layers } from '../ir/ops/index.ts';
import { printFile } from '../parser/print.ts';
import type {
  Argument,
  DataDeclaration,
  Expression,
  Field,
  Filling,
  Item,
  NetworkDeclaration,
  PolicyDeclaration,
  PolicyItem,
  Rule,
  SourceFile,
  TrainDeclaration,
} from '../parser/tree.ts';
import { entryOf } from './bind.ts';
import type { DataField } from './model.ts';
import type { FlatRule } from './policy.ts';
import {
  argument,
  call,
  fromBound,
  fromEffect,
  fromSelector,
  fromValue,
  list,
  name,
  nowhere,
  number,
  setting,
  text,
  word,
} from './syntax.ts';
import type { CheckedTrain } from './train.ts';
import { slots } from './words.ts';

/** The text of `resolvedFile`. */
export const resolvedSpec = (train: CheckedTrain): string => printFile(resolvedFile(train));

export function resolvedFile(train: CheckedTrain): SourceFile {
  const policy = train.origin.policy;
  return {
    file: nowhere.file,
    edition: { version: 1, span: nowhere },
    declarations: [
      resolvedNetwork(train),
      ...(policy === null ? [] : [resolvedPolicy(train, policy.name)]),
      resolvedData(train),
      resolvedTrain(train),
    ],
  };
}

const declared = { doc: '', span: nowhere };

function resolvedNetwork({ origin, model }: CheckedTrain): NetworkDeclaration {
  const { declaration, parameters } = origin;
  return {
    ...declared,
    kind: 'network',
    name: declaration.name,
    parameters: [...parameters].flatMap(([key, value]) =>
      value === null ? [] : [{ name: name(key), default: fromValue(value), span: nowhere }],
    ),
    with: model.policy === null ? null : { name: name(model.policy), arguments: [], span: nowhere },
    body: declaration.body.map(canonicalItem),
  };
}

/** Arguments in the order of the signature, numbers in one spelling. */
function canonicalItem(item: Item): Item {
  if (item.kind === 'input') {
    const type = item.type && {
      ...item.type,
      dimensions: item.type.dimensions.map((d) => (d.kind === 'size' ? { ...d, value: canonical(d.value) } : d)),
    };
    return { ...item, type };
  }
  const { core } = item;
  if (core.kind === 'stage') return { ...item, core: { ...core, body: core.body.map(canonicalItem) } };
  if (core.kind !== 'call') return item;
  const args = canonicalArguments(core.name.text, core.arguments);
  return { ...item, core: { ...core, arguments: args, parentheses: args.length > 0 } };
}

function canonical(e: Expression): Expression {
  switch (e.kind) {
    case 'number':
      return number(e.value);
    case 'call':
      return { ...e, arguments: canonicalArguments(e.name.text, e.arguments) };
    case 'list':
      return list(e.items.map(canonical));
    case 'unary':
      return { ...e, operand: canonical(e.operand) };
    case 'binary':
      return { ...e, left: canonical(e.left), right: canonical(e.right) };
    default:
      return e;
  }
}

/** Unnamed where the signature allows it, in its order. */
function canonicalArguments(callee: string, args: readonly Argument[]): readonly Argument[] {
  const signature = entryOf(layers, callee)?.signature;
  if (signature === undefined) return args.map((a) => ({ ...a, value: canonical(a.value) }));
  const keys = Object.keys(signature);
  const positional = keys.filter((key) => signature[key]?.positional);
  const unnamed = args.filter((a) => a.name === null);
  const given = new Map(
    args.map((a): [string, Expression] => [a.name?.text ?? positional[unnamed.indexOf(a)] ?? '', canonical(a.value)]),
  );
  const leading = positional.findIndex((key) => !given.has(key));
  const bare = new Set(leading < 0 ? positional : positional.slice(0, leading));
  return keys.flatMap((key) => {
    const value = given.get(key);
    return value === undefined ? [] : [argument(bare.has(key) ? null : key, value)];
  });
}

function resolvedPolicy({ origin, model }: CheckedTrain, policy: string): PolicyDeclaration {
  const rules = origin.inForce;
  const fillings = rules.filter((r) => r.kind === 'filling').flatMap(resolvedFilling);
  const items: PolicyItem[] = [
    ...slots.flatMap((slot) => fillings.filter((f) => f.slot.text === slot)),
    ...rules.filter((r) => r.kind === 'rule').map(resolvedRule),
  ];
  if (model.clip !== null) {
    const gradient = {
      parts: [{ names: [name('gradient')], brackets: [], span: nowhere }],
      optional: false,
      span: nowhere,
    };
    items.push({
      kind: 'rule',
      selectors: [gradient],
      settings: [setting('clip', fromBound(model.clip))],
      span: nowhere,
    });
  }
  return { ...declared, kind: 'policy', name: name(policy), parameters: [], extends: null, items };
}

const resolvedFilling = (rule: FlatRule): readonly Filling[] =>
  rule.settings.map((s) => ({
    kind: 'filling',
    slot: name(s.key),
    optional: false,
    value: fromEffect(s.effect),
    span: nowhere,
  }));

const resolvedRule = (rule: FlatRule): Rule => ({
  kind: 'rule',
  selectors: rule.selectors.map((s) => ({ ...fromSelector(s), optional: false })),
  settings: rule.settings.map((s) => setting(s.key, fromEffect(s.effect))),
  span: nowhere,
});

function resolvedData({ data }: CheckedTrain): DataDeclaration {
  return {
    ...declared,
    kind: 'data',
    name: name(data.name),
    settings: [
      setting('source', call(data.source.kind, [argument(null, text(data.source.name))])),
      setting('validation', number(data.validation)),
    ],
    fields: data.fields.map(resolvedField),
  };
}

function resolvedField(field: DataField): Field {
  const base = { name: name(field.name), span: nowhere };
  if (field.kind === 'class') {
    return {
      ...base,
      type: { kind: 'value', value: call('class', [argument(null, number(field.classes))]) },
      preprocessing: null,
    };
  }
  const dimensions = field.shape.map((size) => ({ kind: 'size' as const, value: number(size), span: nowhere }));
  return {
    ...base,
    type: { kind: 'tensor', type: { dtype: name(field.dtype), dimensions, span: nowhere } },
    preprocessing: word(field.preprocessing),
  };
}

function resolvedTrain(train: CheckedTrain): TrainDeclaration {
  const { model } = train;
  const [loss] = train.losses;
  return {
    ...declared,
    kind: 'train',
    name: name(train.name),
    settings: [
      setting('network', word(model.network)),
      ...(model.policy === null ? [] : [setting('policy', word(model.policy))]),
      setting('data', word(train.data.name)),
      ...(loss === undefined ? [] : [setting('loss', fromBound(loss.loss))]),
      setting('optimizer', fromBound(train.optimizer)),
      setting('schedule', fromBound(train.schedule)),
      setting('batch', number(train.batch)),
      setting('last', word(train.last)),
      setting('epochs', number(train.epochs)),
      setting('metrics', list(train.metrics.map((m) => word(m)))),
      setting('seed', number(train.seed)),
    ],
  };
}
