/** Numbers of a sweep as they are written. */
import type { Measure } from './results.ts';
import type { Spread } from './statistics.ts';

/** `12.10%`, `0.4012` */
export const figure = (value: number, { format }: Pick<Measure, 'format'>): string =>
  format === 'percent' ? `${(value * 100).toFixed(2)}%` : short(value);

/** Three digits that count, four decimals where there are as many. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e7 || (size > 0 && size < 1e-3)) return value.toExponential(2);
  return size >= 0.1 || size === 0 ? value.toFixed(4) : value.toPrecision(3);
}

/** `12.10% ± 0.32`, `0.4012 ± 0.0100` */
export function spreadText({ mean, deviation }: Spread, measure: Pick<Measure, 'format'>): string {
  if (deviation === null) return figure(mean, measure);
  return `${figure(mean, measure)} ± ${figure(deviation, measure).replace('%', '')}`;
}

/** `5.90 points`, `0.0123` */
export const differenceText = (value: number, measure: Pick<Measure, 'format'>): string =>
  measure.format === 'percent' ? `${(value * 100).toFixed(2)} points` : figure(value, measure);

/** `1h 02m`, `3m 05s`, `12.3s` */
export function timeText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const s = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  return s < 3600
    ? `${Math.floor(s / 60)}m ${two(s % 60)}s`
    : `${Math.floor(s / 3600)}h ${two(Math.floor((s % 3600) / 60))}m`;
}
