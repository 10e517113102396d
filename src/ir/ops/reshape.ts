/**
 * reshape: the same values, row by row, under other sizes; the first dimension (the batch) stays.
 *   x [N, …]  →  y [N, …shape]      the product of the sizes after the first is the same
 * One size of `shape` may be −1: what is left over. Where that is not enough, `like` is a value of y's shape, and `shape` is empty.
 *
 * `flatten` is reshape to one dimension: [N,H,W,C] → [N, H·W·C].   Errors  NRM2100 no batch · NRM2107 another product.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import { numbers } from '../attributes.ts';
import { quotient, times } from '../dims.ts';
import type { Dim, Ref, Shape, ValueType } from '../graph.ts';
import { sizeOf } from '../nd.ts';
import { defineOp, type Emit, type Fault, isFault } from '../op.ts';
import * as reference from '../reference/elementwise.ts';
import { layer } from '../vocabulary.ts';
import { allKnown, array, arrayOrNull, d, isKnown, refuse, unfit } from './rules.ts';

/** Sizes after the first. */
function innerOf(op: string, x: ValueType): Shape | Fault {
  return x.shape.length === 0
    ? refuse(shapes.rankMismatch, { op, expected: 'a value with a batch dimension', input: x.shape })
    : x.shape.slice(1);
}

/** `shape` with its −1 replaced by what is left of `total`; null when it does not come out even. */
function filled(total: Dim, shape: readonly number[]): Shape | null {
  const given = sizeOf(shape.filter((size) => size !== -1));
  if (!shape.includes(-1)) return total === given ? shape : null;
  const rest = quotient(total, given);
  return rest === null || shape.filter((size) => size === -1).length > 1
    ? null
    : shape.map((size) => (size === -1 ? rest : size));
}

export const reshape = defineOp({
  kind: 'reshape',
  doc: 'the same values under other sizes; the batch dimension stays',
  operands: ['x', 'like?'],
  results: ['y'],
  attrs: { shape: numbers([]) },
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x, like }, { shape }) {
    const inner = innerOf('reshape', x);
    if (isFault(inner)) return inner;
    const first = x.shape.slice(0, 1);
    const total = times(...inner);
    if (like !== null) {
      const same = like.shape[0] === first[0] && shape.length === 0 && times(...like.shape.slice(1)) === total;
      return same
        ? [{ dtype: x.dtype, shape: like.shape }]
        : unfit('reshape', 'a value with as many values a sample', like);
    }
    const sizes = filled(total, shape);
    if (sizes !== null) return [{ dtype: x.dtype, shape: [...first, ...sizes] }];
    const count = shape.includes(-1) ? `a multiple of ${sizeOf(shape.filter((size) => size !== -1))}` : sizeOf(shape);
    return unfit('reshape', `${count} values a sample`, x);
  },
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, dy }): { readonly x: Ref } => ({
    x: reshapeTo(build, dy, build.typeOf(x).shape.slice(1), x, d(x)),
  }),
  evaluate({ x, like }, { shape }) {
    const values = array(x);
    const given = sizeOf(shape.filter((size) => size !== -1));
    const rest = sizeOf(values.shape.slice(1)) / given;
    const sizes = arrayOrNull(like)?.shape.slice(1) ?? shape.map((size) => (size === -1 ? rest : size));
    return [reference.reshape(values, sizes)];
  },
  kernel: 'reshape',
});

/** x under the sizes `inner` after its first: by numbers as far as one unknown size allows, else as `like`, a value of that shape. */
export function reshapeTo(build: Emit, x: Ref, inner: Shape, like: Ref | null, name: string): Ref {
  if (inner.filter((size) => !isKnown(size)).length <= 1)
    return build.one(reshape, [x], { shape: inner.map((size) => (isKnown(size) ? size : -1)) }, name);
  if (like === null) throw new Error(`[${inner.join(', ')}] has several sizes that are known at run time only`);
  return build.one(reshape, [x, like], {}, name);
}

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
  lower({ build, x, name }) {
    const inner = build.typeOf(x).shape.slice(1);
    return build.one(reshape, [x], { shape: [allKnown(inner) ? sizeOf(inner) : -1] }, name);
  },
});
