/**
 * Evaluates expressions: names of parameters become their values, arithmetic and comparisons are carried out, words stay words.
 * `null` is a value that is not known because something in it was wrong and has been reported. Trees are at most a hundred levels
 * deep, which the parser sees to, so recursion is safe.
 */
import { layers as catalog } from '../diagnostics/catalog/layers.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { Argument, BinaryExpression, BinaryOperator, Expression, UnaryExpression } from '../parser/tree.ts';
import { tracing } from './tracing.ts';

/** Names and what they stand for; null: declared, but its value is not known. */
export type Environment = ReadonlyMap<string, Value | null>;

export const emptyEnvironment: Environment = new Map();

export function evaluate(expression: Expression, environment: Environment, sink: Report): Value | null {
  /** Operands, where something may be wrong with one of them. */
  const operands: Value[] = [];
  const report = tracing(operands, sink);
  return visit(expression);

  function visit(e: Expression): Value | null {
    switch (e.kind) {
      case 'missing':
        return null;
      case 'number':
        if (!Number.isFinite(e.value)) return notFinite(e.value, e.span);
        return { kind: 'number', value: e.value, percent: e.percent, text: e.text, span: e.span };
      case 'string':
        return { kind: 'string', value: e.value, span: e.span };
      case 'boolean':
        return { kind: 'boolean', value: e.value, span: e.span };
      case 'name': {
        const value = environment.get(e.name);
        // The place of a value is where it is used: that is what a message about it points at.
        if (value === undefined) return { kind: 'word', word: e.name, span: e.span };
        return value && { ...value, span: e.span, origin: value.origin ?? value.span, name: e.name };
      }
      case 'call': {
        if (e.name.text === '') return null;
        const args = all(e.arguments, (a) => argument(a));
        return args && { kind: 'call', name: e.name.text, nameSpan: e.name.span, arguments: args, span: e.span };
      }
      case 'list': {
        const items = all(e.items, (item) => visit(item));
        if (items !== null && sizeOf(items) > mostValues) {
          report(catalog.listTooLarge.at(e.span, { most: mostValues }));
          return null;
        }
        return items && { kind: 'list', items, span: e.span };
      }
      case 'record': {
        const entries = all(e.settings, (s) => {
          const value = visit(s.value);
          return value && { key: s.key.text, keySpan: s.key.span, value };
        });
        return entries && { kind: 'record', entries, span: e.span };
      }
      case 'unary':
        return unary(e, visit(e.operand));
      case 'binary':
        return binary(e, visit(e.left), visit(e.right));
    }
  }

  function argument(a: Argument): ArgumentValue | null {
    const value = visit(a.value);
    return value && { name: a.name?.text ?? null, nameSpan: a.name?.span ?? null, value, span: a.span };
  }

  function unary(e: UnaryExpression, operand: Value | null): Value | null {
    if (operand === null) return null;
    operands.push(operand);
    if (e.operator === 'not') {
      const value = asBoolean(operand, 'not', 'true or false');
      return value === null ? null : { kind: 'boolean', value: !value, span: e.span };
    }
    const value = asNumber(operand, '-', 'a number');
    if (value === null) return null;
    const text = operand.kind === 'number' && operand.text !== undefined ? { text: `-${operand.text}` } : {};
    return { kind: 'number', value: -value, percent: false, ...text, span: e.span, ...givenBy(operand) };
  }

  function binary(e: BinaryExpression, left: Value | null, right: Value | null): Value | null {
    if (left === null || right === null) return null;
    operands.push(left, right);
    const { operator, span } = e;
    const open = [left, right].find((v) => v.kind === 'word' && v.open === true);
    if (open?.kind === 'word') {
      report(catalog.openSize.at(open.span, { size: open.word }));
      return null;
    }
    if (operator === 'and' || operator === 'or') {
      const a = asBoolean(left, operator, 'two truth values');
      const b = asBoolean(right, operator, 'two truth values');
      if (a === null || b === null) return null;
      return { kind: 'boolean', value: operator === 'and' ? a && b : a || b, span };
    }
    if (operator === '==' || operator === '!=') {
      if (left.kind !== right.kind) {
        // A misspelt name is likelier than a comparison of things that have nothing in common.
        const misspelt = [left, right].find(
          (v) => v.kind === 'word' && nearest(v.word, [...environment.keys()]) !== null,
        );
        if (misspelt !== undefined) {
          refuse(misspelt, operator, '');
          return null;
        }
        report(catalog.notComparable.at(span, { operator, left: describe(left), right: describe(right) }));
        return null;
      }
      return { kind: 'boolean', value: sameValue(left, right) === (operator === '=='), span };
    }
    const a = asNumber(left, operator, 'two numbers');
    const b = asNumber(right, operator, 'two numbers');
    if (a === null || b === null) return null;
    if (operator === '/' && b === 0) {
      report(catalog.divisionByZero.at(right.span, {}));
      return null;
    }
    const result = arithmetic[operator](a, b);
    if (typeof result === 'boolean') return { kind: 'boolean', value: result, span };
    if (!Number.isFinite(result)) return notFinite(result, span);
    return { kind: 'number', value: result, percent: false, span, ...givenBy(left, right) };
  }

  function asNumber(value: Value, operator: string, expected: string): number | null {
    if (value.kind === 'number') return value.value;
    refuse(value, operator, expected);
    return null;
  }

  function asBoolean(value: Value, operator: string, expected: string): boolean | null {
    if (value.kind === 'boolean') return value.value;
    refuse(value, operator, expected);
    return null;
  }

  function refuse(value: Value, operator: string, expected: string): void {
    if (value.kind === 'word') {
      const known = [...environment.keys()];
      report(catalog.unknownVariable.at(value.span, { name: value.word, nearest: nearest(value.word, known), known }));
    } else report(catalog.operandType.at(value.span, { operator, expected, found: describe(value) }));
  }

  function notFinite(value: number, span: Span): null {
    report(catalog.notFinite.at(span, { value: value > 0 ? 'infinite' : value < 0 ? 'minus infinity' : 'undefined' }));
    return null;
  }
}

const arithmetic = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
} satisfies Record<Exclude<BinaryOperator, 'and' | 'or' | '==' | '!='>, (a: number, b: number) => number | boolean>;

/** What is computed of a parameter's value was given where that was. */
function givenBy(...operands: readonly Value[]): Pick<Value, 'origin'> {
  const origin = operands.find((o) => o.origin !== undefined)?.origin;
  return origin === undefined ? {} : { origin };
}

/** Every one mapped, or null when one has no value; all are visited, so that each error is reported. */
function all<T, R>(items: readonly T[], map: (item: T) => R | null): readonly R[] | null {
  const results = items.map(map);
  return results.some((r) => r === null) ? null : results.filter((r) => r !== null);
}

/** How many values a list may hold, those of lists in it included. */
const mostValues = 10_000;

/** Counts no further than it has to: lists of lists of one list can be larger than any memory. */
function sizeOf(items: readonly Value[]): number {
  let count = 0;
  const visit = (value: Value): void => {
    if (++count > mostValues) return;
    if (value.kind === 'list') for (const item of value.items) if (count <= mostValues) visit(item);
  };
  for (const item of items) visit(item);
  return count;
}

/** A value as a noun phrase: "the word `same`", "0.5". */
export function describe(value: Value): string {
  switch (value.kind) {
    case 'number':
      return value.text ?? String(value.value);
    case 'boolean':
      return `\`${value.value}\``;
    case 'string':
      return `the text ${JSON.stringify(value.value)}`;
    case 'word':
      return `the word \`${value.word}\``;
    case 'call':
      return `\`${value.name}(${value.arguments.length === 0 ? '' : '…'})\``;
    case 'list':
      return value.items.length === 0 ? 'an empty list' : `a list of ${value.items.length}`;
    case 'record':
      return 'settings in braces';
  }
}

/** Equal in meaning: places and the way a percentage is written do not count. */
export function sameValue(a: Value, b: Value): boolean {
  if (a.kind === 'number' && b.kind === 'number') return a.value === b.value;
  if (a.kind === 'boolean' && b.kind === 'boolean') return a.value === b.value;
  if (a.kind === 'string' && b.kind === 'string') return a.value === b.value;
  if (a.kind === 'word' && b.kind === 'word') return a.word === b.word;
  if (a.kind === 'list' && b.kind === 'list') return sameItems(a.items, b.items, sameValue);
  if (a.kind === 'call' && b.kind === 'call')
    return (
      a.name === b.name &&
      sameItems(a.arguments, b.arguments, (x, y) => x.name === y.name && sameValue(x.value, y.value))
    );
  if (a.kind === 'record' && b.kind === 'record')
    return sameItems(a.entries, b.entries, (x, y) => x.key === y.key && sameValue(x.value, y.value));
  return false;
}

const sameItems = <T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean =>
  a.length === b.length &&
  a.every((x, i) => {
    const y = b[i];
    return y !== undefined && same(x, y);
  });
