/** What arrives at a layer of the user's own meets its declaration: names get their sizes, and the result follows from them. */
import { externs } from '../../diagnostics/catalog/externs.ts';
import { listed, quoted } from '../../diagnostics/wording.ts';
import { plus, quotient, symbolsOf, times } from '../../ir/dims.ts';
import type { AttrValue, Dim, Shape, ValueType } from '../../ir/graph.ts';
import type { Fault } from '../../ir/op.ts';
import { refuse } from '../../ir/ops/rules.ts';
import { printExpression } from '../../parser/print-expression.ts';
import type { Expression } from '../../parser/tree.ts';
import type { Extern, OperandSize } from './declaration.ts';

type Arguments = Readonly<Record<string, AttrValue>>;

interface Bound {
  readonly sizes: ReadonlyMap<string, Dim>;
  readonly rests: ReadonlyMap<string, Shape>;
}

/** The sizes of the result behind the batch, or why there is no such result. */
export function resultShape(layer: Extern, x: ValueType, args: Arguments): { readonly shape: Shape } | Fault {
  const bound = match(layer, x, args);
  if ('fault' in bound) return bound;
  const shape: Dim[] = [];
  for (const d of layer.result) {
    if (d.kind === 'rest') shape.push(...(bound.rests.get(d.name.text) ?? []));
    else {
      const size = sizeOf(d.value, bound.sizes);
      if (typeof size === 'object') return notASize(layer, printExpression(d.value), x, bound, size);
      shape.push(size);
    }
  }
  return { shape };
}

/** Sizes by name: those of what arrives, and numbers among the arguments. */
function match({ name, operand, text }: Extern, x: ValueType, args: Arguments): Bound | Fault {
  const { dimensions } = operand;
  const misfit = (why: string, help: string | null = null): Fault =>
    refuse(externs.misfit, { op: name, expected: patternText(operand), found: typeText(x), declared: text, why, help });
  if (x.dtype !== operand.dtype) return misfit(`takes ${operand.dtype}`);
  const found = x.shape.slice(1);
  const at = dimensions.findIndex((d) => d.kind === 'rest');
  const fixed = dimensions.length - (at < 0 ? 0 : 1);
  if (at < 0 ? found.length !== fixed : found.length < fixed)
    return misfit(`takes ${at < 0 ? '' : 'at least '}${fixed} ${fixed === 1 ? 'size' : 'sizes'} behind the batch`);
  const several = found.length - fixed;
  const sizes = new Map<string, Dim>(
    Object.entries(args).flatMap(([key, value]) => (typeof value === 'number' ? [[key, value] as const] : [])),
  );
  const given = new Set(sizes.keys());
  const rests = new Map<string, Shape>();
  for (const [i, d] of dimensions.entries()) {
    if (d.kind === 'rest') {
      rests.set(d.name, found.slice(i, i + several));
      continue;
    }
    const size = found[at >= 0 && i > at ? i + several - 1 : i] ?? 1;
    const wanted = d.kind === 'number' ? d.value : sizes.get(d.name);
    if (d.kind === 'name' && wanted === undefined) sizes.set(d.name, size);
    else if (wanted !== size) {
      const where =
        d.kind === 'number'
          ? `${wanted} is`
          : `\`${d.name}\` is ${wanted}${given.has(d.name) ? ', its argument, ' : ' '}`;
      const symbolic = symbolsOf(size);
      const help = symbolic.length === 0 ? null : `give the input a number for ${listed(quoted(symbolic), 'and')}`;
      return misfit(
        d.kind === 'number' ? `${where} declared where ${size} arrives` : `${where}where ${size} arrives`,
        help,
      );
    }
  }
  return { sizes, rests };
}

/** `float32[N, ...S, C]` */
const patternText = ({ dtype, dimensions }: Extern['operand']): string =>
  `${dtype}[${['N', ...dimensions.map(sizeText)].join(', ')}]`;
const sizeText = (d: OperandSize): string =>
  d.kind === 'number' ? String(d.value) : d.kind === 'rest' ? `...${d.name}` : d.name;
const typeText = (x: ValueType): string => `${x.dtype}[${x.shape.join(', ')}]`;

/** A number that is no size, or a size with a name that the arithmetic is not known to come out for. */
type NoSize = { readonly number: number } | { readonly open: readonly string[] };

/** What is computed of numbers may have fractions on the way; what has a name must stay whole throughout. */
function sizeOf(e: Expression, sizes: ReadonlyMap<string, Dim>): Dim | NoSize {
  const value = compute(e, sizes);
  if (typeof value !== 'number') return value;
  // 0.1 · 30 is three, whatever its last bit says.
  const whole = Math.round(value);
  return Math.abs(value - whole) <= 1e-9 * Math.max(1, Math.abs(value)) && whole >= 1 ? whole : { number: value };
}

function compute(e: Expression, sizes: ReadonlyMap<string, Dim>): Dim | NoSize {
  if (e.kind === 'number') return e.value;
  if (e.kind === 'name') return sizes.get(e.name) ?? { number: Number.NaN };
  if (e.kind !== 'binary') return { number: Number.NaN };
  const [a, b] = [compute(e.left, sizes), compute(e.right, sizes)];
  if (typeof a === 'object') return a;
  if (typeof b === 'object') return b;
  if (typeof a === 'number' && typeof b === 'number') return arithmetic(e.operator, a, b);
  const open: NoSize = { open: [...symbolsOf(a), ...symbolsOf(b)] };
  if ([a, b].some((d) => typeof d === 'number' && !Number.isSafeInteger(d))) return open;
  if (e.operator === '+') return plus(a, b);
  if (e.operator === '-') return plus(a, times(b, -1));
  if (e.operator === '*') return times(a, b);
  return (typeof b === 'number' ? quotient(a, b) : null) ?? open;
}

const arithmetic = (operator: string, a: number, b: number): number =>
  operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : a / b;

function notASize({ name }: Extern, size: string, x: ValueType, { sizes }: Bound, no: NoSize): Fault {
  const inIt = [...sizes].filter(([key, value]) => typeof value === 'number' && new RegExp(`\\b${key}\\b`).test(size));
  const known = inIt.map(([key, value]) => `\`${key}\` = ${value}`).join(', ');
  const facts = { op: name, size, found: typeText(x), known };
  if ('number' in no)
    return refuse(externs.notASize, { ...facts, expected: `${Number(no.number.toPrecision(12))}`, help: null });
  const symbols = [...new Set(no.open)];
  return refuse(externs.notASize, {
    ...facts,
    expected: 'not known to be whole',
    help: `give the input a number for ${listed(quoted(symbols), 'and')}`,
  });
}
