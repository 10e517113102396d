/** Charts of training over its epochs: loss, what was measured, learning rate, penalties. */
import type { Axis } from '../axis.ts';
import { tag } from '../html.ts';
import { lineChart, type Point, type Series } from '../lines.ts';
import { type Figure, figures, legend } from '../page.ts';
import { isShare, wordsOf } from './numbers.ts';
import type { EpochPoint, History, UpdatePoint } from './results.ts';

/** Points of a line at most: more cannot be seen. */
const most = 240;
/** Up to so many epochs each has its mark. */
const marked = 30;

/** Empty where nothing was told yet. */
export function curves(history: History): string {
  const x = epochAxis(history);
  const all = [lossChart(history, x), ...measureCharts(history, x), rateChart(history, x), penaltyChart(history, x)];
  const drawn = all.filter((figure) => figure !== null);
  return drawn.length === 0 ? '' : tag('div', { class: 'curves' }, figures(drawn));
}

function lossChart({ epochs, updates }: History, x: Axis): Figure | null {
  const single = thinned(pointsOf(updates, (u) => u.loss));
  const series = [
    { name: 'training, by update', colour: 0, look: 'dashes' as const, points: single },
    epochLine('training', 0, epochs, (e) => e.loss),
    epochLine('validation', 1, epochs, (e) => e.validation.loss),
  ];
  return chart('loss', x, { label: 'loss', scale: scaleOf(series) }, series);
}

/** Shares together, everything else by itself. */
function measureCharts({ epochs }: History, x: Axis): readonly (Figure | null)[] {
  const names = [...new Set(epochs.flatMap((e) => Object.keys(e.validation)))].filter((name) => name !== 'loss');
  const [shares, others] = [names.filter(isShare), names.filter((name) => !isShare(name))];
  const lineOf = (name: string, colour: number): Series =>
    epochLine(wordsOf(name), colour, epochs, (e) => e.validation[name]);
  const drawn = shares.map((name, i) => lineOf(name, i + 1));
  const title = shares.length === 1 ? `validation ${wordsOf(shares[0] ?? '')}` : 'on the validation part';
  return [
    chart(title, x, { label: 'share', format: 'percent', domain: shareDomain(drawn) }, drawn),
    ...others.map((name) => chart(`validation ${wordsOf(name)}`, x, { label: wordsOf(name) }, [lineOf(name, 1)])),
  ];
}

/** By steps of five percent around the values, and never beyond all. */
function shareDomain(series: readonly Pick<Series, 'points'>[]): readonly [number, number] {
  const values = series.flatMap((s) => s.points.map((p) => p.y));
  const high = Math.min(1, Math.ceil(Math.max(0, ...values) * 20) / 20);
  return [Math.min(Math.floor(Math.min(1, ...values) * 20) / 20, high - 0.05), high];
}

function rateChart({ epochs, updates }: History, x: Axis): Figure | null {
  const points = [...pointsOf(updates, (u) => u.rate), ...pointsOf(epochs, (e) => e.rate)];
  const known = points.toSorted((a, b) => a.x - b.x);
  const series = [{ name: 'learning rate', colour: 4, look: 'curve' as const, points: thinned(known) }];
  // One that stays as it is says nothing that the spec does not.
  const changes = known.some((p) => p.y !== known[0]?.y);
  return !changes ? null : chart('learning rate', x, { label: 'rate' }, series);
}

/** By rule, where several have one. */
function penaltyChart({ epochs }: History, x: Axis): Figure | null {
  if (epochs.every((e) => e.penalty === 0)) return null;
  const rules = [...new Set(epochs.flatMap((e) => Object.keys(e.penalties)))];
  const series =
    rules.length === 0
      ? [epochLine('penalty', 3, epochs, (e) => e.penalty)]
      : rules.map((rule, i) => epochLine(rule, i, epochs, (e) => e.penalties[rule]));
  return chart('penalties, apart from the loss', x, { label: 'penalty', scale: scaleOf(series) }, series);
}

const epochLine = (
  name: string,
  colour: number,
  epochs: readonly EpochPoint[],
  of: (e: EpochPoint) => number | undefined,
): Series => ({
  name,
  colour,
  look: epochs.length <= marked ? 'points' : 'curve',
  points: thinned(pointsOf(epochs, of)),
});

/** Null where no line has a point. */
function chart(title: string, x: Axis, y: Axis, all: readonly Series[]): Figure | null {
  const series = all.filter((s) => s.points.length > 0);
  if (series.length === 0) return null;
  const named = series.filter((s) => s.look !== 'dashes');
  const notes = series.some((s) => s.look === 'dashes') ? ['broken line: training, single updates'] : [];
  const key =
    named.length + notes.length < 2
      ? ''
      : legend(
          named.map(({ name, colour = 0 }) => ({ name, colour })),
          notes,
        );
  return { title, svg: key + lineChart({ label: `${title} over epochs`, x, y, series }) };
}

const pointsOf = <T extends EpochPoint | UpdatePoint>(
  all: readonly T[],
  of: (point: T) => number | null | undefined,
): readonly Point[] =>
  all.flatMap((point) => {
    const y = of(point);
    return y == null || !Number.isFinite(y) ? [] : [{ x: point.at, y }];
  });

/** Means of neighbours, where there are more points than can be seen; the last point stays as it is. */
function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= most) return points;
  const size = Math.ceil(points.length / most);
  const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length;
  const groups = Array.from({ length: Math.ceil((points.length - 1) / size) }, (_, i) =>
    points.slice(i * size, Math.min((i + 1) * size, points.length - 1)),
  );
  return [
    ...groups.map((group) => ({ x: mean(group.map((p) => p.x)), y: mean(group.map((p) => p.y)) })),
    ...points.slice(-1),
  ];
}

/** Values that differ by more than an order of magnitude are seen on a logarithmic axis. */
function scaleOf(series: readonly Pick<Series, 'points'>[]): 'log' | 'linear' {
  const values = series.flatMap((s) => s.points.map((p) => p.y));
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) / least > 20 ? 'log' : 'linear';
}

function epochAxis({ epochs, updates }: History): Axis {
  const longest = Math.max(1, ...epochs.map((e) => e.at), ...updates.map((u) => u.at));
  const from = updates.length > 0 || epochs.length < 2 ? 0 : 1;
  const step = Math.max(1, Math.ceil(longest / 8));
  const ticks = Array.from({ length: Math.floor(longest / step) + 1 }, (_, i) => i * step).filter((t) => t >= from);
  return { label: 'epoch', ticks, domain: [from, longest] };
}
