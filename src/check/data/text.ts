/** Sources and preprocessing as they are written. */
import type { AttrValue } from '../../ir/graph.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { ParameterSpec } from '../../ir/signature.ts';
import type { Entry } from '../../ir/vocabulary.ts';
import { printExpression } from '../../parser/print-expression.ts';
import type { Expression } from '../../parser/tree.ts';
import type { DataConfig } from '../model.ts';
import { argument, call, fromAttr, list, text, word } from '../syntax.ts';

/** Every argument written out. */
export const sourceExpression = (source: Bound<Entry>): Expression => expression(source, () => true);

/** As somebody would write it: what is as it is by default is left out. */
export const sourceText = (source: Bound<Entry>): string =>
  printExpression(expression(source, (value, spec) => value !== spec.default));

export function preprocessingExpression(steps: readonly Bound<Entry>[]): Expression {
  const [only, ...more] = steps.map(stepExpression);
  if (only === undefined) return word('none');
  return more.length === 0 ? only : list([only, ...more]);
}

export const preprocessingText = (steps: readonly Bound<Entry>[]): string =>
  printExpression(preprocessingExpression(steps));

const share = (value: number): string => `${Number((value * 100).toPrecision(12))}%`;

/** What is said of which samples are used, beside what is held out. */
export function samplesText({
  test,
  limit,
  shuffle,
}: DataConfig): readonly { readonly name: string; readonly text: string }[] {
  const limits = [
    ...(limit.train === null ? [] : [`${limit.train} samples to train on`]),
    ...(limit.test === null ? [] : [`${limit.test} to test with`]),
  ];
  return [
    ...(test === null ? [] : [{ name: 'test', text: typeof test === 'number' ? share(test) : sourceText(test) }]),
    ...(limits.length === 0 ? [] : [{ name: 'limit', text: limits.join(', ') }]),
    ...(shuffle ? [] : [{ name: 'shuffle', text: 'false' }]),
  ];
}

/** `FashionMnist (idx("fashion-mnist"), validation 10%)` */
export function dataText(data: DataConfig): string {
  const facts = [
    sourceText(data.source),
    `validation ${share(data.validation)}`,
    ...samplesText(data).map(({ name, text: said }) => `${name} ${said}`),
  ];
  return `${data.name} (${facts.join(', ')})`;
}

/** Only what is not as it is by default, so that `minmax` stays a word; what is written by position is written as a whole. */
function stepExpression(step: Bound<Entry>): Expression {
  const specs = Object.entries(step.def.signature);
  const positions = specs.some(([key, spec]) => spec.positional && step.args[key] !== spec.default);
  const result = expression(step, (value, spec) => (spec.positional ? positions : value !== spec.default));
  return result.kind === 'call' && result.arguments.length === 0 ? word(step.def.name) : result;
}

/** Texts that are no words of the parameter, such as names of files, stand in quotes. */
function expression(
  { def, args }: Bound<Entry>,
  wanted: (value: AttrValue, spec: ParameterSpec) => boolean,
): Expression {
  const given = Object.entries(def.signature).flatMap(([key, spec]) => {
    const value = args[key];
    if (value === null || value === undefined || !wanted(value, spec)) return [];
    const quoted = typeof value === 'string' && spec.words?.includes(value) !== true;
    return [argument(spec.positional ? null : key, quoted ? text(value) : fromAttr(value))];
  });
  return call(def.name, given);
}
