/**
 * `nrmc/runtime`: what emitted code imports. Runs on every tfjs backend, in Node and in a browser tab; keeps no state
 * of its own.
 *
 * Kernels are called as `kernel(required operands…, { optional operands, attributes that differ from their default })`.
 * They never dispose of what they are given; what they return is the caller's. They keep no tape: a kernel is not
 * differentiable by tfjs.
 */

export { registerNodeKernels } from './backends/node.ts';
export {
  constant,
  glorotNormal,
  glorotUniform,
  kaimingNormal,
  lecunNormal,
  normal,
  ones,
  uniform,
  zeros,
} from './initializers.ts';
export { type ActivationName, activation } from './kernels/activation.ts';
export { activationGrad } from './kernels/activation-grad.ts';
export { batchNorm, batchNormGrad, batchNormTrain, updateMoving } from './kernels/batch-norm.ts';
export { concat, slice } from './kernels/concatenation.ts';
export { conv2d } from './kernels/convolution.ts';
export { conv2dInputGrad, conv2dKernelGrad } from './kernels/convolution-grad.ts';
export { dense, matMul } from './kernels/dense.ts';
export { dropout } from './kernels/dropout.ts';
export { add, div, mul, rsqrt, scale, sub } from './kernels/elementwise.ts';
export { type ExternLayer, extern, externGrad } from './kernels/extern.ts';
export { globalAvgPool, globalAvgPoolGrad } from './kernels/global-pooling.ts';
export { softmaxCrossEntropy, softmaxCrossEntropyGrad } from './kernels/loss.ts';
export { adamUpdate, sgdUpdate } from './kernels/optimizer.ts';
export { clipScale, l1, l1Grad, l2, l2Grad } from './kernels/penalty.ts';
export { avgPool, maxPool } from './kernels/pooling.ts';
export { avgPoolGrad, maxPoolGrad } from './kernels/pooling-grad.ts';
export { reshape, sum } from './kernels/reduction.ts';
export { constantSchedule, cosineSchedule } from './kernels/schedule.ts';
export type {
  DataConfig,
  DataField,
  Look,
  NetworkModule,
  Outputs,
  PassSummary,
  Random,
  Report,
  RunConfig,
  RunOutput,
  Training,
  TrainModule,
  WeightMigration,
} from './model.ts';
export { permutation, type RandomKey, randomKey, splitOrder, uniforms } from './random.ts';
export { dispose, disposeAll, flattenTensors, snapshot, variable } from './tensors.ts';
export type { Padding, Pair, Vector } from './types.ts';
