/** Reads the formula of a loss: names, functions, how many arguments, what is a comparison, and that one number comes out. */
import { losses as errors } from '../../diagnostics/catalog/losses.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Comparison } from '../../ir/ops/comparison.ts';
import { printExpression } from '../../parser/print-expression.ts';
import type { BinaryExpression, CallExpression, Expression } from '../../parser/tree.ts';
import { entryOf } from '../bind.ts';
import { functions } from './functions.ts';
import { type Form, type Term, widest } from './term.ts';

interface FormulaNames {
  readonly loss: string;
  readonly prediction: string;
  readonly target: string;
  readonly parameters: readonly string[];
}

/** The formula, or null after saying what is wrong with it. */
export function readFormula(expression: Expression, names: FormulaNames, report: Report): Term | null {
  const term = read(expression);
  if (term === null) return null;
  if (term.condition) return refuse('a loss', 'a number', 'a comparison', term.span);
  if (term.form === 'elements' || term.form === 'rows') {
    report(errors.notScalar.at(term.span, { loss: names.loss, found: term.form }));
    return null;
  }
  if (!term.depends) {
    report(errors.constantLoss.at(term.span, { loss: names.loss, prediction: names.prediction }));
    return null;
  }
  return term;

  function refuse(operator: string, expected: string, found: string, span: Span): null {
    report(errors.badOperand.at(span, { operator, expected, found }));
    return null;
  }

  function read(e: Expression): Term | null {
    const base = { condition: false, text: printExpression(e), span: e.span };
    switch (e.kind) {
      case 'missing':
        return null;
      case 'number':
        return Number.isFinite(e.value)
          ? { ...base, kind: 'number', value: e.value, form: 'plain', depends: false }
          : refuse('a formula', 'finite numbers', e.text, e.span);
      case 'name':
        return nameTerm(e.name, base);
      case 'unary': {
        const operand = value(e.operand, e.operator === 'not' ? '`not`' : '`-`', e.operator === 'not');
        if (operand === null) return null;
        const { form, depends } = operand;
        return e.operator === 'not'
          ? { ...base, kind: 'logic', operator: 'not', operands: [operand], form, depends, condition: true }
          : { ...base, kind: 'negate', operands: [operand], form, depends };
      }
      case 'binary':
        return binary(e, base);
      case 'call':
        return call(e, base);
      case 'string':
      case 'boolean':
        return refuse('a formula', 'numbers', e.kind === 'string' ? 'a text' : `\`${e.value}\``, e.span);
      case 'list':
        return refuse('a formula', 'numbers', 'a list', e.span);
      case 'record':
        return refuse('a formula', 'numbers', 'settings in braces', e.span);
    }
  }

  function nameTerm(name: string, base: Pick<Term, 'condition' | 'text' | 'span'>): Term | null {
    if (name === names.prediction) return { ...base, kind: 'prediction', form: 'elements', depends: true };
    if (name === names.target) return { ...base, kind: 'target', form: 'elements', depends: false };
    if (names.parameters.includes(name)) return { ...base, kind: 'parameter', name, form: 'plain', depends: false };
    const known = [names.prediction, names.target, ...names.parameters];
    const facts = { loss: names.loss, name, known, nearest: nearest(name, known) };
    if (name !== '') report(errors.unknownName.at(base.span, facts));
    return null;
  }

  /** An operand that is a number, or one that is a comparison. */
  function value(e: Expression, operator: string, condition: boolean): Term | null {
    const term = read(e);
    if (term === null || term.condition === condition) return term;
    return condition
      ? refuse(operator, 'a comparison', 'a number', term.span)
      : refuse(operator, 'numbers', 'a comparison', term.span);
  }

  function binary(e: BinaryExpression, base: Pick<Term, 'condition' | 'text' | 'span'>): Term | null {
    const { operator } = e;
    const isLogic = operator === 'and' || operator === 'or';
    const left = value(e.left, `\`${operator}\``, isLogic);
    const right = value(e.right, `\`${operator}\``, isLogic);
    if (left === null || right === null) return null;
    const form = widest([left.form, right.form]);
    const depends = left.depends || right.depends;
    const operands = [left, right] as const;
    if (isLogic) return { ...base, kind: 'logic', operator, operands, form, depends, condition: true };
    if (isComparison(operator))
      return { ...base, kind: 'compare', is: operator, operands, form, depends, condition: true };
    return { ...base, kind: 'arithmetic', operator, operands, form, depends };
  }

  function call(e: CallExpression, base: Pick<Term, 'condition' | 'text' | 'span'>): Term | null {
    const name = e.name.text;
    const f = entryOf(functions, name);
    if (f === undefined) {
      const known = Object.keys(functions);
      if (name !== '') report(errors.unknownFunction.at(e.name.span, { name, known, nearest: nearest(name, known) }));
      return null;
    }
    const wrong = (found: string, span: Span): null => {
      report(errors.badArguments.at(span, { call: name, found, written: f.written }));
      return null;
    };
    const given = e.arguments.filter((a) => a.name === null);
    const named = e.arguments.filter((a) => a.name !== null);
    const [axis, ...more] = named;
    const odd = more[0] ?? (axis !== undefined && (f.over !== 'reduce' || axis.name?.text !== 'axis') ? axis : null);
    if (odd !== null) return wrong(`has no argument \`${odd.name?.text}\` here`, odd.span);
    if (axis !== undefined && !(axis.value.kind === 'name' && axis.value.name === 'last'))
      return wrong(`goes over everything, or with \`axis: last\` along the last axis`, axis.span);
    if (given.length !== f.arguments)
      return wrong(`takes ${f.arguments} ${f.arguments === 1 ? 'value' : 'values'}, found ${given.length}`, e.span);
    const operands = given.map((a, i) => value(a.value, `\`${name}\``, f.over === 'where' && i === 0));
    if (operands.includes(null)) return null;
    const terms = operands.filter((t) => t !== null);
    const widestForm = widest(terms.map((t) => t.form));
    if (f.over === 'row' && widestForm !== 'elements')
      return refuse(`\`${name}\``, 'a number for each element', 'a single number', e.span);
    const isLast = axis !== undefined;
    const form: Form = f.over !== 'reduce' || widestForm === 'plain' ? widestForm : isLast ? 'rows' : 'number';
    if (isLast && widestForm !== 'elements')
      return refuse(`\`${name}\` along the last axis`, 'a number for each element', 'fewer numbers', e.span);
    return {
      ...base,
      kind: 'call',
      name,
      axis: isLast ? 'last' : 'all',
      operands: terms,
      form,
      depends: terms.some((t) => t.depends),
    };
  }
}

const isComparison = (operator: BinaryExpression['operator']): operator is Comparison =>
  ['<', '<=', '>', '>=', '==', '!='].includes(operator);
