/** What an `extern layer` declares, read once: the tensor it takes, its plain parameters, what it gives, and the module it comes from. */
import { externs } from '../../diagnostics/catalog/externs.ts';
import { names } from '../../diagnostics/catalog/names.ts';
import { unsupported } from '../../diagnostics/catalog/unsupported.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Signature } from '../../ir/signature.ts';
import { printExpression } from '../../parser/print-expression.ts';
import type { Dimension, ExternDeclaration, ExternParameter, Type } from '../../parser/tree.ts';
import { readParameter } from './parameters.ts';
import { type Dimensions, readOperand, readResult } from './sizes.ts';

export interface Extern {
  readonly name: string;
  readonly operand: Operand;
  readonly parameters: Signature;
  readonly result: Dimensions;
  /** As it would be written: `gate(x: float32[...S, C], rate = 0.5) -> float32[...S, C]`. */
  readonly text: string;
}

export interface Operand {
  readonly dtype: 'float32' | 'int32';
  readonly dimensions: readonly OperandSize[];
}

/** A size of what arrives: a number, a name that it is known by afterwards, or any number of sizes. */
export type OperandSize =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name' | 'rest'; readonly name: string };

/** Null after saying what is wrong with it, or when the parser has. */
export function readExtern(d: ExternDeclaration, report: Report): Extern | null {
  const operand = operandOf(d, report);
  const parameters = parametersOf(d, report);
  if (operand === null || parameters === null) return null;
  if (d.result === null) {
    report(externs.noResult.at(d.name.span, { name: d.name.text, operand: typeText(operand.type) }));
    return null;
  }
  const input = readType(d, operand, operand.type, report);
  const output = readType(d, operand, d.result, report);
  if (input === null || output === null) return null;
  if (output !== 'float32') {
    const problem = `a layer gives float32, found \`${output}\``;
    report(names.badType.at(d.result.dtype.span, { name: d.name.text, problem, nearest: 'float32' }));
    return null;
  }
  const dimensions = readOperand(d.name.text, operand.type, report);
  if (dimensions === null) return null;
  const result = readResult(d.name.text, d.result, dimensions, parameters, report);
  if (result === null || d.name.text === '' || d.from === null) return null;
  return { name: d.name.text, operand: { dtype: input, dimensions }, parameters, result, text: textOf(d) };
}

type TensorParameter = ExternParameter & { readonly type: Type };
const isTensor = (p: ExternParameter): p is TensorParameter => p.type !== null;

/** Exactly one tensor, first and without a default. */
function operandOf(d: ExternDeclaration, report: Report): TensorParameter | null {
  const wrong = (at: ExternParameter | null, problem: string, help: string | null = null): null => {
    report(externs.operands.at(at?.span ?? d.name.span, { name: d.name.text, problem, help }));
    return null;
  };
  const [first, ...rest] = d.parameters;
  const tensors = d.parameters.filter(isTensor);
  const [operand, second] = tensors;
  if (operand === undefined) return wrong(first ?? null, 'takes no tensor');
  if (second !== undefined)
    return wrong(
      second,
      `takes ${tensors.length} tensors; a layer takes one`,
      'bring them together before it, with `concat { | … | … }` or `sum { | … | … }`',
    );
  if (first !== operand && rest.includes(operand))
    return wrong(operand, `takes its tensor \`${operand.name.text}\` after \`${first?.name.text}\``, null);
  if (operand.default !== null)
    return wrong(
      operand,
      `has a default for its tensor \`${operand.name.text}\``,
      'the tensor is what arrives at the step',
    );
  return operand;
}

/** Plain parameters, each of its own name. */
function parametersOf(d: ExternDeclaration, report: Report): Signature | null {
  let fine = true;
  const read: [string, Signature[string]][] = [];
  for (const [i, p] of d.parameters.entries()) {
    const first = d.parameters.findIndex((q) => q.name.text === p.name.text);
    if (p.name.text !== '' && first < i) {
      const facts = { path: p.name.text, what: 'parameters', automatic: false };
      report(names.duplicateName.at(p.name.span, facts, { places: { first: d.parameters[first]?.name.span ?? null } }));
      fine = false;
    } else if (p.type === null) {
      const spec = readParameter(d.name.text, p, d.parameters.slice(0, i), report);
      if (spec === null || p.name.text === '') fine = false;
      else read.push([p.name.text, spec]);
    }
  }
  return fine ? Object.fromEntries(read) : null;
}

const dtypes = ['float32', 'int32'] as const;

function readType(
  d: ExternDeclaration,
  operand: TensorParameter,
  type: Type,
  report: Report,
): 'float32' | 'int32' | null {
  const { text, span } = type.dtype;
  const found = dtypes.find((known) => known === text);
  if (found !== undefined || text === '') return found ?? null; // missing, and reported by the parser
  if (type !== operand.type && text === operand.type.dtype.text) return null; // said of what arrives
  if (text === 'bool') report(unsupported.word.at(span, { what: 'number type', word: text, compiled: dtypes }));
  else {
    const problem = `there is no number type \`${text}\``;
    const near = nearest(text, [...dtypes]) ?? (/^f|float|double/.test(text) ? 'float32' : null);
    const name = type === operand.type ? operand.name.text : d.name.text;
    report(names.badType.at(span, { name, problem, nearest: near }));
  }
  return null;
}

const dimensionText = (d: Dimension): string => (d.kind === 'rest' ? `...${d.name.text}` : printExpression(d.value));
const typeText = (t: Type): string => `${t.dtype.text}[${t.dimensions.map(dimensionText).join(', ')}]`;

function textOf(d: ExternDeclaration): string {
  const parameter = (p: ExternParameter): string =>
    p.type === null
      ? `${p.name.text}${p.default === null ? '' : ` = ${printExpression(p.default)}`}`
      : `${p.name.text}: ${typeText(p.type)}`;
  return `${d.name.text}(${d.parameters.map(parameter).join(', ')}) -> ${d.result === null ? '' : typeText(d.result)}`;
}
