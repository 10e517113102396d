/** The sizes that a declaration of a layer of the user's own is written with. */
import { externs } from '../../diagnostics/catalog/externs.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Signature } from '../../ir/signature.ts';
import type { Dimension, Expression, Type } from '../../parser/tree.ts';
import type { OperandSize } from './declaration.ts';

/** Of a result: arithmetic over numbers, sizes of what arrives, and parameters. */
export type Dimensions = readonly Dimension[];

/** Sizes of what arrives, or null after saying which cannot be read. */
export function readOperand(layer: string, type: Type, report: Report): readonly OperandSize[] | null {
  const refuse = (at: Span, problem: string): null => {
    report(externs.badSize.at(at, { name: layer, side: 'operand', problem, help: null }));
    return null;
  };
  const rests = type.dimensions.flatMap((d) => (d.kind === 'rest' ? [d] : []));
  const read = type.dimensions.map((d): OperandSize | null => {
    if (d.kind === 'rest') {
      if (d.name.text === '') return null;
      if (d !== rests[0]) return refuse(d.span, 'two `...` in one type leave open which of them takes what');
      const same = type.dimensions.some(
        (o) => o.kind === 'size' && o.value.kind === 'name' && o.value.name === d.name.text,
      );
      if (same) return refuse(d.span, `\`${d.name.text}\` stands for one size and for several`);
      return { kind: 'rest', name: d.name.text };
    }
    const { value } = d;
    if (value.kind === 'missing') return null;
    if (value.kind === 'name') return value.name === 'N' ? refuse(d.span, batch) : { kind: 'name', name: value.name };
    if (value.kind !== 'number')
      return refuse(d.span, 'what arrives is matched with numbers and names, not with arithmetic');
    if (!Number.isSafeInteger(value.value) || value.value < 1)
      return refuse(d.span, `a size is a whole number from 1, found ${value.text}`);
    return { kind: 'number', value: value.value };
  });
  return read.includes(null) ? null : read.filter((size) => size !== null);
}

const batch = '`N` is the batch, which is not written';

/** The sizes of the result; everything they are computed from must be known. */
export function readResult(
  layer: string,
  type: Type,
  operand: readonly OperandSize[],
  parameters: Signature,
  report: Report,
): Dimensions | null {
  const sizes = operand.flatMap((size) => (size.kind === 'name' ? [size.name] : []));
  const rest = operand.flatMap((size) => (size.kind === 'rest' ? [size.name] : []));
  const numeric = Object.keys(parameters).filter((key) => isNumeric(parameters[key]?.default));
  let fine = true;
  const refuse = (at: Span, problem: string, help: string | null = null): void => {
    report(externs.badSize.at(at, { name: layer, side: 'result', problem, help }));
    fine = false;
  };
  const unbound = (size: string, at: Span, known: readonly string[]): void => {
    const other = parameters[size]?.default;
    const parameter =
      other === undefined ? null : typeof other === 'boolean' ? `\`${other}\`` : `the word \`${other}\``;
    const near = parameter === null ? nearest(size, known) : null;
    report(externs.unboundSize.at(at, { name: layer, size, known, nearest: near, parameter }));
    fine = false;
  };
  const visit = (e: Expression): void => {
    if (e.kind === 'missing') fine = false;
    else if (e.kind === 'name') {
      if (e.name === 'N') refuse(e.span, batch);
      else if (rest.includes(e.name))
        refuse(e.span, `\`${e.name}\` stands for several sizes`, `write \`...${e.name}\``);
      else if (!sizes.includes(e.name) && !numeric.includes(e.name)) unbound(e.name, e.span, [...sizes, ...numeric]);
    } else if (e.kind === 'binary' && isArithmetic(e.operator)) {
      visit(e.left);
      visit(e.right);
    } else if (e.kind !== 'number') refuse(e.span, 'a size is computed with `+`, `-`, `*` and `/`');
  };
  for (const [i, d] of type.dimensions.entries()) {
    if (d.kind === 'size') visit(d.value);
    else if (d.name.text === '') fine = false;
    else if (!rest.includes(d.name.text))
      unbound(
        `...${d.name.text}`,
        d.span,
        rest.map((name) => `...${name}`),
      );
    else if (type.dimensions.findIndex((o) => o.kind === 'rest') < i)
      refuse(d.span, `\`...${d.name.text}\` stands twice`);
  }
  return fine ? type.dimensions : null;
}

/** A parameter without a default may be given a number. */
const isNumeric = (fallback: unknown): boolean => fallback === undefined || typeof fallback === 'number';

const isArithmetic = (operator: string): operator is '+' | '-' | '*' | '/' =>
  operator === '+' || operator === '-' || operator === '*' || operator === '/';
