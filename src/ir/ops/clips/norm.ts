/** `norm(c)` and `global_norm(c)`: gradients scaled to a norm of at most c, each for itself or all together. */
import { numeral } from '../../numeral.ts';
import { number } from '../../signature.ts';
import { clip } from '../../vocabulary.ts';
import { clipScale, scaledBy } from './scale.ts';

export const normClip = clip({
  name: 'norm',
  doc: 'norm(c): scales the gradient of each weight to a norm of at most c',
  signature: { norm: number({ above: 0, positional: true, doc: 'greatest norm of the gradient of one weight' }) },
  formula: ({ norm }) => ({
    text: `g·min(1, ${numeral(norm)}/‖g‖)`,
    where: ['‖g‖: the norm of the gradient of this weight'],
  }),
  clip: (build, { gradients }, { norm }) =>
    gradients.map(({ parameter, gradient }) => {
      const scale = build.one(clipScale, [gradient], { maxNorm: norm }, `clip.${parameter.slice(1)}`);
      return scaledBy(build, gradient, scale);
    }),
});

export const globalNorm = clip({
  name: 'global_norm',
  doc: 'global_norm(c): scales all gradients together to a norm of at most c',
  signature: { norm: number({ above: 0, positional: true, doc: 'greatest norm of all gradients together' }) },
  formula: ({ norm }) => ({
    text: `g·min(1, ${numeral(norm)}/‖g‖)`,
    where: ['‖g‖: the norm of all gradients together'],
  }),
  clip(build, { gradients }, { norm }) {
    const scale = build.one(
      clipScale,
      gradients.map((g) => g.gradient),
      { maxNorm: norm },
      'clip',
    );
    return gradients.map(({ gradient }) => scaledBy(build, gradient, scale));
  },
});
