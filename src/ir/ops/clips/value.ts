/**
 * clipValue: each element of a gradient within bounds.   g [...]  →  max(−c, min(c, g))
 *
 * It changes the direction of a gradient, which clipping by a norm does not.   As in `torch.nn.utils.clip_grad_value_`, Keras `clipvalue`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/clips.ts';
import { number } from '../../signature.ts';
import { clip } from '../../vocabulary.ts';
import { array } from '../rules.ts';
import { clippedName } from './scale.ts';

export const clipValue = defineOp({
  kind: 'clipValue',
  doc: 'max(−max, min(max, g))',
  operands: ['gradient'],
  results: ['clipped'],
  attrs: { max: aNumber() },
  stages: ['step'],
  writes: [],
  shape: ({ gradient }) => [gradient],
  train: 'same',
  infer: 'same',
  gradient: none('gradients are clipped after differentiation'),
  evaluate: ({ gradient }, { max }) => [reference.clipValue(array(gradient), max)],
  kernel: 'clipValue',
});

export const valueClip = clip({
  name: 'value',
  doc: 'value(c): each element of a gradient within −c and c',
  signature: { max: number({ above: 0, positional: true, doc: 'greatest size of an element' }) },
  formula: ({ max }) => ({ text: `max(−${numeral(max)}, min(${numeral(max)}, g))`, where: [] }),
  clip: (build, { gradients }, { max }) =>
    gradients.map(({ gradient }) => build.one(clipValue, [gradient], { max }, clippedName(gradient))),
});
