/** Expressions, arguments and settings. Precedence is decided here, from the flat `operand (operator operand)*` of the grammar. */
import type { CstNode, IToken } from 'chevrotain';
import { syntax } from '../../diagnostics/catalog/syntax.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { maxDepth } from '../brackets.ts';
import { decodeString, numberValue } from '../literals.ts';
import { binding, prefixBinding } from '../precedence.ts';
import type { Argument, BinaryOperator, Expression, Setting } from '../tree.ts';
import { nameOf, node, nodeSpan, nodes, type Source, token, tokenSpan, tokens, words } from './cst.ts';

const missing = ({ file, start }: Span): Expression => ({ kind: 'missing', span: { file, start, end: start } });

const isOperator = (text: string): text is BinaryOperator => Object.hasOwn(binding, text);

const across = (from: Span, to: Span): Span => ({
  file: from.file,
  start: from.start,
  end: Math.max(from.end, to.end),
});

/** `at` is where the expression should stand, for one that is missing. */
export function buildExpression(source: Source, cst: CstNode | undefined, at: Span): Expression {
  if (cst === undefined) return missing(at);
  const operands = nodes(cst, 'operand');
  const operators = tokens(cst, 'BinaryOperator');
  const place = nodeSpan(source, cst, at);
  // A chain makes a tree as deep as it is long, and every reader of the tree walks it recursively.
  const depth = operators.length + Math.max(0, ...operands.map((o) => tokens(o, 'prefix').length));
  if (source.unbracketed + depth > maxDepth) {
    source.report(syntax.tooDeep.at(place, { limit: maxDepth }));
    return missing(place);
  }
  source.unbracketed += depth;

  let next = 0;
  const climb = (least: number): Expression => {
    let left = prefixed(operands[next], 0, place);
    for (;;) {
      const operator = operators[next];
      if (operator === undefined || !isOperator(operator.image) || binding[operator.image] < least) return left;
      next++;
      const right = climb(binding[operator.image] + 1);
      left = { kind: 'binary', operator: operator.image, left, right, span: across(left.span, right.span) };
    }
  };
  const prefixed = (operand: CstNode | undefined, used: number, fallback: Span): Expression => {
    const prefix = operand === undefined ? undefined : tokens(operand, 'prefix')[used];
    if (operand === undefined || prefix === undefined) return buildPrimary(source, operand, fallback);
    const operator = prefix.image === 'not' ? 'not' : '-';
    const start = tokenSpan(source, prefix, fallback);
    let inner = prefixed(operand, used + 1, fallback);
    // What binds more tightly than the prefix belongs to its operand; the innermost prefix takes it first.
    for (;;) {
      const joint = operators[next];
      if (joint === undefined || !isOperator(joint.image) || binding[joint.image] < prefixBinding[operator]) break;
      next++;
      const right = climb(binding[joint.image] + 1);
      inner = { kind: 'binary', operator: joint.image, left: inner, right, span: across(inner.span, right.span) };
    }
    return { kind: 'unary', operator, operand: inner, span: across(start, inner.span) };
  };
  const tree = climb(0);
  source.unbracketed -= depth;
  return tree;
}

function buildPrimary(source: Source, operand: CstNode | undefined, at: Span): Expression {
  const place = operand === undefined ? at : nodeSpan(source, operand, at);
  const cst = operand === undefined ? undefined : node(operand, 'primary');
  if (cst === undefined) return missing(place);
  const span = nodeSpan(source, cst, place);
  const number = token(cst, 'Number');
  if (number !== undefined) {
    const { image: text } = number;
    const value = numberValue(text);
    // A malformed number has been reported; later stages need a number that does not spread.
    return { kind: 'number', value: Number.isFinite(value) ? value : 0, percent: text.endsWith('%'), text, span };
  }
  const string = token(cst, 'String');
  if (string !== undefined) return { kind: 'string', value: decodeString(string.image).value, span };
  if (token(cst, 'True') !== undefined) return { kind: 'boolean', value: true, span };
  if (token(cst, 'False') !== undefined) return { kind: 'boolean', value: false, span };
  const list = node(cst, 'list');
  if (list !== undefined)
    return { kind: 'list', items: nodes(list, 'expression').map((item) => buildExpression(source, item, span)), span };
  const group = node(cst, 'group');
  if (group !== undefined) return { ...buildExpression(source, node(group, 'expression'), span), span };
  const reference = node(cst, 'reference');
  const head = reference === undefined ? undefined : token(reference, 'AnyName');
  if (reference === undefined || head === undefined) return missing(span);
  const called = node(reference, 'arguments');
  if (called !== undefined)
    return { kind: 'call', name: nameOf(source, head, span), arguments: buildArguments(source, called), span };
  const members = node(reference, 'members');
  return {
    kind: 'name',
    name: [head, ...(members === undefined ? [] : words(members))].map((w) => w.image).join('.'),
    span,
  };
}

/** Of an `arguments` node, or of none. */
export function buildArguments(source: Source, cst: CstNode | undefined): readonly Argument[] {
  if (cst === undefined) return [];
  const at = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  return nodes(cst, 'argument').map((argument): Argument => {
    const span = nodeSpan(source, argument, at);
    const named = node(argument, 'argumentName');
    const behind = { ...span, start: span.end };
    return {
      name: named === undefined ? null : nameOf(source, token(named, 'AnyName'), span),
      value: buildExpression(source, node(argument, 'expression'), named === undefined ? span : behind),
      span,
    };
  });
}

/** Of a `value` node: an expression or a record. */
export function buildValue(source: Source, cst: CstNode | undefined, at: Span): Expression {
  const record = cst === undefined ? undefined : node(cst, 'settings');
  if (cst === undefined || record === undefined)
    return buildExpression(source, cst === undefined ? undefined : node(cst, 'expression'), at);
  const span = nodeSpan(source, record, at);
  return { kind: 'record', settings: buildSettings(source, record, span), span };
}

/** Of a `settings` node, or of a group with settings among other things. */
export function buildSettings(source: Source, cst: CstNode | undefined, at: Span): readonly Setting[] {
  return cst === undefined ? [] : nodes(cst, 'setting').map((setting) => buildSetting(source, setting, at));
}

export function buildSetting(source: Source, cst: CstNode, at: Span): Setting {
  const span = nodeSpan(source, cst, at);
  return {
    key: nameOf(source, token(cst, 'AnyName'), span),
    value: buildValue(source, node(cst, 'value'), valuePlace(source, token(cst, 'Colon'), span)),
    span,
  };
}

/** Where the value after a colon stands when it is missing: behind the colon. */
export function valuePlace(source: Source, colon: IToken | undefined, span: Span): Span {
  const end = colon === undefined ? span.end : tokenSpan(source, colon, { ...span, start: span.end }).end;
  return { file: source.file, start: end, end };
}
