/**
 * How the axes of a sweep are seen: one across (numbers), one as series (names), and a panel for each combination of what is left.
 * Every numeric axis gets its turn across, and every other one as series.
 */
import type { SweepResults } from './results.ts';
import { type Cell, cellsOf } from './statistics.ts';

export interface View {
  /** The numeric axis; null when none is. */
  readonly across: number | null;
  /** The axis of the series; null when the numeric one is the only one. */
  readonly by: number | null;
  readonly panels: readonly Panel[];
}

export interface Panel {
  /** `width 8, rate 0.01`; empty when no axis is left. */
  readonly title: string;
  readonly cells: readonly Cell[];
}

export function viewsOf(results: SweepResults): readonly View[] {
  const { axes } = results;
  const all = axes.map((_, i) => i);
  // What has one value is not compared; it is said in the title.
  const varied = all.filter((i) => (axes[i]?.values.length ?? 0) > 1);
  const numeric = varied.filter((i) => axes[i]?.values.every((v) => v.number !== null) === true);
  const named = varied.filter((i) => !numeric.includes(i));
  const view = (across: number | null, by: number | null): View => ({
    across,
    by,
    panels: panelsOf(
      results,
      all.filter((i) => i !== across && i !== by),
    ),
  });
  // Each gets its turn: what is a panel in one comparison is compared in another.
  if (numeric.length === 0) return named.length === 0 ? [view(null, null)] : named.map((by) => view(null, by));
  return numeric.flatMap((across) => {
    const others = named.length > 0 ? named : numeric.filter((i) => i !== across);
    return others.length === 0 ? [view(across, null)] : others.map((by) => view(across, by));
  });
}

/** A panel for each combination of the values of these axes. */
export function panelsOf(results: SweepResults, left: readonly number[]): readonly Panel[] {
  const panels = new Map<string, Panel>();
  for (const cell of cellsOf(results)) {
    const title = left.map((i) => `${results.axes[i]?.label} ${valueText(results, cell, i)}`).join(', ');
    panels.set(title, { title, cells: [...(panels.get(title)?.cells ?? []), cell] });
  }
  return [...panels.values()];
}

export const valueText = ({ axes }: SweepResults, { values }: Pick<Cell, 'values'>, axis: number): string =>
  axes[axis]?.values[values[axis] ?? -1]?.text ?? '';

export const valueNumber = ({ axes }: SweepResults, { values }: Pick<Cell, 'values'>, axis: number): number =>
  axes[axis]?.values[values[axis] ?? -1]?.number ?? Number.NaN;

/** `batch` of a norm, `width 8` of a number: numbers by themselves would not be told from results. */
export const valueNames = ({ axes }: SweepResults, axis: number): readonly string[] => {
  const { label = '', values = [] } = axes[axis] ?? {};
  const numbers = values.some((v) => v.number !== null);
  return values.map(({ text }) => (numbers ? `${label} ${text}` : text));
};

export const valueName = (results: SweepResults, { values }: Pick<Cell, 'values'>, axis: number): string =>
  valueNames(results, axis)[values[axis] ?? -1] ?? '';

/** `norm batch, batch 4` */
export const cellName = (results: SweepResults, cell: Pick<Cell, 'values'>): string =>
  results.axes.map((axis, i) => `${axis.label} ${valueText(results, cell, i)}`).join(', ');
