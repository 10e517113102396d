/**
 * constantSchedule: the same rate at each update: host values.
 *   rate·update/warmup while update ≤ warmup, then rate
 *
 * Defaults  warmup 0.   Source  Goyal et al. 2017 (warm-up).
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/schedules.ts';
import { schedule } from '../../vocabulary.ts';
import { hostNumber } from '../rules.ts';
import { explained, hostOnly, per, perEpochOf, span, warmup } from './units.ts';

export const constantSchedule = defineOp({
  kind: 'constantSchedule',
  doc: 'a constant learning rate, after warming up',
  operands: ['update', 'perEpoch?'],
  results: ['rate'],
  attrs: { rate: aNumber(), warmup: aNumber(0) },
  stages: ['step'],
  writes: [],
  shape: ({ update, perEpoch }) => hostOnly('constantSchedule', update, perEpoch),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, perEpoch }, attrs) => [
    reference.constantSchedule(hostNumber(update), { ...attrs, perEpoch: hostNumber(perEpoch ?? 1) }),
  ],
  kernel: 'constantSchedule',
});

export const constantRate = schedule({
  name: 'constant',
  doc: 'the same rate throughout',
  signature: { warmup, per },
  formula: (args, rate) => ({ text: numeral(rate), where: explained(rate, args) }),
  spans: ({ warmup }) => span('warmup', warmup),
  rate: (build, { step, perEpoch, rate }, { warmup, per }) =>
    build.one(constantSchedule, [step, warmup === 0 ? null : perEpochOf(per, perEpoch)], { rate, warmup }, 'rate'),
});
