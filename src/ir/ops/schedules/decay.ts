/**
 * polynomialSchedule, cosineSchedule: from the rate down to `final` in a given time: host values.
 *   t = (update − warmup)/(length − warmup), within [0, 1]; length is the whole run unless it is given
 *   polynomial   final + (rate − final)·(1 − t)ᵖᵒʷᵉʳ
 *   cosine       final + (rate − final)·½(1 + cos πt)
 *   both         rate·update/warmup while update ≤ warmup
 *
 * The last update has the final rate.
 *
 * Defaults  power 1 (a straight line), warmup 0, final 0.
 * Source  Loshchilov & Hutter 2017 (cosine, without restarts); Goyal et al. 2017 (warm-up); Keras 3 `PolynomialDecay`, `CosineDecay`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/schedules.ts';
import { number } from '../../signature.ts';
import { type ScheduleUnit, schedule } from '../../vocabulary.ts';
import { hostNumber } from '../rules.ts';
import { clockLines, explained, final, hostOnly, length, per, since, span, warmup } from './units.ts';

/** `length` 0: the whole run. */
const attrs = { rate: aNumber(), warmup: aNumber(0), final: aNumber(0), length: aNumber(0) };

export const polynomialSchedule = defineOp({
  kind: 'polynomialSchedule',
  doc: 'a power of what is left down to `final` at the last update, after warming up',
  operands: ['update', 'updates', 'perEpoch?'],
  results: ['rate'],
  attrs: { ...attrs, power: aNumber(1) },
  stages: ['step'],
  writes: [],
  shape: ({ update, updates, perEpoch }) => hostOnly('polynomialSchedule', update, updates, perEpoch),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, updates, perEpoch }, attrs) => {
    const units = { ...attrs, perEpoch: hostNumber(perEpoch ?? 1) };
    return [reference.polynomialSchedule(hostNumber(update), hostNumber(updates), units)];
  },
  kernel: 'polynomialSchedule',
});

export const cosineSchedule = defineOp({
  kind: 'cosineSchedule',
  doc: 'half a cosine down to `final` at the last update, after warming up',
  operands: ['update', 'updates', 'perEpoch?'],
  results: ['rate'],
  attrs,
  stages: ['step'],
  writes: [],
  shape: ({ update, updates, perEpoch }) => hostOnly('cosineSchedule', update, updates, perEpoch),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, updates, perEpoch }, attrs) => {
    const units = { ...attrs, perEpoch: hostNumber(perEpoch ?? 1) };
    return [reference.cosineSchedule(hostNumber(update), hostNumber(updates), units)];
  },
  kernel: 'cosineSchedule',
});

interface Time {
  readonly warmup: number;
  readonly length: number | null;
  readonly per: ScheduleUnit;
}

/** `(t − 100)/(T − 100)` */
function progress({ warmup, length, per }: Time): string {
  const end = length ?? (per === 'epoch' ? 'E' : 'T');
  return `${since(warmup, per)}/${warmup === 0 ? end : length === null ? `(${end} − ${warmup})` : length - warmup}`;
}

const lines = (rate: number, time: Time): readonly string[] =>
  explained(
    rate,
    time,
    time.length === null
      ? `${time.per === 'epoch' ? 'E is the number of epochs' : 'T is the number of updates'} of the whole run`
      : `after ${time.length} ${time.per}s it stays as it is`,
    ...(time.warmup === 0 ? clockLines(time.per) : []),
  );

/** `1e-4 + (0.001 − 1e-4)·`, or `0.001·` where it falls to 0. */
const between = (rate: number, final: number): string =>
  final === 0 ? `${numeral(rate)}·` : `${numeral(final)} + (${numeral(rate)} − ${numeral(final)})·`;

const spans = ({ warmup, length }: Time) => [...span('warmup', warmup, true), ...span('length', length)];

const countsEpochs = ({ warmup, length, per }: Time): boolean => per === 'epoch' && (warmup !== 0 || length !== null);

export const polynomial = schedule({
  name: 'polynomial',
  doc: 'falls to `final` as a power of the time left; a straight line by default',
  signature: { power: number({ above: 0, default: 1, doc: 'power of the time left' }), warmup, final, length, per },
  formula: ({ power, final, ...time }, rate) => ({
    text: `${between(rate, final)}(1 − ${progress(time)})${power === 1 ? '' : `^${numeral(power)}`}`,
    where: lines(rate, time),
  }),
  spans,
  rate: (build, { step, steps, perEpoch, rate }, { power, warmup, final, length, per }) => {
    const units = countsEpochs({ warmup, length, per }) ? perEpoch : null;
    const attrs = { rate, power, warmup, final, length: length ?? 0 };
    return build.one(polynomialSchedule, [step, steps, units], attrs, 'rate');
  },
});

export const cosine = schedule({
  name: 'cosine',
  doc: 'half a cosine from the rate down to `final`',
  signature: { warmup, final, length, per },
  formula: ({ final, ...time }, rate) => ({
    text: `${between(rate, final)}½·(1 + cos(π·${progress(time)}))`,
    where: lines(rate, time),
  }),
  spans,
  rate: (build, { step, steps, perEpoch, rate }, { warmup, final, length, per }) => {
    const units = countsEpochs({ warmup, length, per }) ? perEpoch : null;
    return build.one(cosineSchedule, [step, steps, units], { rate, warmup, final, length: length ?? 0 }, 'rate');
  },
});
