/**
 * The mean gradient of an update over several batches.   sum, gradient of one shape;  share: host
 *   accumulate     sum ← sum + share·gradient;  share: the samples of this batch over those of the update
 *   meanGradient   the same, and the sum as a result: what a step makes its update by
 *   clearSums      sums ← 0, behind the update
 *
 * A step graph says what happens with the last batch of an update. It is cut behind the sums, by `split-accumulation`: what comes before
 * runs for each batch. Gradients are means over a batch, so a batch counts by its size, also the smaller last one.
 */
import type { ValueType } from '../graph.ts';
import { map } from '../nd.ts';
import { defineOp, type Fault, none } from '../op.ts';
import * as reference from '../reference/averages.ts';
import { array, hostNumber, sameShape, shapeText, unfit } from './rules.ts';

function fits(op: string, sum: ValueType, gradient: ValueType, share: ValueType): Fault | null {
  if (!sameShape(sum.shape, gradient.shape)) return unfit(op, `a gradient ${shapeText(sum.shape)}`, gradient);
  return share.dtype === 'host' ? null : unfit(op, 'the share as a host value', share);
}

export const meanGradient = defineOp({
  kind: 'meanGradient',
  doc: 'the mean of the gradients of all batches of an update, of which this is the last',
  operands: ['sum', 'gradient', 'share'],
  results: ['mean'],
  attrs: {},
  stages: ['step'],
  writes: ['sum'],
  shape: ({ sum, gradient, share }) => fits('meanGradient', sum, gradient, share) ?? [gradient],
  train: 'same',
  infer: 'same',
  gradient: none('gradients are accumulated after differentiation'),
  evaluate({ sum, gradient, share }) {
    const value = reference.accumulate(array(sum), array(gradient), hostNumber(share));
    return [value, value];
  },
  kernel: none('split-accumulation cuts a step behind it'),
});

export const accumulate = defineOp({
  kind: 'accumulate',
  doc: 'adds a gradient to those of the earlier batches of an update',
  operands: ['sum', 'gradient', 'share'],
  results: [],
  attrs: {},
  stages: ['step'],
  writes: ['sum'],
  shape: ({ sum, gradient, share }) => fits('accumulate', sum, gradient, share) ?? [],
  train: 'same',
  infer: 'same',
  gradient: none('gradients are accumulated after differentiation'),
  evaluate: ({ sum, gradient, share }) => [reference.accumulate(array(sum), array(gradient), hostNumber(share))],
  kernel: 'accumulate',
});

export const clearSums = defineOp({
  kind: 'clearSums',
  doc: 'begins the sums of the next update',
  operands: ['sums...'],
  results: [],
  attrs: {},
  stages: ['step'],
  writes: ['sums'],
  shape: () => [],
  train: 'same',
  infer: 'same',
  gradient: none('nothing reads it before the next update'),
  evaluate: ({ sums }) => sums.map((sum) => map(array(sum), () => 0)),
  kernel: 'clearSums',
});
