/** NRM303x: schedules of the learning rate. */
import { defineDiagnostic } from '../diagnostic.ts';

const counted = (count: number, unit: string): string => `${count} ${count === 1 ? unit : `${unit}s`}`;

export const schedules = {
  grows: defineDiagnostic<{ schedule: string; factor: number }>({
    code: 'NRM3030',
    severity: 'error',
    title: 'a factor that does not lower the rate',
    message: (f) =>
      `\`${f.schedule}\` multiplies the rate by its factor, and ${f.factor === 1 ? 'by 1 nothing changes' : `by ${f.factor} it would grow each time`}`,
    label: () => 'not below 1',
    help: (f) =>
      f.factor === 1
        ? 'write a share of the rate, such as `factor: 0.1`'
        : `a rate is divided by ${f.factor} with \`factor: ${Number((1 / f.factor).toPrecision(3))}\``,
  }),
  stepsUnsaid: defineDiagnostic<{ both: boolean }>({
    code: 'NRM3031',
    severity: 'error',
    title: 'steps without a time, or with two',
    message: (f) =>
      f.both
        ? '`step` takes `every` or `at`, and both are given'
        : '`step` does not say when the rate falls: it takes `every` or `at`',
    label: (f) => (f.both ? 'one of them would do nothing' : 'when?'),
    help: () => 'write `step(every: 30, per: epoch)`, or `step(at: [30, 60], per: epoch)`',
  }),
  stepsUnordered: defineDiagnostic<{ first: number; second: number }>({
    code: 'NRM3032',
    severity: 'error',
    title: 'times of steps that do not grow',
    message: (f) => `times of \`at\` go up, and ${f.second} stands behind ${f.first}`,
    label: () => 'not in order',
    help: () => 'write each time once, from the first to the last',
  }),
  tooLong: defineDiagnostic<
    { schedule: string; argument: string; count: number; epochs: number; past: boolean },
    'epochs'
  >({
    code: 'NRM3033',
    severity: 'error',
    title: 'a schedule that is longer than its run',
    message: (f) =>
      `\`${f.argument}\` of \`${f.schedule}\` is ${counted(f.count, 'epoch')}, and the run ${f.past && f.count === f.epochs ? 'is over then' : `has ${f.epochs}`}`,
    label: () => 'the run does not get there',
    places: { epochs: () => 'its length' },
    help: (f) =>
      `train for at least ${counted(f.past ? f.count + 1 : f.count, 'epoch')}, or write fewer here; without \`per: epoch\` they would be updates`,
  }),
  endsInWarmup: defineDiagnostic<{ schedule: string; argument: string; count: number; warmup: number; unit: string }>({
    code: 'NRM3034',
    severity: 'error',
    title: 'a rate that falls before it is reached',
    message: (f) =>
      `\`${f.argument}\` of \`${f.schedule}\` is ${counted(f.count, f.unit)}, within the warm-up of ${f.warmup}`,
    label: () => 'before the full rate',
    help: (f) =>
      `\`${f.argument}\` counts from the beginning of the run, warm-up included: write more than ${f.warmup}`,
  }),
  plateauUnseen: defineDiagnostic<{ data: string }, 'data'>({
    code: 'NRM3035',
    severity: 'error',
    title: 'a schedule that watches a validation loss that there is not',
    message: (f) => `\`reduce_on_plateau\` watches the validation loss, and data \`${f.data}\` holds nothing out`,
    label: () => 'nothing to watch',
    places: { data: () => 'no `validation` in here' },
    help: () => 'add `validation: 10%` to the data, or watch the training loss: `reduce_on_plateau(monitor: loss)`',
  }),
};
