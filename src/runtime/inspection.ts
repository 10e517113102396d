/**
 * What training looks like inside, from one batch at a time: what layers give, the gradients, and how far an update has moved the
 * weights. All in float64, over all numbers of a tensor; a standard deviation divides by their count.
 *   unit       a position of the last axis: a neuron, a channel
 *   dead       share of the units that the activation's slope is 0 for, in every sample and at every place of it
 *   saturated  share of the values that are within a hundredth of a bound of the activation
 * A number that is not finite is null.
 */
import { failure, runtimeErrors } from './errors.ts';
import type { Bounds, Probe, Tensor, Training } from './model.ts';
import type { AnyTrain } from './modules.ts';
import { flattenTensors } from './tensors.ts';

export interface LayerStatistics {
  readonly mean: number | null;
  readonly std: number | null;
  readonly units: number;
  /** Only of activations that have the notion. */
  readonly dead?: number;
  readonly saturated?: number;
  /** Of the gradient with respect to what the layer gives; absent where no parameter is trained before it. */
  readonly gradient?: GradientStatistics;
}

export interface GradientStatistics {
  readonly mean: number | null;
  readonly std: number | null;
  /** Square root of the sum of squares. */
  readonly norm: number | null;
}

export interface ParameterStatistics {
  readonly norm: number | null;
  /** Of the loss, by one batch; absent where the parameter is not trained. */
  readonly gradient?: number | null;
  /** How far the last update has moved it, as a share of its norm before; null before the first update, and where that was 0. */
  readonly moved: number | null;
}

export interface Inspection {
  /** By path, in the order of the network. */
  readonly layers: Readonly<Record<string, LayerStatistics>>;
  readonly parameters: Readonly<Record<string, ParameterStatistics>>;
}

/** Code that is looked into has to be made for it. */
export function probeOf({ probe }: Pick<AnyTrain, 'probe'>): NonNullable<AnyTrain['probe']> {
  if (probe === undefined) throw failure(runtimeErrors.notProbed, {});
  return probe;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Values of a parameter by name, from before the last update. */
export type Before = ReadonlyMap<string, Tensor>;

export function inspect(
  probe: NonNullable<AnyTrain['probe']>,
  training: Training<object, object, object>,
  batch: object,
  before: Before,
): Inspection {
  const layers = new Map<string, LayerStatistics>();
  const gradients = new Map<string, number | null>();
  const see: Probe = {
    value: (layer, value, bounds) => void layers.set(layer, ofValue(value, bounds)),
    gradient(layer, value) {
      const known = layers.get(layer);
      if (known !== undefined) layers.set(layer, { ...known, gradient: ofGradient(value.dataSync()) });
    },
    parameter: (name, gradient) => void gradients.set(name, ofGradient(gradient.dataSync()).norm),
  };
  probe(training, batch, see);
  const parameters = [...flattenTensors(training.params)].map(([name, value]): [string, ParameterStatistics] => {
    const gradient = gradients.get(name);
    const then = before.get(name);
    return [
      name,
      {
        norm: ofGradient(value.dataSync()).norm,
        ...(gradient === undefined ? {} : { gradient }),
        moved: then === undefined ? null : movedBy(then.dataSync(), value.dataSync()),
      },
    ];
  });
  return { layers: Object.fromEntries(layers), parameters: Object.fromEntries(parameters) };
}

/** Mean and standard deviation in two passes, so that a large mean costs no digits. */
function moments(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] ?? 0;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] ?? 0) - mean) ** 2;
  return { mean, variance: squares / n };
}

function ofValue(value: Tensor, { flat, within }: Bounds = {}): LayerStatistics {
  const values = value.dataSync();
  const units = value.shape.at(-1) ?? 1;
  const { mean, variance } = moments(values);
  return {
    mean: finite(mean),
    std: finite(Math.sqrt(variance)),
    units,
    ...(flat === undefined ? {} : { dead: deadShare(values, units, flat) }),
    ...(within === undefined ? {} : { saturated: saturatedShare(values, within) }),
  };
}

function ofGradient(values: ArrayLike<number>): GradientStatistics {
  const { mean, variance } = moments(values);
  const norm = Math.sqrt((variance + mean ** 2) * values.length);
  return { mean: finite(mean), std: finite(Math.sqrt(variance)), norm: finite(norm) };
}

function deadShare(values: ArrayLike<number>, units: number, { to, from, at }: NonNullable<Bounds['flat']>): number {
  const dead = new Uint8Array(units).fill(1);
  for (let i = 0; i < values.length; i++) {
    const y = values[i] ?? 0;
    const isFlat = y === at || (to !== undefined && y <= to) || (from !== undefined && y >= from);
    if (!isFlat) dead[i % units] = 0;
  }
  return dead.reduce((a, b) => a + b, 0) / units;
}

function saturatedShare(
  values: ArrayLike<number>,
  { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }: NonNullable<Bounds['within']>,
): number {
  let outside = 0;
  for (let i = 0; i < values.length; i++) {
    const y = values[i] ?? 0;
    if (y < low || y > high) outside++;
  }
  return outside / values.length;
}

function movedBy(before: ArrayLike<number>, now: ArrayLike<number>): number | null {
  let [squares, norm] = [0, 0];
  for (let i = 0; i < now.length; i++) {
    squares += ((now[i] ?? 0) - (before[i] ?? 0)) ** 2;
    norm += (before[i] ?? 0) ** 2;
  }
  return norm === 0 ? null : finite(Math.sqrt(squares / norm));
}
