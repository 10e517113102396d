/** The schedule of a train: its arguments, and whether they go together with each other, the optimizer and the length of the run. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { schedules as errors } from '../diagnostics/catalog/schedules.ts';
import { training } from '../diagnostics/catalog/training.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { schedules } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import type { Value } from '../ir/value.ts';
import type { OptimizerDef, ScheduleDef } from '../ir/vocabulary.ts';
import { bindEntry, callOf } from './entries.ts';
import type { DataConfig } from './model.ts';
import { type Read, refuseWith } from './train-settings.ts';
import { emptyEnvironment } from './values.ts';

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
  const read = { bound, value: given };
  const wrong =
    refuseIdleUnit(read, report) ||
    refuseGrowth(read, report) ||
    refuseRise(read, optimizer?.args.rate, rateAt, report) ||
    refuseTimes(read, report) ||
    refuseWarmup(read, report);
  return wrong ? null : read;
}

type Schedule = Read<ScheduleDef>;

/** Where an argument stands, or the whole where it does not. */
const placeOf = ({ value }: Schedule, argument: string): Span =>
  callOf(value)?.args.find((a) => a.name === argument)?.span ?? value.span;

/** Epochs, and nothing that is counted in them. */
function refuseIdleUnit(schedule: Schedule, report: Report): boolean {
  const { def, args } = schedule.bound;
  const counts = ['warmup', 'every', 'at', 'length'].filter((key) => key in def.signature);
  if (args.per !== 'epoch' || counts.some((key) => args[key] !== null && args[key] !== 0)) return false;
  const instead = `remove it, or say how many epochs: ${counts.map((key) => `\`${key}: …\``).join(', ')}`;
  const why = 'it says what counts are of, and none is given';
  report(
    policies.doesNothing.at(placeOf(schedule, 'per'), { what: `\`per: epoch\` of \`${def.name}\``, why, instead }),
  );
  return true;
}

/** A factor from 1 on. */
function refuseGrowth(schedule: Schedule, report: Report): boolean {
  const { def, args } = schedule.bound;
  if (typeof args.factor !== 'number' || args.factor < 1) return false;
  report(errors.grows.at(placeOf(schedule, 'factor'), { schedule: def.name, factor: args.factor }));
  return true;
}

/** A lowest rate that is not below the rate. */
function refuseRise(schedule: Schedule, rate: unknown, rateAt: Value | null, report: Report): boolean {
  const { def, args } = schedule.bound;
  const argument = 'final' in args ? 'final' : 'min';
  const lowest = args[argument];
  if (typeof lowest !== 'number' || typeof rate !== 'number' || lowest < rate) return false;
  report(
    training.scheduleRises.at(
      placeOf(schedule, argument),
      { schedule: def.name, argument, final: lowest, rate },
      { places: { rate: rateAt?.span ?? null } },
    ),
  );
  return true;
}

/** Steps are at regular times or at given ones, which are in order. */
function refuseTimes(schedule: Schedule, report: Report): boolean {
  const { def, args } = schedule.bound;
  if (!('at' in def.signature)) return false;
  const { at, every } = args;
  if ((at === null) === (every === null)) {
    report(errors.stepsUnsaid.at(schedule.value.span, { both: at !== null }));
    return true;
  }
  const times = Array.isArray(at) ? at.map(Number) : [];
  const wrong = times.findIndex((time, i) => i > 0 && time <= (times[i - 1] ?? 0));
  if (wrong < 0) return false;
  const facts = { first: times[wrong - 1] ?? 0, second: times[wrong] ?? 0 };
  report(errors.stepsUnordered.at(placeOf(schedule, 'at'), facts));
  return true;
}

/** The first fall, or the end, before the full rate is reached. */
function refuseWarmup(schedule: Schedule, report: Report): boolean {
  const { def, args } = schedule.bound;
  const { warmup, at } = args;
  if (typeof warmup !== 'number' || warmup === 0) return false;
  const counts = {
    at: Array.isArray(at) ? at[0] : null,
    ...('at' in args ? { every: args.every } : {}),
    length: args.length,
  };
  for (const [argument, count] of Object.entries(counts)) {
    if (typeof count !== 'number' || count > warmup) continue;
    const facts = { schedule: def.name, argument, count, warmup, unit: String(args.per) };
    report(errors.endsInWarmup.at(placeOf(schedule, argument), facts));
    return true;
  }
  return false;
}

/** Epochs are known while checking; a schedule that counts updates is compared with the run when the data are there. */
export function refuseScheduleLength(
  schedule: Schedule,
  epochs: number | null,
  epochsAt: Span | null,
  report: Report,
): void {
  const { def, args } = schedule.bound;
  if (epochs === null || args.per !== 'epoch') return;
  const idle = def.spans(args).find(({ count, past }) => (past ? count >= epochs : count > epochs));
  if (idle === undefined) return;
  const facts = { schedule: def.name, ...idle, epochs };
  report(errors.tooLong.at(placeOf(schedule, idle.argument), facts, { places: { epochs: epochsAt } }));
}

/** A plateau of a validation loss that is never measured. */
export function refuseUnseenPlateau(schedule: Schedule, data: DataConfig, report: Report): void {
  const { def, args } = schedule.bound;
  if (def.plateau?.(args, 1).monitor !== 'validation_loss' || data.validation > 0) return;
  report(errors.plateauUnseen.at(schedule.value.span, { data: data.name }, { places: { data: data.span } }));
}
