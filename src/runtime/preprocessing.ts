/**
 * What is done to raw values before a network sees them. Fitted on the training part, stored with the weights, applied by prediction.
 *   none         x
 *   minmax       (x − min)/(max − min), into [0, 1]; fitted over all values together
 *   standardize  (x − mean)/std, std the root of the mean squared deviation (divided by the count)
 * A constant has no spread: it becomes 0.
 */
export type Preprocessing =
  | { readonly kind: 'none' }
  | { readonly kind: 'minmax'; readonly min: number; readonly max: number }
  | { readonly kind: 'standardize'; readonly mean: number; readonly std: number };

export type Values = Uint8Array | Int32Array | Float32Array;

/** (x − offset)/scale */
interface Affine {
  readonly offset: number;
  readonly scale: number;
}

function affine(by: Preprocessing): Affine {
  switch (by.kind) {
    case 'none':
      return { offset: 0, scale: 1 };
    case 'minmax':
      return { offset: by.min, scale: by.max - by.min || 1 };
    case 'standardize':
      return { offset: by.mean, scale: by.std || 1 };
  }
}

/** Fits to the given rows of `values`, each of `size` numbers. */
export function fitPreprocessing(
  kind: Preprocessing['kind'],
  values: Values,
  size: number,
  rows: Uint32Array,
): Preprocessing {
  const count = rows.length * size;
  if (kind === 'none' || count === 0) return { kind: 'none' };
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const row of rows) {
    for (let i = row * size; i < (row + 1) * size; i++) {
      const x = values[i] ?? 0;
      if (x < min) min = x;
      if (x > max) max = x;
      sum += x;
    }
  }
  if (kind === 'minmax') return { kind, min, max };
  const mean = sum / count;
  // A second pass: the mean of squares less the squared mean would cancel.
  let squares = 0;
  for (const row of rows) {
    for (let i = row * size; i < (row + 1) * size; i++) squares += ((values[i] ?? 0) - mean) ** 2;
  }
  return { kind, mean, std: Math.sqrt(squares / count) };
}

/** Writes `count` preprocessed values from `from` of the source to `at` of the target. */
export type Apply = (
  source: Values,
  from: number,
  count: number,
  target: Float32Array | Int32Array,
  at: number,
) => void;

/** The same numbers whatever type the raw values are stored in. */
export function applying(by: Preprocessing): Apply {
  if (by.kind === 'none') {
    return (source, from, count, target, at) => target.set(source.subarray(from, from + count), at);
  }
  const { offset, scale } = affine(by);
  const bytes = Float32Array.from({ length: 256 }, (_, x) => (x - offset) / scale);
  return (source, from, count, target, at) => {
    if (source instanceof Uint8Array) {
      for (let i = 0; i < count; i++) target[at + i] = bytes[source[from + i] ?? 0] ?? 0;
    } else {
      for (let i = 0; i < count; i++) target[at + i] = ((source[from + i] ?? 0) - offset) / scale;
    }
  };
}
