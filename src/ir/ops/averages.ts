/**
 * Averages of weights, kept beside them and updated after each update.   average, parameter of one shape;  share: host
 *   updateAverage   average ← average + share·(parameter − average)
 *   emaShare        (1 − d)/(1 − dᵗ), t = update: the average is (1 − d)·Σ dᵗ⁻ⁱwᵢ / (1 − dᵗ), free of what it began with
 *                   without debiasing 1 at t = 1, then 1 − d: the average begins as the weights after the first update
 *   swaShare        1/n when the n-th weights are taken, 0 between; 1 before the first: the weights themselves
 *                   they are taken at the updates that `every` divides, from ⌈start·updates⌉ or the end of epoch `start` on
 *
 * Evaluation, the weights that a run leaves and prediction use the averages. Weights that are not trained have none.
 *
 * Defaults  ema: decay 0.999, debias true; swa: start 75%, every epoch.
 * Source  Kingma & Ba 2015, section 7.2 (debiasing); Izmailov et al. 2018 (SWA); Keras 3 `use_ema` and PyTorch `AveragedModel` are
 *         `debias: false`.
 */
import { aBoolean, aNumber } from '../attributes.ts';
import { numeral } from '../numeral.ts';
import type { AttrSpec } from '../op.ts';
import { defineOp, none } from '../op.ts';
import * as reference from '../reference/averages.ts';
import { custom, flag, number } from '../signature.ts';
import { average } from '../vocabulary.ts';
import { array, hostNumber, sameShape, shapeText, unfit } from './rules.ts';
import { hostOnly } from './schedules/units.ts';

export const updateAverage = defineOp({
  kind: 'updateAverage',
  doc: 'takes the weights after an update into their average',
  operands: ['into', 'parameter', 'share'],
  results: [],
  attrs: {},
  stages: ['step'],
  writes: ['into'],
  shape({ into, parameter, share }) {
    if (!sameShape(into.shape, parameter.shape))
      return unfit('updateAverage', `an average ${shapeText(parameter.shape)}`, into);
    return share.dtype === 'host' ? [] : unfit('updateAverage', 'the share as a host value', share);
  },
  train: 'same',
  infer: 'same',
  gradient: none('nothing of the loss depends on an average'),
  evaluate: ({ into, parameter, share }) => [reference.updateAverage(array(into), array(parameter), hostNumber(share))],
  kernel: 'updateAverage',
});

export const emaShare = defineOp({
  kind: 'emaShare',
  doc: 'the share of the newest weights in an exponential average',
  operands: ['update'],
  results: ['share'],
  attrs: { decay: aNumber(), debias: aBoolean(true) },
  stages: ['step'],
  writes: [],
  shape: ({ update }) => hostOnly('emaShare', update),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update }, attrs) => [reference.emaShare(hostNumber(update), attrs)],
  kernel: 'emaShare',
});

const aNumberOrNull: AttrSpec<number | null> = {
  is: (value): value is number | null => value === null || typeof value === 'number',
  default: null,
};

export const swaShare = defineOp({
  kind: 'swaShare',
  doc: 'the share of the newest weights in a mean over chosen updates',
  operands: ['update', 'updates', 'perEpoch'],
  results: ['share'],
  attrs: { start: aNumber(), every: aNumberOrNull },
  stages: ['step'],
  writes: [],
  shape: ({ update, updates, perEpoch }) => hostOnly('swaShare', update, updates, perEpoch),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, updates, perEpoch }, attrs) => [
    reference.swaShare(hostNumber(update), hostNumber(updates), hostNumber(perEpoch), attrs),
  ],
  kernel: 'swaShare',
});

export const ema = average({
  name: 'ema',
  doc: 'exponential moving average over all updates',
  signature: {
    decay: number({ above: 0, below: 1, default: 0.999, doc: 'weight of the old average' }),
    debias: flag({ default: true, doc: 'whether the first updates are weighed as if there had been many before' }),
  },
  formula: ({ decay, debias }) => ({
    text: 'w̄ + a·(w − w̄)',
    where: [
      debias
        ? `a = ${numeral(1 - decay)}/(1 − ${numeral(decay)}ᵗ)`
        : `a = ${numeral(1 - decay)}, and 1 for the first update`,
    ],
  }),
  share: (build, { step }, { decay, debias }) => build.one(emaShare, [step], { decay, debias }, 'averageShare'),
});

const isWhole = (n: number): boolean => Number.isSafeInteger(n) && n >= 1;

export const swa = average({
  name: 'swa',
  doc: 'stochastic weight averaging: the mean of the weights at the ends of the last epochs',
  signature: {
    start: custom<number>(
      'a share of the run such as `75%`, or a whole number of epochs from 1',
      (value) =>
        value.kind === 'number' && ((value.value > 0 && value.value < 1) || isWhole(value.value))
          ? value.value
          : undefined,
      {
        default: 0.75,
        doc: 'when the first weights are taken: after this share of the run, or at the end of this epoch',
      },
    ),
    every: custom<number | null>(
      '`epoch`, or a whole number of updates from 1',
      (value) => {
        if (value.kind === 'word' && value.word === 'epoch') return null;
        return value.kind === 'number' && isWhole(value.value) ? value.value : undefined;
      },
      { default: null, doc: 'how often weights are taken: at the end of each epoch, or every so many updates' },
    ),
  },
  formula: ({ start, every }) => ({
    text: 'w̄ + (w − w̄)/n',
    where: [
      `n counts ${every === null ? 'the ends of epochs' : `every ${numeral(every)} updates`} from ${
        start < 1 ? `${numeral(start * 100)}% of the run` : `the end of epoch ${numeral(start)}`
      } on; between them w̄ stays`,
    ],
  }),
  share: (build, { step, steps, perEpoch }, { start, every }) =>
    build.one(swaShare, [step, steps, perEpoch], { start, every }, 'averageShare'),
});
