/**
 * Functions of each element, for formulas of losses.   x [...]  →  y [...]
 *   abs |x| · sign −1, 0 or 1 · exp eˣ · log ln x · sqrt √x · square x² · shift x + by · clamp min(max(x, min), max)
 *
 * The slope of abs at 0 is 0; that of clamp is 1 from min to max, both included. sign is what abs's gradient is made of.
 * Errors  NRM2107 a value that is not float32.
 */
import { aNumber } from '../attributes.ts';
import type { Ref, Stage, ValueType } from '../graph.ts';
import { map } from '../nd.ts';
import { type AttrSpec, defineOp, type Emit, type Fault, none } from '../op.ts';
import { div, mul, scale } from './elementwise.ts';
import { array, d, sameShape, shapeText, unfit } from './rules.ts';

const stages: readonly Stage[] = ['train', 'step'];

const sameType = (op: string, x: ValueType): readonly ValueType[] | Fault =>
  x.dtype === 'float32' ? [x] : unfit(op, 'a float32 value', x);

const unary = <const K extends string>(
  kind: K,
  doc: string,
  f: (x: number) => number,
  /** The gradient by x, named as given. */
  gradient: (build: Emit, of: { readonly x: Ref; readonly y: Ref; readonly dy: Ref }, name: string) => Ref,
) =>
  defineOp({
    kind,
    doc,
    operands: ['x'],
    results: ['y'],
    attrs: {},
    stages,
    writes: [],
    shape: ({ x }) => sameType(kind, x),
    train: 'same',
    infer: 'same',
    gradient: ({ build, operands: { x }, results: { y }, dy }) => ({ x: gradient(build, { x, y, dy }, d(x)) }),
    evaluate: ({ x }) => [map(array(x), f)],
    kernel: kind,
  });

export const sign = defineOp({
  kind: 'sign',
  doc: '−1, 0 or 1',
  operands: ['x'],
  results: ['y'],
  attrs: {},
  stages,
  writes: [],
  shape: ({ x }) => sameType('sign', x),
  train: 'same',
  infer: 'same',
  gradient: none('it is flat'),
  evaluate: ({ x }) => [map(array(x), Math.sign)],
  kernel: 'sign',
});

export const abs = unary('abs', '|x|', Math.abs, (build, { x, dy }, name) =>
  build.one(mul, [dy, build.one(sign, [x], {}, `${name}.sign`)], {}, name),
);
export const exp = unary('exp', 'eˣ', Math.exp, (build, { y, dy }, name) => build.one(mul, [dy, y], {}, name));
export const log = unary('log', 'ln x', Math.log, (build, { x, dy }, name) => build.one(div, [dy, x], {}, name));
export const sqrt = unary('sqrt', '√x', Math.sqrt, (build, { y, dy }, name) =>
  build.one(div, [build.one(scale, [dy], { by: 0.5 }, `${name}.half`), y], {}, name),
);
export const square = unary(
  'square',
  'x²',
  (x) => x * x,
  (build, { x, dy }, name) => build.one(mul, [build.one(scale, [dy], { by: 2 }, `${name}.twice`), x], {}, name),
);

export const shift = defineOp({
  kind: 'shift',
  doc: 'x plus a number',
  operands: ['x'],
  results: ['y'],
  attrs: { by: aNumber() },
  stages,
  writes: [],
  shape: ({ x }) => sameType('shift', x),
  train: 'same',
  infer: 'same',
  gradient: ({ dy }) => ({ x: dy }),
  evaluate: ({ x }, { by }) => [map(array(x), (v) => v + by)],
  kernel: 'shift',
});

/** Null: there is no bound on that side. */
const bound: AttrSpec<number | null> = {
  is: (v): v is number | null => v === null || typeof v === 'number',
  default: null,
};
const bounds = { min: bound, max: bound };
const inside = (v: number, min: number | null, max: number | null): boolean =>
  v >= (min ?? Number.NEGATIVE_INFINITY) && v <= (max ?? Number.POSITIVE_INFINITY);

export const clampGrad = defineOp({
  kind: 'clampGrad',
  doc: 'gradient of clamp',
  operands: ['dy', 'x'],
  results: ['dx'],
  attrs: bounds,
  stages: ['step'],
  writes: [],
  shape: ({ dy, x }) => (sameShape(dy.shape, x.shape) ? [x] : unfit('clampGrad', `dy ${shapeText(x.shape)}`, dy)),
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ dy, x }, { min, max }) => [
    map(array(dy), (g, i) => (inside(array(x).data[i] ?? Number.NaN, min, max) ? g : 0)),
  ],
  kernel: 'clampGrad',
});

export const clamp = defineOp({
  kind: 'clamp',
  doc: 'x kept between two numbers',
  operands: ['x'],
  results: ['y'],
  attrs: bounds,
  stages,
  writes: [],
  shape: ({ x }) => sameType('clamp', x),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, attrs, dy }) => ({ x: build.one(clampGrad, [dy, x], { ...attrs }, d(x)) }),
  evaluate: ({ x }, { min, max }) => [
    map(array(x), (v) => Math.min(Math.max(v, min ?? Number.NEGATIVE_INFINITY), max ?? Number.POSITIVE_INFINITY)),
  ],
  kernel: 'clamp',
});
