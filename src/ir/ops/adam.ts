/**
 * adamUpdate: Adam, in place, as Keras has it; with decay, AdamW.   parameter, gradient, m, v of one shape;  rate, update: host;  scale []?
 *   m ← β₁m + (1 − β₁)g   v ← β₂v + (1 − β₂)g²
 *   w ← w − α·m/(√v + ε)   α = rate·√(1 − β₂ᵗ)/(1 − β₁ᵗ),   t = update, counted from 1
 * With scale, g stands for scale·gradient. Decay: see decay.ts.
 *
 * Defaults  rate 1e-3, beta1 0.9, beta2 0.999, epsilon 1e-7. Memory: m and v per parameter, starting at 0.
 * Source  Kingma & Ba 2015, the form before section 2.1; Loshchilov & Hutter 2019; Keras 3 `Adam`, `AdamW`.
 */
import { aNumber } from '../attributes.ts';
import { numeral } from '../numeral.ts';
import { defineOp, none } from '../op.ts';
import * as reference from '../reference/optimizers.ts';
import { number } from '../signature.ts';
import { type OptimizerDef, optimizer } from '../vocabulary.ts';
import { attrsOf, decayAttrs } from './decay.ts';
import { array, arrayOrNull, hostNumber, sameShape, scaled, shapeText, unfit } from './rules.ts';

export const adamUpdate = defineOp({
  kind: 'adamUpdate',
  doc: 'a step of Adam, in place',
  operands: ['parameter', 'gradient', 'rate', 'update', 'm', 'v', 'scale?'],
  results: [],
  attrs: { beta1: aNumber(0.9), beta2: aNumber(0.999), epsilon: aNumber(1e-7), ...decayAttrs },
  stages: ['step'],
  writes: ['parameter', 'm', 'v'],
  shape({ parameter, gradient, rate, update, m, v, scale }) {
    if (scale !== null && scale.shape.length > 0) return unfit('adamUpdate', 'a scale []', scale);
    const wrong = [gradient, m, v].find((value) => !sameShape(value.shape, parameter.shape));
    if (wrong !== undefined) return unfit('adamUpdate', `a value ${shapeText(parameter.shape)}`, wrong);
    const tensor = [rate, update].find((value) => value.dtype !== 'host');
    return tensor === undefined ? [] : unfit('adamUpdate', 'rate and update as host values', tensor);
  },
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

const named = (name: string, doc: string): OptimizerDef =>
  optimizer({
    name,
    doc,
    signature: {
      rate: number({ min: 0, default: 1e-3, doc: 'learning rate' }),
      beta1: number({ min: 0, below: 1, default: 0.9, doc: 'weight of the old mean of gradients' }),
      beta2: number({ min: 0, below: 1, default: 0.999, doc: 'weight of the old mean of squared gradients' }),
      epsilon: number({ above: 0, default: 1e-7, doc: 'added to the root of the mean square' }),
    },
    slots: () => ['m', 'v'],
    formula: ({ beta1, beta2, epsilon }) => ({
      text: `− α·m/(√v + ${numeral(epsilon)})`,
      where: [
        `m ← ${numeral(beta1)}·m + ${numeral(1 - beta1)}·g`,
        `v ← ${numeral(beta2)}·v + ${numeral(1 - beta2)}·g²`,
        `α = rate·√(1 − ${numeral(beta2)}ᵗ)/(1 − ${numeral(beta1)}ᵗ)`,
      ],
    }),
    update(build, { parameter, gradient, slot, rate, step, decay }, { beta1, beta2, epsilon }) {
      build.emit(adamUpdate, [parameter, gradient, rate, step, slot('m'), slot('v'), null], {
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
