/**
 * The learning rate of each update: host values. Updates count from 1.
 *   warm-up            rate·update/warmup while update ≤ warmup
 *   constantSchedule   rate after that
 *   cosineSchedule     final + (rate − final)·½(1 + cos πt),  t = (update − warmup)/(updates − warmup) within [0, 1]
 *
 * Defaults  warmup 0, final 0.   Source  Goyal et al. 2017 (warm-up); Loshchilov & Hutter 2017 (cosine, without restarts).
 */
import { aNumber } from '../attributes.ts';
import type { ValueType } from '../graph.ts';
import { numeral } from '../numeral.ts';
import { defineOp, type Fault, none } from '../op.ts';
import * as reference from '../reference/schedules.ts';
import { int, number } from '../signature.ts';
import { schedule } from '../vocabulary.ts';
import { host, hostNumber, unfit } from './rules.ts';

const hostOnly = (op: string, ...inputs: readonly ValueType[]): readonly ValueType[] | Fault => {
  const wrong = inputs.find((type) => type.dtype !== 'host');
  return wrong === undefined ? [host] : unfit(op, 'host values', wrong);
};

export const constantSchedule = defineOp({
  kind: 'constantSchedule',
  doc: 'a constant learning rate, after warming up',
  operands: ['update'],
  results: ['rate'],
  attrs: { rate: aNumber(), warmup: aNumber(0) },
  stages: ['step'],
  writes: [],
  shape: ({ update }) => hostOnly('constantSchedule', update),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update }, attrs) => [reference.constantSchedule(hostNumber(update), attrs)],
  kernel: 'constantSchedule',
});

export const cosineSchedule = defineOp({
  kind: 'cosineSchedule',
  doc: 'half a cosine down to `final` at the last update, after warming up',
  operands: ['update', 'updates'],
  results: ['rate'],
  attrs: { rate: aNumber(), warmup: aNumber(0), final: aNumber(0) },
  stages: ['step'],
  writes: [],
  shape: ({ update, updates }) => hostOnly('cosineSchedule', update, updates),
  train: 'same',
  infer: 'same',
  gradient: none('a host value'),
  evaluate: ({ update, updates }, attrs) => [reference.cosineSchedule(hostNumber(update), hostNumber(updates), attrs)],
  kernel: 'cosineSchedule',
});

const warmup = int({ min: 0, default: 0, doc: 'updates over which the rate grows linearly' });

const warming = (warmup: number, rate: number): readonly string[] =>
  warmup === 0 ? [] : [`while t ≤ ${warmup} it is ${numeral(rate)}·t/${warmup}`];

export const constantRate = schedule({
  name: 'constant',
  doc: 'the same rate throughout',
  signature: { warmup },
  formula: ({ warmup }, rate) => ({ text: numeral(rate), where: warming(warmup, rate) }),
  rate: (build, { step, rate }, { warmup }) => build.one(constantSchedule, [step], { rate, warmup }, 'rate'),
});

export const cosine = schedule({
  name: 'cosine',
  doc: 'half a cosine from the rate down to `final`',
  signature: { warmup, final: number({ min: 0, default: 0, doc: 'rate at the last update' }) },
  formula: ({ warmup, final }, rate) => {
    const from = final === 0 ? '' : `${numeral(final)} + `;
    const to = final === 0 ? numeral(rate) : `(${numeral(rate)} − ${numeral(final)})`;
    const t = warmup === 0 ? 't/T' : `(t − ${warmup})/(T − ${warmup})`;
    return {
      text: `${from}${to}·½·(1 + cos(π·${t}))`,
      where: [...warming(warmup, rate), 'T is the number of updates of the whole run'],
    };
  },
  rate: (build, { step, steps, rate }, { warmup, final }) =>
    build.one(cosineSchedule, [step, steps], { rate, warmup, final }, 'rate'),
});
