/**
 * adaptiveClip: the gradient of each output unit bounded by the norm of that unit's weights.   parameter, gradient [..., F]  →  [..., F]
 *   g_i ← g_i·min(1, λ·max(‖w_i‖, eps)/‖g_i‖)     i: an output unit, the last axis; of a vector the whole is one unit
 *
 * Not of the last layer with weights before an output, unless `last: true`: its gradient may well be large beside its weights.
 * Defaults  lambda 0.01, eps 1e-3.   Source  Brock et al. 2021 (AGC); timm `adaptive_clip_grad`.
 */
import { aNumber } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/clips.ts';
import { flag, number } from '../../signature.ts';
import { clip } from '../../vocabulary.ts';
import { array, sameShape, shapeText, unfit } from '../rules.ts';
import { clippedName } from './scale.ts';

export const adaptiveClip = defineOp({
  kind: 'adaptiveClip',
  doc: 'g·min(1, λ·max(‖w‖, eps)/‖g‖) per output unit',
  operands: ['parameter', 'gradient'],
  results: ['clipped'],
  attrs: { lambda: aNumber(0.01), eps: aNumber(1e-3) },
  stages: ['step'],
  writes: [],
  shape: ({ parameter, gradient }) =>
    sameShape(parameter.shape, gradient.shape)
      ? [gradient]
      : unfit('adaptiveClip', `a gradient ${shapeText(parameter.shape)}`, gradient),
  train: 'same',
  infer: 'same',
  gradient: none('gradients are clipped after differentiation'),
  evaluate: ({ parameter, gradient }, attrs) => [reference.adaptiveClip(array(parameter), array(gradient), attrs)],
  kernel: 'adaptiveClip',
});

export const adaptive = clip({
  name: 'adaptive',
  doc: 'adaptive(lambda, eps): the gradient of each output unit to at most lambda times the norm of its weights',
  signature: {
    lambda: number({
      above: 0,
      default: 0.01,
      positional: true,
      doc: 'greatest norm of a gradient beside that of its weights',
    }),
    eps: number({ above: 0, default: 1e-3, doc: 'the least norm that weights count with' }),
    last: flag({ default: false, doc: 'clip the last layer with weights before an output too' }),
  },
  formula: ({ lambda, eps, last }) => ({
    text: `g·min(1, ${numeral(lambda)}·max(‖w‖, ${numeral(eps)})/‖g‖)`,
    where: [
      '‖·‖: norms per output unit, over all axes but the last; of a vector the norm of the whole',
      ...(last ? [] : ['the last layer with weights before an output is left as it is']),
    ],
  }),
  clip: (build, { gradients }, { lambda, eps, last }) =>
    gradients.map((g) =>
      g.last && !last
        ? g.gradient
        : build.one(adaptiveClip, [g.parameter, g.gradient], { lambda, eps }, clippedName(g.gradient)),
    ),
});
