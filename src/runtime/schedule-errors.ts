/** NRM513x: schedules and the length of a run. */
import type { RuntimeError } from './errors.ts';

const define = <Facts extends object>(error: RuntimeError<Facts>): RuntimeError<Facts> => error;

const counted = (count: number, unit: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? unit : `${unit}s`}`;

export const scheduleErrors = {
  scheduleTooLong: define<{
    schedule: string;
    argument: string;
    count: number;
    past: boolean;
    per: 'update' | 'epoch';
    updates: number;
    epochs: number;
    perEpoch: number;
  }>({
    code: 'NRM5130',
    title: 'a run is shorter than its schedule',
    message: (f) =>
      `\`${f.argument}\` of schedule \`${f.schedule}\` is ${counted(f.count, f.per)}, and the run makes ${counted(f.updates, 'update')} (${counted(f.epochs, 'epoch')} of ${f.perEpoch.toLocaleString('en-US')})`,
    help: (f) => {
      const total = f.per === 'epoch' ? f.epochs : f.updates;
      const most = f.past ? total - 1 : total;
      const what = f.past ? 'nothing comes after it' : 'the run does not get there';
      return most < 1
        ? `${what}: train longer, or with another schedule`
        : `${what}: write at most \`${f.argument}: ${most}\`, or train longer`;
    },
  }),
};
