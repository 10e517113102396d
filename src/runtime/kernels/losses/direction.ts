/**
 * Losses of whole rows: means over the rows.
 *   klDivergence Σ t·ln(t/p), both clipped to [ε, 1] · cosineProximity −Σ p/‖p‖ · t/‖t‖, with 1/‖x‖ at most 1/ε
 * Where p is clipped, and where it has no length, its slope is 0.
 */
import { ClipByValue, Greater, Less, Log, Minimum, type Rank, type Tensor2D } from '@tensorflow/tfjs-core';
import { cast, div, inverseSqrt, maximum, mul, mulBy, run, scalar, square, sub, unary } from '../run.ts';
import { ofRows, rowSum, rowsOf } from './family.ts';

const epsilon = 1e-7;

const clipped = (x: Tensor2D): Tensor2D => run<Rank.R2>(ClipByValue, { x }, { clipValueMin: epsilon, clipValueMax: 1 });
const where = (kernel: string, a: Tensor2D, b: number): Tensor2D =>
  cast(run<Rank.R2>(kernel, { a, b: scalar(b) }), 'float32');

export const [klDivergence, klDivergenceGrad] = ofRows(
  (p, target) => {
    const t = clipped(rowsOf(target));
    return rowSum(mul(t, sub(unary(Log, t), unary(Log, clipped(p)))));
  },
  (p, target) => {
    const free = mul(where(Greater, p, epsilon), where(Less, p, 1));
    return mulBy(mul(div(clipped(rowsOf(target)), clipped(p)), free), -1);
  },
);

/** 1/‖x‖ of each row, at most 1/ε: [rows, 1]. The square of ε is above the smallest float32. */
const inverse = (x: Tensor2D): Tensor2D =>
  run<Rank.R2>(Minimum, {
    a: inverseSqrt(maximum(rowSum(square(x)), scalar(epsilon * epsilon))),
    b: scalar(1 / epsilon),
  });

export const [cosineProximity, cosineProximityGrad] = ofRows(
  (p, target) => {
    const t = rowsOf(target);
    return mulBy(rowSum(mul(mul(p, inverse(p)), mul(t, inverse(t)))), -1);
  },
  (p, target) => {
    const t = rowsOf(target);
    const [a, b] = [inverse(p), inverse(t)];
    const [u, v] = [mul(p, a), mul(t, b)];
    const slopes = mul(sub(mul(u, rowSum(mul(u, v))), v), a);
    return mul(slopes, where(Less, a, 0.99 / epsilon));
  },
);
