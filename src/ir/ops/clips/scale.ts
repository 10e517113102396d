/**
 * Factors that gradients are scaled by, all of them together.   gradients…, any shapes   →   scale []
 *   clipScale         min(1, maxNorm/‖g‖)
 *   dynamicClipScale  min(1, c/‖g‖),  c = alpha·mean + beta;  1 at the first step.  mean, count [] in place: the mean of ‖g‖ so far, of how many
 *
 * ‖g‖ = √Σ g² over all of them. When all are zero nothing changes, whatever the factor.
 * The mean is of norms before clipping: after it, no norm could ever rise above what was.
 * Source  Pascanu, Mikolov & Bengio 2013.
 */
import { aNumber } from '../../attributes.ts';
import type { Ref } from '../../graph.ts';
import { defineOp, type Emit, none } from '../../op.ts';
import * as reference from '../../reference/clips.ts';
import { mul } from '../elementwise.ts';
import { array, float, unfit } from '../rules.ts';

const afterwards = none('gradients are clipped after differentiation');

export const clipScale = defineOp({
  kind: 'clipScale',
  doc: 'min(1, maxNorm/‖g‖) over all gradients together',
  operands: ['gradients...'],
  results: ['scale'],
  attrs: { maxNorm: aNumber() },
  stages: ['step'],
  writes: [],
  shape: () => [float()],
  train: 'same',
  infer: 'same',
  gradient: afterwards,
  evaluate: ({ gradients }, { maxNorm }) => [reference.clipScale(gradients.map(array), maxNorm)],
  kernel: 'clipScale',
});

export const dynamicClipScale = defineOp({
  kind: 'dynamicClipScale',
  doc: 'min(1, c/‖g‖) over all gradients together, c following the mean norm so far',
  operands: ['mean', 'count', 'gradients...'],
  results: ['scale'],
  attrs: { alpha: aNumber(), beta: aNumber() },
  stages: ['step'],
  writes: ['mean', 'count'],
  shape({ mean, count }) {
    const wrong = [mean, count].find((v) => v.shape.length > 0);
    return wrong === undefined ? [float()] : unfit('dynamicClipScale', 'a mean [] and a count []', wrong);
  },
  train: 'same',
  infer: 'same',
  gradient: afterwards,
  evaluate: ({ mean, count, gradients }, attrs) =>
    reference.dynamicClipScale(array(mean), array(count), gradients.map(array), attrs),
  kernel: 'dynamicClipScale',
});

/** `clipped.conv1.kernel` for the gradient %d.conv1.kernel. */
export const clippedName = (gradient: Ref): string => `clipped.${gradient.slice(1).replace(/^d\./, '')}`;

export const scaledBy = (build: Emit, gradient: Ref, scale: Ref): Ref =>
  build.one(mul, [gradient, scale], {}, clippedName(gradient));
