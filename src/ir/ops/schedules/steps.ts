/**
 * stepSchedule, exponentialSchedule: the rate by powers of a factor: host values.
 *   step          rate·factorᵏ, k = ⌊(update − 1)/every⌋, or how many of `at` are behind: the first update after one has the next rate
 *   exponential   rate·factorᵗ, t = (update − 1 − warmup)/every, from 0
 *   both          rate·update/warmup while update ≤ warmup
 *
 * A step counts from the beginning of the run, warm-up included, as recipes say (`at: [30, 60, 80], per: epoch`); exponential decay
 * begins after warming up.
 *
 * Defaults  step: factor 0.1; warmup 0.
 * Source  He et al. 2016 (steps); Goyal et al. 2017 (warm-up); Keras 3 `PiecewiseConstantDecay`, `ExponentialDecay`; PyTorch `StepLR`,
 *         `MultiStepLR`, `ExponentialLR`.
 */
import { aNumber, numbers } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/schedules.ts';
import { custom, number } from '../../signature.ts';
import type { Value } from '../../value.ts';
import { schedule } from '../../vocabulary.ts';
import { hostNumber } from '../rules.ts';
import { clockLines, counted, explained, hostOnly, per, perEpochOf, since, span, warmup } from './units.ts';

export const stepSchedule = defineOp({
  kind: 'stepSchedule',
  doc: 'a learning rate that falls by a factor at each step, after warming up',
  operands: ['update', 'perEpoch?'],
  results: ['rate'],
  attrs: { rate: aNumber(), factor: aNumber(0.1), every: aNumber(0), at: numbers([]), warmup: aNumber(0) },
  stages: ['step'],
  writes: [],
  shape: ({ update, perEpoch }) => hostOnly('stepSchedule', update, perEpoch),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, perEpoch }, attrs) => [
    reference.stepSchedule(hostNumber(update), { ...attrs, perEpoch: hostNumber(perEpoch ?? 1) }),
  ],
  kernel: 'stepSchedule',
});

export const exponentialSchedule = defineOp({
  kind: 'exponentialSchedule',
  doc: 'a learning rate that falls by a factor smoothly, after warming up',
  operands: ['update', 'perEpoch?'],
  results: ['rate'],
  attrs: { rate: aNumber(), factor: aNumber(), every: aNumber(), warmup: aNumber(0) },
  stages: ['step'],
  writes: [],
  shape: ({ update, perEpoch }) => hostOnly('exponentialSchedule', update, perEpoch),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, perEpoch }, attrs) => [
    reference.exponentialSchedule(hostNumber(update), { ...attrs, perEpoch: hostNumber(perEpoch ?? 1) }),
  ],
  kernel: 'exponentialSchedule',
});

const countOf = (value: Value): number | undefined =>
  value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 1 ? value.value : undefined;

/** Exactly one of the two is given; checking sees to it. */
const every = custom<number | null>('a whole number from 1', countOf, {
  default: null,
  doc: 'how long from one step to the next',
});
const at = custom<readonly number[] | null>(
  'a list of whole numbers from 1, such as `[30, 60]`',
  (value) => {
    const items = value.kind === 'list' ? value.items : [value];
    const counts = items.map(countOf).filter((count) => count !== undefined);
    return items.length > 0 && counts.length === items.length ? counts : undefined;
  },
  { default: null, doc: 'after how much of the run each step comes, instead of `every`' },
);

export const steps = schedule({
  name: 'step',
  doc: 'falls by a factor at regular or given times',
  signature: {
    factor: number({ above: 0, default: 0.1, doc: 'what the rate is multiplied by at each step' }),
    every,
    at,
    warmup,
    per,
  },
  formula: ({ factor, every, at, warmup, per }, rate) => ({
    text: `${numeral(rate)}·${numeral(factor)}ᵏ`,
    where: explained(
      rate,
      { warmup, per },
      every === null
        ? `k is how many of ${at?.join(', ') ?? ''} ${per}s are over`
        : `k is how many times ${counted(every, per)} ${every === 1 ? 'is' : 'are'} over`,
    ),
  }),
  spans: ({ every, at, warmup }) => [
    ...span('warmup', warmup),
    ...span('every', every, true),
    ...span('at', at === null ? null : Math.max(...at), true),
  ],
  rate: (build, { step, perEpoch, rate }, { factor, every, at, warmup, per }) =>
    build.one(
      stepSchedule,
      [step, perEpochOf(per, perEpoch)],
      { rate, factor, every: every ?? 0, at: at ?? [], warmup },
      'rate',
    ),
});

export const exponential = schedule({
  name: 'exponential',
  doc: 'falls smoothly, by the same factor in the same time',
  signature: {
    factor: number({ above: 0, doc: 'what is left of the rate after `every`' }),
    every: custom<number>('a whole number from 1', countOf, { doc: 'how long it takes to fall by the factor' }),
    warmup,
    per,
  },
  formula: ({ factor, every, warmup, per }, rate) => {
    // Updates are over before the present one; epochs have fractions.
    const t = since(per === 'update' ? warmup + 1 : warmup, per);
    const power = every === 1 ? t : `${t}/${every}`;
    const before = per === 'epoch' && warmup === 0 ? clockLines(per) : [];
    return {
      text: `${numeral(rate)}·${numeral(factor)}^${power.length === 1 || every === 1 ? power : `(${power})`}`,
      where: explained(rate, { warmup, per }, ...before),
    };
  },
  spans: ({ warmup }) => span('warmup', warmup, true),
  rate: (build, { step, perEpoch, rate }, { factor, every, warmup, per }) =>
    build.one(exponentialSchedule, [step, perEpochOf(per, perEpoch)], { rate, factor, every, warmup }, 'rate'),
});
