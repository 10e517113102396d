/**
 * lionUpdate: Lion, in place, as Keras has it.   parameter, gradient, m of one shape;  rate: host;  scale []?
 *   w ← w − rate·sign(β₁m + (1 − β₁)g), sign(0) = 0   m ← β₂m + (1 − β₂)g
 * With scale, g stands for scale·gradient. Decay: see decay.ts.
 *
 * Every element moves by the rate: rates are three to ten times smaller than for adam.
 *
 * Defaults  rate 1e-3, β₁ 0.9, β₂ 0.99. Memory: m per parameter, from 0.
 * Source  Chen et al. 2023; Keras 3 `Lion`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/optimizers.ts';
import { number } from '../../signature.ts';
import { optimizer } from '../../vocabulary.ts';
import { attrsOf, decayAttrs } from '../decay.ts';
import { array, arrayOrNull, hostNumber, scaled } from '../rules.ts';
import { fromZero, rateOf, updateShape } from './update.ts';

export const lionUpdate = defineOp({
  kind: 'lionUpdate',
  doc: 'a step of Lion, in place',
  operands: ['parameter', 'gradient', 'rate', 'm', 'scale?'],
  results: [],
  attrs: { beta1: aNumber(0.9), beta2: aNumber(0.99), ...decayAttrs },
  stages: ['step'],
  writes: ['parameter', 'm'],
  shape: ({ parameter, gradient, rate, m, scale }) =>
    updateShape('lionUpdate', parameter, { like: [gradient, m], hosts: [rate], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, m, scale }, attrs) =>
    reference.lionUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      array(m),
      attrs,
    ),
  kernel: 'lionUpdate',
});

export const lion = optimizer({
  name: 'lion',
  doc: 'moves every weight by the rate, along the sign of its mean gradient',
  signature: {
    rate: rateOf(1e-3),
    beta1: number({ min: 0, below: 1, default: 0.9, doc: 'weight of the mean of gradients against the present one' }),
    beta2: number({ min: 0, below: 1, default: 0.99, doc: 'weight of the old mean of gradients' }),
  },
  slots: () => [fromZero('m')],
  formula: ({ beta1, beta2 }) => ({
    text: `− rate·sign(${numeral(beta1)}·m + ${numeral(1 - beta1)}·g)`,
    where: [`m ← ${numeral(beta2)}·m + ${numeral(1 - beta2)}·g, after the step`],
  }),
  update(build, { parameter, gradient, slot, rate, decay }, { beta1, beta2 }) {
    build.emit(lionUpdate, [parameter, gradient, rate, slot('m'), null], { beta1, beta2, ...attrsOf(decay) });
  },
});
