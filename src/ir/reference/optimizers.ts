/** Updates: the new values of what they write, in the order of the operands. */
import { map, type NdArray } from '../nd.ts';

interface Decay {
  readonly decay: number;
  readonly decayPer: 'rate' | 'step';
}

const at = (array: NdArray, i: number): number => array.data[i] ?? Number.NaN;

/** The new parameter, given what the optimizer alone would add to each element. */
const moved = (parameter: NdArray, change: NdArray, rate: number, { decay, decayPer }: Decay): NdArray =>
  map(parameter, (w, i) => {
    const step = at(change, i);
    return decayPer === 'rate' ? w - rate * decay * w + step : (1 - decay) * (w + step);
  });

/** weight·mean + (1 − weight)·value */
const mean = (old: NdArray, weight: number, value: (i: number) => number): NdArray =>
  map(old, (m, i) => weight * m + (1 - weight) * value(i));

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
  const next = map(velocity, (v, i) => momentum * v - rate * at(gradient, i));
  const change = nesterov ? map(next, (v, i) => momentum * v - rate * at(gradient, i)) : next;
  return [moved(parameter, change, rate, decay), next];
}

interface Betas extends Decay {
  readonly beta1: number;
  readonly beta2: number;
}

interface Adam extends Betas {
  readonly epsilon: number;
}

/** rate·√(1 − β₂ᵗ)/(1 − β₁ᵗ) */
const corrected = (rate: number, update: number, { beta1, beta2 }: Betas): number =>
  (rate * Math.sqrt(1 - beta2 ** update)) / (1 - beta1 ** update);

export function adamUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  update: number,
  m: NdArray,
  v: NdArray,
  options: Adam,
): readonly NdArray[] {
  const alpha = corrected(rate, update, options);
  const nextM = mean(m, options.beta1, (i) => at(gradient, i));
  const nextV = mean(v, options.beta2, (i) => at(gradient, i) ** 2);
  const change = map(nextM, (value, i) => (-alpha * value) / (Math.sqrt(at(nextV, i)) + options.epsilon));
  return [moved(parameter, change, rate, options), nextM, nextV];
}

export function amsgradUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  update: number,
  m: NdArray,
  v: NdArray,
  vMax: NdArray,
  options: Adam,
): readonly NdArray[] {
  const alpha = corrected(rate, update, options);
  const nextM = mean(m, options.beta1, (i) => at(gradient, i));
  const nextV = mean(v, options.beta2, (i) => at(gradient, i) ** 2);
  const greatest = map(vMax, (value, i) => Math.max(value, at(nextV, i)));
  const change = map(nextM, (value, i) => (-alpha * value) / (Math.sqrt(at(greatest, i)) + options.epsilon));
  return [moved(parameter, change, rate, options), nextM, nextV, greatest];
}

export function rmspropUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  slots: { readonly square: NdArray; readonly mean: NdArray | null; readonly velocity: NdArray | null },
  {
    rho,
    momentum,
    epsilon,
    ...decay
  }: Decay & { readonly rho: number; readonly momentum: number; readonly epsilon: number },
): readonly NdArray[] {
  const square = mean(slots.square, rho, (i) => at(gradient, i) ** 2);
  const average = slots.mean === null ? null : mean(slots.mean, rho, (i) => at(gradient, i));
  const step = map(gradient, (g, i) => {
    const centre = average === null ? 0 : at(average, i);
    // Never below 0, where rounding would put the variance of gradients that hardly change.
    return (rate * g) / Math.sqrt(Math.max(0, at(square, i) - centre ** 2) + epsilon);
  });
  const velocity = slots.velocity === null ? null : map(slots.velocity, (b, i) => momentum * b + at(step, i));
  const change = map(velocity ?? step, (u) => -u);
  return [moved(parameter, change, rate, decay), square, average, velocity].filter((value) => value !== null);
}

export function adagradUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  accumulator: NdArray,
  { epsilon, ...decay }: Decay & { readonly epsilon: number },
): readonly NdArray[] {
  const sum = map(accumulator, (s, i) => s + at(gradient, i) ** 2);
  const change = map(gradient, (g, i) => (-rate * g) / Math.sqrt(at(sum, i) + epsilon));
  return [moved(parameter, change, rate, decay), sum];
}

export function adadeltaUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  square: NdArray,
  delta: NdArray,
  { rho, epsilon, ...decay }: Decay & { readonly rho: number; readonly epsilon: number },
): readonly NdArray[] {
  const nextSquare = mean(square, rho, (i) => at(gradient, i) ** 2);
  const step = map(
    gradient,
    (g, i) => (g * Math.sqrt(at(delta, i) + epsilon)) / Math.sqrt(at(nextSquare, i) + epsilon),
  );
  const nextDelta = mean(delta, rho, (i) => at(step, i) ** 2);
  return [
    moved(
      parameter,
      map(step, (u) => -rate * u),
      rate,
      decay,
    ),
    nextSquare,
    nextDelta,
  ];
}

export function adamaxUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  update: number,
  m: NdArray,
  u: NdArray,
  { beta1, beta2, epsilon, ...decay }: Adam,
): readonly NdArray[] {
  const alpha = rate / (1 - beta1 ** update);
  const nextM = mean(m, beta1, (i) => at(gradient, i));
  const nextU = map(u, (value, i) => Math.max(beta2 * value, Math.abs(at(gradient, i))));
  const change = map(nextM, (value, i) => (-alpha * value) / (at(nextU, i) + epsilon));
  return [moved(parameter, change, rate, decay), nextM, nextU];
}

/** Nadam's momentum of update t, and the product of those of updates 1 to t. */
const nadamMomentum = (beta1: number, t: number): number => beta1 * (1 - 0.5 * 0.96 ** t);
const nadamProduct = (beta1: number, t: number): number =>
  // From 0.96¹⁰⁰⁰ on, a factor is β₁ to the last bit.
  Array.from({ length: Math.min(t, 1000) }, (_, i) => 1 - 0.5 * 0.96 ** (i + 1)).reduce((a, b) => a * b, beta1 ** t);

export function nadamUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  update: number,
  m: NdArray,
  v: NdArray,
  { beta1, beta2, epsilon, ...decay }: Adam,
): readonly NdArray[] {
  const nextM = mean(m, beta1, (i) => at(gradient, i));
  const nextV = mean(v, beta2, (i) => at(gradient, i) ** 2);
  const ahead = nadamMomentum(beta1, update + 1) / (1 - nadamProduct(beta1, update + 1));
  const present = (1 - nadamMomentum(beta1, update)) / (1 - nadamProduct(beta1, update));
  const change = map(nextM, (value, i) => {
    const step = ahead * value + present * at(gradient, i);
    return (-rate * step) / (Math.sqrt(at(nextV, i) / (1 - beta2 ** update)) + epsilon);
  });
  return [moved(parameter, change, rate, decay), nextM, nextV];
}

export function lionUpdate(
  parameter: NdArray,
  gradient: NdArray,
  rate: number,
  m: NdArray,
  { beta1, beta2, ...decay }: Betas,
): readonly NdArray[] {
  const change = map(m, (value, i) => -rate * Math.sign(beta1 * value + (1 - beta1) * at(gradient, i)));
  return [moved(parameter, change, rate, decay), mean(m, beta2, (i) => at(gradient, i))];
}
