/**
 * adagradUpdate: Adagrad, in place, as Keras has it.   parameter, gradient, accumulator of one shape;  rate: host;  scale []?
 *   s ← s + g²   w ← w − rate·g/√(s + ε)
 * With scale, g stands for scale·gradient. Decay: see decay.ts.
 *
 * Defaults  rate 1e-3, ε 1e-7. Memory: s per parameter, which starts at `accumulator` (0.1).
 * Source  Duchi, Hazan & Singer 2011; Keras 3 `Adagrad`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/optimizers.ts';
import { number } from '../../signature.ts';
import { optimizer } from '../../vocabulary.ts';
import { attrsOf, decayAttrs } from '../decay.ts';
import { array, arrayOrNull, hostNumber, scaled } from '../rules.ts';
import { epsilonOf, rateOf, updateShape } from './update.ts';

export const adagradUpdate = defineOp({
  kind: 'adagradUpdate',
  doc: 'a step of Adagrad, in place',
  operands: ['parameter', 'gradient', 'rate', 'accumulator', 'scale?'],
  results: [],
  attrs: { epsilon: aNumber(1e-7), ...decayAttrs },
  stages: ['step'],
  writes: ['parameter', 'accumulator'],
  shape: ({ parameter, gradient, rate, accumulator, scale }) =>
    updateShape('adagradUpdate', parameter, { like: [gradient, accumulator], hosts: [rate], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, accumulator, scale }, attrs) =>
    reference.adagradUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      array(accumulator),
      attrs,
    ),
  kernel: 'adagradUpdate',
});

export const adagrad = optimizer({
  name: 'adagrad',
  doc: 'divides each gradient by the root of the sum of all its squares',
  signature: {
    rate: rateOf(1e-3),
    accumulator: number({ min: 0, default: 0.1, doc: 'what the sum of squares begins with' }),
    epsilon: epsilonOf('added to the sum of squares'),
  },
  slots: ({ accumulator }) => [{ name: 'accumulator', start: accumulator }],
  formula: ({ accumulator, epsilon }) => ({
    text: `− rate·g/√(s + ${numeral(epsilon)})`,
    where: [`s ← s + g², from ${numeral(accumulator)}`],
  }),
  update(build, { parameter, gradient, slot, rate, decay }, { epsilon }) {
    build.emit(adagradUpdate, [parameter, gradient, rate, slot('accumulator'), null], { epsilon, ...attrsOf(decay) });
  },
});
