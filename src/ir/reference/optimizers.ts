/** Updates: the new values of what they write, in the order of the operands. */
import { map, type NdArray } from '../nd.ts';

interface Decay {
  readonly decay: number;
  readonly decayPer: 'rate' | 'step';
}

/** The new parameter, given what the optimizer alone would add to each element. */
const moved = (parameter: NdArray, change: NdArray, rate: number, { decay, decayPer }: Decay): NdArray =>
  map(parameter, (w, i) => {
    const step = change.data[i] ?? 0;
    return decayPer === 'rate' ? w - rate * decay * w + step : (1 - decay) * (w + step);
  });

export function sgdUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  velocity: NdArray | null,
  { momentum, nesterov, ...decay }: Decay & { readonly momentum: number; readonly nesterov: boolean },
): readonly NdArray[] {
  if (velocity === null)
    return [
      moved(
        parameter,
        map(gradient, (g) => -rate * g),
        rate,
        decay,
      ),
    ];
  const next = map(velocity, (v, i) => momentum * v - rate * (gradient.data[i] ?? 0));
  const change = nesterov ? map(next, (v, i) => momentum * v - rate * (gradient.data[i] ?? 0)) : next;
  return [moved(parameter, change, rate, decay), next];
}

export function adamUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  update: number,
  m: NdArray,
  v: NdArray,
  {
    beta1,
    beta2,
    epsilon,
    ...decay
  }: Decay & { readonly beta1: number; readonly beta2: number; readonly epsilon: number },
): readonly NdArray[] {
  const alpha = (rate * Math.sqrt(1 - beta2 ** update)) / (1 - beta1 ** update);
  const nextM = map(m, (value, i) => beta1 * value + (1 - beta1) * (gradient.data[i] ?? 0));
  const nextV = map(v, (value, i) => beta2 * value + (1 - beta2) * (gradient.data[i] ?? 0) ** 2);
  const change = map(nextM, (value, i) => (-alpha * value) / (Math.sqrt(nextV.data[i] ?? 0) + epsilon));
  return [moved(parameter, change, rate, decay), nextM, nextV];
}
