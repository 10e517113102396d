/** scaledRate: the learning rate of a group of weights.   rate: host  →  factor·rate: host */
import { aNumber } from '../attributes.ts';
import { defineOp, none } from '../op.ts';
import { host, hostNumber, unfit } from './rules.ts';

export const scaledRate = defineOp({
  kind: 'scaledRate',
  doc: 'factor·rate, the learning rate of a group of weights',
  operands: ['rate'],
  results: ['scaled'],
  attrs: { factor: aNumber() },
  stages: ['step'],
  writes: [],
  shape: ({ rate }) => (rate.dtype === 'host' ? [host] : unfit('scaledRate', 'the rate as a host value', rate)),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ rate }, { factor }) => [factor * hostNumber(rate)],
  kernel: 'scaledRate',
});
