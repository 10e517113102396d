/**
 * Losses of numbers: the mean over the elements of a function of a prediction p and its target t.
 *
 *   meanSquaredError (p − t)² · meanAbsoluteError |p − t| · meanAbsolutePercentageError 100·|p − t|/max(|t|, ε)
 *   meanSquaredLogarithmicError (ln(max(p, ε) + 1) − ln(max(t, ε) + 1))² · logCosh ln cosh(p − t) · poisson p − t·ln(p + ε)
 *
 * ε is 1e-7. logCosh is computed as d + ln(1 + e⁻²ᵈ) − ln 2, which no d overflows. sign(0) is 0 where a gradient has a kink.
 * Source  Keras 3, `keras.losses`.
 */
import * as reference from '../../reference/losses.ts';
import { lossOps } from './family.ts';

export const [meanSquaredError, meanSquaredErrorGrad] = lossOps({
  kind: 'meanSquaredError',
  doc: 'mean of (prediction − target)²',
  attrs: {},
  row: reference.meanSquaredError,
});

export const [meanAbsoluteError, meanAbsoluteErrorGrad] = lossOps({
  kind: 'meanAbsoluteError',
  doc: 'mean of |prediction − target|',
  attrs: {},
  row: reference.meanAbsoluteError,
});

export const [meanAbsolutePercentageError, meanAbsolutePercentageErrorGrad] = lossOps({
  kind: 'meanAbsolutePercentageError',
  doc: 'mean of 100·|prediction − target|/|target|',
  attrs: {},
  row: reference.meanAbsolutePercentageError,
});

export const [meanSquaredLogarithmicError, meanSquaredLogarithmicErrorGrad] = lossOps({
  kind: 'meanSquaredLogarithmicError',
  doc: 'mean of (ln(prediction + 1) − ln(target + 1))²',
  attrs: {},
  row: reference.meanSquaredLogarithmicError,
});

export const [logCosh, logCoshGrad] = lossOps({
  kind: 'logCosh',
  doc: 'mean of ln cosh(prediction − target)',
  attrs: {},
  row: reference.logCosh,
});

export const [poisson, poissonGrad] = lossOps({
  kind: 'poisson',
  doc: 'mean of prediction − target·ln(prediction + ε)',
  attrs: {},
  row: reference.poisson,
});
