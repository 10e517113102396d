/**
 * nadamUpdate: Adam with Nesterov's momentum, in place, as Keras has it.   parameter, gradient, m, v of one shape;  rate, update: host;  scale []?
 *   m ← β₁m + (1 − β₁)g   v ← β₂v + (1 − β₂)g²
 *   μₜ = β₁(1 − ½·0.96ᵗ)   Πₜ = μ₁·…·μₜ, t = update, counted from 1
 *   m̂ = μₜ₊₁·m/(1 − Πₜ₊₁) + (1 − μₜ)·g/(1 − Πₜ)   v̂ = v/(1 − β₂ᵗ)
 *   w ← w − rate·m̂/(√v̂ + ε)
 * With scale, g stands for scale·gradient. Decay: see decay.ts.
 *
 * Π is computed from t, so that nothing but m and v is kept: a resumed run needs no more.
 *
 * Defaults  rate 1e-3, β₁ 0.9, β₂ 0.999, ε 1e-7. Memory: m and v per parameter, from 0.
 * Source  Dozat 2016; Keras 3 `Nadam`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/optimizers.ts';
import { number } from '../../signature.ts';
import { optimizer } from '../../vocabulary.ts';
import { attrsOf, decayAttrs } from '../decay.ts';
import { array, arrayOrNull, hostNumber, scaled } from '../rules.ts';
import { epsilonOf, fromZero, rateOf, updateShape } from './update.ts';

export const nadamUpdate = defineOp({
  kind: 'nadamUpdate',
  doc: 'a step of Adam with the momentum of Nesterov, in place',
  operands: ['parameter', 'gradient', 'rate', 'update', 'm', 'v', 'scale?'],
  results: [],
  attrs: { beta1: aNumber(0.9), beta2: aNumber(0.999), epsilon: aNumber(1e-7), ...decayAttrs },
  stages: ['step'],
  writes: ['parameter', 'm', 'v'],
  shape: ({ parameter, gradient, rate, update, m, v, scale }) =>
    updateShape('nadamUpdate', parameter, { like: [gradient, m, v], hosts: [rate, update], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, update, m, v, scale }, attrs) =>
    reference.nadamUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      hostNumber(update),
      array(m),
      array(v),
      attrs,
    ),
  kernel: 'nadamUpdate',
});

export const nadam = optimizer({
  name: 'nadam',
  doc: 'adam that looks ahead by one step of its momentum',
  signature: {
    rate: rateOf(1e-3),
    beta1: number({ min: 0, below: 1, default: 0.9, doc: 'weight of the old mean of gradients' }),
    beta2: number({ min: 0, below: 1, default: 0.999, doc: 'weight of the old mean of squared gradients' }),
    epsilon: epsilonOf('added to the root of the mean square'),
  },
  slots: () => [fromZero('m'), fromZero('v')],
  formula: ({ beta1, beta2, epsilon }) => ({
    text: `− rate·m̂/(√v̂ + ${numeral(epsilon)})`,
    where: [
      `m ← ${numeral(beta1)}·m + ${numeral(1 - beta1)}·g`,
      `v ← ${numeral(beta2)}·v + ${numeral(1 - beta2)}·g²`,
      `μₜ = ${numeral(beta1)}·(1 − 0.5·0.96ᵗ), Πₜ = μ₁·…·μₜ`,
      'm̂ = μₜ₊₁·m/(1 − Πₜ₊₁) + (1 − μₜ)·g/(1 − Πₜ)',
      `v̂ = v/(1 − ${numeral(beta2)}ᵗ)`,
    ],
  }),
  update(build, { parameter, gradient, slot, rate, step, decay }, { beta1, beta2, epsilon }) {
    const operands = [parameter, gradient, rate, step, slot('m'), slot('v'), null];
    build.emit(nadamUpdate, operands, { beta1, beta2, epsilon, ...attrsOf(decay) });
  },
});
