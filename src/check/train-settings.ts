/** How a train learns: batch, metrics and the rest, each read from its value. Optimizer and schedule have files of their own. */
import { training } from '../diagnostics/catalog/training.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Bound } from '../ir/recipe.ts';
import type { Value } from '../ir/value.ts';
import type { Refuse } from './entries.ts';
import type { TrainConfig } from './model.ts';
import type { TrainKey } from './train-keys.ts';
import { describe } from './values.ts';

/** How a train says that a value is not accepted. */
export const refuseWith =
  (key: TrainKey, report: Report): Refuse =>
  (value, accepts, near) =>
    report(training.badValue.at(value.span, { key, accepts, found: describe(value), nearest: near }));

/** An entry of the vocabulary, and how it is written. */
export interface Read<D> {
  readonly bound: Bound<D>;
  readonly value: Value;
}

export function whole(
  value: Value | undefined,
  key: TrainKey,
  min: number,
  report: Report,
  max = Number.MAX_SAFE_INTEGER,
): number | null {
  if (value === undefined) return null;
  if (value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= min && value.value <= max)
    return value.value;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  report(
    training.badValue.at(value.span, {
      key,
      accepts: `a whole number ${range}`,
      found: describe(value),
      nearest: null,
    }),
  );
  return null;
}

export function readLast(value: Value | undefined, report: Report): TrainConfig['last'] | null {
  if (value === undefined) return 'keep';
  if (value.kind === 'word' && (value.word === 'keep' || value.word === 'drop')) return value.word;
  report(
    training.badValue.at(value.span, {
      key: 'last',
      accepts: '`keep` or `drop`',
      found: describe(value),
      nearest: value.kind === 'word' ? nearest(value.word, ['keep', 'drop']) : null,
    }),
  );
  return null;
}

/** A file of weights to begin with; null when there is none, `'wrong'` after an error. */
export function readStart(value: Value | undefined, report: Report): TrainConfig['start'] | 'wrong' {
  if (value === undefined) return null;
  if (value.kind === 'string' && value.value !== '') return value.value;
  const hint = value.kind === 'string' ? null : 'write it in quotes: `start: "weights.safetensors"`';
  const accepts = 'the path of a file of weights';
  report(training.badValue.at(value.span, { key: 'start', accepts, found: describe(value), nearest: null, hint }));
  return 'wrong';
}
