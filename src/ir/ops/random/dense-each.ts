/**
 * denseEach: a fully connected layer with a kernel for each sample.
 *   x [N,D]   kernels [N,D,U]   bias [U]?   →   y [N,U],   y[n] = x[n]·kernels[n] + bias
 *
 * denseEachInputGrad: dx [N,D], dx[n] = kernels[n]·dy[n]. outerEach: a [N,D] · b [N,U] → [N,D,U], the products of all pairs of a sample.
 * Errors  NRM2107 operands that do not belong together.
 */
import type { ValueType } from '../../graph.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/dense.ts';
import { sum } from '../reduce.ts';
import { array, arrayOrNull, d, float, sameShape, shapeText, unfit } from '../rules.ts';

const isMatrix = (x: ValueType): boolean => x.dtype === 'float32' && x.shape.length === 2;

export const denseEach = defineOp({
  kind: 'denseEach',
  doc: 'a fully connected layer with a kernel for each sample',
  operands: ['x', 'kernels', 'bias?'],
  results: ['y'],
  attrs: {},
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x, kernels, bias }) {
    if (!isMatrix(x)) return unfit('denseEach', 'a value [N, features]', x);
    const [n, features, units] = kernels.shape;
    if (n === undefined || units === undefined || n !== x.shape[0] || features !== x.shape[1])
      return unfit('denseEach', `kernels [${x.shape.join(', ')}, units]`, kernels);
    if (bias !== null && !sameShape(bias.shape, [units])) return unfit('denseEach', `a bias [${units}]`, bias);
    return [float(n, units)];
  },
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x, kernels, bias }, dy }) => ({
    x: build.one(denseEachInputGrad, [dy, kernels], {}, d(x)),
    kernels: build.one(outerEach, [x, dy], {}, d(kernels)),
    bias: bias === null ? null : build.one(sum, [dy], { axes: [0] }, d(bias)),
  }),
  evaluate: ({ x, kernels, bias }) => [reference.denseEach(array(x), array(kernels), arrayOrNull(bias))],
  kernel: 'denseEach',
});

export const denseEachInputGrad = defineOp({
  kind: 'denseEachInputGrad',
  doc: 'gradient of denseEach with respect to its input',
  operands: ['dy', 'kernels'],
  results: ['dx'],
  attrs: {},
  stages: ['step'],
  writes: [],
  shape({ dy, kernels }) {
    const [n, features, units] = kernels.shape;
    if (n === undefined || features === undefined || units === undefined || !sameShape(dy.shape, [n, units]))
      return unfit('denseEachInputGrad', `dy ${shapeText([n ?? 'N', units ?? 'U'])}`, dy);
    return [float(n, features)];
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ dy, kernels }) => [reference.denseEachInputGrad(array(dy), array(kernels))],
  kernel: 'denseEachInputGrad',
});

export const outerEach = defineOp({
  kind: 'outerEach',
  doc: 'the outer product of two vectors, for each sample',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: {},
  stages: ['step'],
  writes: [],
  shape({ a, b }) {
    const [n, rows] = a.shape;
    const [m, columns] = b.shape;
    if (!isMatrix(a) || n === undefined || rows === undefined) return unfit('outerEach', 'a value [N, features]', a);
    if (!isMatrix(b) || m !== n || columns === undefined) return unfit('outerEach', `a value [${n}, units]`, b);
    return [float(n, rows, columns)];
  },
  train: 'same',
  infer: 'same',
  gradient: none('stands only after differentiation'),
  evaluate: ({ a, b }) => [reference.outerEach(array(a), array(b))],
  kernel: 'outerEach',
});
