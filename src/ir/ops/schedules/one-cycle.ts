/**
 * oneCycleSchedule: up to the rate and down again, once: host values.
 *   first = rate/divFactor   last = first/finalDivFactor   L = length, the whole run unless it is given
 *   up     first → rate from update 1 to update rise·L
 *   down   rate → last from there to update L, where it stays
 *   between a and b, t of the way   cosine a + (b − a)·½(1 − cos πt) · linear a + (b − a)·t
 *
 * The rate of the optimizer is the highest; the rise is the warm-up.
 *
 * Defaults  rise 0.3, divFactor 25, finalDivFactor 1e4, anneal cosine.
 * Source  Smith & Topin 2019; PyTorch `OneCycleLR`, with two phases.
 */
import { aNumber, oneOf } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/schedules.ts';
import { choice, number } from '../../signature.ts';
import { schedule } from '../../vocabulary.ts';
import { hostNumber } from '../rules.ts';
import { explained, hostOnly, length, per, perEpochOf, span } from './units.ts';

export const oneCycleSchedule = defineOp({
  kind: 'oneCycleSchedule',
  doc: 'a learning rate that rises and falls once',
  operands: ['update', 'updates', 'perEpoch?'],
  results: ['rate'],
  attrs: {
    rate: aNumber(),
    rise: aNumber(0.3),
    divFactor: aNumber(25),
    finalDivFactor: aNumber(1e4),
    anneal: oneOf(['cosine', 'linear'], 'cosine'),
    length: aNumber(0),
  },
  stages: ['step'],
  writes: [],
  shape: ({ update, updates, perEpoch }) => hostOnly('oneCycleSchedule', update, updates, perEpoch),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, updates, perEpoch }, attrs) => {
    const units = { ...attrs, perEpoch: hostNumber(perEpoch ?? 1) };
    return [reference.oneCycleSchedule(hostNumber(update), hostNumber(updates), units)];
  },
  kernel: 'oneCycleSchedule',
});

export const oneCycle = schedule({
  name: 'one_cycle',
  doc: 'rises to the rate of the optimizer and falls far below where it began; the rise is its warm-up',
  signature: {
    rise: number({ above: 0, below: 1, default: 0.3, doc: 'share of the cycle in which it rises' }),
    div_factor: number({ min: 1, default: 25, doc: 'what the rate is divided by for the first update' }),
    final_div_factor: number({ min: 1, default: 1e4, doc: 'what that is divided by for the last update' }),
    anneal: choice(['cosine', 'linear'], { default: 'cosine', doc: 'how it goes from one rate to the next' }),
    length,
    per,
  },
  formula: ({ rise, div_factor, final_div_factor, anneal, length, per }, rate) => {
    const first = rate / div_factor;
    const share = numeral(100 * rise);
    const over = length === null ? 'the updates' : `${length} ${per}s`;
    return {
      text: `${numeral(first)} → ${numeral(rate)} → ${numeral(first / final_div_factor)}`,
      where: explained(
        rate,
        { per: 'update' },
        `up in the first ${share}% of ${over}, down in the rest, ${anneal === 'cosine' ? 'by half a cosine each' : 'in straight lines'}`,
      ),
    };
  },
  spans: ({ length }) => span('length', length),
  rate: (build, { step, steps, perEpoch, rate }, { rise, div_factor, final_div_factor, anneal, length, per }) =>
    build.one(
      oneCycleSchedule,
      [step, steps, length === null ? null : perEpochOf(per, perEpoch)],
      { rate, rise, divFactor: div_factor, finalDivFactor: final_div_factor, anneal, length: length ?? 0 },
      'rate',
    ),
});
