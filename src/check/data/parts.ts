/** Which samples are trained on, held out and tested with. */
import { training } from '../../diagnostics/catalog/training.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Value } from '../../ir/value.ts';
import type { DataConfig } from '../model.ts';
import { describe } from '../values.ts';

/** A share of samples as it should have been written. */
const shareHint = (value: Value): string | null =>
  value.kind !== 'number'
    ? null
    : value.percent || value.value <= 1 || value.value >= 100
      ? '`10%` holds out a tenth, and some samples must be left to train on'
      : `write \`${value.value}%\``;

export function readValidation(value: Value | undefined, report: Report): number | null {
  if (value === undefined) return 0;
  if (value.kind === 'number' && value.value >= 0 && value.value < 1) return value.value;
  report(
    training.badValue.at(value.span, {
      key: 'validation',
      accepts: 'a share from 0% to below 100%',
      found: describe(value),
      nearest: null,
      hint: shareHint(value),
    }),
  );
  return null;
}

/** The share of samples that a number says, or null after saying what is wrong. */
export function readTestShare(value: Value, report: Report): number | null {
  if (value.kind === 'number' && value.value > 0 && value.value < 1) return value.value;
  report(
    training.badValue.at(value.span, {
      key: 'test',
      accepts: 'a share above 0% and below 100%, or a source such as `csv("test.csv")`',
      found: describe(value),
      nearest: null,
      hint:
        value.kind === 'string'
          ? `write it with its format: \`csv(${JSON.stringify(value.value)})\``
          : shareHint(value),
    }),
  );
  return null;
}

export function readShuffle(value: Value | undefined, report: Report): boolean | null {
  if (value === undefined) return true;
  if (value.kind === 'boolean') return value.value;
  const accepts = '`true` or `false`';
  report(training.badValue.at(value.span, { key: 'shuffle', accepts, found: describe(value), nearest: null }));
  return null;
}

const noLimit: DataConfig['limit'] = { train: null, test: null };
const parts = ['train', 'test'] as const;

/** `2000` of the training samples, or `{ train: 2000  test: 500 }`. */
export function readLimit(value: Value | undefined, report: Report): DataConfig['limit'] | null {
  if (value === undefined) return noLimit;
  const count = (v: Value, accepts: string): number | null => {
    if (v.kind === 'number' && Number.isSafeInteger(v.value) && v.value >= 1) return v.value;
    const facts = { key: 'limit', accepts, found: describe(v), nearest: null };
    report(
      training.badValue.at(v.span, {
        ...facts,
        hint: v.kind === 'number' && v.percent ? 'write how many samples: `limit: 2000`' : null,
      }),
    );
    return null;
  };
  if (value.kind !== 'record') {
    const train = count(value, 'a whole number from 1, or one for each part: `{ train: 2000  test: 500 }`');
    return train === null ? null : { ...noLimit, train };
  }
  if (value.entries.length === 0) {
    const accepts = 'a number of samples for each part: `{ train: 2000  test: 500 }`';
    report(training.badValue.at(value.span, { key: 'limit', accepts, found: 'an empty record', nearest: null }));
    return null;
  }
  let limit: DataConfig['limit'] | null = noLimit;
  for (const [i, { key, keySpan, value: given }] of value.entries.entries()) {
    const part = parts.find((p) => p === key);
    const first = value.entries.slice(0, i).find((e) => e.key === key);
    if (part === undefined) {
      const facts = { what: 'setting', name: 'limit', key, nearest: nearest(key, parts), known: parts };
      report(training.unknownKey.at(keySpan, facts));
    } else if (first !== undefined) {
      report(
        training.keyTwice.at(keySpan, { what: 'setting', name: 'limit', key }, { places: { first: first.keySpan } }),
      );
    }
    const n = part === undefined || first !== undefined ? null : count(given, 'whole numbers from 1');
    limit = limit === null || part === undefined || n === null ? null : { ...limit, [part]: n };
  }
  return limit;
}
