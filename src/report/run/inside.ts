/** What training looked like inside: statistics by layer and update, as colours and as a table. */
import { element, tag, text } from '../html.ts';
import { matrixChart } from '../matrix.ts';
import { type Figure, figures, list, paragraph } from '../page.ts';
import { table } from '../table.ts';
import { findingsOf } from './findings.ts';
import { brief, count, percent, short } from './numbers.ts';
import type { InspectionPoint, LayerPoint } from './results.ts';
import { evenly } from './thin.ts';

/** Columns that leave room for numbers, and those that are seen as colours alone; up to so many, numbers are worth more. */
const written = 8;
const coloured = 24;
const mostWritten = 12;
const mostRows = 40;
/** Letters of a name beside a row. */
const longest = 18;

export function inside(points: readonly InspectionPoint[]): readonly string[] {
  // Phases that follow have updates of their own; what they look like in the end is in the table.
  const first = points.filter((p) => p.phase === points[0]?.phase);
  const [start, end] = [points[0], points.at(-1)];
  if (start === undefined || end === undefined) return [];
  const shown = evenly(first, first.length <= mostWritten ? written : coloured);
  return [
    paragraph(
      `By the same ${count(start.samples)} samples each time, in training mode. Rows are layers from the input down to the output, columns the number of updates before; column 0 is the network as it was initialised. A unit is a neuron or a channel.`,
    ),
    ...said('At the start', start),
    ...(end === start ? [] : said(`After ${count(end.update)} updates`, end)),
    tag('div', { class: 'maps' }, figures(maps(shown))),
    tag('details', {}, element('summary', 'All layers as a table'), tableOf(start, end)),
  ];
}

const maps = (points: readonly InspectionPoint[]): readonly Figure[] => {
  const layers = Object.keys(points[0]?.layers ?? {});
  const kernels = Object.keys(points[0]?.parameters ?? {}).filter((name) => name.endsWith('.kernel'));
  return [
    ...shares('dead units', points, layers, (p, name) => p.layers[name]?.dead),
    ...shares('saturated values', points, layers, (p, name) => p.layers[name]?.saturated),
    ...sizes('spread of values (standard deviation)', points, layers, (p, name) => p.layers[name]?.std),
    ...sizes('size of the gradient with respect to them (norm)', points, layers, gradientAt),
    ...sizes('how far the last update moved each kernel, as a share of it', points, kernels, movedAt),
  ];
};

type Value = (point: InspectionPoint, name: string) => number | null | undefined;

const gradientAt: Value = (p, name) => p.layers[name]?.gradient?.norm;
const movedAt: Value = (p, name) => p.parameters[name]?.moved;

function said(when: string, point: InspectionPoint): readonly string[] {
  const found = findingsOf(point);
  return found.length === 0
    ? [
        paragraph(
          `${when} nothing stands out: few units are dead or saturated, and values and gradients keep their size from layer to layer.`,
        ),
      ]
    : [paragraph(`${when}:`), list(found.map((f) => f.text))];
}

/** Shares: the stronger the colour, the more. Layers without the notion have no row; nothing is drawn where all are 0. */
const shares = (title: string, points: readonly InspectionPoint[], names: readonly string[], of: Value) =>
  points.every((p) => names.every((name) => (of(p, name) ?? 0) === 0))
    ? []
    : map(title, points, names, of, { strength: (v) => v, written: percent });

/** Sizes, which differ by orders of magnitude: colours go with the logarithm, over one order at least. */
function sizes(title: string, points: readonly InspectionPoint[], names: readonly string[], of: Value) {
  const logs = points.flatMap((p) => names.flatMap((name) => logOf(of(p, name))));
  const [least, most] = [Math.min(...logs), Math.max(...logs)];
  const range = Math.max(1, most - least);
  const low = (least + most - range) / 2;
  const strength = (v: number): number => 0.06 + (0.94 * ((logOf(v)[0] ?? low) - low)) / range;
  return map(title, points, names, of, { strength, written: brief });
}

const logOf = (v: number | null | undefined): readonly number[] => (v == null || v <= 0 ? [] : [Math.log10(v)]);

function map(
  title: string,
  points: readonly InspectionPoint[],
  all: readonly string[],
  of: Value,
  look: { readonly strength: (v: number) => number; readonly written: (v: number) => string },
): readonly Figure[] {
  const known = all.filter((name) => points.some((p) => of(p, name) != null));
  if (known.length === 0) return [];
  const rows = evenly(known, mostRows);
  const columns = points.filter((p) => rows.some((name) => of(p, name) != null));
  const note = rows.length < known.length ? `, ${rows.length} of ${known.length} layers` : '';
  const svg = matrixChart({
    label: `${title} by layer and update`,
    y: 'layer',
    x: 'updates',
    rows: rows.map(shortened),
    columns: columns.map((p) => count(p.update)),
    values: rows.map((name) => columns.map((p) => of(p, name) ?? null)),
    ...look,
  });
  return [{ title: title + note, svg }];
}

/** The end of a long name says which layer it is. */
const shortened = (name: string): string => (name.length <= longest ? name : `…${name.slice(1 - longest)}`);

function tableOf(start: InspectionPoint, end: InspectionPoint): string {
  const both = (of: (layer: LayerPoint | undefined) => string, name: string): string => {
    const [from, to] = [of(start.layers[name]), of(end.layers[name])];
    return start === end || from === to ? to : `${from} → ${to}`;
  };
  const shareText = (value: number | undefined): string => (value === undefined ? '' : percent(value));
  const columns = ['layer', 'units', 'dead', 'saturated', 'mean', 'spread', 'gradient norm'];
  const rows = Object.entries(end.layers).map(([name, { units }]) => [
    name,
    count(units),
    both((l) => shareText(l?.dead), name),
    both((l) => shareText(l?.saturated), name),
    both((l) => short(l?.mean), name),
    both((l) => short(l?.std), name),
    both((l) => short(l?.gradient?.norm), name),
  ]);
  return table(
    columns.map((name, i) => ({ name, numeric: i > 0 })),
    rows,
    text(start === end ? `after ${count(end.update)} updates` : `at the start → after ${count(end.update)} updates`),
  );
}
