/** Points with their spread over rows that have names: for comparisons without a numeric axis. */
import { axisY, dot, gridX, ruleY } from '@observablehq/plot';
import { type Axis, axisOptions, plain } from './axis.ts';
import { seriesColour } from './colours.ts';
import { domainOf } from './lines.ts';
import { chartSize, draw } from './plot.ts';

export interface Interval {
  readonly name: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** Default 0: rows of one colour are one series. */
  readonly colour?: number;
}

export interface IntervalChart {
  readonly label: string;
  readonly x: Axis;
  readonly rows: readonly Interval[];
}

const rowHeight = 24;
/** About half of the size of the letters. */
const letter = 6.6;

export function intervalChart({ label, x, rows }: IntervalChart): string {
  const written = (v: number): string => (x.format === 'percent' ? `${plain(v * 100)}%` : plain(v));
  const known = rows.filter((row) => Number.isFinite(row.value));
  const title = (row: Interval): string =>
    `${row.name}\n${x.label} ${written(row.value)}${row.low === undefined || row.high === undefined ? '' : `\n${written(row.low)} to ${written(row.high)}`}`;
  const stroke = (row: Interval): string => seriesColour(row.colour ?? 0);
  const longest = Math.max(0, ...rows.map((row) => row.name.length));
  const points = known.map((row) => ({ ...row, x: 0, y: row.value }));
  const domain = x.domain ?? domainOf([{ points }]);
  return draw(label, {
    width: chartSize.width,
    height: rows.length * rowHeight + 60,
    marginLeft: Math.min(chartSize.width / 2, 16 + longest * letter),
    marginBottom: 38,
    insetLeft: 8,
    insetRight: 8,
    x: { ...axisOptions(domain === null ? x : { ...x, domain }), nice: x.rounded ?? x.domain === undefined },
    y: { type: 'point', domain: rows.map((row) => row.name), label: null },
    color: { type: 'identity' },
    marks: [
      gridX(),
      axisY({ tickSize: 0, textOverflow: 'ellipsis', lineWidth: 15 }),
      ruleY(
        known.filter((row) => row.low !== undefined && row.high !== undefined),
        { y: 'name', x1: 'low', x2: 'high', stroke, strokeWidth: 2 },
      ),
      dot(known, { x: 'value', y: 'name', fill: stroke, r: 4, title }),
    ],
  });
}
