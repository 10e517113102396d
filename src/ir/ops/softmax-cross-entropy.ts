/**
 * softmaxCrossEntropy: mean over the batch of −ln softmax(logits)[label].
 *   logits [N,C]   label int32 [N], each in 0 … C−1   →   loss [] = 1/N · Σₙ (ln Σⱼ e^logits[n,j] − logits[n, label[n]])
 *
 * The network ends in logits; there is no softmax in it. Computed from logits less their maximum, so that no exponential overflows.
 * Gradient  dlogits = dLoss·(softmax(logits) − onehot(label))/N.
 * Errors  NRM2106 not one output per class · NRM2107 another batch size.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import type { ValueType } from '../graph.ts';
import { defineOp, type Fault, none } from '../op.ts';
import * as reference from '../reference/softmax-cross-entropy.ts';
import { loss } from '../vocabulary.ts';
import { array, arrayOrNull, d, float, isKnown, refuse, sameShape, unfit, unlessOne } from './rules.ts';

function classesOf(logits: ValueType): number | Fault {
  const classes = logits.shape[1];
  return logits.shape.length === 2 && isKnown(classes) && logits.dtype === 'float32'
    ? classes
    : refuse(shapes.lossMismatch, {
        op: 'cross_entropy',
        expected: 'one value per class, [N, classes]',
        input: logits.shape,
      });
}

function checked(op: string, logits: ValueType, label: ValueType): Fault | null {
  const classes = classesOf(logits);
  if (typeof classes !== 'number') return classes;
  return label.dtype === 'int32' && sameShape(label.shape, logits.shape.slice(0, 1))
    ? null
    : unfit(op, 'one int32 label a sample', label);
}

export const softmaxCrossEntropy = defineOp({
  kind: 'softmaxCrossEntropy',
  doc: 'mean over the batch of −ln softmax(logits)[label]',
  operands: ['logits', 'label'],
  results: ['loss'],
  attrs: {},
  stages: ['train', 'step'],
  writes: [],
  shape: ({ logits, label }) => checked('softmaxCrossEntropy', logits, label) ?? [float()],
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { logits, label }, dy, dyIsOne }) => ({
    logits: build.one(softmaxCrossEntropyGrad, [logits, label, unlessOne(dy, dyIsOne)], {}, d(logits)),
  }),
  evaluate: ({ logits, label }) => [reference.softmaxCrossEntropy(array(logits), array(label))],
  kernel: 'softmaxCrossEntropy',
});

export const softmaxCrossEntropyGrad = defineOp({
  kind: 'softmaxCrossEntropyGrad',
  doc: 'gradient of softmaxCrossEntropy',
  operands: ['logits', 'label', 'dLoss?'],
  results: ['dlogits'],
  attrs: {},
  stages: ['step'],
  writes: [],
  shape: ({ logits, label }) => checked('softmaxCrossEntropyGrad', logits, label) ?? [logits],
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ logits, label, dLoss }) => [
    reference.softmaxCrossEntropyGrad(array(logits), array(label), arrayOrNull(dLoss)),
  ],
  kernel: 'softmaxCrossEntropyGrad',
});

export const crossEntropy = loss({
  name: 'cross_entropy',
  doc: 'softmax cross entropy of logits and a class',
  signature: {},
  target(prediction, classes) {
    const width = classesOf(prediction);
    if (typeof width !== 'number') return width;
    if (classes === null)
      return refuse(shapes.lossMismatch, {
        op: 'cross_entropy',
        expected: 'a target of classes, `class(n)`',
        input: prediction.shape,
      });
    if (classes !== width)
      return refuse(shapes.lossMismatch, {
        op: 'cross_entropy',
        expected: `one value for each of ${classes} classes`,
        input: prediction.shape,
      });
    return { dtype: 'int32', shape: prediction.shape.slice(0, 1) };
  },
  loss: (build, prediction, target) => build.one(softmaxCrossEntropy, [prediction, target], {}, 'loss'),
  probabilities: 'softmax',
});
