/**
 * softmaxCrossEntropy: mean over the batch of −ln softmax(logits)[label].
 *   loss = 1/N · Σₙ (ln Σⱼ e^logits[n,j] − logits[n, label[n]])
 * Computed from logits less their maximum, so that no exponential overflows.
 */
import {
  Exp,
  Log,
  Max,
  OneHot,
  type Rank,
  type Scalar,
  Softmax,
  Sum,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { cast, mul, mulBy, reshaped, run, scoped, sub, unary } from './run.ts';

/** logits [N, C], label int32 [N], each in 0 … C − 1 → scalar. */
export const softmaxCrossEntropy = (logits: Tensor2D, label: Tensor1D): Scalar =>
  scoped(() => {
    const [n, classes] = logits.shape;
    const shifted = sub(logits, run<Rank.R2>(Max, { x: logits }, { reductionIndices: [1], keepDims: true }));
    const normalizer = unary(Log, overClasses(unary(Exp, shifted)));
    const chosen = overClasses(mul(shifted, oneHot(label, classes)));
    return mulBy(
      reshaped<Rank.R0>(run(Sum, { x: sub(normalizer, chosen) }, { axis: [0], keepDims: false }), []),
      1 / n,
    );
  });

/** dlogits = dLoss · (softmax(logits) − onehot(label))/N: [N, C]; dLoss is 1 unless given. */
export const softmaxCrossEntropyGrad = (
  logits: Tensor2D,
  label: Tensor1D,
  { dLoss }: { readonly dLoss?: Scalar } = {},
): Tensor2D =>
  scoped(() => {
    const [n, classes] = logits.shape;
    const distance = sub(run<Rank.R2>(Softmax, { logits }, { dim: 1 }), oneHot(label, classes));
    const dlogits = mulBy(distance, 1 / n);
    return dLoss === undefined ? dlogits : mul(dlogits, dLoss);
  });

/** [N, C] → [N] */
const overClasses = (x: Tensor2D): Tensor1D => run<Rank.R1>(Sum, { x }, { axis: [1], keepDims: false });

/** [N] → [N, C]: 1 at the label, 0 elsewhere. */
const oneHot = (indices: Tensor1D, depth: number): Tensor2D =>
  // On wasm, OneHot writes integers whatever the dtype says.
  cast(run<Rank.R2>(OneHot, { indices }, { dtype: 'int32', depth, onValue: 1, offValue: 0 }), 'float32');
