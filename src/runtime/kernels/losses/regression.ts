/**
 * Losses of numbers: means over all elements.
 *   meanSquaredError (p − t)² · meanAbsoluteError |p − t| · meanAbsolutePercentageError 100·|p − t|/max(|t|, ε)
 *   meanSquaredLogarithmicError (ln(max(p, ε) + 1) − ln(max(t, ε) + 1))² · logCosh ln cosh(p − t) · poisson p − t·ln(p + ε)
 */
import {
  Abs,
  Greater,
  Log,
  Log1p,
  type Rank,
  Sign,
  Softplus,
  SquaredDifference,
  Tanh,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { add, addBy, cast, div, maximum, mul, mulBy, run, scalar, sub, unary } from '../run.ts';
import { ofElements } from './family.ts';

/** What logarithms and divisors are kept above, as in Keras. */
const epsilon = 1e-7;

export const [meanSquaredError, meanSquaredErrorGrad] = ofElements(
  (p, t) => run<Rank.R2>(SquaredDifference, { a: p, b: t }),
  (p, t) => mulBy(sub(p, t), 2),
);

export const [meanAbsoluteError, meanAbsoluteErrorGrad] = ofElements(
  (p, t) => unary(Abs, sub(p, t)),
  (p, t) => unary(Sign, sub(p, t)),
);

/** max(|t|, ε)/100 */
const percent = (t: Tensor2D): Tensor2D => mulBy(maximum(unary(Abs, t), scalar(epsilon)), 0.01);

export const [meanAbsolutePercentageError, meanAbsolutePercentageErrorGrad] = ofElements(
  (p, t) => div(unary(Abs, sub(p, t)), percent(t)),
  (p, t) => div(unary(Sign, sub(p, t)), percent(t)),
);

const logarithm = (x: Tensor2D): Tensor2D => unary(Log1p, maximum(x, scalar(epsilon)));

export const [meanSquaredLogarithmicError, meanSquaredLogarithmicErrorGrad] = ofElements(
  (p, t) => run<Rank.R2>(SquaredDifference, { a: logarithm(p), b: logarithm(t) }),
  (p, t) => {
    const slope = div(mulBy(sub(logarithm(p), logarithm(t)), 2), addBy(maximum(p, scalar(epsilon)), 1));
    return mul(slope, cast(run<Rank.R2>(Greater, { a: p, b: scalar(epsilon) }), 'float32'));
  },
);

export const [logCosh, logCoshGrad] = ofElements(
  (p, t) => {
    const d = sub(p, t);
    return addBy(add(d, unary(Softplus, mulBy(d, -2))), -Math.LN2);
  },
  (p, t) => unary(Tanh, sub(p, t)),
);

export const [poisson, poissonGrad] = ofElements(
  (p, t) => sub(p, mul(t, unary(Log, addBy(p, epsilon)))),
  (p, t) => addBy(mulBy(div(t, addBy(p, epsilon)), -1), 1),
);
