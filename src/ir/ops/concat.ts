/**
 * concat: values side by side along the last axis.
 *   x₁ [d…,C₁]  x₂ [d…,C₂] …   →   y [d…,C₁+C₂+…]      the sizes before the last are the same
 *
 * Train and infer agree. Gradient: each its part of dy, by `slice`.   Errors  NRM2107 sizes that differ · NRM2104 an unknown last size.
 *
 * slice: the part from … from+size−1 of the last axis.   x [d…,C]  →  y [d…,size]
 */
import { aNumber } from '../attributes.ts';
import type { Ref } from '../graph.ts';
import { defineOp, none } from '../op.ts';
import * as reference from '../reference/elementwise.ts';
import { array, d, float, isKnown, notFloat, sameShape, shapeText, unfit, unknownSize } from './rules.ts';

export const concat = defineOp({
  kind: 'concat',
  doc: 'values side by side along the last axis',
  operands: ['x...'],
  results: ['y'],
  attrs: {},
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x: xs }) {
    const [first] = xs;
    if (first === undefined) return unfit('concat', 'one value at least', float());
    const outer = first.shape.slice(0, -1);
    let width = 0;
    for (const x of xs) {
      if (x.dtype !== 'float32') return notFloat('concat', x);
      const last = x.shape.at(-1);
      if (last === undefined || !sameShape(x.shape.slice(0, -1), outer))
        return unfit('concat', `a value ${shapeText([...outer, '…'])}`, x);
      if (!isKnown(last)) return unknownSize('concat', 'channels', last, x);
      width += last;
    }
    return [float(...outer, width)];
  },
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { x: xs }, dy }) {
    let from = 0;
    const parts: Ref[] = [];
    for (const x of xs) {
      const size = Number(build.typeOf(x).shape.at(-1));
      parts.push(build.one(slice, [dy], { from, size }, d(x)));
      from += size;
    }
    return { x: parts };
  },
  evaluate: ({ x: xs }) => [reference.concat(xs.map(array))],
  kernel: 'concat',
});

export const slice = defineOp({
  kind: 'slice',
  doc: 'a part of the last axis',
  operands: ['x'],
  results: ['y'],
  attrs: { from: aNumber(0), size: aNumber() },
  stages: ['train', 'step'],
  writes: [],
  shape({ x }, { from, size }) {
    const last = x.shape.at(-1);
    if (x.dtype !== 'float32') return notFloat('slice', x);
    if (!isKnown(last) || from < 0 || size < 1 || from + size > last)
      return unfit('slice', `a last axis of ${from + size} at least`, x);
    return [float(...x.shape.slice(0, -1), size)];
  },
  train: 'same',
  infer: 'same',
  gradient: none('stands only after differentiation'),
  evaluate: ({ x }, { from, size }) => [reference.slice(array(x), from, size)],
  kernel: 'slice',
});
