/**
 * clipScale: the factor that keeps all gradients together within a norm.
 *   gradients…, any shapes   →   scale [] = min(1, maxNorm/‖g‖),  ‖g‖ = √Σ g² over all of them;  1 when all are zero
 *
 * Source  Pascanu, Mikolov & Bengio 2013. Which gradients these are is up to `differentiate`.
 */
import { aNumber } from '../attributes.ts';
import { numeral } from '../numeral.ts';
import { defineOp, none } from '../op.ts';
import * as reference from '../reference/penalties.ts';
import { number } from '../signature.ts';
import { clip } from '../vocabulary.ts';
import { mul } from './elementwise.ts';
import { array, float } from './rules.ts';

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
  gradient: none('gradients are clipped after differentiation'),
  evaluate: ({ gradients }, { maxNorm }) => [reference.clipScale(gradients.map(array), maxNorm)],
  kernel: 'clipScale',
});

export const globalNorm = clip({
  name: 'global_norm',
  doc: 'global_norm(c): scales all gradients together to a norm of at most c',
  signature: { norm: number({ above: 0, positional: true, doc: 'greatest norm of all gradients together' }) },
  formula: ({ norm }) => ({
    text: `g·min(1, ${numeral(norm)}/‖g‖)`,
    where: ['‖g‖: the norm of all gradients together'],
  }),
  clip(build, gradients, { norm }) {
    if (gradients.length === 0) return [];
    const scale = build.one(clipScale, gradients, { maxNorm: norm }, 'clip');
    // %d.conv1.kernel → %clipped.conv1.kernel
    return gradients.map((g) => build.one(mul, [g, scale], {}, `clipped.${g.slice(1).replace(/^d\./, '')}`));
  },
});
