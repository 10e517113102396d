/**
 * Priors of a weight: the penalty that makes the minimum of the loss the most probable weights (maximum a posteriori).
 *   gaussian(sigma)   −log p(w) = w²/(2σ²) + …   λ = 1/(2σ²N), of λ·Σw²
 *   laplace(scale)    −log p(w) = |w|/b + …      λ = 1/(bN), of λ·Σ|w|
 *
 * N is the number of training samples: the loss is a mean of −log p(y|x, w) over them, the prior counts once. A mean squared error is such
 * a mean only up to the factor 2s², s being the standard deviation of the noise of the targets; so it needs `noise: s`:
 * λ = s²/(σ²N) and 2s²/(bN). Where a loss is a mean over the D values of an output too, λ is divided by D.
 */
import { numeral } from '../numeral.ts';
import { number, optionalNumber } from '../signature.ts';
import { prior } from '../vocabulary.ts';

const noise = optionalNumber({
  above: 0,
  doc: 'standard deviation of the noise of the targets, for a mean squared error',
});

/** 1/(2·0.1²) is 50, which binary fractions make 49.99999999999999. */
const tidy = (value: number): number => Number(value.toPrecision(14));

const squared = (value: number): string => `${numeral(value)}²`;

export const gaussian = prior({
  name: 'gaussian',
  doc: 'gaussian(sigma): weights are normally distributed around 0; an L2 penalty',
  signature: { sigma: number({ above: 0, doc: 'standard deviation of a weight' }), noise },
  penalty: 'l2',
  weight: ({ sigma, noise }) => tidy(noise === null ? 1 / (2 * sigma ** 2) : noise ** 2 / sigma ** 2),
  formula: ({ sigma, noise }) =>
    noise === null ? `1/(2·${squared(sigma)}·N)` : `${squared(noise)}/(${squared(sigma)}·N)`,
});

export const laplace = prior({
  name: 'laplace',
  doc: 'laplace(scale): weights have a Laplace distribution around 0; an L1 penalty',
  signature: { scale: number({ above: 0, doc: 'its scale b: the mean size of a weight' }), noise },
  penalty: 'l1',
  weight: ({ scale, noise }) => tidy(noise === null ? 1 / scale : (2 * noise ** 2) / scale),
  formula: ({ scale, noise }) =>
    noise === null ? `1/(${numeral(scale)}·N)` : `2·${squared(noise)}/(${numeral(scale)}·N)`,
});
