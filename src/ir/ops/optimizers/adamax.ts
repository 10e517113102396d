/**
 * adamaxUpdate: AdaMax, in place, as Keras has it.   parameter, gradient, m, u of one shape;  rate, update: host;  scale []?
 *   m ← β₁m + (1 − β₁)g   u ← max(β₂u, |g|)
 *   w ← w − α·m/(u + ε)   α = rate/(1 − β₁ᵗ), t = update, counted from 1
 * With scale, g stands for scale·gradient. Decay: see decay.ts.
 *
 * Defaults  rate 1e-3, β₁ 0.9, β₂ 0.999, ε 1e-7. Memory: m and u per parameter, from 0.
 * Source  Kingma & Ba 2015, section 7.1; Keras 3 `Adamax`.
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

export const adamaxUpdate = defineOp({
  kind: 'adamaxUpdate',
  doc: 'a step of AdaMax, in place',
  operands: ['parameter', 'gradient', 'rate', 'update', 'm', 'u', 'scale?'],
  results: [],
  attrs: { beta1: aNumber(0.9), beta2: aNumber(0.999), epsilon: aNumber(1e-7), ...decayAttrs },
  stages: ['step'],
  writes: ['parameter', 'm', 'u'],
  shape: ({ parameter, gradient, rate, update, m, u, scale }) =>
    updateShape('adamaxUpdate', parameter, { like: [gradient, m, u], hosts: [rate, update], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, update, m, u, scale }, attrs) =>
    reference.adamaxUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      hostNumber(update),
      array(m),
      array(u),
      attrs,
    ),
  kernel: 'adamaxUpdate',
});

export const adamax = optimizer({
  name: 'adamax',
  doc: 'adam by the greatest magnitude of the gradient instead of its mean square',
  signature: {
    rate: rateOf(1e-3),
    beta1: number({ min: 0, below: 1, default: 0.9, doc: 'weight of the old mean of gradients' }),
    beta2: number({ min: 0, below: 1, default: 0.999, doc: 'what is left of the greatest magnitude at each update' }),
    epsilon: epsilonOf('added to the greatest magnitude'),
  },
  slots: () => [fromZero('m'), fromZero('u')],
  formula: ({ beta1, beta2, epsilon }) => ({
    text: `− α·m/(u + ${numeral(epsilon)})`,
    where: [
      `m ← ${numeral(beta1)}·m + ${numeral(1 - beta1)}·g`,
      `u ← max(${numeral(beta2)}·u, |g|)`,
      `α = rate/(1 − ${numeral(beta1)}ᵗ)`,
    ],
  }),
  update(build, { parameter, gradient, slot, rate, step, decay }, { beta1, beta2, epsilon }) {
    const operands = [parameter, gradient, rate, step, slot('m'), slot('u'), null];
    build.emit(adamaxUpdate, operands, { beta1, beta2, epsilon, ...attrsOf(decay) });
  },
});
