/** Charts of a sweep: a measure against each numeric axis by each other one, and the curves of every run. */
import type { Axis } from '../axis.ts';
import { type Interval, intervalChart } from '../intervals.ts';
import { lineChart, type Point, type Series } from '../lines.ts';
import { type Figure, figures, type LegendEntry, legend } from '../page.ts';
import type { Measure, RunResult, SweepResults } from './results.ts';
import { measured, type Spread } from './statistics.ts';
import { type Panel, panelsOf, type View, valueName, valueNames, valueNumber, valueText } from './views.ts';

const bounds = ({ mean, deviation }: Spread): { readonly low?: number; readonly high?: number } =>
  deviation === null ? {} : { low: mean - deviation, high: mean + deviation };

/** Names and colours of the values of an axis. */
export const entriesOf = (results: SweepResults, axis: number | null): readonly LegendEntry[] =>
  axis === null ? [] : valueNames(results, axis).map((name, colour) => ({ name, colour }));

/** A chart for each panel and measure, under one legend; the measures of a panel beside each other. */
export const measureCharts = (results: SweepResults, view: View, measures: readonly Measure[]): string =>
  figures(
    measureFigures(results, view, measures),
    view.across === null || view.by === null ? '' : legend(entriesOf(results, view.by)),
    measures.length,
  );

export function measureFigures(results: SweepResults, view: View, measures: readonly Measure[]): readonly Figure[] {
  const spread = results.repeats === 1 ? '' : ', mean ± standard deviation';
  const scales = new Map(measures.map((measure) => [measure.name, commonScale(view, measure)]));
  return view.panels.flatMap((panel) =>
    measures.map(
      (measure): Figure => ({
        title: `test ${measure.name}${panel.title === '' ? spread : `, ${panel.title}`}`,
        svg:
          view.across === null
            ? rowsOf(results, view, panel, scales.get(measure.name) ?? measureAxis(measure))
            : linesOf(results, view, panel, scales.get(measure.name) ?? measureAxis(measure)),
      }),
    ),
  );
}

const measureAxis = (measure: Measure): MeasureAxis => ({ label: measure.name, format: measure.format, measure });

interface MeasureAxis extends Axis {
  readonly measure: Measure;
}

/** Panels have one scale, so that they can be compared, unless one of them would be flat on it. */
function commonScale({ panels }: View, measure: Measure): MeasureAxis {
  const spans = panels.flatMap(({ cells }) => {
    const ends = cells.flatMap((cell) => {
      const spread = measured(cell, measure);
      return spread === null ? [] : [spread.mean - (spread.deviation ?? 0), spread.mean + (spread.deviation ?? 0)];
    });
    const finite = ends.filter(Number.isFinite);
    return finite.length === 0 ? [] : [{ low: Math.min(...finite), high: Math.max(...finite) }];
  });
  const axis = measureAxis(measure);
  const [low, high] = [Math.min(...spans.map((s) => s.low)), Math.max(...spans.map((s) => s.high))];
  const readable = spans.every((s) => s.high - s.low > (high - low) / 6);
  return spans.length > 1 && low < high && readable ? { ...axis, domain: [low, high], rounded: true } : axis;
}

function linesOf(results: SweepResults, view: View, panel: Panel, { measure, ...y }: MeasureAxis): string {
  const { by } = view;
  const across = view.across ?? 0;
  const axis = results.axes[across];
  const ticks = (axis?.values ?? []).flatMap((v) => v.number ?? []).toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [ticks[0], ticks.at(-1)];
  // Also where no run has finished: that there is nothing is a result.
  const domain: Pick<Axis, 'domain'> = first < last ? { domain: [first, last] } : {};
  const x: Axis = { label: axis?.label ?? '', scale: scaleOf(ticks), ticks, ...domain };
  const names = by === null ? [measure.name] : valueNames(results, by);
  const series = names.map((name, colour): Series => {
    const cells = panel.cells.filter((cell) => by === null || cell.values[by] === colour);
    const points = cells.flatMap((cell): readonly Point[] => {
      const spread = measured(cell, measure);
      return spread === null ? [] : [{ x: valueNumber(results, cell, across), y: spread.mean, ...bounds(spread) }];
    });
    return { name, colour, points: points.toSorted((a, b) => a.x - b.x) };
  });
  const label = `test ${measure.name} against ${x.label}${by === null ? '' : ` by ${results.axes[by]?.label}`}`;
  return lineChart({ label, x, y, series });
}

/** Values that spread over several doublings are seen on a logarithmic axis. */
const scaleOf = (ticks: readonly number[]): 'log' | 'linear' => {
  const [first, last] = [ticks[0] ?? 0, ticks.at(-1) ?? 0];
  return first > 0 && last / first >= 8 ? 'log' : 'linear';
};

function rowsOf(results: SweepResults, { by }: View, panel: Panel, { measure, ...x }: MeasureAxis): string {
  const rows = panel.cells.flatMap((cell): readonly Interval[] => {
    const spread = measured(cell, measure);
    const value = by === null ? 0 : (cell.values[by] ?? 0);
    const name = by === null ? measure.name : valueText(results, cell, by);
    return spread === null ? [] : [{ name, colour: value, value: spread.mean, ...bounds(spread) }];
  });
  const of = by === null ? '' : ` by ${results.axes[by]?.label}${panel.title === '' ? '' : `, ${panel.title}`}`;
  return intervalChart({ label: `test ${measure.name}${of}`, x, rows });
}

/** Losses over epochs of every run: a panel for each combination of all axes but that of the colours. */
export const curveCharts = (results: SweepResults, by: number | null): string =>
  figures(curveFigures(results, by), legend(entriesOf(results, by), looksOf(results)));

export function curveFigures(results: SweepResults, by: number | null): readonly Figure[] {
  const left = results.axes.map((_, i) => i).filter((i) => i !== by);
  return panelsOf(results, left).flatMap(({ title, cells }): readonly Figure[] => {
    const runs = cells.flatMap((cell) => cell.runs).filter((run) => run.curve.length > 0);
    if (runs.length === 0) return [];
    const series = runs.flatMap((run) => curvesOf(results, run, by));
    const losses = series.flatMap((s) => s.points.map((p) => p.y)).filter((v) => v > 0);
    const scale = Math.max(...losses) / Math.min(...losses) > 20 ? 'log' : 'linear';
    const longest = Math.max(...runs.map((run) => run.curve.at(-1)?.epoch ?? 1));
    const svg = lineChart({
      label: `losses over epochs${title === '' ? '' : ` at ${title}`}`,
      x: { label: 'epoch', ticks: epochs(longest), domain: [Math.min(1, longest - 1), longest] },
      y: { label: 'loss', scale },
      series,
    });
    return [{ title: title === '' ? 'loss' : title, svg }];
  });
}

/** What the lines of a curve stand for. */
export const looksOf = (results: SweepResults): readonly string[] =>
  hasValidation(results) ? ['whole lines: validation', 'broken lines: training'] : ['training'];

const hasValidation = ({ runs }: SweepResults): boolean =>
  runs.some((run) => run.curve.some((point) => point.validation !== null));

function curvesOf(results: SweepResults, run: RunResult, by: number | null): readonly Series[] {
  const colour = by === null ? 0 : (run.values[by] ?? 0);
  const name = [
    ...(by === null ? [] : [valueName(results, run, by)]),
    ...(results.repeats === 1 ? [] : [`repeat ${run.repeat + 1}`]),
  ].join(', ');
  const validation = run.curve.flatMap(({ epoch, validation: y }): readonly Point[] =>
    y === null ? [] : [{ x: epoch, y }],
  );
  const training = run.curve.map(({ epoch, training: y }): Point => ({ x: epoch, y }));
  return validation.length === 0
    ? [{ name: `${name}, training`, colour, look: 'curve', points: training }]
    : [
        { name: `${name}, training`, colour, look: 'dashes', points: training },
        { name: `${name}, validation`, colour, look: 'curve', points: validation },
      ];
}

/** Whole epochs, no more of them than there is room for. */
function epochs(last: number): readonly number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((s) => last / s <= 8) ?? Math.ceil(last / 8);
  return Array.from({ length: last }, (_, i) => i + 1).filter((epoch) =>
    epoch === 1 ? step === 1 : epoch % step === 0,
  );
}
