/**
 * Cross entropies of logits.
 *
 *   softmaxCrossEntropy   mean over the rows of −Σ t·ln softmax(z), t the label as shares of the classes, or a distribution
 *   sigmoidCrossEntropy   mean over the elements of −t·ln σ(z) − (1 − t)·ln(1 − σ(z))
 *
 * With smoothing s, t becomes t·(1 − s) + s/C, of one logit t·(1 − s) + s/2. The network ends in logits; there is no softmax in it.
 * Computed from logits less their maximum, and as max(z, 0) − z·t + ln(1 + e⁻|ᶻ|), so that no exponential overflows.
 * Gradients  softmax(z)·Σt − t over N, and σ(z) − t over all elements.
 * Source  Keras 3, `categorical_crossentropy` and `binary_crossentropy` with `from_logits=True`.
 * Errors  NRM2107 operands that do not belong together.
 */
import { aNumber } from '../../attributes.ts';
import * as reference from '../../reference/losses.ts';
import { isKnown, sameShape, shapeText, unfit } from '../rules.ts';
import { lossOps } from './family.ts';

const attrs = { smoothing: aNumber(0) };

export const [softmaxCrossEntropy, softmaxCrossEntropyGrad] = lossOps({
  kind: 'softmaxCrossEntropy',
  doc: 'mean over the rows of −Σ target·ln softmax(logits)',
  attrs,
  row: reference.softmaxCrossEntropy,
  target(kind, { prediction, target }) {
    if (!isKnown(prediction.shape.at(-1))) return unfit(kind, 'logits of a known number of classes', prediction);
    const isLabel = target.dtype === 'int32' && sameShape(target.shape, prediction.shape.slice(0, -1));
    const isShares = target.dtype === 'float32' && sameShape(target.shape, prediction.shape);
    return isLabel || isShares
      ? null
      : unfit(kind, `one int32 label a sample, or float32 shares ${shapeText(prediction.shape)}`, target);
  },
  shares: (logits, target) =>
    target.shape.length < logits.shape.length ? reference.oneHot(target, logits.shape.at(-1) ?? 0) : target,
});

export const [sigmoidCrossEntropy, sigmoidCrossEntropyGrad] = lossOps({
  kind: 'sigmoidCrossEntropy',
  doc: 'mean of −target·ln σ(logit) − (1 − target)·ln(1 − σ(logit))',
  attrs,
  row: reference.sigmoidCrossEntropy,
});
