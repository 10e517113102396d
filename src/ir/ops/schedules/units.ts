/**
 * What all schedules share. Updates count from 1. Counts of a schedule are updates, or with `per: epoch` epochs: then its node has the
 * operand `perEpoch`, the updates of one epoch.
 *   warm-up   rate·update/warmup while update ≤ warmup
 */
import type { Ref, ValueType } from '../../graph.ts';
import { numeral } from '../../numeral.ts';
import type { Fault } from '../../op.ts';
import { choice, custom, int, number } from '../../signature.ts';
import type { ScheduleSpan, ScheduleUnit } from '../../vocabulary.ts';
import { host, unfit } from '../rules.ts';

export const hostOnly = (op: string, ...inputs: readonly (ValueType | null)[]): readonly ValueType[] | Fault => {
  const wrong = inputs.find((type) => type !== null && type.dtype !== 'host');
  return wrong == null ? [host] : unfit(op, 'host values', wrong);
};

export const warmup = int({ min: 0, default: 0, doc: 'how long the rate grows linearly before' });

export const per = choice(['update', 'epoch'], { default: 'update', doc: 'what the counts are of' });

export const final = number({ min: 0, default: 0, doc: 'rate at the end' });

/** Where a schedule ends; left out, with the run. */
export const length = custom<number | null>(
  'a whole number from 1',
  (value) =>
    value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 1 ? value.value : undefined,
  { default: null, doc: 'how long it goes on, warm-up included; by itself, as long as the run' },
);

/** The operand of a node whose counts are epochs. */
export const perEpochOf = (unit: ScheduleUnit, perEpoch: Ref): Ref | null => (unit === 'epoch' ? perEpoch : null);

/** What a run must be long enough for. */
export const span = (argument: string, count: number | null, past = false): readonly ScheduleSpan[] =>
  count === null || count === 0 ? [] : [{ argument, count, past }];

/** `5 epochs` */
export const counted = (count: number, unit: ScheduleUnit): string => `${count} ${count === 1 ? unit : `${unit}s`}`;

/** The letter for the progress of a run: updates, or epochs with fractions. */
const clock: Readonly<Record<ScheduleUnit, string>> = { update: 't', epoch: 'e' };

/** `t`, or `(t − 100)` where something else is over first. */
export const since = (start: number, unit: ScheduleUnit): string =>
  start === 0 ? clock[unit] : `(${clock[unit]} − ${start})`;

/** The lines of a formula that say what its letters are. */
export function explained(
  rate: number,
  { warmup = 0, per: unit }: { readonly warmup?: number; readonly per: ScheduleUnit },
  ...more: readonly string[]
): readonly string[] {
  const t = clock[unit];
  const warming = warmup === 0 ? [] : [`while ${t} ≤ ${warmup} it is ${numeral(rate)}·${t}/${warmup}`];
  return [...warming, ...more, ...(warming.length > 0 ? clockLines(unit) : [])];
}

/** What the letter for progress is, where it is not the number of updates. */
export const clockLines = (unit: ScheduleUnit): readonly string[] =>
  unit === 'update' ? [] : ['e is the number of epochs, parts of one included'];
