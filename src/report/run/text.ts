/** Inside a network, for a terminal: a short table of what layers looked like at the start and at the end. */
import { percent, short } from './numbers.ts';
import type { InspectionPoint, LayerPoint } from './results.ts';
import { evenly } from './thin.ts';

const most = 12;

/** Activations that say what dead or saturated is, the first layer and the last one. Empty where nothing was looked at. */
export function insideText(points: readonly InspectionPoint[]): readonly string[] {
  const [start, end] = [points[0], points.at(-1)];
  if (start === undefined || end === undefined || start === end) return [];
  const names = Object.keys(end.layers);
  const rows = names.filter((name, i) => {
    const layer = end.layers[name];
    return i === 0 || i === names.length - 1 || layer?.dead !== undefined || layer?.saturated !== undefined;
  });
  const both = (name: string, of: (layer: LayerPoint | undefined) => string): string => {
    const [from, to] = [of(start.layers[name]), of(end.layers[name])];
    return from === to ? to : `${from} → ${to}`;
  };
  const share = (value: number | undefined): string => (value === undefined ? '' : percent(value));
  return aligned([
    ['inside', 'dead', 'saturated', 'spread', 'gradient'],
    ...evenly(rows, most).map((name) => [
      name,
      both(name, (l) => share(l?.dead)),
      both(name, (l) => share(l?.saturated)),
      both(name, (l) => short(l?.std)),
      both(name, (l) => short(l?.gradient?.norm)),
    ]),
  ]);
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  // A column of which nothing is known is left out.
  const known = widths.flatMap((_, i) => (rows.slice(1).some((row) => row[i] !== '') ? [i] : []));
  return rows.map((row) =>
    known
      .map((i) => (row[i] ?? '').padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
