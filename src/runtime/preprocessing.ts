/**
 * What is done to raw values before a network sees them. Fitted on the training part, stored with the weights, applied by prediction.
 *   none         x
 *   minmax       (x − min)/(max − min), into [0, 1], or into [low, high]
 *   standardize  (x − mean)/std, std the root of the mean squared deviation (divided by the count)
 *   zca          (x − mean)·W, over all numbers of a sample: `whitening.ts`
 * The first two are fitted over all values together, or for each channel (the last axis) by itself. A constant has no spread: it
 * becomes 0, with `minmax` its lowest value. Steps follow one another; whitening comes last.
 */
import type { PreprocessingConfig, PreprocessingStep } from './model.ts';
import { fitWhitening, type Whitening } from './whitening.ts';

export type Preprocessing =
  | { readonly kind: 'none' }
  | Fitted
  | { readonly kind: 'steps'; readonly steps: readonly Fitted[] };

/** One step. */
export type Fitted = Affine | Whitening;

/** A list has a number for each channel. */
export type Affine =
  | {
      readonly kind: 'minmax';
      readonly min: number | readonly number[];
      readonly max: number | readonly number[];
      /** Absent: 0 and 1. */
      readonly low?: number;
      readonly high?: number;
    }
  | {
      readonly kind: 'standardize';
      readonly mean: number | readonly number[];
      readonly std: number | readonly number[];
    };

export type Values = Uint8Array | Int32Array | Float32Array;

export function stepsOf(by: Preprocessing): readonly Fitted[] {
  if (by.kind === 'none') return [];
  return by.kind === 'steps' ? by.steps : [by];
}

/** The whitening that comes last; null when there is none. */
export const whiteningOf = (by: Preprocessing): Whitening | null => stepsOf(by).find((s) => s.kind === 'zca') ?? null;

const affines = (by: Preprocessing): readonly Affine[] => stepsOf(by).filter((s) => s.kind !== 'zca');

/** One step for one channel. */
function scalar(by: Affine, channel: number): (x: number) => number {
  const of = (value: number | readonly number[]): number => (typeof value === 'number' ? value : (value[channel] ?? 0));
  if (by.kind === 'standardize') {
    const [mean, std] = [of(by.mean), of(by.std) || 1];
    return (x) => (x - mean) / std;
  }
  const { low = 0, high = 1 } = by;
  const [min, spread] = [of(by.min), of(by.max) - of(by.min) || 1];
  if (low === 0 && high === 1) return (x) => (x - min) / spread;
  return (x) => low + ((x - min) / spread) * (high - low);
}

/** How many channels have numbers of their own. */
const channelsOf = (steps: readonly Affine[]): number =>
  Math.max(
    1,
    ...steps.map((s) => {
      const value = s.kind === 'minmax' ? s.min : s.mean;
      return typeof value === 'number' ? 1 : value.length;
    }),
  );

/** By channel: all steps one after the other, in double precision. */
const chains = (steps: readonly Affine[]): readonly ((x: number) => number)[] =>
  Array.from({ length: channelsOf(steps) }, (_, channel) => {
    const each = steps.map((s) => scalar(s, channel));
    const [only, ...more] = each;
    if (only !== undefined && more.length === 0) return only;
    return (x: number) => each.reduce((value, f) => f(value), x);
  });

/** Writes `count` preprocessed values from `from` of the source to `at` of the target; both begin with the first channel. */
export type Apply = (
  source: Values,
  from: number,
  count: number,
  target: Float32Array | Int32Array,
  at: number,
) => void;

/** All steps but whitening, which takes whole samples. The same numbers whatever type the raw values are stored in. */
export function applying(by: Preprocessing): Apply {
  const steps = affines(by);
  if (steps.length === 0) {
    return (source, from, count, target, at) => target.set(source.subarray(from, from + count), at);
  }
  const apply = chains(steps);
  const channels = apply.length;
  const bytes = Float32Array.from({ length: 256 * channels }, (_, i) => apply[i >> 8]?.(i & 255) ?? 0);
  return (source, from, count, target, at) => {
    if (source instanceof Uint8Array) {
      if (channels === 1) for (let i = 0; i < count; i++) target[at + i] = bytes[source[from + i] ?? 0] ?? 0;
      else
        for (let i = 0, c = 0; i < count; i++, c = c + 1 === channels ? 0 : c + 1)
          target[at + i] = bytes[256 * c + (source[from + i] ?? 0)] ?? 0;
      return;
    }
    for (let c = 0; c < channels; c++) {
      const f = apply[c];
      if (f !== undefined) for (let i = c; i < count; i += channels) target[at + i] = f(source[from + i] ?? 0);
    }
  };
}

/** Fits to the given rows of `values`, each a sample of this shape. */
export function fitPreprocessing(
  config: PreprocessingConfig,
  values: Values,
  shape: readonly number[],
  rows: Uint32Array,
): Preprocessing {
  const size = shape.reduce((a, b) => a * b, 1);
  if (config === 'none' || rows.length * size === 0) return { kind: 'none' };
  const fitted: Fitted[] = [];
  for (const step of typeof config === 'string' ? [defaults[config]] : config) {
    const before: Preprocessing = { kind: 'steps', steps: [...fitted] };
    fitted.push(
      step.kind === 'zca'
        ? fitWhitening(step.epsilon, applying(before), values, size, rows)
        : fitAffine(step, affines(before), values, shape, rows),
    );
  }
  const [only, ...more] = fitted;
  if (only === undefined) return { kind: 'none' };
  return more.length === 0 ? only : { kind: 'steps', steps: fitted };
}

const defaults = {
  minmax: { kind: 'minmax', low: 0, high: 1, per: 'all' },
  standardize: { kind: 'standardize', per: 'all' },
} as const satisfies Record<string, PreprocessingStep>;

/** What is known of the values of one channel, or of all. */
interface Spread {
  min: number;
  max: number;
  sum: number;
  squares: number;
}

function fitAffine(
  step: Exclude<PreprocessingStep, { readonly kind: 'zca' }>,
  before: readonly Affine[],
  values: Values,
  shape: readonly number[],
  rows: Uint32Array,
): Affine {
  const size = shape.reduce((a, b) => a * b, 1);
  const channels = step.per === 'channel' ? (shape.at(-1) ?? 1) : 1;
  const chain = chains(before);
  const stride = Math.max(channels, chain.length);
  const spreads = Array.from(
    { length: channels },
    (): Spread => ({ min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, sum: 0, squares: 0 }),
  );
  /** Every value of a channel, as the steps before leave it. */
  const each = (use: (spread: Spread, x: number) => void): void => {
    for (let c = 0; c < stride; c++) {
      const spread = spreads[channels === 1 ? 0 : c];
      const f = before.length === 0 ? null : (chain[chain.length === 1 ? 0 : c] ?? null);
      if (spread === undefined) continue;
      for (const row of rows) {
        for (let i = row * size + c; i < (row + 1) * size; i += stride) {
          const x = values[i] ?? 0;
          use(spread, f === null ? x : f(x));
        }
      }
    }
  };
  each((spread, x) => {
    if (x < spread.min) spread.min = x;
    if (x > spread.max) spread.max = x;
    spread.sum += x;
  });
  const list = (of: (spread: Spread) => number): number | readonly number[] =>
    step.per === 'all' ? of(spreads[0] ?? { min: 0, max: 0, sum: 0, squares: 0 }) : spreads.map(of);
  if (step.kind === 'minmax') {
    const { low, high } = step;
    const range = low === 0 && high === 1 ? {} : { low, high };
    return { kind: 'minmax', min: list((s) => s.min), max: list((s) => s.max), ...range };
  }
  const count = (rows.length * size) / channels;
  // A second pass: the mean of squares less the squared mean would cancel.
  each((spread, x) => {
    spread.squares += (x - spread.sum / count) ** 2;
  });
  return {
    kind: 'standardize',
    mean: list((s) => s.sum / count),
    std: list((s) => Math.sqrt(s.squares / count)),
  };
}
