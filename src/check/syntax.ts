/** Checked values as syntax again, for the resolved spec. Nothing of it stands in a file, so all places are one. */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { AttrValue } from '../ir/graph.ts';
import type { Bound } from '../ir/recipe.ts';
import type { ParameterSpec } from '../ir/signature.ts';
import type { Value } from '../ir/value.ts';
import type { Entry } from '../ir/vocabulary.ts';
import type { Argument, Expression, Name, Selector, Setting } from '../parser/tree.ts';
import type { PolicyBracket, PolicySelector } from './selectors.ts';

export const nowhere: Span = { file: 'resolved.nrm', start: 0, end: 0 };

export const name = (text: string): Name => ({ text, span: nowhere });
export const word = (text: string): Expression => ({ kind: 'name', name: text, span: nowhere });
export const text = (value: string): Expression => ({ kind: 'string', value, span: nowhere });
export const list = (items: readonly Expression[]): Expression => ({ kind: 'list', items, span: nowhere });
export const call = (callee: string, args: readonly Argument[]): Expression => ({
  kind: 'call',
  name: name(callee),
  arguments: args,
  span: nowhere,
});
export const argument = (key: string | null, value: Expression): Argument => ({
  name: key === null ? null : name(key),
  value,
  span: nowhere,
});
export const setting = (key: string, value: Expression): Setting => ({ key: name(key), value, span: nowhere });

/** One spelling for each number. */
export function number(value: number): Expression {
  const positive: Expression = {
    kind: 'number',
    value: Math.abs(value),
    percent: false,
    text: plainNumber(Math.abs(value)),
    span: nowhere,
  };
  return value < 0 ? { kind: 'unary', operator: '-', operand: positive, span: nowhere } : positive;
}

/** `1e21` is written `1e+21` by JavaScript, which the language also reads. */
const plainNumber = (value: number): string => String(value);

export const boolean = (value: boolean): Expression => ({ kind: 'boolean', value, span: nowhere });

export function fromValue(value: Value): Expression {
  switch (value.kind) {
    case 'number':
      return number(value.value);
    case 'boolean':
      return boolean(value.value);
    case 'string':
      return text(value.value);
    case 'word':
      return word(value.word);
    case 'call':
      return call(
        value.name,
        value.arguments.map((a) => argument(a.name, fromValue(a.value))),
      );
    case 'list':
      return list(value.items.map(fromValue));
    case 'record':
      return { kind: 'record', settings: value.entries.map((e) => setting(e.key, fromValue(e.value))), span: nowhere };
  }
}

export function fromAttr(value: Exclude<AttrValue, null>): Expression {
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'string') return value === 'true' || value === 'false' ? boolean(value === 'true') : word(value);
  return list(value.flatMap((v) => (v === null ? [] : [fromAttr(v)])));
}

/** An argument as it would be written. */
export function fromGiven(value: Exclude<AttrValue, null>, spec: ParameterSpec): Expression {
  const said = spec.says?.(value);
  if (said === undefined) return fromAttr(value);
  const given = Object.entries(said.arguments).flatMap(([key, v]) => (v === null ? [] : [argument(key, fromAttr(v))]));
  return given.length === 0 ? word(said.name) : call(said.name, given);
}

/** An entry with every argument written out: `adam(rate: 0.001, beta1: 0.9, …)`; a bare word when it takes none. */
export function fromBound({ def, args }: Bound<Entry>): Expression {
  const given = Object.entries(def.signature).flatMap(([key, spec]) => {
    const value = args[key];
    return value === null || value === undefined
      ? []
      : [argument(spec.positional ? null : key, fromGiven(value, spec))];
  });
  return given.length === 0 ? word(def.name) : call(def.name, given);
}

export const fromSelector = (selector: PolicySelector): Selector => ({
  parts: selector.parts.map((part) => ({
    names: part.names.map(name),
    brackets: part.brackets.map(fromBracket),
    span: nowhere,
  })),
  optional: selector.optional,
  span: nowhere,
});

function fromBracket(bracket: PolicyBracket): Selector['parts'][number]['brackets'][number] {
  switch (bracket.kind) {
    case 'index':
      return { kind: 'index', index: bracket.index, span: nowhere };
    case 'not':
      return { kind: 'not', selector: fromSelector(bracket.selector), span: nowhere };
    case 'attribute':
      return { kind: 'attribute', key: name(bracket.key), value: fromValue(bracket.value), span: nowhere };
    default:
      return { kind: bracket.kind, span: nowhere };
  }
}
