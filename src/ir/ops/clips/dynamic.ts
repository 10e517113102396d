/** `dynamic(alpha, beta)`: the bound of the norm follows the norms of the run itself. */
import { numeral } from '../../numeral.ts';
import { number } from '../../signature.ts';
import { clip } from '../../vocabulary.ts';
import { dynamicClipScale, scaledBy } from './scale.ts';

export const dynamic = clip({
  name: 'dynamic',
  doc: 'dynamic(alpha, beta): scales all gradients together to a norm of at most alpha times the mean norm so far, plus beta',
  signature: {
    alpha: number({ min: 0, positional: true, doc: 'factor of the mean norm of all gradients before this one' }),
    beta: number({ min: 0, positional: true, doc: 'added to it' }),
  },
  conflict: ({ alpha, beta }) =>
    alpha === 0 && beta === 0 ? 'with `alpha` and `beta` both 0 every gradient after the first is scaled to 0' : null,
  formula: ({ alpha, beta }) => ({
    text: 'g·min(1, c/‖g‖)',
    where: [
      '‖g‖: the norm of all gradients together',
      `c = ${numeral(alpha)}·mean of ‖g‖ over all updates before this one + ${numeral(beta)}; the first is not clipped`,
    ],
  }),
  clip(build, { gradients, memory }, { alpha, beta }) {
    const values = gradients.map((g) => g.gradient);
    const scale = build.one(dynamicClipScale, [memory('mean'), memory('count'), ...values], { alpha, beta }, 'clip');
    return gradients.map(({ gradient }) => scaledBy(build, gradient, scale));
  },
});
