/** Averages and accumulated gradients in float64. */
import { map, type NdArray } from '../nd.ts';

/** average + share·(value − average) */
export const updateAverage = (average: NdArray, value: NdArray, share: number): NdArray =>
  map(average, (a, i) => a + share * ((value.data[i] ?? Number.NaN) - a));

export const emaShare = (
  update: number,
  { decay, debias }: { readonly decay: number; readonly debias: boolean },
): number => (debias ? (1 - decay) / (1 - decay ** update) : update === 1 ? 1 : 1 - decay);

export function swaShare(
  update: number,
  updates: number,
  perEpoch: number,
  { start, every }: { readonly start: number; readonly every: number | null },
): number {
  // 28% of 25 is a little above 7 in floating point.
  const from = start < 1 ? Math.ceil(start * updates * (1 - 1e-15)) : start * perEpoch;
  const step = every ?? perEpoch;
  const taken = Math.floor(update / step) - Math.ceil(from / step) + 1;
  if (taken < 1) return 1;
  return update % step === 0 ? 1 / taken : 0;
}

/** sum + share·gradient */
export const accumulate = (sum: NdArray, gradient: NdArray, share: number): NdArray =>
  map(sum, (a, i) => a + share * (gradient.data[i] ?? Number.NaN));
