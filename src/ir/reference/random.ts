/** Random tensors in float64: functions of the stream's uniform numbers, as in the kernels. */
import { type NdArray, sizeOf } from '../nd.ts';

/** The first `count` numbers of a stream, uniform in [0, 1). */
export interface Uniform {
  readonly uniform: (stream: string, count: number) => Float64Array;
}

/** `kept` where u ≥ rate, 0 elsewhere. */
export const bernoulli = (
  random: Uniform,
  stream: string,
  shape: readonly number[],
  { rate, kept }: { readonly rate: number; readonly kept: number },
): NdArray => ({ shape, data: random.uniform(stream, sizeOf(shape)).map((u) => (u >= rate ? kept : 0)) });

/**
 * Normal numbers of mean 0 and variance 1 by Box and Muller: elements 2i and 2i + 1 are r·cos θ and r·sin θ with r = √(−2 ln(1 − u₂ᵢ)) and
 * θ = 2π·u₂ᵢ₊₁.
 */
export function normal(random: Uniform, stream: string, shape: readonly number[]): NdArray {
  const count = sizeOf(shape);
  const u = random.uniform(stream, count + (count & 1));
  const data = new Float64Array(count).map((_, i) => {
    const pair = i - (i & 1);
    const r = Math.sqrt(-2 * Math.log(1 - (u[pair] ?? 0)));
    const angle = 2 * Math.PI * (u[pair + 1] ?? 0);
    return r * ((i & 1) === 0 ? Math.cos(angle) : Math.sin(angle));
  });
  return { shape, data };
}
