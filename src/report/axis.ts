/** Axes of charts. */
import type { ScaleOptions } from '@observablehq/plot';

export interface Axis {
  readonly label: string;
  /** Default `linear`. */
  readonly scale?: 'linear' | 'log';
  /** Default `number`; a `percent` is given as a share. */
  readonly format?: 'number' | 'percent';
  /** Where marks stand; default by the scale. */
  readonly ticks?: readonly number[];
  /** Default what the data span. */
  readonly domain?: readonly [number, number];
  /** Ends at round numbers; default where no domain is given. */
  readonly rounded?: boolean;
}

/** `0.25`, `1.5e-7`, `1,000` */
export function plain(value: number): string {
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e7))
    return value.toExponential(1).replace('.0', '');
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** Steps that double read best to the base 2. */
const baseOf = (ticks: readonly number[] | undefined): number =>
  ticks?.every((tick) => Number.isInteger(Math.log2(tick))) === true ? 2 : 10;

export const axisOptions = ({ label, scale = 'linear', format = 'number', ticks, domain }: Axis): ScaleOptions => ({
  label,
  labelArrow: 'none',
  ...(scale === 'log' ? { type: 'log', base: baseOf(ticks) } : { type: 'linear' }),
  ...(ticks === undefined ? {} : { ticks: [...ticks] }),
  ...(domain === undefined ? {} : { domain: [...domain] }),
  tickFormat: format === 'percent' ? (v: number) => `${plain(v * 100)}%` : plain,
});
