/** Batch normalization over all axes but the last. */
import { map, type NdArray, ndarray, zeros } from '../nd.ts';

/** Sum over all axes but the last of f(flat position, channel): [C]. */
function channelSum(x: NdArray, f: (flat: number, channel: number) => number): NdArray {
  const channels = x.shape.at(-1) ?? 0;
  const total = zeros([channels]);
  x.data.forEach((_, i) => {
    total.data[i % channels] = (total.data[i % channels] ?? 0) + f(i, i % channels);
  });
  return total;
}

const get = (v: NdArray | null, channel: number, otherwise: number): number => v?.data[channel] ?? otherwise;

export function batchNorm(
  x: NdArray,
  gamma: NdArray | null,
  beta: NdArray | null,
  mean: NdArray,
  variance: NdArray,
  epsilon: number,
): NdArray {
  const channels = mean.data.length;
  return map(x, (v, i) => {
    const c = i % channels;
    return (get(gamma, c, 1) * (v - get(mean, c, 0))) / Math.sqrt(get(variance, c, 0) + epsilon) + get(beta, c, 0);
  });
}

export function batchNormTrain(
  x: NdArray,
  gamma: NdArray | null,
  beta: NdArray | null,
  epsilon: number,
): { readonly y: NdArray; readonly mean: NdArray; readonly variance: NdArray } {
  const count = x.data.length / (x.shape.at(-1) ?? 1);
  const mean = map(
    channelSum(x, (i) => x.data[i] ?? 0),
    (v) => v / count,
  );
  const variance = map(
    channelSum(x, (i, c) => ((x.data[i] ?? 0) - get(mean, c, 0)) ** 2),
    (v) => v / count,
  );
  return { y: batchNorm(x, gamma, beta, mean, variance, epsilon), mean, variance };
}

export function batchNormGrad(
  dy: NdArray,
  x: NdArray,
  mean: NdArray,
  variance: NdArray,
  gamma: NdArray | null,
  epsilon: number,
): { readonly dx: NdArray; readonly dgamma: NdArray; readonly dbeta: NdArray } {
  const channels = mean.data.length;
  const count = x.data.length / channels;
  const r = ndarray(
    [channels],
    variance.data.map((v) => 1 / Math.sqrt(v + epsilon)),
  );
  const normalized = map(x, (v, i) => (v - get(mean, i % channels, 0)) * get(r, i % channels, 0));
  const dbeta = channelSum(dy, (i) => dy.data[i] ?? 0);
  const dgamma = channelSum(dy, (i) => (dy.data[i] ?? 0) * (normalized.data[i] ?? 0));
  const dx = map(dy, (v, i) => {
    const c = i % channels;
    return (
      get(gamma, c, 1) *
      get(r, c, 0) *
      (v - get(dbeta, c, 0) / count - ((normalized.data[i] ?? 0) * get(dgamma, c, 0)) / count)
    );
  });
  return { dx, dgamma, dbeta };
}

export const updateMoving = (moving: NdArray, value: NdArray, momentum: number): NdArray =>
  map(moving, (v, i) => momentum * v + (1 - momentum) * (value.data[i] ?? 0));
