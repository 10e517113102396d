/**
 * Fitted preprocessing in a file of weights: JSON in its metadata, by field; of whitening the mean and the matrix as tensors beside the
 * weights, `preprocessing:image.mean` and `preprocessing:image.matrix`. No name of a weight holds a colon.
 */
import type { FittedFields } from './data.ts';
import { type Affine, type Fitted, type Preprocessing, whiteningOf } from './preprocessing.ts';
import type { StoredTensor, TensorFile } from './safetensors.ts';

export const preprocessingPrefix = 'preprocessing:';

const meanOf = (field: string): string => `${preprocessingPrefix}${field}.mean`;
const matrixOf = (field: string): string => `${preprocessingPrefix}${field}.matrix`;

/** What stands in the metadata: whitening without its numbers. */
export const preprocessingText = (fitted: FittedFields): string =>
  JSON.stringify(fitted, (_key, value: unknown) => (value instanceof Float32Array ? undefined : value));

/** What stands beside the weights. */
export function preprocessingTensors(fitted: FittedFields): ReadonlyMap<string, StoredTensor> {
  return new Map(
    Object.entries(fitted).flatMap(([field, by]): [string, StoredTensor][] => {
      const whitening = whiteningOf(by);
      if (whitening === null) return [];
      const { mean, matrix } = whitening;
      const size = mean.length;
      return [
        [meanOf(field), { shape: [size], values: mean }],
        [matrixOf(field), { shape: [size, size], values: matrix }],
      ];
    }),
  );
}

/** Reads back what was stored; null when it is not what nrmc writes. */
export function preprocessingFrom(stored: unknown, tensors: TensorFile['tensors']): FittedFields | null {
  if (!isRecord(stored)) return null;
  const fitted = Object.entries(stored).map(
    ([field, value]) => [field, preprocessingOf(field, value, tensors)] as const,
  );
  const known = fitted.flatMap(([field, by]) => (by === null ? [] : [[field, by] as const]));
  return known.length === fitted.length ? Object.fromEntries(known) : null;
}

function preprocessingOf(field: string, value: unknown, tensors: TensorFile['tensors']): Preprocessing | null {
  if (!isRecord(value)) return null;
  if (value.kind === 'none') return { kind: 'none' };
  if (value.kind !== 'steps') return stepOf(field, value, tensors);
  if (!Array.isArray(value.steps)) return null;
  const steps = value.steps.map((step: unknown) => stepOf(field, step, tensors));
  const known = steps.filter((step) => step !== null);
  return known.length === steps.length ? { kind: 'steps', steps: known } : null;
}

function stepOf(field: string, value: unknown, tensors: TensorFile['tensors']): Fitted | null {
  if (isAffine(value)) return value;
  if (!isRecord(value) || value.kind !== 'zca' || typeof value.epsilon !== 'number') return null;
  const [mean, matrix] = [tensors.get(meanOf(field))?.values, tensors.get(matrixOf(field))?.values];
  if (!(mean instanceof Float32Array) || !(matrix instanceof Float32Array)) return null;
  return matrix.length === mean.length ** 2 ? { kind: 'zca', epsilon: value.epsilon, mean, matrix } : null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumbers = (value: unknown): boolean =>
  typeof value === 'number' || (Array.isArray(value) && value.every((v) => typeof v === 'number'));

const isRange = (value: unknown): boolean => value === undefined || typeof value === 'number';

const isAffine = (value: unknown): value is Affine =>
  isRecord(value) &&
  (value.kind === 'minmax'
    ? isNumbers(value.min) && isNumbers(value.max) && isRange(value.low) && isRange(value.high)
    : value.kind === 'standardize' && isNumbers(value.mean) && isNumbers(value.std));
