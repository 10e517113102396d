/** Numbers of a run as they are written. */
import { plain } from '../axis.ts';

const shares = /(^|_)(accuracy|precision|recall|f1|calibration_error|top_\d+_(accuracy|error))(_micro|_macro)?$/;

/** A measure that is a share of all: written in percent. */
export const isShare = (name: string): boolean => shares.test(name);

/** `label_top_5_accuracy` → `label top-5 accuracy` */
export const wordsOf = (name: string): string => name.replace(/top_(\d+)_/, 'top-$1 ').replaceAll('_', ' ');

/** `91%`, `0.4%`; a share that is not 0 or 1 is not written so. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) return `${value}%`;
  if (value < 0.1) return '<0.1%';
  return value < 1 || value > 99 ? `${value.toFixed(1)}%` : `${Math.round(value)}%`;
}

/** `91.32%`, `0.2513` */
export const measureText = (name: string, value: number): string => {
  if (isShare(name)) return `${(value * 100).toFixed(2)}%`;
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : value.toFixed(4);
};

export const count = (n: number): string => n.toLocaleString('en-US');

export const counted = (n: number, one: string, several = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : several}`;

/** Two digits that count, which is what a statistic is looked at for: `0.034`, `1.2e-5`; `–` where it is not finite. */
export const short = (value: number | null | undefined): string =>
  value == null ? '–' : plain(Number(value.toPrecision(2)));

/** As narrow as it goes: `0.034`, `1e-5`. */
export const brief = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.01 ? value.toExponential(0) : short(value);

/** `1h 02m`, `3m 05s`, `12s` */
export function timeText(seconds: number): string {
  const s = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (s >= 3600) return `${Math.floor(s / 3600)}h ${two(Math.floor((s % 3600) / 60))}m`;
  return s >= 60 ? `${Math.floor(s / 60)}m ${two(s % 60)}s` : seconds < 10 ? `${seconds.toFixed(1)}s` : `${s}s`;
}
