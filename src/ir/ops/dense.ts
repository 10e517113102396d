/**
 * dense: every output sees every input.
 *   x [N,D]   kernel [D,U]   bias [U]?   →   y [N,U] = activation(x · kernel + bias)
 *
 * Train and infer agree. Parameters D·U (+U); multiply-adds N·D·U. Defaults  activation linear.
 * Errors  NRM2100 not [N, features] (put `flatten` before it) · NRM2101 kernel of another width · NRM2104 unknown size.
 *
 * matMul: a [n,m] · b [m,k] → y [n,k], each transposed first when its flag says so.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import { aBoolean } from '../attributes.ts';
import type { ValueType } from '../graph.ts';
import { defineOp, type Fault, none } from '../op.ts';
import * as reference from '../reference/dense.ts';
import { int } from '../signature.ts';
import { layer } from '../vocabulary.ts';
import { activationOf, beforeActivation, fusedActivation } from './activation.ts';
import { bias, biasWeight, glorot } from './arguments.ts';
import { denseEach } from './random/dense-each.ts';
import { sum } from './reduce.ts';
import { array, arrayOrNull, d, float, isKnown, notFloat, refuse, sameShape, unfit, unknownSize } from './rules.ts';

/** The number of features, or why there is none. */
function featuresOf(x: ValueType): number | Fault {
  const [, features] = x.shape;
  if (x.dtype !== 'float32') return notFloat('dense', x);
  if (x.shape.length !== 2 || features === undefined)
    return refuse(shapes.rankMismatch, { op: 'dense', expected: '[N, features]', input: x.shape });
  return isKnown(features) ? features : unknownSize('dense', 'features', features, x);
}

export const dense = defineOp({
  kind: 'dense',
  doc: 'every output is a weighted sum of every input',
  operands: ['x', 'kernel', 'bias?'],
  results: ['y'],
  attrs: { activation: fusedActivation },
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x, kernel, bias }) {
    const features = featuresOf(x);
    if (typeof features !== 'number') return features;
    const [rows, units] = kernel.shape;
    if (kernel.shape.length !== 2 || !isKnown(rows) || !isKnown(units))
      return unfit('dense', 'a kernel [features, units]', kernel);
    if (rows !== features) return refuse(shapes.channelMismatch, { op: 'dense', expected: rows, input: x.shape });
    if (bias !== null && !sameShape(bias.shape, [units])) return unfit('dense', `a bias [${units}]`, bias);
    return [float(...x.shape.slice(0, 1), units)];
  },
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { x, kernel, bias }, results, attrs, dy }) {
    const pre = beforeActivation(build, dy, results.y, attrs.activation);
    return {
      x: build.one(matMul, [pre, kernel], { transposeB: true }, d(x)),
      kernel: build.one(matMul, [x, pre], { transposeA: true }, d(kernel)),
      bias: bias === null ? null : build.one(sum, [pre], { axes: [0] }, d(bias)),
    };
  },
  evaluate: ({ x, kernel, bias }, { activation }) => [
    activationOf(activation, reference.dense(array(x), array(kernel), arrayOrNull(bias))),
  ],
  kernel: 'dense',
});

export const matMul = defineOp({
  kind: 'matMul',
  doc: 'product of two matrices',
  operands: ['a', 'b'],
  results: ['y'],
  attrs: { transposeA: aBoolean(false), transposeB: aBoolean(false) },
  stages: ['step', 'infer'],
  writes: [],
  shape({ a, b }, { transposeA, transposeB }) {
    if (a.shape.length !== 2) return unfit('matMul', 'a matrix', a);
    if (b.shape.length !== 2) return unfit('matMul', 'a matrix', b);
    const [n = 0, m = 0] = transposeA ? a.shape.toReversed() : a.shape;
    const [m2 = 0, k = 0] = transposeB ? b.shape.toReversed() : b.shape;
    return m === m2 ? [float(n, k)] : unfit('matMul', `${m} rows to multiply ${m} columns with`, b);
  },
  train: 'same',
  infer: 'same',
  gradient: none('stands only after differentiation'),
  evaluate: ({ a, b }, { transposeA, transposeB }) => [reference.matMul(array(a), array(b), transposeA, transposeB)],
  kernel: 'matMul',
});

export const denseLayer = layer({
  name: 'dense',
  doc: 'fully connected layer: dense(units)',
  use: 'step',
  subtractsMean: false,
  signature: { units: int({ min: 1, positional: true, doc: 'number of outputs' }), bias },
  weights(input, args) {
    const features = featuresOf(input);
    if (typeof features !== 'number') return features;
    const fan = { in: features, out: args.units };
    return [
      { name: 'kernel', role: 'kernel', shape: [features, args.units], init: glorot(fan), fan },
      ...(args.bias === 'false' ? [] : [biasWeight(args.units)]),
    ];
  },
  lower({ build, x, args, weight, name }) {
    const kernel = weight('kernel');
    // DropConnect may have made a kernel for each sample.
    const op = build.typeOf(kernel).shape.length === 3 ? denseEach : dense;
    return build.one(op, [x, kernel, args.bias === 'false' ? null : weight('bias')], {}, name);
  },
});
