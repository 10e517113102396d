/** Sums over all axes but the last: bias gradients, batch statistics. */
import { AvgPool, type Rank, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { backendName, has, mulBy, reshaped, run, scoped, summed } from './run.ts';

/** The name under which a backend may offer channel sums as a kernel of its own: input x. */
export const channelSumKernel = 'NrmcChannelSum';

/** x [..., C] → [C] */
export function channelSum(x: Tensor): Tensor1D {
  if (has(channelSumKernel)) return run<Rank.R1>(channelSumKernel, { x });
  if (backendName() === 'wasm') return scoped(() => pooledSum(x));
  return summed(
    x,
    Array.from({ length: x.rank - 1 }, (_, i) => i),
  );
}

/**
 * On wasm, average pooling is the fast way to a sum over rows: 0.5 ms where Sum takes 11 and a product with ones 7
 * (x [64, 28, 28, 32]; in one process). Over the rows of each sample first, then over samples, which also rounds less.
 */
function pooledSum(x: Tensor): Tensor1D {
  const channels = x.shape.at(-1) ?? 1;
  const samples = x.shape[0] ?? 1;
  const rows = x.size / (samples * channels);
  const means = rowMeans(rowMeans(x, [samples, rows, 1, channels]), [1, samples, 1, channels]);
  return reshaped<Rank.R1>(mulBy(means, samples * rows), [channels]);
}

/** The mean over axis 1 of x under this shape. */
const rowMeans = (x: Tensor, shape: readonly [number, number, 1, number]): Tensor =>
  // XNNPACK refuses windows of one pixel.
  shape[1] === 1
    ? x
    : run(AvgPool, { x: reshaped(x, shape) }, { filterSize: [shape[1], 1], strides: [1, 1], pad: 'valid' });
