/**
 * Arithmetic on elements, with numpy's broadcasting: shapes are aligned at their last axis, a missing axis or one of size 1 repeats.
 *   add a + b · sub a − b · mul a·b · div a/b · scale by·x · rsqrt 1/√(x + epsilon) · zeros [shape] · constant, a scalar
 *
 * Gradients of a broadcast operand are summed over the axes that repeated it.
 * Errors  NRM2107 shapes that do not broadcast.
 */
import { aNumber, numbers } from '../attributes.ts';
import type { Dim, Ref, Shape, Stage, ValueType } from '../graph.ts';
import { scalar, zeros as zeroArray } from '../nd.ts';
import { defineOp, type Emit, type Fault, none } from '../op.ts';
import * as reference from '../reference/elementwise.ts';
import { sum } from './reduce.ts';
import { reshapeTo } from './reshape.ts';
import { array, d, float, sameShape, shapeText, unfit } from './rules.ts';

export function broadcast(op: string, a: ValueType, b: ValueType): readonly ValueType[] | Fault {
  const rank = Math.max(a.shape.length, b.shape.length);
  const aligned = (shape: Shape, i: number): Dim => shape[i - (rank - shape.length)] ?? 1;
  const dims: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const [m, n] = [aligned(a.shape, i), aligned(b.shape, i)];
    if (m !== n && m !== 1 && n !== 1) return unfit(op, `a shape that broadcasts with ${shapeText(a.shape)}`, b);
    dims.push(m === 1 ? n : m);
  }
  return [float(...dims)];
}

/** Name of the cotangent before the axes that repeated the operand are summed away. */
export const each = (build: Emit, y: Ref, operand: Ref): string =>
  sameShape(build.typeOf(y).shape, build.typeOf(operand).shape) ? d(operand) : `${d(operand)}.each`;

/** The cotangent of an operand that was broadcast: `g`, summed over the axes that repeated it. */
export function unbroadcast(build: Emit, g: Ref, operand: Ref): Ref {
  const from = build.typeOf(g).shape;
  const to = build.typeOf(operand).shape;
  if (sameShape(from, to)) return g;
  const missing = from.length - to.length;
  const ones = to.flatMap((dim, axis) => (dim === 1 && from[axis + missing] !== 1 ? [axis] : []));
  const axes = [...from.slice(0, missing).keys(), ...ones.map((axis) => axis + missing)];
  const finish = d(operand);
  if (ones.length === 0) return build.one(sum, [g], { axes }, finish);
  // sum removes axes; those of size 1 come back: inner ones by reshape, which keeps the first dimension, leading ones by broadcasting.
  const summed = build.one(sum, [g], { axes }, `${finish}.sum`);
  const inside = ones.findIndex((axis, i) => axis !== i);
  const leading = inside < 0 ? ones.length : inside;
  const inner = to.slice(leading);
  const row =
    inside < 0
      ? summed
      : reshapeTo(
          build,
          summed,
          inner.slice(1),
          leading === 0 ? operand : null,
          leading === 0 ? finish : `${finish}.row`,
        );
  if (leading === 0) return row;
  // Sizes that the row has already need not be known to the zeros.
  const shape = to.map((size) => (typeof size === 'number' ? size : 1));
  return build.one(add, [build.one(zeros, [], { shape }), row], {}, finish);
}

/** Joins of paths stand in a model. */
const stages: readonly Stage[] = ['model', 'train', 'step', 'infer'];

export const add = defineOp({
  kind: 'add',
  doc: 'a + b',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: {},
  stages,
  writes: [],
  shape: ({ a, b }) => broadcast('add', a, b),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { a, b }, dy }) => ({ a: unbroadcast(build, dy, a), b: unbroadcast(build, dy, b) }),
  evaluate: ({ a, b }) => [reference.binary(array(a), array(b), (x, y) => x + y)],
  kernel: 'add',
});

export const sub = defineOp({
  kind: 'sub',
  doc: 'a − b',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: {},
  stages,
  writes: [],
  shape: ({ a, b }) => broadcast('sub', a, b),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { a, b }, dy }) => ({
    a: unbroadcast(build, dy, a),
    b: unbroadcast(build, build.one(scale, [dy], { by: -1 }, each(build, dy, b)), b),
  }),
  evaluate: ({ a, b }) => [reference.binary(array(a), array(b), (x, y) => x - y)],
  kernel: 'sub',
});

export const mul = defineOp({
  kind: 'mul',
  doc: 'a · b, element by element',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: {},
  stages,
  writes: [],
  shape: ({ a, b }) => broadcast('mul', a, b),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { a, b }, dy }): { readonly a: Ref; readonly b: Ref } => ({
    a: unbroadcast(build, build.one(mul, [dy, b], {}, each(build, dy, a)), a),
    b: unbroadcast(build, build.one(mul, [dy, a], {}, each(build, dy, b)), b),
  }),
  evaluate: ({ a, b }) => [reference.binary(array(a), array(b), (x, y) => x * y)],
  kernel: 'mul',
});

export const div = defineOp({
  kind: 'div',
  doc: 'a / b, element by element',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: {},
  stages,
  writes: [],
  shape: ({ a, b }) => broadcast('div', a, b),
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { a, b }, results, dy }): { readonly a: Ref; readonly b: Ref } {
    const da = build.one(div, [dy, b], {}, each(build, dy, a));
    const db = build.one(scale, [build.one(mul, [da, results.y])], { by: -1 }, each(build, dy, b));
    return { a: unbroadcast(build, da, a), b: unbroadcast(build, db, b) };
  },
  evaluate: ({ a, b }) => [reference.binary(array(a), array(b), (x, y) => x / y)],
  kernel: 'div',
});

export const scale = defineOp({
  kind: 'scale',
  doc: 'x times a number',
  operands: ['x'],
  results: ['y'],
  attrs: { by: aNumber() },
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape: ({ x }) => (x.dtype === 'float32' ? [x] : unfit('scale', 'a float32 value', x)),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, attrs, dy }): { readonly x: Ref } => ({
    x: build.one(scale, [dy], { ...attrs }, d(x)),
  }),
  evaluate: ({ x }, { by }) => [reference.scale(array(x), by)],
  kernel: 'scale',
});

export const rsqrt = defineOp({
  kind: 'rsqrt',
  doc: '1/√(x + epsilon)',
  operands: ['x'],
  results: ['y'],
  attrs: { epsilon: aNumber(0) },
  stages: ['step', 'infer'],
  writes: [],
  shape: ({ x }) => (x.dtype === 'float32' ? [x] : unfit('rsqrt', 'a float32 value', x)),
  train: 'same',
  infer: 'same',
  gradient: none('stands only after differentiation'),
  evaluate: ({ x }, { epsilon }) => [reference.rsqrt(array(x), epsilon)],
  kernel: 'rsqrt',
});

export const zeros = defineOp({
  kind: 'zeros',
  doc: 'zeros of a shape',
  operands: [],
  results: ['y'],
  attrs: { shape: numbers() },
  stages: ['step', 'infer'],
  writes: [],
  shape: (_, { shape }) => [float(...shape)],
  train: 'same',
  infer: 'same',
  gradient: none('depends on nothing'),
  evaluate: (_, { shape }) => [zeroArray(shape)],
  kernel: 'zeros',
});

export const constant = defineOp({
  kind: 'constant',
  doc: 'a number, as a scalar',
  operands: [],
  results: ['y'],
  attrs: { value: aNumber() },
  stages: ['train', 'step'],
  writes: [],
  shape: () => [float()],
  train: 'same',
  infer: 'same',
  gradient: none('depends on nothing'),
  evaluate: (_, { value }) => [scalar(value)],
  kernel: 'constant',
});
