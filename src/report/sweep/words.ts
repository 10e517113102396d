/** What the numbers say, in sentences: the order at each place, and which differences are larger than the spread. */
import { series as listed } from '../html.ts';
import { differenceText, figure, spreadText } from './figures.ts';
import type { Measure, SweepResults } from './results.ts';
import { type Cell, type Gap, gapOf, measured } from './statistics.ts';
import { type Panel, type View, valueName, valueNames } from './views.ts';

/** How the sentences count. */
export function groundRules({ repeats }: SweepResults): string {
  if (repeats === 1)
    return 'Every case was run once, so there is no spread, and nothing says whether a difference would hold for another seed.';
  return `± is the standard deviation over ${repeats} repeats. Repeat r trains from the seed of its case plus r − 1 in every case, so cases are compared on the same validation parts, orders of samples and, where their weights are alike, first weights. A difference counts as larger than the spread when it is larger than both standard deviations.`;
}

/** One sentence for each place on the numeric axis, or one for the whole panel. */
export function orderings(results: SweepResults, view: View, panel: Panel, measure: Measure): readonly string[] {
  const { across, by } = view;
  if (by === null) return [ordering(results, panel.cells, across ?? 0, measure)];
  if (across === null) return [ordering(results, panel.cells, by, measure)];
  return placesOf(results, panel, across).map(
    ({ place, cells }) => `At ${place}: ${ordering(results, cells, by, measure)}`,
  );
}

interface PlaceCells {
  /** `batch 4` */
  readonly place: string;
  readonly cells: readonly Cell[];
}

function placesOf({ axes }: SweepResults, { cells }: Panel, across: number): readonly PlaceCells[] {
  const axis = axes[across];
  return (axis?.values ?? [])
    .map((value, i) => ({ value, i }))
    .toSorted((a, b) => (a.value.number ?? 0) - (b.value.number ?? 0))
    .map(({ value, i }) => ({
      place: `${axis?.label} ${value.text}`,
      cells: cells.filter((cell) => cell.values[across] === i),
    }));
}

interface Ranked {
  readonly name: string;
  readonly cell: Cell;
  readonly text: string;
  readonly mean: number;
}

/** Best first; `failed`: those without a finished run. */
function ranking(results: SweepResults, cells: readonly Cell[], axis: number, measure: Measure) {
  const known: Ranked[] = [];
  const failed: string[] = [];
  for (const cell of cells) {
    const name = valueName(results, cell, axis);
    const spread = measured(cell, measure);
    if (spread === null) failed.push(name);
    else known.push({ name, cell, text: spreadText(spread, measure), mean: spread.mean });
  }
  return { ranked: known.toSorted((a, b) => a.mean - b.mean), failed };
}

function ordering(results: SweepResults, cells: readonly Cell[], axis: number, measure: Measure): string {
  const { ranked, failed } = ranking(results, cells, axis, measure);
  const [best, ...others] = ranked;
  const broken = failed.length === 0 ? '' : ` No run of ${listed(failed)} finished.`;
  if (best === undefined) return `no run finished.`;
  if (others.length === 0) return `${best.name} ${best.text}.${broken}`;
  const order = ranked.map(({ name, text }) => `${name} ${text}`).join(', ');
  const gaps = others.flatMap((other) => {
    const gap = gapOf(best.cell, other.cell, measure);
    return gap === null ? [] : [{ name: other.name, gap }];
  });
  const unknown = gaps.every(({ gap }) => gap.larger === null);
  if (unknown) return `${order}.${broken}`;
  const larger = gaps.filter(({ gap }) => gap.larger === true);
  const alike = gaps.filter(({ gap }) => gap.larger === false);
  const behind =
    larger.length === 0
      ? `no difference to ${best.name} is larger than the spread`
      : `behind ${best.name} by more than the spread: ${listed(larger.map(({ name, gap }) => `${name} ${gapText(gap, measure)}`))}`;
  const level = larger.length === 0 || alike.length === 0 ? '' : `; by less: ${listed(alike.map((a) => a.name))}`;
  return `${order}; ${behind}${level}.${broken}`;
}

/** `by 5.90 points (spread 0.85)` */
const gapText = ({ difference, spread }: Gap, measure: Measure): string =>
  `by ${differenceText(difference, measure)} (spread ${figure(spread ?? 0, measure).replace('%', '')})`;

/** For each series where it falls behind the best one: `batch is behind at batch 2 and 4, not at 8, 16 and 32.` */
export function summaries(results: SweepResults, view: View, panel: Panel, measure: Measure): readonly string[] {
  const { across, by } = view;
  if (across === null || by === null || results.repeats < 2) return [];
  const label = results.axes[across]?.label ?? '';
  const places = placesOf(results, panel, across).map(({ place, cells }) => ({
    at: place.slice(label.length + 1),
    ...standing(results, cells, by, measure),
  }));
  const names = valueNames(results, by);
  return names.flatMap((name) => {
    const known = places.filter((p) => p.behind.has(name));
    const behind = known.filter((p) => p.behind.get(name) === true).map((p) => p.at);
    const level = known.filter((p) => p.behind.get(name) === false).map((p) => p.at);
    if (known.length === 0) return [];
    if (behind.length === 0) return [`${name}: nowhere behind the best by more than the spread.`];
    if (level.length === 0) return [`${name}: behind the best by more than the spread at every ${label}.`];
    return [`${name}: behind the best by more than the spread at ${label} ${listed(behind)}, not at ${listed(level)}.`];
  });
}

/** Who is behind the best one by more than the spread. */
function standing(results: SweepResults, cells: readonly Cell[], by: number, measure: Measure) {
  const { ranked } = ranking(results, cells, by, measure);
  const [best] = ranked;
  const behind = new Map<string, boolean>();
  for (const { name, cell } of ranked) {
    const gap = best === undefined || best.name === name ? null : gapOf(best.cell, cell, measure);
    if (best?.name === name) behind.set(name, false);
    else if (gap !== null && gap.larger !== null) behind.set(name, gap.larger);
  }
  return { behind };
}

/** The classic question, where a sweep asks it: whether batch norm falls behind at small batches. Null where it does not. */
export function batchNormAnswer(results: SweepResults, view: View, panel: Panel, measure: Measure): string | null {
  const { across, by } = view;
  if (across === null || by === null) return null;
  if (!/(^|\.)batch$/.test(results.axes[across]?.path ?? '') || !/(^|\.)norm$/.test(results.axes[by]?.path ?? ''))
    return null;
  const smallest = placesOf(results, panel, across)[0];
  if (smallest === undefined) return null;
  const { ranked } = ranking(results, smallest.cells, by, measure);
  const isBatch = ({ name }: Ranked): boolean => /^batch\b/.test(name) && !name.startsWith('batch_renorm');
  const batch = ranked.find(isBatch);
  const best = ranked.find((r) => !isBatch(r));
  if (batch === undefined || best === undefined) return null;
  const where = `At ${smallest.place}`;
  const both = `${measure.name} ${batch.text} with ${batch.name}, ${best.text} with ${best.name}, the best of the others`;
  if (batch.mean <= best.mean) return `${where} batch norm does not fall behind: ${both}.`;
  const gap = gapOf(best.cell, batch.cell, measure);
  if (gap === null) return null;
  const difference = differenceText(gap.difference, measure);
  if (gap.larger === null) return `${where} batch norm is behind by ${difference}, in the only run of each: ${both}.`;
  const spread = figure(gap.spread ?? 0, measure).replace('%', '');
  return gap.larger
    ? `${where} batch norm falls behind: ${both}. The difference, ${difference}, is larger than the spread (${spread}), and goes the same way in ${gap.wins} of ${gap.pairs} repeats.`
    : `${where} batch norm is not behind by more than the spread: ${both}. The difference, ${difference}, is within the spread (${spread}).`;
}
