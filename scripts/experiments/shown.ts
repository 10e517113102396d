/** What is drawn of an experiment, and what its page tells beside the results of the sweep. */
import { series as inWords } from '../../src/report/html.ts';
import { type Interval, intervalChart } from '../../src/report/intervals.ts';
import { curveFigures, entriesOf, looksOf, measureFigures } from '../../src/report/sweep/charts.ts';
import { type Measure, measuresOf, type SweepResults } from '../../src/report/sweep/results.ts';
import { cellsOf, measured } from '../../src/report/sweep/statistics.ts';
import { type View, viewsOf } from '../../src/report/sweep/views.ts';
import { agreement } from './agreement.ts';
import { beginnings } from './beginnings.ts';
import { gaps } from './gaps.ts';
import { inferences } from './inferences.ts';
import { pairs } from './pairs.ts';
import type { Picture } from './picture.ts';
import { polynomials } from './polynomials.ts';
import { type Found, runsWith } from './results.ts';

export interface Shown extends Omit<Picture, 'title'> {
  /** Markdown, behind the table. */
  readonly told: readonly string[];
  /** What cases are put in order by. */
  readonly measures: readonly Measure[];
}

const special: Readonly<Record<string, (found: Found) => Shown>> = {
  augmentation: (found) => comparison(found, 2),
  dropconnect: (found) => ({ ...comparison(found, 2), told: inferences(found) }),
  dropout: overTime,
  'initial-scale': scales,
  'input-noise': agreement,
  'norm-by-batch': (found) => ({ ...comparison(found), told: pairs(found, 'batch') }),
  overfitting: polynomials,
};

export const shownOf = (name: string, found: Found): Shown => special[name]?.(found) ?? comparison(found);

/** By the first measures: by errors alone where there are classes. */
function comparison({ results }: Found, count = 1): Shown {
  const view = viewOf(results);
  const measures = measuresOf(results).slice(0, count);
  const legend = view.across === null || view.by === null ? [] : entriesOf(results, view.by);
  return { figures: measureFigures(results, view, measures), legend, notes: [], told: [], measures };
}

function overTime(found: Found): Shown {
  const { results } = found;
  const view = viewOf(results);
  const measures = measuresOf(results);
  return {
    figures: [...curveFigures(results, view.by), ...measureFigures(results, view, measures.slice(0, 1))],
    legend: entriesOf(results, view.by),
    notes: looksOf(results),
    told: gaps(found),
    measures,
  };
}

/** Both charts by the colours of the scales. */
function scales(found: Found): Shown {
  const base = comparison(found);
  const { svg, names, table } = beginnings(found);
  const rows = cellsOf(found.results).flatMap((cell, colour): readonly Interval[] => {
    const [measure] = base.measures;
    const spread = measure === undefined ? null : measured(cell, measure);
    if (spread === null) return [];
    const { mean: value, deviation } = spread;
    const bounds = deviation === null ? {} : { low: value - deviation, high: value + deviation };
    return [{ name: `σ ${names[colour]}`, colour, value, ...bounds }];
  });
  const lost = names.filter((name) => runsWith(found, name).length === 0);
  const errors = intervalChart({ label: 'test error', x: { label: 'error', format: 'percent' }, rows });
  return {
    ...base,
    figures: [
      { title: 'standard deviation of each layer before the first update', svg },
      { title: 'test error after training, mean ± standard deviation', svg: errors },
    ],
    legend: names.map((name, colour) => ({ name: `σ ${name}`, colour })),
    notes: lost.length === 0 ? [] : [`no run of σ ${inWords(lost)} stayed finite`],
    told: [
      'Standard deviation of what each layer gives before the first update, of the first 32 images (seed 7):',
      table,
    ],
  };
}

export function viewOf(results: SweepResults): View {
  const [view] = viewsOf(results);
  if (view === undefined) throw new Error('a sweep has a view');
  return view;
}
