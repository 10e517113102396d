/** Reuse of the validation part once training has ended: what comes next, and when that is over. Pure. */
import type { ReuseConfig } from '../model.ts';
import type { Found, Phase, Progress, Reached } from './progress.ts';

/** What comes after a phase that has ended. */
export const phaseAfter = (phase: Phase, reuse: ReuseConfig | undefined): Phase =>
  phase === 'train' && reuse !== undefined ? reuse.kind : 'over';

/** Where training begins anew: with the first update, for as many as were found, at the same rates. */
export const retrained = (found: Found, { factors }: Progress, begun: Progress): Progress => ({
  ...begun,
  phase: 'retrain',
  factors,
  found,
});

/** Where training goes on from: the weights that are kept, after so many batches; epochs are counted anew. */
export const continued = (found: Found, batches: number, { factors }: Progress, begun: Progress): Progress => ({
  ...begun,
  factors: factors.filter((f) => f.update < found.kept.update),
  phase: 'continue',
  update: found.kept.update,
  batches,
  found,
});

/** Whether another update would be too many. */
export const isSpent = ({ phase, update, found }: Progress): boolean =>
  phase === 'retrain' && found !== null && update >= found.kept.update;

/** After an epoch of `continue`: whether it ends, because the validation loss is low enough or the epochs are over. */
export function reaches({ epoch, found }: Progress, loss: number, limit: number): Reached | null {
  const isBelow = loss < (found?.target ?? Number.NEGATIVE_INFINITY);
  return isBelow || epoch >= limit ? { isBelow, loss, epochs: epoch } : null;
}
