/**
 * What `reduce_on_plateau` makes of the value that it watches: a state machine, one step an epoch. The state is plain data, kept in
 * checkpoints as JSON.
 *
 * Source  Keras 3 `ReduceLROnPlateau`.
 */

export interface PlateauSettings {
  /** `validation_loss`: of the epoch's validation · `loss`: the mean of its batches. */
  readonly monitor: 'validation_loss' | 'loss';
  /** What the rate is multiplied by. */
  readonly factor: number;
  /** Epochs without improvement before that. */
  readonly patience: number;
  /** By how much the value must fall below the lowest so far to count as better. */
  readonly minDelta: number;
  /** Epochs of rest after a reduction; the last of them is counted again. */
  readonly cooldown: number;
  /** The least that the reductions together may leave of the rate: lowest rate over rate. */
  readonly floor: number;
}

export interface PlateauState {
  /** What the rate is multiplied by now: `plateau` of a training step. */
  readonly factor: number;
  /** The lowest value so far; null before the first. */
  readonly best: number | null;
  /** Epochs without improvement since the last one, or since the last reduction. */
  readonly waited: number;
  /** Epochs that are not counted any more. */
  readonly resting: number;
}

export const beginPlateau: PlateauState = { factor: 1, best: null, waited: 0, resting: 0 };

/** The state after an epoch with this value; a value that is not a number is no improvement. */
export function afterEpoch(settings: PlateauSettings, state: PlateauState, value: number): PlateauState {
  const resting = Math.max(0, state.resting - 1);
  const waitedBefore = state.resting > 0 ? 0 : state.waited;
  // Keras's order: the last epoch of a rest is counted already.
  if (state.best === null ? Number.isFinite(value) : value < state.best - settings.minDelta)
    return { factor: state.factor, best: value, waited: 0, resting };
  if (resting > 0) return { ...state, waited: waitedBefore, resting };
  const waited = waitedBefore + 1;
  if (waited < settings.patience || state.factor <= settings.floor) return { ...state, waited, resting };
  const factor = Math.max(settings.floor, state.factor * settings.factor);
  return { factor, best: state.best, waited: 0, resting: settings.cooldown };
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** Whether a value of a checkpoint is such a state. */
export function isPlateauState(value: unknown): value is PlateauState {
  if (typeof value !== 'object' || value === null) return false;
  if (!('factor' in value && 'best' in value && 'waited' in value && 'resting' in value)) return false;
  const { factor, best, waited, resting } = value;
  const share = typeof factor === 'number' && factor > 0 && factor <= 1;
  return share && (best === null || Number.isFinite(best)) && isCount(waited) && isCount(resting);
}
