/** NRM324x: when training ends, what is averaged and accumulated over it, and what becomes of the validation part. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

export const loop = {
  unknownMonitor: defineDiagnostic<{
    monitor: string;
    train: string;
    known: readonly string[];
    nearest: string | null;
    /** It is a metric that the train does not measure. */
    isMetric: boolean;
  }>({
    code: 'NRM3240',
    severity: 'error',
    title: 'early stopping watches something that is not measured',
    message: (f) => `train \`${f.train}\` does not measure \`${f.monitor}\``,
    label: () => 'cannot be watched',
    help: (f) =>
      f.isMetric
        ? `add it to the train: \`metrics: [${f.monitor}]\`; measured are ${listed(quoted(f.known), 'and')}`
        : (didYouMean(f.nearest) ?? `what can be watched is ${listed(quoted(f.known), 'or')}, of the validation part`),
  }),
  nothingHeldOut: defineDiagnostic<{ data: string }, 'data'>({
    code: 'NRM3241',
    severity: 'error',
    title: 'early stopping without validation data',
    message: (f) => `\`stop\` watches the validation part, and data \`${f.data}\` holds nothing out`,
    label: () => 'needs validation data',
    places: { data: () => 'no `validation` in here' },
    help: () => 'add `validation: 10%` to the data, or leave `stop` out',
  }),
  stopsNothing: defineDiagnostic<{ setting: string }>({
    code: 'NRM3242',
    severity: 'error',
    title: 'a `stop` that neither ends training nor keeps weights',
    message: (f) =>
      `without \`patience\` training goes on to its last epoch, and \`restore: last\` keeps the weights it ends with: \`${f.setting}\` does nothing`,
    label: () => 'does nothing',
    help: () => 'add `patience: 5`, or write `restore: best`',
  }),
  reuseWithoutStop: defineDiagnostic<{ train: string; policy: string | null }, 'policy'>({
    code: 'NRM3243',
    severity: 'error',
    title: 'validation data used again without early stopping',
    message: (f) =>
      `train \`${f.train}\` uses the validation part again for as long as early stopping finds, and ${f.policy === null ? 'there is no policy that stops' : `policy \`${f.policy}\` does not stop`}`,
    label: () => 'needs early stopping',
    places: { policy: () => 'no `stop` in here' },
    help: () => 'add `stop { patience: 5 }` to the policy',
  }),
  averageTooLate: defineDiagnostic<{ start: number; epochs: number }, 'epochs'>({
    code: 'NRM3244',
    severity: 'error',
    title: 'weights are averaged from an epoch on that leaves nothing to average',
    message: (f) =>
      f.start > f.epochs
        ? `\`swa\` takes its first weights at the end of epoch ${f.start}, and there are ${f.epochs}`
        : `\`swa\` takes its first weights at the end of epoch ${f.start}, the last one: that is no average`,
    label: () => 'too late',
    places: { epochs: () => 'the epochs of the run' },
    help: (f) =>
      `begin earlier, such as \`swa(start: ${Math.max(1, Math.floor(f.epochs * 0.75))})\` or \`swa(start: 75%)\``,
  }),
};
