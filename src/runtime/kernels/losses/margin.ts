/**
 * Losses of a margin, of targets s = ±1.
 *   hinge mean of max(1 − s·p, 0) · squaredHinge mean of max(1 − s·p, 0)²
 *   categoricalHinge mean over the rows of max(0, 1 + the largest (1 − t)·p − Σ t·p)
 * `sides`: targets are `signs` −1 and 1, where 0 stands for −1, or `shares` from 0 to 1, s = 2t − 1. Default `signs`.
 */
import {
  ArgMax,
  Equal,
  Greater,
  Max,
  OneHot,
  type Rank,
  Relu,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { addBy, cast, mul, mulBy, run, scalar, square, sub, unary } from '../run.ts';
import { ofElements, ofRows, rowSum, rowsOf } from './family.ts';

interface Margin {
  readonly sides: 'signs' | 'shares';
}

const isZero = (x: Tensor2D): Tensor2D => cast(run<Rank.R2>(Equal, { a: x, b: scalar(0) }), 'float32');
const isPositive = (x: Tensor2D): Tensor2D => cast(run<Rank.R2>(Greater, { a: x, b: scalar(0) }), 'float32');

const sign = (t: Tensor2D, { sides = 'signs' }: Partial<Margin>): Tensor2D =>
  sides === 'shares' ? addBy(mulBy(t, 2), -1) : sub(t, isZero(t));

/** 1 − s·p */
const room = (p: Tensor2D, s: Tensor2D): Tensor2D => addBy(mulBy(mul(s, p), -1), 1);

export const [hinge, hingeGrad] = ofElements<Margin>(
  (p, t, options) => unary(Relu, room(p, sign(t, options))),
  (p, t, options) => {
    const s = sign(t, options);
    return mulBy(mul(s, isPositive(room(p, s))), -1);
  },
);

export const [squaredHinge, squaredHingeGrad] = ofElements<Margin>(
  (p, t, options) => square(unary(Relu, room(p, sign(t, options)))),
  (p, t, options) => {
    const s = sign(t, options);
    return mulBy(mul(s, unary(Relu, room(p, s))), -2);
  },
);

/** (1 − t)·p, the other predictions, and what the largest of each row lacks to the margin: [rows, 1]. */
function against(p: Tensor2D, t: Tensor2D) {
  const others = mul(addBy(mulBy(t, -1), 1), p);
  const largest = run<Rank.R2>(Max, { x: others }, { reductionIndices: [1], keepDims: true });
  return { others, lack: addBy(sub(largest, rowSum(mul(t, p))), 1) };
}

export const [categoricalHinge, categoricalHingeGrad] = ofRows(
  (p, target) => unary(Relu, against(p, rowsOf(target)).lack),
  (p, target) => {
    const t = rowsOf(target);
    const { others, lack } = against(p, t);
    // The first of equals.
    const indices: Tensor1D = run<Rank.R1>(ArgMax, { x: others }, { axis: 1 });
    const first = cast(
      run<Rank.R2>(OneHot, { indices }, { dtype: 'int32', depth: p.shape[1], onValue: 1, offValue: 0 }),
      'float32',
    );
    return mul(sub(mul(first, addBy(mulBy(t, -1), 1)), t), isPositive(lack));
  },
);
