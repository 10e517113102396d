/**
 * rmspropUpdate: RMSprop, in place, as Keras has it.   parameter, gradient, square, mean?, velocity? of one shape;  rate: host;  scale []?
 *   s ← ρs + (1 − ρ)g²   a ← ρa + (1 − ρ)g (centered)
 *   u = rate·g/√(s + ε), centered rate·g/√(max(0, s − a²) + ε)
 *   w ← w − u, with momentum μ  b ← μb + u   w ← w − b
 * With scale, g stands for scale·gradient. Decay: see decay.ts.
 *
 * Defaults  rate 1e-3, ρ 0.9, momentum 0, ε 1e-7, centered false. Memory: s per parameter, with `centered` a, with momentum b; from 0.
 * Source  Tieleman & Hinton 2012; Graves 2013 (centered, momentum); Keras 3 `RMSprop`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/optimizers.ts';
import { flag, number } from '../../signature.ts';
import { optimizer } from '../../vocabulary.ts';
import { attrsOf, decayAttrs } from '../decay.ts';
import { array, arrayOrNull, hostNumber, scaled } from '../rules.ts';
import { epsilonOf, fromZero, rateOf, updateShape } from './update.ts';

export const rmspropUpdate = defineOp({
  kind: 'rmspropUpdate',
  doc: 'a step of RMSprop, in place',
  operands: ['parameter', 'gradient', 'rate', 'square', 'mean?', 'velocity?', 'scale?'],
  results: [],
  attrs: { rho: aNumber(0.9), momentum: aNumber(0), epsilon: aNumber(1e-7), ...decayAttrs },
  stages: ['step'],
  writes: ['parameter', 'square', 'mean', 'velocity'],
  shape: ({ parameter, gradient, rate, square, mean, velocity, scale }) =>
    updateShape('rmspropUpdate', parameter, { like: [gradient, square, mean, velocity], hosts: [rate], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, square, mean, velocity, scale }, attrs) =>
    reference.rmspropUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      { square: array(square), mean: arrayOrNull(mean), velocity: arrayOrNull(velocity) },
      attrs,
    ),
  kernel: 'rmspropUpdate',
});

export const rmsprop = optimizer({
  name: 'rmsprop',
  doc: 'divides each gradient by the root of its mean square',
  signature: {
    rate: rateOf(1e-3),
    rho: number({ min: 0, below: 1, default: 0.9, doc: 'weight of the old means' }),
    momentum: number({ min: 0, below: 1, default: 0, doc: 'weight of the last update' }),
    epsilon: epsilonOf('added to the mean square'),
    centered: flag({ default: false, doc: 'divide by the root of the variance instead of the mean square' }),
  },
  slots: ({ momentum, centered }) => [
    fromZero('square'),
    ...(centered ? [fromZero('mean')] : []),
    ...(momentum === 0 ? [] : [fromZero('velocity')]),
  ],
  formula: ({ rho, momentum, epsilon, centered }) => {
    const step = `rate·g/√(s ${centered ? '− a² ' : ''}+ ${numeral(epsilon)})`;
    return {
      text: momentum === 0 ? `− ${step}` : '− b',
      where: [
        `s ← ${numeral(rho)}·s + ${numeral(1 - rho)}·g²`,
        ...(centered ? [`a ← ${numeral(rho)}·a + ${numeral(1 - rho)}·g`] : []),
        ...(momentum === 0 ? [] : [`b ← ${numeral(momentum)}·b + ${step}`]),
      ],
    };
  },
  update(build, { parameter, gradient, slot, rate, decay }, { rho, momentum, epsilon, centered }) {
    const mean = centered ? slot('mean') : null;
    const velocity = momentum === 0 ? null : slot('velocity');
    build.emit(rmspropUpdate, [parameter, gradient, rate, slot('square'), mean, velocity, null], {
      rho,
      momentum,
      epsilon,
      ...attrsOf(decay),
    });
  },
});
