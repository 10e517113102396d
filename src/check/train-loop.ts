/** How a train goes on from update to update and when it ends: accumulation, averages, early stopping, reuse of the validation part. */
import { loop as errors } from '../diagnostics/catalog/loop.ts';
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { averages } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import { custom, type Signature } from '../ir/signature.ts';
import type { Value } from '../ir/value.ts';
import type { AverageDef, Entry } from '../ir/vocabulary.ts';
import { bindEntry, callOf } from './entries.ts';
import { metrics as metricTable } from './metrics/table.ts';
import type { TrainConfig } from './model.ts';
import type { BuiltNetwork } from './network.ts';
import type { FlatSectionSetting } from './sections/index.ts';
import { winnersOf } from './sections/index.ts';
import { type Read, refuseWith } from './train-settings.ts';
import { emptyEnvironment } from './values.ts';

/** `reuse_validation: retrain` */
type ReuseDef<S extends Signature = Signature> = Entry<S>;

/** What becomes of the validation part once early stopping has found how long to train. */
export const reuses: Readonly<Record<string, ReuseDef>> = {
  retrain: {
    name: 'retrain',
    doc: 'trains again from the same initial values, on training and validation data, for as many updates as were found',
    signature: {},
  },
  continue: {
    name: 'continue',
    doc: 'goes on from the weights that were found, on training and validation data, until the validation loss is below the loss that the training part had then',
    signature: {
      limit: custom<number | null>(
        'a whole number of epochs from 1',
        (value) =>
          value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 1 ? value.value : undefined,
        { default: null, doc: 'epochs at most; by itself as many as the train has' },
      ),
    },
  },
};

export function readAverage(value: Value | undefined, report: Report): Read<AverageDef> | null | 'wrong' {
  if (value === undefined || (value.kind === 'word' && value.word === 'none')) return null;
  const vocabulary = { table: averages, kind: 'training', noun: 'way of averaging', article: 'a' } as const;
  const bound = bindEntry(value, vocabulary, emptyEnvironment, report, refuseWith('average', report), ['none']);
  return bound === null ? 'wrong' : { bound, value };
}

export function readReuse(value: Value | undefined, report: Report): Read<ReuseDef> | null | 'wrong' {
  if (value === undefined || (value.kind === 'word' && value.word === 'none')) return null;
  const vocabulary = { table: reuses, kind: 'training', noun: 'way of using it again', article: 'a' } as const;
  const bound = bindEntry(value, vocabulary, emptyEnvironment, report, refuseWith('reuse_validation', report), [
    'none',
  ]);
  return bound === null ? 'wrong' : { bound, value };
}

/** An average of nothing, or of the last weights alone. */
export function refuseLateAverage(
  { bound: { def, args }, value }: Read<AverageDef>,
  epochs: number,
  epochsAt: Span | null,
  report: Report,
): void {
  const { start, every } = args;
  if (def !== averages.swa || typeof start !== 'number' || start < 1) return;
  if (every === null ? start < epochs : start <= epochs) return;
  const at = callOf(value)?.args.find((a) => a.name === 'start')?.span ?? value.span;
  report(errors.averageTooLate.at(at, { start, epochs }, { places: { epochs: epochsAt } }));
}

/** What early stopping of the policy in force means for this train; null when it does not stop, `'wrong'` after an error. */
export function stopOf(
  built: BuiltNetwork,
  train: Pick<TrainConfig, 'name' | 'data' | 'losses' | 'metrics'>,
  report: Report,
): TrainConfig['stop'] | 'wrong' {
  const said = winnersOf(built.policy?.sections ?? []).filter((s) => s.section === 'stop' && s.bound !== null);
  const [first] = said;
  if (first === undefined) return null;
  const { monitor = 'loss', patience = null, min_delta: minDelta = 0, restore = 'best' } = built.model.sections.stop;
  if (train.data.validation === 0) {
    const facts = { data: train.data.name };
    report(errors.nothingHeldOut.at(first.span, facts, { places: { data: train.data.span } }));
    return 'wrong';
  }
  if (patience === null && restore === 'last') {
    const at = said.find((s) => s.key === 'restore') ?? first;
    report(errors.stopsNothing.at(at.span, { setting: at.key }));
    return 'wrong';
  }
  const idle = said.find((s) => s.key === 'min_delta');
  // Patience that an override or a later policy takes away leaves it without a use, which is no mistake of either.
  const isWritten = (built.policy?.sections ?? []).some((s) => s.section === 'stop' && s.key === 'patience');
  if (idle !== undefined && minDelta > 0 && patience === null && !isWritten) {
    report(
      policies.doesNothing.at(idle.span, {
        what: '`min_delta`',
        why: 'without `patience` nothing waits for an improvement',
        instead: 'add `patience: 5`, or leave it out',
      }),
    );
    return 'wrong';
  }
  const mode = modeOf(monitor, train, said, report);
  return mode === null ? 'wrong' : { monitor, mode, patience, minDelta, restore };
}

/** Losses go down; a metric says itself which way is better. Null after saying that there is no such value. */
function modeOf(
  monitor: string,
  train: Pick<TrainConfig, 'name' | 'losses' | 'metrics'>,
  said: readonly FlatSectionSetting[],
  report: Report,
): 'min' | 'max' | null {
  const known = monitorsOf(train);
  const mode = known.get(monitor);
  if (mode !== undefined) return mode;
  const at = said.find((s) => s.key === 'monitor')?.span ?? null;
  const names = [...known.keys()];
  const isMetric = Object.values(metricTable).some((def) => def.name === monitor && def.better !== null);
  // Elsewhere the validation part is part of the name.
  const plain = monitor.replace(/^val(idation)?_/, '');
  // With several outputs metrics are called after them.
  const ofOutput = names.find((name) => name.endsWith(`_${monitor}`));
  const near = known.has(plain) ? plain : (ofOutput ?? nearest(monitor, names));
  const facts = {
    monitor,
    train: train.name,
    known: names,
    nearest: near,
    isMetric: isMetric && ofOutput === undefined,
  };
  report(errors.unknownMonitor.at(at, facts));
  return null;
}

/** Names of the numbers that a train measures of its validation part, and which way each is better. */
export function monitorsOf({
  losses,
  metrics,
}: Pick<TrainConfig, 'losses' | 'metrics'>): ReadonlyMap<string, 'min' | 'max'> {
  const several = losses.length > 1;
  return new Map([
    ['loss', 'min'],
    ...(several ? losses.map((l) => [`${l.output}_loss`, 'min'] as const) : []),
    ...metrics.flatMap(({ output, metric: { def, args } }): readonly (readonly [string, 'min' | 'max'])[] => {
      // One number a class is no number to go by.
      if (def.better === null || args.average === 'per_class') return [];
      const name = def.as(args);
      const better = args.show === 'error' ? 'lower' : def.better;
      return [[several ? `${output}_${name}` : name, better === 'lower' ? 'min' : 'max']];
    }),
  ]);
}

/** Using the validation part again needs to know for how long. */
export function refuseReuse({ value }: Read<ReuseDef>, train: string, built: BuiltNetwork, report: Report): void {
  const facts = { train, policy: built.model.policy };
  report(errors.reuseWithoutStop.at(value.span, facts, { places: { policy: built.policy?.span ?? null } }));
}

/** Without a limit it is the epochs of the train. */
export const reuseOf = (
  { def, args: { limit } }: Bound<ReuseDef>,
  epochs: number,
): NonNullable<TrainConfig['reuse']> =>
  def === reuses.retrain
    ? { kind: 'retrain' }
    : { kind: 'continue', limit: typeof limit === 'number' ? limit : epochs };
