/** NRM512x: how training goes on and when it ends. */
import type { RuntimeError } from '../errors.ts';

const define = <Facts extends object>(error: RuntimeError<Facts>): RuntimeError<Facts> => error;

export const loopErrors = {
  notProbed: define<object>({
    code: 'NRM5160',
    title: 'code that cannot be looked into',
    message: () => 'this code has no function `probe`, which looking into training needs',
    help: () => 'build it again with `nrmc build FILE --out DIR --inspect`, or train without `--inspect`',
  }),
  accumulatesTooMany: define<{ accumulate: number; batches: number; samples: number; batch: number }>({
    code: 'NRM5120',
    title: 'an update accumulates more batches than an epoch has',
    message: (f) =>
      `\`accumulate: ${f.accumulate}\` takes ${f.accumulate} batches an update, and ${f.samples.toLocaleString('en-US')} samples in batches of ${f.batch} are ${f.batches}`,
    help: (f) => `write \`accumulate: ${f.batches}\` or less: no update crosses the end of an epoch`,
  }),
  averageNeverBegins: define<{ start: number; epochs: number }>({
    code: 'NRM5121',
    title: 'a run ends before its weights are averaged',
    message: (f) =>
      `\`swa(start: ${f.start})\` takes its first weights at the end of epoch ${f.start}, and the run has ${f.epochs} ${f.epochs === 1 ? 'epoch' : 'epochs'}`,
    help: () => 'train more epochs, or write the start as a share of the run: `swa(start: 75%)`',
  }),
  averageTakesNothing: define<{ every: number; updates: number; perEpoch: number }>({
    code: 'NRM5123',
    title: 'a run ends before it takes weights to average',
    message: (f) =>
      `\`swa\` takes weights at updates that ${f.every} divides, and none of the ${f.updates} updates of the run is one behind its start`,
    help: (f) =>
      `an epoch has ${f.perEpoch} updates: take weights more often, or leave \`every\` out to take them at the ends of epochs`,
  }),
  nothingToWatch: define<{ monitor: string }>({
    code: 'NRM5122',
    title: 'early stopping without validation data',
    message: (f) => `early stopping watches the validation \`${f.monitor}\`, and no samples are held out`,
    help: () => 'hold some out: `validation: 10%` in the data; in memory, give `validation` beside `train`',
  }),
};
