/**
 * What data become before a loss compares them with a prediction, and what each sample counts.
 *
 *   oneHot        label int32 [N] → shares [N, classes]: 1 at the class; of `classes: 1` the label itself, [N, 1]
 *   classWeights  label int32 [N], or shares [N, C] → [N]: the weight of the class, or the mean of the weights under the shares
 *
 * Errors  NRM2107 operands that do not belong together.
 */
import { aNumber, numbers } from '../../attributes.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/losses.ts';
import { array, float, unfit } from '../rules.ts';

export const oneHot = defineOp({
  kind: 'oneHot',
  doc: '1 at the class of each sample, 0 elsewhere',
  operands: ['label'],
  results: ['y'],
  attrs: { classes: aNumber() },
  stages: ['train', 'step'],
  writes: [],
  shape: ({ label }, { classes }) =>
    label.dtype === 'int32' && label.shape.length === 1
      ? [float(label.shape[0] ?? 'N', classes)]
      : unfit('oneHot', 'one int32 label a sample', label),
  train: 'same',
  infer: 'same',
  gradient: none('labels are data'),
  evaluate: ({ label }, { classes }) => {
    const given = array(label);
    const column = { shape: [...given.shape, 1], data: given.data.slice() };
    return [classes === 1 ? column : reference.oneHot(given, classes)];
  },
  kernel: 'oneHot',
});

export const classWeights = defineOp({
  kind: 'classWeights',
  doc: 'what each sample counts by its class',
  operands: ['target'],
  results: ['weights'],
  attrs: { weights: numbers() },
  stages: ['train', 'step'],
  writes: [],
  shape({ target }, { weights }) {
    const isLabel = target.dtype === 'int32' && target.shape.length === 1;
    // Of two classes, a single column is the share of the second.
    const columns: readonly unknown[] = weights.length === 2 ? [1, 2] : [weights.length];
    const isShares = target.dtype === 'float32' && target.shape.length === 2 && columns.includes(target.shape[1]);
    return isLabel || isShares
      ? [float(target.shape[0] ?? 'N')]
      : unfit('classWeights', `one int32 label a sample, or float32 shares [N, ${weights.length}]`, target);
  },
  train: 'same',
  infer: 'same',
  gradient: none('labels are data'),
  evaluate: ({ target }, { weights }) => [reference.classWeights(array(target), weights)],
  kernel: 'classWeights',
});
