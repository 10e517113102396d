/**
 * plateauSchedule: the rate times what the plateaus so far have left of it: host values.
 *   rate·update/warmup while update ≤ warmup, then rate, times `plateau`
 * `plateau` begins with 1; the training loop multiplies it by the factor when the monitored value has not fallen by min_delta for
 * `patience` epochs (src/runtime/plateau.ts).
 *
 * Defaults  monitor validation_loss, factor 0.1, patience 10, min_delta 1e-4, cooldown 0, min 0, warmup 0.
 * Source  Keras 3 `ReduceLROnPlateau`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/schedules.ts';
import { choice, int, number } from '../../signature.ts';
import { schedule } from '../../vocabulary.ts';
import { hostNumber } from '../rules.ts';
import { counted, explained, hostOnly, per, perEpochOf, span, warmup } from './units.ts';

export const plateauSchedule = defineOp({
  kind: 'plateauSchedule',
  doc: 'a learning rate that falls where the loss does not, after warming up',
  operands: ['update', 'plateau', 'perEpoch?'],
  results: ['rate'],
  attrs: { rate: aNumber(), warmup: aNumber(0) },
  stages: ['step'],
  writes: [],
  shape: ({ update, plateau, perEpoch }) => hostOnly('plateauSchedule', update, plateau, perEpoch),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, plateau, perEpoch }, attrs) => {
    const units = { ...attrs, perEpoch: hostNumber(perEpoch ?? 1) };
    return [reference.plateauSchedule(hostNumber(update), hostNumber(plateau), units)];
  },
  kernel: 'plateauSchedule',
});

const monitored = { validation_loss: 'the validation loss', loss: 'the mean loss of an epoch' } as const;

export const reduceOnPlateau = schedule({
  name: 'reduce_on_plateau',
  doc: 'falls by a factor when the loss has not fallen for some epochs',
  signature: {
    monitor: choice(['validation_loss', 'loss'], { default: 'validation_loss', doc: 'what has to fall' }),
    factor: number({ above: 0, default: 0.1, doc: 'what the rate is multiplied by' }),
    patience: int({ min: 1, default: 10, doc: 'epochs without improvement before that' }),
    min_delta: number({ min: 0, default: 1e-4, doc: 'by how much the value must fall to count as better' }),
    cooldown: int({
      min: 0,
      default: 0,
      doc: 'epochs of rest after a reduction; the last is counted again, as in Keras',
    }),
    min: number({ min: 0, default: 0, doc: 'lowest rate' }),
    warmup,
    per,
  },
  formula: ({ monitor, factor, patience, min_delta, cooldown, min, warmup, per }, rate) => ({
    text: `${numeral(rate)}·${numeral(factor)}ᵏ`,
    where: explained(
      rate,
      { warmup, per },
      `k grows when ${monitored[monitor]} has not fallen by ${numeral(min_delta)} for ${counted(patience, 'epoch')}`,
      ...(cooldown === 0 ? [] : [`after that ${counted(cooldown, 'epoch')} do not count`]),
      ...(min === 0 ? [] : [`never below ${numeral(min)}`]),
    ),
  }),
  spans: ({ warmup }) => span('warmup', warmup),
  plateau: ({ monitor, factor, patience, min_delta, cooldown, min }, rate) => ({
    monitor,
    factor,
    patience,
    minDelta: min_delta,
    cooldown,
    floor: min / rate,
  }),
  rate: (build, { step, perEpoch, plateau, rate }, { warmup, per }) =>
    build.one(
      plateauSchedule,
      [step, plateau, warmup === 0 ? null : perEpochOf(per, perEpoch)],
      { rate, warmup },
      'rate',
    ),
});
