/** Local response normalization over the channels of x [..., C]. */
import { map, type NdArray } from '../nd.ts';

interface Options {
  readonly k: number;
  readonly alpha: number;
  readonly beta: number;
  readonly size: number;
}

/** Σ of f over the neighbours among the channels of a flat position, itself included. */
function around(x: NdArray, i: number, size: number, f: (flat: number) => number): number {
  const channels = x.shape.at(-1) ?? 1;
  const channel = i % channels;
  const reach = (size - 1) / 2;
  let total = 0;
  for (let c = Math.max(0, channel - reach); c <= Math.min(channels - 1, channel + reach); c++)
    total += f(i - channel + c);
  return total;
}

const at = (x: NdArray, i: number): number => x.data[i] ?? 0;

const bases = (x: NdArray, { k, alpha, size }: Options): NdArray =>
  map(x, (_, i) => k + alpha * around(x, i, size, (j) => at(x, j) ** 2));

export function localResponse(x: NdArray, options: Options): NdArray {
  const s = bases(x, options);
  return map(x, (v, i) => v * at(s, i) ** -options.beta);
}

export function localResponseGrad(dy: NdArray, x: NdArray, options: Options): NdArray {
  const { alpha, beta, size } = options;
  const s = bases(x, options);
  return map(dy, (g, i) => {
    const neighbours = around(x, i, size, (j) => at(dy, j) * at(x, j) * at(s, j) ** (-beta - 1));
    return g * at(s, i) ** -beta - 2 * alpha * beta * at(x, i) * neighbours;
  });
}
