/** A table of numbers as colours: confusion of classes, a metric over two axes. */
import { cell, text } from '@observablehq/plot';
import { plain } from './axis.ts';
import { chartSize, draw } from './plot.ts';

export interface MatrixChart {
  readonly label: string;
  /** What rows and columns are. */
  readonly y: string;
  readonly x: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** One list a row; null where nothing is known. */
  readonly values: readonly (readonly (number | null)[])[];
  /** How strong a cell's colour is, from 0 to 1; default its share of the greatest value. */
  readonly strength?: (value: number, row: number, column: number) => number;
  /** What a cell says; default the number. */
  readonly written?: (value: number) => string;
}

/** More columns than these leave no room for numbers. */
const mostWritten = 12;
/** Pixels that a row's name takes. */
const leastRow = 12;

export function matrixChart(chart: MatrixChart): string {
  const { label, x, y, rows, columns, values, written = plain } = chart;
  const most = Math.max(0, ...values.flat().map((v) => v ?? 0)) || 1;
  const strength = chart.strength ?? ((value: number) => value / most);
  const cells = rows.flatMap((_, r) =>
    columns.flatMap((_, c) => {
      const value = values[r]?.[c] ?? null;
      return value === null ? [] : [{ r, c, value, strength: Math.min(1, Math.max(0, strength(value, r, c))) }];
    }),
  );
  const longest = Math.max(...rows.map((row) => row.length), 1);
  const turned = Math.max(...columns.map((c) => c.length), 1) > 4;
  const rowHeight = Math.min(30, Math.max(leastRow, 300 / rows.length));
  const marginLeft = Math.min(138, 32 + longest * 6.6);
  // Where names would run into each other, only some are written; a cell's tip has all.
  const across = (chartSize.width - marginLeft) / columns.length;
  const every = Math.ceil((turned ? leastRow : 6 + Math.max(...columns.map((c) => c.length), 1) * 6.6) / across);
  const name = (names: readonly string[], step: number) => (i: number) => (i % step === 0 ? (names[i] ?? '') : '');
  return draw(label, {
    width: chartSize.width,
    height: 90 + rowHeight * rows.length + (turned ? 30 : 0),
    marginLeft,
    marginTop: turned ? 70 : 42,
    marginBottom: 8,
    padding: 0.04,
    color: { type: 'identity' },
    x: {
      type: 'band',
      domain: columns.map((_, i) => i),
      label: x,
      labelArrow: 'none',
      tickSize: 0,
      tickFormat: name(columns, every),
      axis: 'top',
      ...(turned ? { tickRotate: -40 } : {}),
    },
    y: {
      type: 'band',
      domain: rows.map((_, i) => i),
      label: y,
      labelArrow: 'none',
      tickSize: 0,
      tickFormat: name(rows, 1),
    },
    marks: [
      cell(cells, {
        x: 'c',
        y: 'r',
        fill: 'var(--series-0)',
        fillOpacity: 'strength',
        title: (d: (typeof cells)[number]) => `${y} ${rows[d.r]}\n${x} ${columns[d.c]}\n${written(d.value)}`,
      }),
      ...(columns.length > mostWritten
        ? []
        : [
            text(
              cells.filter((d) => d.value !== 0),
              {
                x: 'c',
                y: 'r',
                text: (d: (typeof cells)[number]) => written(d.value),
                fill: (d: (typeof cells)[number]) => (d.strength > 0.55 ? 'var(--page)' : 'var(--ink)'),
                fontSize: columns.length > 8 ? 10 : 11,
                pointerEvents: 'none',
              },
            ),
          ]),
    ],
    opacity: { type: 'identity' },
  });
}
