/** Whether a run is long enough for its schedule: asked before the first update, when the data have said how many there will be. */
import { failure, runtimeErrors } from './errors.ts';
import type { ScheduleConfig } from './model.ts';

/** How long a run is. */
interface RunLength {
  readonly updates: number;
  readonly epochs: number;
  /** Updates of one epoch. */
  readonly perEpoch: number;
}

/** Refuses a schedule of which a part would never come. */
export function requireScheduleFits(schedule: ScheduleConfig | undefined, run: RunLength): void {
  if (schedule === undefined) return;
  const total = schedule.per === 'epoch' ? run.epochs : run.updates;
  const idle = schedule.spans.find(({ count, past }) => (past ? count >= total : count > total));
  if (idle !== undefined)
    throw failure(runtimeErrors.scheduleTooLong, { schedule: schedule.name, per: schedule.per, ...idle, ...run });
}
