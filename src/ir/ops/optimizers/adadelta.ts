/**
 * adadeltaUpdate: Adadelta, in place, as Keras has it.   parameter, gradient, square, delta of one shape;  rate: host;  scale []?
 *   s ← ρs + (1 − ρ)g²   u = g·√(d + ε)/√(s + ε)   d ← ρd + (1 − ρ)u²   w ← w − rate·u
 * With scale, g stands for scale·gradient. Decay: see decay.ts.
 *
 * Defaults  rate 1e-3 (the paper has 1), ρ 0.95, ε 1e-7. Memory: s and d per parameter, from 0.
 * Source  Zeiler 2012; Keras 3 `Adadelta`.
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

export const adadeltaUpdate = defineOp({
  kind: 'adadeltaUpdate',
  doc: 'a step of Adadelta, in place',
  operands: ['parameter', 'gradient', 'rate', 'square', 'delta', 'scale?'],
  results: [],
  attrs: { rho: aNumber(0.95), epsilon: aNumber(1e-7), ...decayAttrs },
  stages: ['step'],
  writes: ['parameter', 'square', 'delta'],
  shape: ({ parameter, gradient, rate, square, delta, scale }) =>
    updateShape('adadeltaUpdate', parameter, { like: [gradient, square, delta], hosts: [rate], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, square, delta, scale }, attrs) =>
    reference.adadeltaUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      array(square),
      array(delta),
      attrs,
    ),
  kernel: 'adadeltaUpdate',
});

export const adadelta = optimizer({
  name: 'adadelta',
  doc: 'steps by the root mean square of its own steps over that of the gradients; the paper has `rate: 1`',
  signature: {
    rate: rateOf(1e-3),
    rho: number({ min: 0, below: 1, default: 0.95, doc: 'weight of the old means' }),
    epsilon: epsilonOf('added to both means of squares'),
  },
  slots: () => [fromZero('square'), fromZero('delta')],
  formula: ({ rho, epsilon }) => ({
    text: '− rate·u',
    where: [
      `s ← ${numeral(rho)}·s + ${numeral(1 - rho)}·g²`,
      `u = g·√(d + ${numeral(epsilon)})/√(s + ${numeral(epsilon)})`,
      `d ← ${numeral(rho)}·d + ${numeral(1 - rho)}·u²`,
    ],
  }),
  update(build, { parameter, gradient, slot, rate, decay }, { rho, epsilon }) {
    const operands = [parameter, gradient, rate, slot('square'), slot('delta'), null];
    build.emit(adadeltaUpdate, operands, { rho, epsilon, ...attrsOf(decay) });
  },
});
