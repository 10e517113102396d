/** What a metric is: something that samples are added to, chunk by chunk, and that comes to a value. In float64, on values read back. */
import type { MetricConfig } from '../model.ts';

/** A number, one for each class, or for each pair of classes. */
export type MetricValue = number | readonly number[] | readonly (readonly number[])[];

/** Some samples: `width` values of each, one after another, and what they are compared with. */
export interface Chunk {
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly samples: number;
  /** Of an output that is compared with classes: the class of each sample; else as many numbers as values. */
  readonly targets: ArrayLike<number>;
}

/** What is known of the output that is measured. */
export interface Measured {
  /** Null where it is compared with numbers. */
  readonly classes: number | null;
  /** Of a single output for two classes: from which value on it speaks for the second. */
  readonly threshold: number | null;
  readonly probabilities: 'softmax' | 'sigmoid' | null;
}

export interface Tally {
  add(chunk: Chunk): void;
  value(): MetricValue;
}

export interface Metric {
  /** Shown as a percentage. */
  readonly share: boolean;
  begin(of: Measured, config: MetricConfig): Tally;
}

/** The class that the values of one sample speak for: that of the largest, the first of equals; of a single value by a threshold. */
export function guess(values: ArrayLike<number>, from: number, width: number, { threshold }: Measured): number {
  if (width === 1) return (values[from] ?? Number.NaN) > (threshold ?? 0) ? 1 : 0;
  return highest(values, from, width);
}

/** Index of the largest of `count` values; the first of equals. */
export function highest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((values[from + i] ?? 0) > (values[from + best] ?? 0)) best = i;
  return best;
}
