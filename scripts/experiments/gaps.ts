/** How far training and validation are apart at the end. */
import type { RunResult } from '../../src/report/sweep/results.ts';
import { cellsOf, finished } from '../../src/report/sweep/statistics.ts';
import { cellName } from '../../src/report/sweep/views.ts';
import { markdownTable } from './markdown.ts';
import type { Found } from './results.ts';
import { told } from './told.ts';

export function gaps({ results }: Found): readonly string[] {
  const rows = cellsOf(results).map((cell) => {
    const of = (measure: (end: End) => number | null): string =>
      told(
        finished(cell).flatMap((run) => endOf(run).flatMap((end) => measure(end) ?? [])),
        'number',
      );
    return [
      cellName(results, cell),
      of((end) => end.training),
      of((end) => end.validation),
      of(({ training, validation }) => (validation === null ? null : validation - training)),
    ];
  });
  return [
    'Losses of the last epoch. That of training is measured along the way, with dropout where there is dropout.',
    markdownTable(['', 'training loss', 'validation loss', 'gap'], rows),
  ];
}

type End = RunResult['curve'][number];
const endOf = ({ curve }: RunResult): readonly End[] => curve.slice(-1);
