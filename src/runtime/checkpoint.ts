/** A checkpoint as a file: weights and optimizer slots as tensors, where the run stands as metadata. Floats keep every bit. */
import { failure, runtimeErrors } from './errors.ts';
import { begun, noSums, type Progress, type Run } from './loop/progress.ts';
import { isPlateauState } from './plateau.ts';
import type { TensorFile } from './safetensors.ts';
import { checkpointTensors } from './weights.ts';

/** What goes into a checkpoint beside the tensors. */
interface Standing {
  readonly progress: Progress;
  /** Bytes of the history that belong to it. */
  readonly history: number;
  /** The epoch with the lowest validation loss so far. */
  readonly best: BestEpoch | null;
}

export interface BestEpoch {
  readonly epoch: number;
  readonly loss: number;
  /** `accuracy`, with several outputs `label_accuracy` and so on. */
  readonly [metric: string]: number;
}

export const checkpointFile = async (
  run: Run,
  standing: Omit<Standing, 'progress'>,
  metadata: Readonly<Record<string, string>>,
): Promise<TensorFile> => ({
  tensors: await checkpointTensors(run.params, run.state, run.optimizer, run.best ?? null),
  // JSON prints the shortest text that reads back as the same float64.
  metadata: { ...metadata, standing: JSON.stringify({ progress: run.progress, ...standing }) },
});

export function standingOf({ metadata }: TensorFile, file: string): Standing {
  const { standing: text } = metadata;
  if (text === undefined) throw failure(runtimeErrors.notSafetensors, { file, why: 'it is not a checkpoint' });
  let standing: unknown;
  try {
    standing = JSON.parse(text);
  } catch {
    standing = null;
  }
  // A version without phases had trained all there was to train, or was on its way.
  if (isStanding(standing)) {
    const { progress } = standing;
    if ('phase' in progress) return { ...standing, progress };
    // As a version without phases wrote it.
    const sums = { ...noSums, ...progress.sums };
    return { ...standing, progress: { ...begun, batches: progress.update, ...progress, sums } };
  }
  throw failure(runtimeErrors.notSafetensors, { file, why: 'its metadata `standing` are not what nrmc writes' });
}

const numbers = (value: unknown, ...keys: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  keys.every((key) => Number.isFinite(new Map<string, unknown>(Object.entries(value)).get(key)));

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const allNumbers = (value: unknown): boolean => isObject(value) && Object.values(value).every(Number.isFinite);

type Stored = Omit<Standing, 'progress'> & { readonly progress: Progress | Omit<Progress, 'phase' | 'batches'> };

function isStanding(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null || !('progress' in value) || !('best' in value)) return false;
  const { progress, best } = value;
  if (!isObject(progress) || !('sums' in progress) || !isObject(progress.sums)) return false;
  return (
    numbers(value, 'history') &&
    numbers(progress, 'epoch', 'step', 'update') &&
    numbers(progress.sums, 'loss', 'penalty', 'samples', 'seconds') &&
    'losses' in progress.sums &&
    allNumbers(progress.sums.losses) &&
    (!('phase' in progress) || isPhased(progress)) &&
    (best === null || (numbers(best, 'epoch', 'loss') && allNumbers(best)))
  );
}

const get = (value: unknown, key: string): unknown =>
  isObject(value) ? new Map<string, unknown>(Object.entries(value)).get(key) : undefined;

/** What a progress has beside the numbers that it always had. */
function isPhased(progress: object): boolean {
  const [watch, found, plateau] = [get(progress, 'watch'), get(progress, 'found'), get(progress, 'plateau')];
  const best = get(watch, 'best');
  const factors = get(progress, 'factors');
  return (
    ['train', 'retrain', 'continue', 'over'].some((p) => p === get(progress, 'phase')) &&
    numbers(progress, 'batches') &&
    allNumbers(get(get(progress, 'sums'), 'penalties')) &&
    numbers(watch, 'waited') &&
    (best === null || numbers(best, 'epoch', 'update', 'value')) &&
    (found === null || (numbers(found, 'epoch', 'update') && numbers(get(found, 'kept'), 'epoch', 'update'))) &&
    isPlateauState(plateau) &&
    Array.isArray(factors) &&
    factors.every((f) => numbers(f, 'update', 'factor'))
  );
}
