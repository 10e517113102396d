/** Metrics for people: `accuracy 93.75%`, `label top-5 accuracy 98.20%`, small tables. */
import type { OutputScores, Scores } from '../metrics.ts';
import type { MetricConfig } from '../model.ts';
import type { MetricValue } from './metric.ts';
import { metricTable } from './table.ts';

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
/** Four figures, and no exponent where nobody needs one. */
const figures = (value: number): string => {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6)
    ? value.toExponential(3)
    : value.toFixed(size >= 100 ? 2 : size >= 10 ? 3 : 4);
};

/** `top_5_accuracy` → `top-5 accuracy` */
const words = (name: string): string => name.replace(/^top_(\d+)_/, 'top-$1 ').replaceAll('_', ' ');

/** A metric of an output, as it is shown. */
export interface Shown {
  /** `accuracy`, with several outputs `label accuracy`. */
  readonly label: string;
  /** Absent of a table. */
  readonly text: string | null;
  readonly value: MetricValue;
  readonly share: boolean;
}

/** What was asked for, in order: that of one output after that of another. */
export const shown = ({ outputs }: Scores, metrics: readonly MetricConfig[]): readonly Shown[] => {
  const several = Object.keys(outputs).length > 1;
  return metrics.flatMap(({ output, metric, as }) => {
    const value = outputs[output]?.[as];
    if (value === undefined) return [];
    const share = metricTable[metric]?.share === true;
    const text = typeof value === 'number' ? (share ? percent(value) : figures(value)) : null;
    return [{ label: several ? `${output} ${words(as)}` : words(as), text, value, share }];
  });
};

/** For a line: those that are one number. */
export const metricsText = (scores: Scores, metrics: readonly MetricConfig[]): readonly string[] =>
  shown(scores, metrics).flatMap(({ label, text }) => (text === null ? [] : [`${label} ${text}`]));

/** Classes of a table that is printed; larger ones are in the summary. */
const mostClasses = 12;

/** What a table says, and its lines: a value a class, or a row and a column a class, numbered as the classes are. */
export function tableLines({ value, share }: Shown): readonly string[] {
  if (typeof value === 'number') return [];
  if (value.length > mostClasses) return ['in the summary'];
  const rows: readonly (readonly number[])[] = isMatrix(value) ? value : [value];
  const cells = rows.map((row) => row.map((v) => (share ? percent(v) : Number.isInteger(v) ? String(v) : figures(v))));
  const head = value.map((_, c) => String(c));
  const widths = head.map((title, c) => Math.max(title.length, ...cells.map((row) => row[c]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, c) => cell.padStart(widths[c] ?? 0)).join('  ');
  const body = cells.map((row, c) => (isMatrix(value) ? `${head[c]?.padStart(2)}  ${line(row)}` : line(row)));
  return isMatrix(value)
    ? ['rows are classes, columns guesses', `    ${line(head)}`, ...body]
    : ['of each class', line(head), ...body];
}

const isMatrix = (value: Exclude<MetricValue, number>): value is readonly (readonly number[])[] =>
  Array.isArray(value[0]);

/** An output in a row of its own: what it is called, and its accuracy or its loss. */
export function outputRow(name: string, scores: OutputScores, of: Scores): readonly [label: string, text: string] {
  const only = Object.keys(of.outputs).length === 1;
  const samples = `of ${of.samples.toLocaleString('en-US')} samples`;
  const { accuracy, loss } = scores;
  return typeof accuracy === 'number'
    ? [only ? 'test accuracy' : `${name} accuracy`, `${percent(accuracy)} ${samples}, loss ${loss.toFixed(4)}`]
    : [only ? 'test loss' : `${name} loss`, `${figures(loss)} ${samples}`];
}
