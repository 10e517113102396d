/** Several numbers as `0.4012 ± 0.0100`. */
import { spreadText } from '../../src/report/sweep/figures.ts';
import { spreadOf } from '../../src/report/sweep/statistics.ts';

export function told(numbers: readonly number[], format: 'number' | 'percent'): string {
  // What differs in the last bits only, as repeats without randomness do, is the same.
  const spread = spreadOf(numbers.map((v) => Number(v.toFixed(6))));
  return spread === null ? '–' : spreadText(spread, { format });
}
