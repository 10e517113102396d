/**
 * Over whole values, and along their last axis, for formulas of losses.
 *   mean, total   of all elements, a scalar; with `axis: 'last'` of each row, [..., 1], so that it goes on with what it was made of
 *   softmax       e^x / Σ e^x of each row      logSoftmax   ln softmax, from x less its maximum
 *
 * Errors  NRM2107 a value without a row.
 */
import { oneOf } from '../attributes.ts';
import type { Stage, ValueType } from '../graph.ts';
import { map, type NdArray, ndarray, zeros } from '../nd.ts';
import { defineOp, type Fault, none } from '../op.ts';
import { array, arrayOrNull, d, float, unfit, unlessOne } from './rules.ts';

const stages: readonly Stage[] = ['train', 'step'];
const axes = ['all', 'last'] as const;
type Axis = (typeof axes)[number];
const attrs = { axis: oneOf(axes, 'all') };

const reduced = (op: string, x: ValueType, axis: Axis): readonly ValueType[] | Fault => {
  if (x.dtype !== 'float32') return unfit(op, 'a float32 value', x);
  if (axis === 'all') return [float()];
  return x.shape.length === 0 ? unfit(op, 'a value with a last axis', x) : [float(...x.shape.slice(0, -1), 1)];
};

/** How many elements each result is made of. */
const spanOf = (x: NdArray, axis: Axis): number => (axis === 'all' ? x.data.length : (x.shape.at(-1) ?? 1));

function sums(x: NdArray, axis: Axis, factor: (span: number) => number): NdArray {
  const span = spanOf(x, axis);
  const y = zeros(axis === 'all' ? [] : [...x.shape.slice(0, -1), 1]);
  return map(y, (_, i) => x.data.slice(i * span, (i + 1) * span).reduce((a, b) => a + b, 0) * factor(span));
}

const reduction = <const K extends 'mean' | 'total'>(kind: K, doc: string, factor: (span: number) => number) => {
  const gradient = defineOp({
    kind: `${kind}Grad`,
    doc: `gradient of ${kind}: what each element gets`,
    operands: ['x', 'dy?'],
    results: ['dx'],
    attrs,
    stages: ['step'],
    writes: [],
    shape: ({ x }) => [x],
    train: 'same',
    infer: 'same',
    gradient: none('second derivatives are not derived'),
    evaluate({ x, dy }, { axis }) {
      const given = array(x);
      const span = spanOf(given, axis);
      return [map(given, (_, i) => (arrayOrNull(dy)?.data[Math.floor(i / span)] ?? 1) * factor(span))];
    },
    kernel: `${kind}Grad`,
  });
  const forward = defineOp({
    kind,
    doc,
    operands: ['x'],
    results: ['y'],
    attrs,
    stages,
    writes: [],
    shape: ({ x }, { axis }) => reduced(kind, x, axis),
    train: 'same',
    infer: 'same',
    gradient: ({ build, operands: { x }, attrs: given, dy, dyIsOne }) => ({
      x: build.one(gradient, [x, unlessOne(dy, dyIsOne)], { ...given }, d(x)),
    }),
    evaluate: ({ x }, { axis }) => [sums(array(x), axis, factor)],
    kernel: kind,
  });
  return [forward, gradient] as const;
};

export const [mean, meanGrad] = reduction('mean', 'mean of all elements, or of each row', (span) => 1 / span);
export const [total, totalGrad] = reduction('total', 'sum of all elements, or of each row', () => 1);

/** Each row of x, and of y beside it, mapped. */
function byRow(x: NdArray, f: (row: Float64Array, from: number) => Float64Array): NdArray {
  const width = x.shape.at(-1) ?? 1;
  const y = zeros(x.shape);
  for (let from = 0; from < x.data.length; from += width) y.data.set(f(x.data.slice(from, from + width), from), from);
  return ndarray(x.shape, y.data);
}

const logSoftmaxOf = (row: Float64Array): Float64Array => {
  const greatest = Math.max(...row);
  const normalizer = Math.log(row.reduce((sum, v) => sum + Math.exp(v - greatest), 0)) + greatest;
  return row.map((v) => v - normalizer);
};

const rowOp = <const K extends 'softmax' | 'logSoftmax'>(
  kind: K,
  doc: string,
  f: (row: Float64Array) => Float64Array,
  /** The gradient of one element: from its y and dy, and Σ dy·y and Σ dy of the row. */
  slope: (y: number, dy: number, row: { readonly product: number; readonly total: number }) => number,
) => {
  const gradient = defineOp({
    kind: `${kind}Grad`,
    doc: `gradient of ${kind}`,
    operands: ['dy', 'y'],
    results: ['dx'],
    attrs: {},
    stages: ['step'],
    writes: [],
    shape: ({ y }) => [y],
    train: 'same',
    infer: 'same',
    gradient: none('second derivatives are not derived'),
    evaluate({ dy, y }) {
      const g = array(dy);
      return [
        byRow(array(y), (row, from) => {
          const own = g.data.slice(from, from + row.length);
          const product = own.reduce((sum, v, i) => sum + v * (row[i] ?? 0), 0);
          const all = own.reduce((sum, v) => sum + v, 0);
          return row.map((v, i) => slope(v, own[i] ?? 0, { product, total: all }));
        }),
      ];
    },
    kernel: `${kind}Grad`,
  });
  const forward = defineOp({
    kind,
    doc,
    operands: ['x'],
    results: ['y'],
    attrs: {},
    stages,
    writes: [],
    shape: ({ x }) =>
      x.dtype === 'float32' && x.shape.length > 0 ? [x] : unfit(kind, 'a float32 value with a last axis', x),
    train: 'same',
    infer: 'same',
    gradient: ({ build, operands: { x }, results: { y }, dy }) => ({ x: build.one(gradient, [dy, y], {}, d(x)) }),
    evaluate: ({ x }) => [byRow(array(x), f)],
    kernel: kind,
  });
  return [forward, gradient] as const;
};

export const [softmax, softmaxGrad] = rowOp(
  'softmax',
  'e^x over their sum in each row',
  (row) => logSoftmaxOf(row).map(Math.exp),
  (y, dy, { product }) => y * (dy - product),
);
export const [logSoftmax, logSoftmaxGrad] = rowOp(
  'logSoftmax',
  'x less ln Σ e^x of its row',
  logSoftmaxOf,
  (y, dy, row) => dy - Math.exp(y) * row.total,
);
