/**
 * sgdUpdate: gradient descent, in place, as Keras has it.   parameter, gradient, velocity? of one shape;  rate: host;  scale []?
 *   without velocity   w ← w − rate·g
 *   momentum μ         v ← μv − rate·g   w ← w + v
 *   nesterov           v ← μv − rate·g   w ← w + μv − rate·g
 * With scale, g stands for scale·gradient. Decay: see decay.ts.
 *
 * Defaults  rate 0.01, momentum 0, nesterov false. Memory: none, or a velocity per parameter that starts at 0.
 * Source  Sutskever et al. 2013; Keras 3 `SGD`.
 */
import { aBoolean, aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/optimizers.ts';
import { flag, number } from '../../signature.ts';
import { optimizer } from '../../vocabulary.ts';
import { attrsOf, decayAttrs } from '../decay.ts';
import { array, arrayOrNull, hostNumber, scaled } from '../rules.ts';
import { fromZero, rateOf, updateShape } from './update.ts';

export const sgdUpdate = defineOp({
  kind: 'sgdUpdate',
  doc: 'a step of gradient descent, in place',
  operands: ['parameter', 'gradient', 'rate', 'velocity?', 'scale?'],
  results: [],
  attrs: { momentum: aNumber(0), nesterov: aBoolean(false), ...decayAttrs },
  stages: ['step'],
  writes: ['parameter', 'velocity'],
  shape: ({ parameter, gradient, rate, velocity, scale }) =>
    updateShape('sgdUpdate', parameter, { like: [gradient, velocity], hosts: [rate], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, velocity, scale }, attrs) =>
    reference.sgdUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      arrayOrNull(velocity),
      attrs,
    ),
  kernel: 'sgdUpdate',
});

export const sgd = optimizer({
  name: 'sgd',
  doc: 'stochastic gradient descent',
  signature: {
    rate: rateOf(0.01),
    momentum: number({ min: 0, below: 1, default: 0, doc: 'weight of the last update' }),
    nesterov: flag({ default: false, doc: 'look ahead by one step of momentum' }),
  },
  formula: ({ momentum, nesterov }) =>
    momentum === 0
      ? { text: '− rate·g', where: [] }
      : {
          text: nesterov ? `+ ${numeral(momentum)}·v − rate·g` : '+ v',
          where: [`v ← ${numeral(momentum)}·v − rate·g`],
        },
  slots: ({ momentum }) => (momentum === 0 ? [] : [fromZero('velocity')]),
  update(build, { parameter, gradient, slot, rate, decay }, { momentum, nesterov }) {
    const velocity = momentum === 0 ? null : slot('velocity');
    build.emit(sgdUpdate, [parameter, gradient, rate, velocity, null], {
      momentum,
      nesterov: nesterov && momentum !== 0,
      ...attrsOf(decay),
    });
  },
});
