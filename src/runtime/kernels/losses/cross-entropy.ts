/**
 * Cross entropies of logits.
 *   softmaxCrossEntropy  mean over the rows of −Σ t·ln softmax(z); the target is int32 labels [N], or shares of the classes
 *   sigmoidCrossEntropy  mean over the elements of max(z, 0) − z·t + ln(1 + e⁻|ᶻ|)
 * With smoothing s, t becomes t·(1 − s) + s/C, of one logit t·(1 − s) + s/2. Computed from logits less their maximum, so that no
 * exponential overflows.
 */
import {
  Abs,
  Exp,
  Log,
  Max,
  type Rank,
  Relu,
  Sigmoid,
  Softmax,
  Softplus,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { add, addBy, mul, mulBy, run, sub, unary } from '../run.ts';
import { ofElements, ofRows, rowSum, rowsOf } from './family.ts';
import { oneHot } from './targets.ts';

interface Smoothing {
  readonly smoothing: number;
}

/** Shares of the classes, [rows, C]. */
function sharesOf(target: Tensor, classes: number, { smoothing = 0 }: Partial<Smoothing>): Tensor2D {
  const isLabel = target.dtype === 'int32';
  const shares = isLabel ? oneHot(target as Tensor1D, { classes }) : rowsOf(target);
  return smoothing === 0 ? shares : addBy(mulBy(shares, 1 - smoothing), smoothing / classes);
}

export const [softmaxCrossEntropy, softmaxCrossEntropyGrad] = ofRows<Smoothing>(
  (logits, target, options) => {
    const shifted = sub(logits, run<Rank.R2>(Max, { x: logits }, { reductionIndices: [1], keepDims: true }));
    const normalizer = unary(Log, rowSum(unary(Exp, shifted)));
    const shares = sharesOf(target, logits.shape[1], options);
    return target.dtype === 'int32'
      ? sub(normalizer, rowSum(mul(shifted, shares)))
      : rowSum(mul(shares, sub(normalizer, shifted)));
  },
  (logits, target, options) => {
    const softmax = run<Rank.R2>(Softmax, { logits }, { dim: 1 });
    const shares = sharesOf(target, logits.shape[1], options);
    // Shares that do not add up to 1 pull by what they add up to.
    return sub(target.dtype === 'int32' ? softmax : mul(softmax, rowSum(shares)), shares);
  },
);

const smoothed = (t: Tensor2D, { smoothing = 0 }: Partial<Smoothing>): Tensor2D =>
  smoothing === 0 ? t : addBy(mulBy(t, 1 - smoothing), smoothing / 2);

export const [sigmoidCrossEntropy, sigmoidCrossEntropyGrad] = ofElements<Smoothing>(
  (logits, t, options) =>
    add(sub(unary(Relu, logits), mul(logits, smoothed(t, options))), unary(Softplus, mulBy(unary(Abs, logits), -1))),
  (logits, t, options) => sub(unary(Sigmoid, logits), smoothed(t, options)),
);
