/**
 * ascentScale: how far from the weights the gradient is taken.   gradients…, any shapes   →   scale []
 *   rho/(‖g‖ + 1e-12), ‖g‖ = √Σ g² over all of them
 *
 * Sharpness-aware minimization takes the gradient where the loss is highest nearby, to first order: at w + scale·g, for the gradient g at w.
 *
 * Defaults  rho 0.05.   Source  Foret et al. 2021.
 */
import { aNumber } from '../attributes.ts';
import { numeral } from '../numeral.ts';
import { defineOp, none } from '../op.ts';
import { ascentScale as evaluate } from '../reference/ascent.ts';
import { number } from '../signature.ts';
import { ascent } from '../vocabulary.ts';
import { array, float } from './rules.ts';

export const ascentScale = defineOp({
  kind: 'ascentScale',
  doc: 'rho/(‖g‖ + 1e-12) over all gradients together',
  operands: ['gradients...'],
  results: ['scale'],
  attrs: { rho: aNumber(0.05) },
  stages: ['step'],
  writes: [],
  shape: () => [float()],
  train: 'same',
  infer: 'same',
  gradient: none('the way up is followed, not differentiated'),
  evaluate: ({ gradients }, { rho }) => [evaluate(gradients.map(array), rho)],
  kernel: 'ascentScale',
});

export const sam = ascent({
  name: 'sam',
  doc: 'sam(ρ): the gradient at the highest loss within a distance of ρ, by a second forward and backward pass (Foret et al. 2021)',
  signature: { rho: number({ above: 0, default: 0.05, positional: true, doc: 'distance from the weights' }) },
  formula: ({ rho }) => ({
    text: `∂loss/∂w at w + ${numeral(rho)}·g/‖g‖`,
    where: ['‖g‖ over all trained weights together', 'moving statistics see the first pass only'],
  }),
  scale: (build, gradients, { rho }) => build.one(ascentScale, gradients, { rho }, 'ascent'),
});
