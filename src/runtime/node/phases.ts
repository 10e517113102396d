/** What is said of the phases of a run: how one ended, with which weights, and what comes next. */
import type { MeasureReport, PhaseReport } from '../loop.ts';
import type { RunConfig } from '../model.ts';

const count = (n: number): string => n.toLocaleString('en-US');
const counted = (n: number, one: string): string => `${count(n)} ${n === 1 ? one : `${one}s`}`;

/** Four digits behind the point, as losses are shown elsewhere. */
const value = (n: number): string => n.toFixed(4);

/** `validation loss`, `validation label accuracy` */
const monitorText = (monitor: string): string => `validation ${monitor.replaceAll('_', ' ')}`;

/** One line for the end of a phase, one for what comes next; none where a run ends as it was asked to. */
export function phaseText({ phase, next, progress }: PhaseReport, config: RunConfig): readonly string[] {
  const { found, reached } = progress;
  if (found === null) return [];
  const lines: string[] = [];
  if (phase === 'train') lines.push(...endText(found, next, config));
  if (phase === 'continue' && reached !== null) {
    const target = value(found.target ?? Number.NaN);
    lines.push(
      reached.isBelow
        ? `validation loss ${value(reached.loss)} is below ${target}, which the training part had before`
        : `validation loss ${value(reached.loss)} has not come below ${target}, which the training part had before; the limit is reached`,
    );
  }
  if (next === 'retrain')
    lines.push(
      `trains again from the initial weights, on training and validation data: ${counted(found.kept.update, 'update')}`,
    );
  if (next === 'continue')
    lines.push(
      `goes on from epoch ${found.kept.epoch}, on training and validation data, until the validation loss is below ${value(found.target ?? Number.NaN)}`,
    );
  return lines;
}

/** Why training ended, where that was early, and which epoch was the best: its weights are kept, unless training begins anew. */
function endText(
  { why, epoch, kept }: NonNullable<PhaseReport['progress']['found']>,
  next: PhaseReport['next'],
  { stop }: RunConfig,
): readonly string[] {
  if (stop === undefined) return [];
  const watched = monitorText(stop.monitor);
  const early =
    why === 'patience'
      ? [`stopped after epoch ${epoch}: ${watched} has not improved for ${counted(stop.patience ?? 0, 'epoch')}`]
      : [];
  const best =
    kept.value === null
      ? []
      : next === 'retrain'
        ? [`the best ${watched} was that of epoch ${kept.epoch}: ${value(kept.value)}`]
        : [`the weights are those of epoch ${kept.epoch}, with the best ${watched}: ${value(kept.value)}`];
  const text = [...early, ...best].join('; ');
  return text === '' ? [] : [text];
}

/** How far measured statistics are from the moving ones; null where none differs. */
export function measuredText({ batches, batch, differences }: MeasureReport): string {
  const [first] = Object.entries(differences).toSorted(([, a], [, b]) => b - a);
  const how = `statistics measured over ${counted(batches, 'batch').replace(/batchs$/, 'batches')} of ${batch}`;
  return first === undefined
    ? `${how}; they are the moving ones`
    : `${how}; largest difference to the moving ones ${first[1].toPrecision(3)}, of ${first[0]}`;
}
