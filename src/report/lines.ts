/** Lines over a numeric axis: points with their spread, and curves. */
import { dot, lineY, type Markish, ruleX, ruleY } from '@observablehq/plot';
import { type Axis, axisOptions, plain } from './axis.ts';
import { seriesColour, seriesShape } from './colours.ts';
import { chartSize, draw } from './plot.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The spread, drawn as a bar from one to the other. */
  readonly low?: number;
  readonly high?: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Which of the colours; default its place among the series. Series of one colour belong together. */
  readonly colour?: number;
  /** `points` joins marked points, `curve` draws a line alone, `dashes` a thin broken one. Default `points`. */
  readonly look?: 'points' | 'curve' | 'dashes';
}

export interface LineChart {
  /** What is seen, for those who do not see it. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly size?: { readonly width: number; readonly height: number };
}

/** Pixels that bars of neighbouring series stand apart, so that they do not cover each other. */
const apart = 4;

export function lineChart({ label, x, y, series, size = chartSize }: LineChart): string {
  const marked = series.filter((s) => (s.look ?? 'points') === 'points').length;
  let place = 0;
  const marks = series.flatMap((s, i) => {
    const shift = (s.look ?? 'points') === 'points' ? (place++ - (marked - 1) / 2) * apart : 0;
    return marksOf(s, i, x, y, shift);
  });
  const domain = y.domain ?? domainOf(series);
  return draw(label, {
    ...size,
    marginLeft: 52,
    marginBottom: 38,
    insetLeft: marked > 0 ? 8 + (marked * apart) / 2 : 2,
    insetRight: marked > 0 ? 8 + (marked * apart) / 2 : 2,
    x: axisOptions(x),
    y: {
      ...axisOptions(domain === null ? y : { ...y, domain }),
      grid: true,
      nice: (y.rounded ?? y.domain === undefined) && y.scale !== 'log',
    },
    marks: [...zero(series, y), ...marks],
  });
}

/** A line where nothing is, when the chart goes down to it. */
const zero = (series: readonly Series[], y: Axis): readonly Markish[] =>
  y.scale !== 'log' && series.some((s) => s.points.some((p) => (p.low ?? p.y) <= 0))
    ? [ruleY([0], { strokeOpacity: 0.4 })]
    : [];

function marksOf(s: Series, index: number, x: Axis, y: Axis, dx: number): readonly Markish[] {
  const colour = s.colour ?? index;
  const stroke = seriesColour(colour);
  const points = s.points.filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
  const written = (v: number): string => (y.format === 'percent' ? `${plain(v * 100)}%` : plain(v));
  const title = ({ x: at, y: v, low, high }: Point): string =>
    [
      s.name,
      `${x.label} ${plain(at)}`,
      `${y.label} ${written(v)}`,
      ...(low === undefined || high === undefined ? [] : [`${written(low)} to ${written(high)}`]),
    ].join('\n');
  const look = s.look ?? 'points';
  const line = (width: number, rest: object = {}): Markish =>
    lineY(points, { x: 'x', y: 'y', stroke, strokeWidth: width, dx, title: () => s.name, ...rest });
  if (look === 'curve') return [line(1.5)];
  if (look === 'dashes') return [line(1, { strokeDasharray: '3 3', strokeOpacity: 0.75 })];
  const bars = points.filter((p) => p.low !== undefined && p.high !== undefined);
  return [
    line(1.5, { strokeOpacity: 0.7 }),
    ruleX(bars, { x: 'x', y1: 'low', y2: 'high', stroke, strokeWidth: 1.5, dx }),
    dot(points, { x: 'x', y: 'y', fill: stroke, symbol: seriesShape(colour), r: 3.5, dx, title }),
  ];
}

/** Where all values are one, a little around it; null where the data say it. */
export function domainOf(series: readonly Pick<Series, 'points'>[]): readonly [number, number] | null {
  const values = series
    .flatMap((s) => s.points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]))
    .filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return [0, 1];
  if (least < most) return null;
  const around = Math.abs(least) / 10 || 0.01;
  return [least - around, most + around];
}
