/**
 * l1, l2: penalties of one parameter.   w [...]  →  y []
 *   l1  λ·Σ|w|   gradient λ·sign w, sign 0 = 0
 *   l2  λ·Σw²    gradient 2λw
 *
 * With `samples`, a host value, λ is λ/samples: a penalty that is a prior.
 * Texts disagree by the factor 2: `l2(λ)` is λ·Σw² (Keras), `l2(λ, half: true)` is ½λ·Σw², whose gradient is λw.
 */
import { aNumber } from '../attributes.ts';
import type { ValueType } from '../graph.ts';
import { numeral } from '../numeral.ts';
import { defineOp, type Evaluated, type Fault, none } from '../op.ts';
import * as reference from '../reference/penalties.ts';
import { flag, number } from '../signature.ts';
import { penalty } from '../vocabulary.ts';
import { add } from './elementwise.ts';
import { array, arrayOrNull, d, float, hostNumber, unfit, unlessOne } from './rules.ts';

const attrs = { lambda: aNumber() };

const numberOr1 = (samples: Evaluated | null): number => (samples === null ? 1 : hostNumber(samples));

const unlessTensor = (op: string, samples: ValueType | null, result: ValueType): readonly ValueType[] | Fault =>
  samples === null || samples.dtype === 'host' ? [result] : unfit(op, 'the samples as a host value', samples);

export const l1 = defineOp({
  kind: 'l1',
  doc: 'λ·Σ|w|',
  operands: ['w', 'samples?'],
  results: ['y'],
  attrs,
  stages: ['train', 'step'],
  writes: [],
  shape: ({ samples }) => unlessTensor('l1', samples, float()),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { w, samples }, attrs, dy, dyIsOne }) => ({
    w: build.one(l1Grad, [w, unlessOne(dy, dyIsOne), samples], { ...attrs }, d(w)),
  }),
  evaluate: ({ w, samples }, { lambda }) => [reference.l1(array(w), lambda / numberOr1(samples))],
  kernel: 'l1',
});

export const l2 = defineOp({
  kind: 'l2',
  doc: 'λ·Σw²',
  operands: ['w', 'samples?'],
  results: ['y'],
  attrs,
  stages: ['train', 'step'],
  writes: [],
  shape: ({ samples }) => unlessTensor('l2', samples, float()),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { w, samples }, attrs, dy, dyIsOne }) => ({
    w: build.one(l2Grad, [w, unlessOne(dy, dyIsOne), samples], { ...attrs }, d(w)),
  }),
  evaluate: ({ w, samples }, { lambda }) => [reference.l2(array(w), lambda / numberOr1(samples))],
  kernel: 'l2',
});

export const l1Grad = defineOp({
  kind: 'l1Grad',
  doc: 'dy·λ·sign w',
  operands: ['w', 'dy?', 'samples?'],
  results: ['dw'],
  attrs,
  stages: ['step'],
  writes: [],
  shape: ({ w, samples }) => unlessTensor('l1Grad', samples, w),
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ w, dy, samples }, { lambda }) => [
    reference.l1Grad(array(w), arrayOrNull(dy), lambda / numberOr1(samples)),
  ],
  kernel: 'l1Grad',
});

export const l2Grad = defineOp({
  kind: 'l2Grad',
  doc: 'dy·2λw',
  operands: ['w', 'dy?', 'samples?'],
  results: ['dw'],
  attrs,
  stages: ['step'],
  writes: [],
  shape: ({ w, samples }) => unlessTensor('l2Grad', samples, w),
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ w, dy, samples }, { lambda }) => [
    reference.l2Grad(array(w), arrayOrNull(dy), lambda / numberOr1(samples)),
  ],
  kernel: 'l2Grad',
});

/** Without the digits that binary fractions add: 2 · 0.15 is 0.3. */
const plain = (value: number): string => String(Number(value.toPrecision(12)));

const lambda = number({ min: 0, positional: true, doc: 'weight of the penalty' });

export const l1Penalty = penalty({
  name: 'l1',
  doc: 'l1(λ): λ·Σ|w|',
  signature: { lambda },
  term: (build, parameter, { lambda }) => build.one(l1, [parameter], { lambda }, `l1.${parameter.slice(1)}`),
  update: ({ lambda }) => `w ← w − rate·${plain(lambda)}·sign(w)`,
  gradient: ({ lambda }) => `${numeral(lambda)}·sign(w)`,
});

export const l2Penalty = penalty({
  name: 'l2',
  doc: 'l2(λ): λ·Σw²; l2(λ, half: true): ½λ·Σw²',
  signature: { lambda, half: flag({ default: false, doc: 'take half of it, so that the gradient is λw' }) },
  term: (build, parameter, { lambda, half }) =>
    build.one(l2, [parameter], { lambda: half ? lambda / 2 : lambda }, `l2.${parameter.slice(1)}`),
  update: ({ lambda, half }) => `w ← w − rate·${plain(half ? lambda : 2 * lambda)}·w`,
  gradient: ({ lambda, half }) => `${half ? '' : '2·'}${numeral(lambda)}·w`,
});

export const l1l2Penalty = penalty({
  name: 'l1_l2',
  doc: 'l1_l2(a, b): a·Σ|w| + b·Σw²',
  signature: {
    l1: number({ min: 0, positional: true, doc: 'weight of Σ|w|' }),
    l2: number({ min: 0, positional: true, doc: 'weight of Σw²' }),
  },
  term(build, parameter, args) {
    const name = parameter.slice(1);
    const terms = [
      build.one(l1, [parameter], { lambda: args.l1 }, `l1.${name}`),
      build.one(l2, [parameter], { lambda: args.l2 }, `l2.${name}`),
    ];
    return build.one(add, terms, {}, `l1_l2.${name}`);
  },
  update: (args) => `w ← w − rate·(${plain(args.l1)}·sign(w) + ${plain(2 * args.l2)}·w)`,
  gradient: (args) =>
    [
      ...(args.l1 === 0 ? [] : [`${numeral(args.l1)}·sign(w)`]),
      ...(args.l2 === 0 ? [] : [`2·${numeral(args.l2)}·w`]),
    ].join(' + '),
});
