/**
 * Early stopping as a state machine without side effects: values of a monitor go in, one an epoch; out come whether it is the best so
 * far, and whether to stop.
 *
 * Best       the lowest value (mode min) or the highest (mode max); of equals the first. Its weights are the ones to keep.
 * Patience   stops once `patience` epochs in a row have not improved on the last improvement by more than `minDelta`.
 *
 * `minDelta` is about patience alone: what is returned is the best value there was, also when it is better by less. NaN is never better.
 */
import type { StopConfig } from '../model.ts';

/** Where a value was seen. */
export interface Watched {
  /** Epochs count from 1. */
  readonly epoch: number;
  readonly update: number;
  readonly value: number;
}

/** What is remembered of the values so far; JSON. */
export interface Watch {
  readonly best: Watched | null;
  /** The last value that was better by more than `minDelta`; null before the first. */
  readonly reference: number | null;
  /** Epochs since then. */
  readonly waited: number;
}

export const unwatched: Watch = { best: null, reference: null, waited: 0 };

export interface Verdict {
  readonly watch: Watch;
  readonly isBest: boolean;
  readonly stop: boolean;
}

export function watching(rule: StopConfig, { best, reference, waited }: Watch, seen: Watched): Verdict {
  const gain = (over: number): number => (rule.mode === 'min' ? over - seen.value : seen.value - over);
  const isBest = best === null ? !Number.isNaN(seen.value) : gain(best.value) > 0;
  const improves = reference === null ? !Number.isNaN(seen.value) : gain(reference) > rule.minDelta;
  const watch: Watch = {
    best: isBest ? seen : best,
    reference: improves ? seen.value : reference,
    waited: improves ? 0 : waited + 1,
  };
  return { watch, isBest, stop: rule.patience !== null && watch.waited >= rule.patience };
}
