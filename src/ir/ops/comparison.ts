/**
 * Comparisons and what is chosen by them, with numpy's broadcasting.
 *   compare 1 where a `is` b, else 0 · select a where the condition is not 0, else b · maximum, minimum of a and b
 *
 * A condition is a float32 value of zeros and ones. It has no slope. Of equal values maximum and minimum give a's slope to a alone.
 * select gives 0 to the value that is not chosen, so a NaN in it does no harm.
 * Errors  NRM2107 shapes that do not broadcast.
 */
import { oneOf } from '../attributes.ts';
import type { Ref, Stage } from '../graph.ts';
import { defineOp, type Emit, isFault } from '../op.ts';
import * as reference from '../reference/elementwise.ts';
import { broadcast, constant, each, unbroadcast } from './elementwise.ts';
import { array } from './rules.ts';

const stages: readonly Stage[] = ['train', 'step'];

export const comparisons = ['<', '<=', '>', '>=', '==', '!='] as const;
export type Comparison = (typeof comparisons)[number];

const holds: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

export const compare = defineOp({
  kind: 'compare',
  doc: '1 where a comparison holds, else 0',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: { is: oneOf(comparisons) },
  stages,
  writes: [],
  shape: ({ a, b }) => broadcast('compare', a, b),
  train: 'same',
  infer: 'same',
  // Flat on both sides, with a step between them.
  gradient: () => ({}),
  evaluate: ({ a, b }, { is }) => [reference.binary(array(a), array(b), (x, y) => (holds[is](x, y) ? 1 : 0))],
  kernel: 'compare',
});

export const select = defineOp({
  kind: 'select',
  doc: 'a where the condition is not 0, else b',
  operands: ['condition', 'a', 'b'],
  results: ['y'],
  attrs: {},
  stages,
  writes: [],
  shape({ condition, a, b }) {
    const values = broadcast('select', a, b);
    const [type] = isFault(values) ? [] : values;
    return type === undefined ? values : broadcast('select', type, condition);
  },
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { condition, a, b }, results, dy }): { readonly a: Ref; readonly b: Ref } {
    const zero = build.one(constant, [], { value: 0 }, 'zero');
    return {
      a: unbroadcast(build, build.one(select, [condition, dy, zero], {}, each(build, results.y, a)), a),
      b: unbroadcast(build, build.one(select, [condition, zero, dy], {}, each(build, results.y, b)), b),
    };
  },
  evaluate({ condition, a, b }) {
    const chosen = array(condition);
    // What is not chosen may be NaN, which no product with 0 takes away.
    const left = reference.binary(chosen, array(a), (c, x) => (c !== 0 ? x : 0));
    const right = reference.binary(chosen, array(b), (c, y) => (c !== 0 ? 0 : y));
    return [reference.binary(left, right, (x, y) => x + y)];
  },
  kernel: 'select',
});

/** The gradients of the larger or the smaller of two values: all of it to the one that is chosen. */
function chosen(build: Emit, { a, b, y, dy }: { a: Ref; b: Ref; y: Ref; dy: Ref }, is: Comparison) {
  const zero = build.one(constant, [], { value: 0 }, 'zero');
  const first = build.one(compare, [a, b], { is }, `${y.slice(1)}.first`);
  return {
    a: unbroadcast(build, build.one(select, [first, dy, zero], {}, each(build, y, a)), a),
    b: unbroadcast(build, build.one(select, [first, zero, dy], {}, each(build, y, b)), b),
  };
}

export const maximum = defineOp({
  kind: 'maximum',
  doc: 'the larger of a and b',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: {},
  stages,
  writes: [],
  shape: ({ a, b }) => broadcast('maximum', a, b),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { a, b }, results: { y }, dy }) => chosen(build, { a, b, y, dy }, '>='),
  evaluate: ({ a, b }) => [reference.binary(array(a), array(b), Math.max)],
  kernel: 'maximum',
});

export const minimum = defineOp({
  kind: 'minimum',
  doc: 'the smaller of a and b',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: {},
  stages,
  writes: [],
  shape: ({ a, b }) => broadcast('minimum', a, b),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { a, b }, results: { y }, dy }) => chosen(build, { a, b, y, dy }, '<='),
  evaluate: ({ a, b }) => [reference.binary(array(a), array(b), Math.min)],
  kernel: 'minimum',
});
