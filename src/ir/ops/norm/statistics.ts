/**
 * Statistics that inference normalizes by. With value a batch's mean or variance [C], or those of its slices [S, C], whose mean counts:
 *   updateMoving       moving ← momentum·moving + (1 − momentum)·value          momentum weighs the old value, as in Keras
 *   updatePopulation   moving ← moving + (value − moving)/t                     the mean over batches 1 … t
 *
 * Of a variance, given `of`, the value normalized: M/(M − 1) times the biased one, M values a channel (a slice). `updateMoving` does so
 * where a spec asks for it (`unbiased: true`, as in PyTorch), `updatePopulation` always: Var[x] = m/(m − 1)·E_B[σ²_B].
 *
 * A statistic that a shared norm measures `uses` times a batch counts each: t = (batches − 1)·uses + use.
 * Source  Ioffe & Szegedy 2015, algorithm 2.
 */
import { aNumber } from '../../attributes.ts';
import type { ValueType } from '../../graph.ts';
import { defineOp, type Fault, none } from '../../op.ts';
import * as reference from '../../reference/normalize.ts';
import { array, arrayOrNull, hostNumber, sameShape, shapeText, unfit } from '../rules.ts';

function fits(op: string, moving: ValueType, value: ValueType, of: ValueType | null): readonly ValueType[] | Fault {
  const own = value.shape.slice(value.shape.length - moving.shape.length);
  if (!sameShape(moving.shape, own) || value.shape.length > moving.shape.length + 1)
    return unfit(op, `a value ${shapeText(moving.shape)}`, value);
  return of === null || of.shape.at(-1) === moving.shape.at(-1) ? [] : unfit(op, 'the value that was normalized', of);
}

export const updateMoving = defineOp({
  kind: 'updateMoving',
  doc: 'moves a statistic towards that of the batch',
  operands: ['moving', 'value', 'of?'],
  results: [],
  attrs: { momentum: aNumber() },
  stages: ['train', 'step'],
  writes: ['moving'],
  shape: ({ moving, value, of }) => fits('updateMoving', moving, value, of),
  train: 'same',
  infer: 'same',
  gradient: none('nothing reads what it writes before the next step'),
  evaluate: ({ moving, value, of }, { momentum }) => [
    reference.updateMoving(array(moving), array(value), arrayOrNull(of), momentum),
  ],
  kernel: 'updateMoving',
});

export const updatePopulation = defineOp({
  kind: 'updatePopulation',
  doc: 'takes the statistic of one more batch into its mean over batches',
  operands: ['moving', 'value', 'batches', 'of?'],
  results: [],
  attrs: { use: aNumber(1), uses: aNumber(1) },
  stages: ['train'],
  writes: ['moving'],
  shape: ({ moving, value, batches, of }) =>
    batches.dtype === 'host'
      ? fits('updatePopulation', moving, value, of)
      : unfit('updatePopulation', 'the number of the batch, a host value', batches),
  train: 'same',
  infer: 'same',
  gradient: none('stands where statistics are measured, which is not differentiated'),
  evaluate({ moving, value, batches, of }, { use, uses }) {
    const count = (hostNumber(batches) - 1) * uses + use;
    return [reference.updateMoving(array(moving), array(value), arrayOrNull(of), 1 - 1 / count)];
  },
  kernel: 'updatePopulation',
});
