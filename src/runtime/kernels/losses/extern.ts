/** Losses of a user's own: what their modules export is run here and held to what a loss is. */
import type { Rank, Scalar, Tensor } from '@tensorflow/tfjs-core';
import { held } from '../extern.ts';
import { mul } from '../run.ts';

/**
 * What the module of an `extern loss` exports: two pure functions of what they are given. They may make any number of tensors, keep
 * none, and dispose of nothing that they were given. `args` are the plain parameters by name.
 */
export interface ExternLoss<Args extends object = object> {
  /** The loss of a batch, a float32 scalar: the mean over the samples, so that losses of batches can be averaged. */
  forward(prediction: Tensor, target: Tensor, args: Args): Tensor;
  /** The gradient of the loss by the prediction, of its shape. */
  backward(prediction: Tensor, target: Tensor, args: Args): Tensor;
}

interface Call<Args> {
  /** Name of the loss, for messages. */
  readonly layer: string;
  readonly args: Args;
}

/** loss = forward(prediction, target, args) */
export const externLoss = <Args extends object>(
  module: ExternLoss<Args>,
  prediction: Tensor,
  target: Tensor,
  { layer, args }: Call<NoInfer<Args>>,
): Scalar =>
  // Its shape is checked.
  held(layer, 'forward', [], [prediction, target], () => module.forward(prediction, target, args)) as Scalar;

/** dPrediction = dLoss · backward(prediction, target, args) */
export function externLossGrad<Args extends object, R extends Rank>(
  module: ExternLoss<Args>,
  prediction: Tensor<R>,
  target: Tensor,
  { layer, args, dLoss }: Call<NoInfer<Args>> & { readonly dLoss?: Scalar },
): Tensor<R> {
  const slopes = held(layer, 'backward', prediction.shape, [prediction, target], () =>
    module.backward(prediction, target, args),
  ) as Tensor<R>;
  if (dLoss === undefined) return slopes;
  const scaled = mul(slopes, dLoss);
  slopes.dispose();
  return scaled;
}
