/**
 * adamUpdate, amsgradUpdate: Adam, in place, as Keras has it.   parameter, gradient, m, v, vMax of one shape;  rate, update: host;  scale []?
 *   m ← β₁m + (1 − β₁)g   v ← β₂v + (1 − β₂)g²
 *   w ← w − α·m/(√v + ε)   α = rate·√(1 − β₂ᵗ)/(1 − β₁ᵗ), t = update, counted from 1
 *   amsgrad   v̂ ← max(v̂, v), and w ← w − α·m/(√v̂ + ε)
 * With scale, g stands for scale·gradient. Decay: see decay.ts; with it, this is AdamW.
 *
 * Defaults  rate 1e-3, β₁ 0.9, β₂ 0.999, ε 1e-7, amsgrad false. Memory: m and v per parameter, with amsgrad v̂; all start at 0.
 * Source  Kingma & Ba 2015; Reddi, Kale & Kumar 2018 (amsgrad); Loshchilov & Hutter 2019 (adamw); Keras 3 `Adam`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/optimizers.ts';
import { flag, number } from '../../signature.ts';
import { type OptimizerDef, optimizer } from '../../vocabulary.ts';
import { attrsOf, decayAttrs } from '../decay.ts';
import { array, arrayOrNull, hostNumber, scaled } from '../rules.ts';
import { epsilonOf, fromZero, rateOf, updateShape } from './update.ts';

const attrs = { beta1: aNumber(0.9), beta2: aNumber(0.999), epsilon: aNumber(1e-7), ...decayAttrs };

export const adamUpdate = defineOp({
  kind: 'adamUpdate',
  doc: 'a step of Adam, in place',
  operands: ['parameter', 'gradient', 'rate', 'update', 'm', 'v', 'scale?'],
  results: [],
  attrs,
  stages: ['step'],
  writes: ['parameter', 'm', 'v'],
  shape: ({ parameter, gradient, rate, update, m, v, scale }) =>
    updateShape('adamUpdate', parameter, { like: [gradient, m, v], hosts: [rate, update], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, update, m, v, scale }, attrs) =>
    reference.adamUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      hostNumber(update),
      array(m),
      array(v),
      attrs,
    ),
  kernel: 'adamUpdate',
});

export const amsgradUpdate = defineOp({
  kind: 'amsgradUpdate',
  doc: 'a step of Adam by the greatest mean square so far, in place',
  operands: ['parameter', 'gradient', 'rate', 'update', 'm', 'v', 'vMax', 'scale?'],
  results: [],
  attrs,
  stages: ['step'],
  writes: ['parameter', 'm', 'v', 'vMax'],
  shape: ({ parameter, gradient, rate, update, m, v, vMax, scale }) =>
    updateShape('amsgradUpdate', parameter, { like: [gradient, m, v, vMax], hosts: [rate, update], scale }),
  train: 'same',
  infer: 'same',
  gradient: none('an update'),
  evaluate: ({ parameter, gradient, rate, update, m, v, vMax, scale }, attrs) =>
    reference.amsgradUpdate(
      array(parameter),
      scaled(array(gradient), arrayOrNull(scale)),
      hostNumber(rate),
      hostNumber(update),
      array(m),
      array(v),
      array(vMax),
      attrs,
    ),
  kernel: 'amsgradUpdate',
});

const named = (name: string, doc: string): OptimizerDef =>
  optimizer({
    name,
    doc,
    signature: {
      rate: rateOf(1e-3),
      beta1: number({ min: 0, below: 1, default: 0.9, doc: 'weight of the old mean of gradients' }),
      beta2: number({ min: 0, below: 1, default: 0.999, doc: 'weight of the old mean of squared gradients' }),
      epsilon: epsilonOf('added to the root of the mean square'),
      amsgrad: flag({ default: false, doc: 'divide by the greatest mean square so far (Reddi et al. 2018)' }),
    },
    slots: ({ amsgrad }) => [fromZero('m'), fromZero('v'), ...(amsgrad ? [fromZero('vMax')] : [])],
    formula: ({ beta1, beta2, epsilon, amsgrad }) => ({
      text: `− α·m/(√${amsgrad ? 'v̂' : 'v'} + ${numeral(epsilon)})`,
      where: [
        `m ← ${numeral(beta1)}·m + ${numeral(1 - beta1)}·g`,
        `v ← ${numeral(beta2)}·v + ${numeral(1 - beta2)}·g²`,
        ...(amsgrad ? ['v̂ ← max(v̂, v)'] : []),
        `α = rate·√(1 − ${numeral(beta2)}ᵗ)/(1 − ${numeral(beta1)}ᵗ)`,
      ],
    }),
    update(build, { parameter, gradient, slot, rate, step, decay }, { beta1, beta2, epsilon, amsgrad }) {
      const [op, more] = amsgrad ? ([amsgradUpdate, [slot('vMax')]] as const) : ([adamUpdate, []] as const);
      build.emit(op, [parameter, gradient, rate, step, slot('m'), slot('v'), ...more, null], {
        beta1,
        beta2,
        epsilon,
        ...attrsOf(decay),
      });
    },
  });

export const adam = named('adam', 'steps by the mean gradient over the root of its mean square');
/** Decay is the policy's; a train that uses adamw without any is refused while checking. */
export const adamw = named('adamw', 'adam with the decoupled decay of the policy');
