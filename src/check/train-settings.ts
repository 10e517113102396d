/** How a train learns: optimizer, schedule, loss, batch and the rest, each read from its value. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { training } from '../diagnostics/catalog/training.ts';
import { unsupported as unsupportedErrors } from '../diagnostics/catalog/unsupported.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { optimizers, schedules } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import type { Value } from '../ir/value.ts';
import type { OptimizerDef, ScheduleDef } from '../ir/vocabulary.ts';
import { bindEntry, callOf, type Refuse } from './entries.ts';
import type { TrainConfig } from './model.ts';
import type { TrainKey } from './train-keys.ts';
import { isUnsupported } from './unsupported.ts';
import { describe, emptyEnvironment } from './values.ts';

/** How a train says that a value is not accepted. */
export const refuseWith =
  (key: TrainKey, report: Report): Refuse =>
  (value, accepts, near) =>
    report(training.badValue.at(value.span, { key, accepts, found: describe(value), nearest: near }));

export interface Read<D> {
  readonly bound: Bound<D>;
  readonly value: Value;
}

export function readOptimizer(value: Value | undefined, report: Report): Read<OptimizerDef> | null {
  if (value === undefined) return null;
  const vocabulary = { table: optimizers, kind: 'optimizer', noun: 'optimizer', article: 'an' } as const;
  const bound = bindEntry(value, vocabulary, emptyEnvironment, report, refuseWith('optimizer', report));
  if (bound === null) return null;
  const idle = idleSetting(bound);
  if (idle !== null) {
    report(policies.doesNothing.at(value.span, idle));
    return null;
  }
  return { bound, value };
}

/** A setting of an optimizer that changes nothing. */
function idleSetting({ def, args }: Bound<OptimizerDef>) {
  if (args.rate === 0) {
    return {
      what: `\`${def.name}\` with \`rate: 0\``,
      why: 'no step is ever made',
      instead: 'give it a rate, such as `1e-3`',
    };
  }
  if (args.nesterov === true && args.momentum === 0) {
    return { what: '`nesterov: true`', why: 'there is no momentum to look ahead by', instead: 'add `momentum: 0.9`' };
  }
  return null;
}

export function readSchedule(
  value: Value | undefined,
  optimizer: Bound<OptimizerDef> | null,
  rateAt: Value | null,
  span: Span,
  report: Report,
): Read<ScheduleDef> | null {
  const given: Value = value ?? { kind: 'word', word: 'constant', span };
  const vocabulary = { table: schedules, kind: 'schedule', noun: 'schedule', article: 'a' } as const;
  const bound = bindEntry(given, vocabulary, emptyEnvironment, report, refuseWith('schedule', report));
  if (bound === null) return null;
  const { final } = bound.args;
  const rate = optimizer?.args.rate;
  if (typeof final === 'number' && typeof rate === 'number' && final >= rate) {
    const at = callOf(given)?.args.find((a) => a.name === 'final');
    report(
      training.scheduleRises.at(
        at?.span ?? given.span,
        { schedule: bound.def.name, final, rate },
        { places: { rate: rateAt?.span ?? null } },
      ),
    );
    return null;
  }
  return { bound, value: given };
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

export function readMetrics(value: Value | undefined, report: Report): TrainConfig['metrics'] | null {
  if (value === undefined) return [];
  const items = value.kind === 'list' ? value.items : [value];
  const metrics = items.map((item) => {
    const call = callOf(item);
    if (item.kind === 'word' && item.word === 'accuracy') return 'accuracy';
    if (call !== null && isUnsupported('metric', call.name))
      report(unsupportedErrors.word.at(call.span, { what: 'metric', word: call.name, compiled: ['accuracy'] }));
    else
      report(
        training.badValue.at(item.span, {
          key: 'metrics',
          accepts: 'a list of metrics: `[accuracy]`',
          found: describe(item),
          nearest: call === null ? null : nearest(call.name, ['accuracy']),
        }),
      );
    return null;
  });
  const known = metrics.filter((m) => m !== null);
  if (known.length < metrics.length) return null;
  const [, again] = items;
  if (again !== undefined) {
    report(training.keyTwice.at(again.span, { what: '`metrics`:', name: 'accuracy', key: 'accuracy' }, {}));
    return null;
  }
  return known;
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
