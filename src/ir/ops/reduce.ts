/**
 * sum: y = Σ x over `axes`, which are removed.
 *   x [d₀ … dᵣ₋₁]  →  y: the sizes of the axes that stay, in order
 *
 * Made by gradient rules (of biases, of broadcast operands) and by folding. Errors  NRM2107 an axis that x does not have.
 */
import { numbers } from '../attributes.ts';
import { defineOp, none } from '../op.ts';
import * as reference from '../reference/elementwise.ts';
import { array, float, shapeText, unfit } from './rules.ts';

export const sum = defineOp({
  kind: 'sum',
  doc: 'sum over axes, which are removed',
  operands: ['x'],
  results: ['y'],
  attrs: { axes: numbers() },
  stages: ['step', 'infer'],
  writes: [],
  shape({ x }, { axes }) {
    const fits =
      axes.every((a) => Number.isInteger(a) && a >= 0 && a < x.shape.length) && new Set(axes).size === axes.length;
    if (!fits) return unfit('sum', `a value with the axes ${shapeText(axes)}, each once`, x);
    return [float(...x.shape.filter((_, axis) => !axes.includes(axis)))];
  },
  train: 'same',
  infer: 'same',
  gradient: none('stands only after differentiation'),
  evaluate: ({ x }, { axes }) => [reference.sum(array(x), axes)],
  kernel: 'sum',
});
