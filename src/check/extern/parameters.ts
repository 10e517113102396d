/** Plain parameters of a layer of the user's own: numbers, truth values and words, handed to its module as they are. */
import { externs } from '../../diagnostics/catalog/externs.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { custom, flag, number, type ParameterSpec } from '../../ir/signature.ts';
import type { Value } from '../../ir/value.ts';
import type { ExternParameter } from '../../parser/tree.ts';
import { describe, emptyEnvironment, evaluate } from '../values.ts';

type Plain = number | boolean | string;

const textOf = (value: Value): string | undefined =>
  value.kind === 'word' ? value.word : value.kind === 'string' ? value.value : undefined;

const plainOf = (value: Value): Plain | undefined =>
  value.kind === 'number' || value.kind === 'boolean' ? value.value : textOf(value);

/** Takes what its default is; without a default, any of them. Null after saying that the default is none of them. */
export function readParameter(
  layer: string,
  { name, default: given }: ExternParameter,
  before: readonly ExternParameter[],
  report: Report,
): ParameterSpec | null {
  const common = { positional: true, doc: `parameter of ${layer}` };
  if (given === null) return custom<Plain>('a number, `true`, `false`, a word or a text', plainOf, common);
  const value = evaluate(given, emptyEnvironment, report);
  if (value === null) return null;
  const other = value.kind === 'word' ? before.find((p) => p.name.text === value.word) : undefined;
  const plain = other === undefined ? plainOf(value) : undefined;
  if (plain === undefined) {
    const found = other === undefined ? describe(value) : `the parameter \`${other.name.text}\``;
    report(externs.badDefault.at(given.span, { name: layer, parameter: name.text, found }));
    return null;
  }
  if (typeof plain === 'number') return number({ ...common, default: plain });
  if (typeof plain === 'boolean') return flag({ ...common, default: plain });
  return custom<string>('a word or a text', textOf, { ...common, default: plain });
}
