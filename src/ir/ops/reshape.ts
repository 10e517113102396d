/**
 * reshape: the same values, row by row, under other sizes; the first dimension (the batch) stays.
 *   x [N, …]  →  y [N, …shape]      the product of the sizes after the first is the same
 *
 * `flatten` is reshape to one dimension: [N,H,W,C] → [N, H·W·C].   Errors  NRM2100 no batch · NRM2104 unknown size · NRM2107 another product.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import { numbers } from '../attributes.ts';
import type { Ref, ValueType } from '../graph.ts';
import { sizeOf } from '../nd.ts';
import { defineOp, type Fault, isFault } from '../op.ts';
import * as reference from '../reference/elementwise.ts';
import { layer } from '../vocabulary.ts';
import { allKnown, array, d, refuse, unfit, unknownSize } from './rules.ts';

/** Sizes after the first. */
function innerOf(op: string, x: ValueType): readonly number[] | Fault {
  if (x.shape.length === 0)
    return refuse(shapes.rankMismatch, { op, expected: 'a value with a batch dimension', input: x.shape });
  const inner = x.shape.slice(1);
  return allKnown(inner) ? inner : unknownSize(op, x);
}

export const reshape = defineOp({
  kind: 'reshape',
  doc: 'the same values under other sizes; the batch dimension stays',
  operands: ['x'],
  results: ['y'],
  attrs: { shape: numbers() },
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x }, { shape }) {
    const inner = innerOf('reshape', x);
    if (isFault(inner)) return inner;
    if (sizeOf(inner) !== sizeOf(shape)) return unfit('reshape', `${sizeOf(shape)} values a sample`, x);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 1), ...shape] }];
  },
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, dy }): { readonly x: Ref } => ({
    x: build.one(reshape, [dy], { shape: build.typeOf(x).shape.slice(1) }, d(x)),
  }),
  evaluate: ({ x }, { shape }) => [reference.reshape(array(x), shape)],
  kernel: 'reshape',
});

export const flatten = layer({
  name: 'flatten',
  doc: 'one dimension a sample: [N, height, width, channels] becomes [N, height·width·channels]',
  use: 'step',
  subtractsMean: false,
  signature: {},
  weights(input) {
    const inner = innerOf('flatten', input);
    return isFault(inner) ? inner : [];
  },
  lower: ({ build, x, name }) =>
    build.one(reshape, [x], { shape: [sizeOf(build.typeOf(x).shape.slice(1).map(Number))] }, name),
});
