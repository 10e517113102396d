/**
 * The training loop: epochs of batches, validation and a checkpoint after each epoch, until the epochs are over or early stopping ends
 * them; then, where it is asked for, training with the validation part too. Pure: what happens to losses, checkpoints and history is up
 * to the hooks. The numbers depend on seed, data and backend alone, also when stopped and gone on with.
 */
import { failure, runtimeErrors } from './errors.ts';
import { release } from './finite.ts';
import { swaTaken } from './kernels/averages.ts';
import { Loop } from './loop/loop.ts';
import { begun, type Hooks, type LoopConfig, type Run, type TrainingData } from './loop/progress.ts';
import { planEpoch } from './loop/updates.ts';
import type { AnyTrain } from './modules.ts';
import { requireScheduleFits } from './schedule-length.ts';
import { disposeAll } from './tensors.ts';

export type {
  EpochReport,
  Hooks,
  InspectReport,
  LoopConfig,
  MeasureReport,
  Phase,
  PhaseReport,
  Progress,
  Run,
  StepReport,
  TrainingData,
} from './loop/progress.ts';

/** A run before its first update. */
export function begin(module: AnyTrain, seed: number): Run {
  const { params, state } = module.init(seed);
  const optimizer = module.initOptimizer(params);
  return { params, state, optimizer, progress: begun, best: null };
}

/** Frees everything; `run` is the one that training ended with, which may keep more than the one it began with. */
export function endRun({ params, state, optimizer, best }: Run): void {
  disposeAll({ params, state, optimizer });
  release(best ?? null);
}

/** Refuses, before anything is trained, what would fail later. */
export function requireTrainable(config: LoopConfig, { train, validation }: TrainingData): void {
  const { stop, reuse, average, epochs } = config;
  const { updates: perEpoch } = planEpoch(train.rows.length, config);
  requireScheduleFits(config.schedule, { updates: epochs * perEpoch, epochs, perEpoch });
  if (validation === null && stop !== undefined) throw failure(runtimeErrors.nothingToWatch, stop);
  if (reuse !== undefined && validation !== null) planEpoch(train.rows.length + validation.rows.length, config);
  if (average?.kind === 'swa' && average.start >= 1 && average.start > epochs)
    throw failure(runtimeErrors.averageNeverBegins, { start: average.start, epochs });
  const updates = epochs * perEpoch;
  if (average?.kind === 'swa' && average.every !== null && swaTaken(updates, updates, perEpoch, average) < 1)
    throw failure(runtimeErrors.averageTakesNothing, { every: average.every, updates, perEpoch });
}

/**
 * Trains to the end, or until `stopped`; the tensors of the run are updated in place, and stay the caller's. At the end weights and
 * statistics are the final ones: the best or the last, averaged where averages are kept.
 */
export async function train(
  module: AnyTrain,
  config: LoopConfig,
  data: TrainingData,
  run: Run,
  hooks: Hooks = {},
): Promise<{ readonly finished: boolean; readonly run: Run }> {
  requireTrainable(config, data);
  const { phase, epoch } = run.progress;
  if (phase === 'train' && epoch > config.epochs) return { finished: true, run };
  const loop = new Loop(module, config, data, run, hooks);
  try {
    while (loop.progress.phase !== 'over') {
      if (!(await loop.epoch())) return { finished: false, run: loop.run };
    }
    return { finished: true, run: loop.run };
  } catch (error) {
    // Nobody will get the run that has them.
    loop.forgetBest();
    throw error;
  } finally {
    loop.close();
  }
}
