/** Two ways to predict with the same weights, run by run. */
import { isDeepStrictEqual } from 'node:util';
import { figure } from '../../src/report/sweep/figures.ts';
import { markdownTable } from './markdown.ts';
import { type Found, runsWith, weightsOf } from './results.ts';

export function inferences(found: Found): readonly string[] {
  const gaussian = new Map(runsWith(found, 'Gaussian').map((run) => [run.seed, run]));
  const pairs = runsWith(found, 'Mean').flatMap((mean) => {
    const other = gaussian.get(mean.seed);
    return other === undefined ? [] : [{ mean, other }];
  });
  const alike = pairs.every(({ mean, other }) => isDeepStrictEqual(weightsOf(found, mean), weightsOf(found, other)));
  if (!alike) throw new Error('Mean and Gaussian should predict with the same weights');
  const percent = (value: number | undefined): string => figure(value ?? Number.NaN, { format: 'percent' });
  return [
    'Mean and Gaussian inference with the weights of each seed, which are the same numbers in both:',
    markdownTable(
      ['seed', 'Mean', 'Gaussian', 'Mean, loss', 'Gaussian, loss'],
      pairs.map(({ mean, other }) => [
        String(mean.seed),
        percent(mean.measures.accuracy),
        percent(other.measures.accuracy),
        ...[mean, other].map(({ measures }) => figure(measures.loss ?? Number.NaN, { format: 'number' })),
      ]),
    ),
  ];
}
