/** Axes of sweeps and searches: what is varied, and the values it takes. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { studies } from '../../diagnostics/catalog/studies.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import { number } from '../../ir/signature.ts';
import type { Value } from '../../ir/value.ts';
import { printExpression } from '../../parser/print-expression.ts';
import type { Axis, Expression } from '../../parser/tree.ts';
import { bind } from '../bind.ts';
import { callOf } from '../entries.ts';
import { describe, emptyEnvironment, evaluate, sameValue } from '../values.ts';

export const pathOf = (axis: Axis): string => axis.path.map((n) => n.text).join('.');
/** Of the path. */
export const spanOf = (axis: Axis): Span => ({ ...axis.span, end: axis.path.at(-1)?.span.end ?? axis.span.end });

const rangeSignature = {
  low: number({ positional: true, doc: 'the least value' }),
  high: number({ positional: true, doc: 'the greatest value' }),
};

/** The values of an axis; of a range its ends. Empty after an error. */
export function valuesOf(axis: Axis, what: 'sweep' | 'search', report: Report): readonly Expression[] {
  const { values } = axis;
  const path = pathOf(axis);
  const example = path === 'batch' || !path.includes('.') ? `\`${path}: [16, 32]\`` : `\`${path}: […]\``;
  const expects = what === 'sweep' ? 'a list of values' : 'a list of values or a range';
  const help = what === 'sweep' ? `write a list: ${example}` : `write \`${path}: range(8, 64)\` or a list`;
  const refuse = (found: string, fix = help): readonly Expression[] => {
    report(studies.badAxis.at(values.span, { path, expects, found, help: fix }));
    return [];
  };
  if (values.kind === 'missing' || path === '') return [];
  if (values.kind === 'call' && values.name.text === 'range') {
    if (what === 'sweep')
      return refuse('a range', 'a sweep tries each value: write them as a list; a `search` takes ranges');
    const value = evaluate(values, emptyEnvironment, report);
    const call = value && callOf(value);
    const callee = { name: 'range', span: values.span, environment: emptyEnvironment };
    const bound = call && bind(rangeSignature, call.args, callee, report);
    if (bound === null) return [];
    const { low, high } = bound;
    if (typeof low !== 'number' || typeof high !== 'number') return [];
    if (low >= high) return refuse(`a range from ${low} to ${high}`, 'the lower end comes first: `range(8, 64)`');
    return values.arguments.map((a) => a.value);
  }
  if (values.kind !== 'list') {
    const value = evaluate(values, emptyEnvironment, report);
    return value === null
      ? []
      : refuse(describe(value), `put it in brackets: \`${path}: [${printExpression(values)}, …]\``);
  }
  if (values.items.length === 0) return refuse('an empty list');
  return distinct(values.items, report);
}

function distinct(items: readonly Expression[], report: Report): readonly Expression[] {
  const seen: Value[] = [];
  return items.filter((item) => {
    const value = evaluate(item, emptyEnvironment, report);
    if (value === null) return false;
    if (seen.some((s) => sameValue(s, value))) {
      const what = `\`${printExpression(item)}\` a second time`;
      report(policies.doesNothing.at(item.span, { what, why: 'the sweep tries it already', instead: 'remove it' }));
      return false;
    }
    seen.push(value);
    return true;
  });
}
