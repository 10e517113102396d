/**
 * projectBall: the nearest point of a ball, in place, after the update.   parameters…, any shapes, together one vector w
 *   l2   w ← w·min(1, r/‖w‖₂)
 *   l1   w ← sign(w)·max(|w| − θ, 0),  θ such that ‖w‖₁ = r; unchanged where ‖w‖₁ ≤ r
 *
 * θ comes from the sorted |w|: u₁ ≥ u₂ ≥ …, k the last with u_k > (Σ_{i≤k} u_i − r)/k, θ = (Σ_{i≤k} u_i − r)/k. Exact, in O(n log n).
 * A text that writes ‖w‖² ≤ r means the radius √r.   Source  Duchi et al. 2008, figure 1.
 */
import { aNumber, oneOf } from '../../attributes.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/constraints.ts';
import { optionalNumber } from '../../signature.ts';
import { constraint } from '../../vocabulary.ts';
import { array } from '../rules.ts';

export const projectBall = defineOp({
  kind: 'projectBall',
  doc: 'the nearest point of a ball, of all parameters together, in place',
  operands: ['parameters...'],
  results: [],
  attrs: { norm: oneOf(['l1', 'l2']), radius: aNumber() },
  stages: ['step'],
  writes: ['parameters'],
  shape: () => [],
  train: 'same',
  infer: 'same',
  gradient: none('a projection after the update'),
  evaluate: ({ parameters }, { norm, radius }) => reference.projectBall(parameters.map(array), norm, radius),
  kernel: 'projectBall',
});

export const ball = constraint({
  name: 'ball',
  doc: 'ball(l2: r), ball(l1: r): projects all weights that the rule selects, together, onto the ball of radius r',
  signature: {
    l2: optionalNumber({ above: 0, doc: 'radius: the greatest √Σw²' }),
    l1: optionalNumber({ above: 0, doc: 'radius: the greatest Σ|w|' }),
  },
  of: 'together',
  bounds: true,
  conflict: ({ l1, l2 }) =>
    (l1 === null) === (l2 === null)
      ? l1 === null
        ? 'it needs a radius: `ball(l2: 3)` or `ball(l1: 3)`'
        : 'it takes one radius, `l2:` or `l1:`, not both'
      : null,
  formula: ({ l1, l2 }) =>
    l1 === null
      ? { text: `w·min(1, ${numeral(l2 ?? 0)}/‖w‖)`, where: ['‖w‖: the norm of all weights of the rule together'] }
      : {
          text: 'sign(w)·max(|w| − θ, 0)',
          where: [`θ: such that Σ|w| over all weights of the rule is ${numeral(l1)}; 0 where it is no more than that`],
        },
  constrain(build, parameters, { l1, l2 }) {
    const attrs = l1 === null ? { norm: 'l2', radius: l2 } : { norm: 'l1', radius: l1 };
    build.emit(projectBall, parameters, attrs);
  },
});
