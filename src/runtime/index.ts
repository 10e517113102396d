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
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  uniform,
  zeros,
} from './initializers.ts';
export { type ActivationName, activation } from './kernels/activation.ts';
export { activationGrad } from './kernels/activation-grad.ts';
export { ascentScale } from './kernels/ascent.ts';
export { accumulate, clearSums, emaShare, swaShare, updateAverage } from './kernels/averages.ts';
export { channelActivation, channelActivationGrad } from './kernels/channel-activation.ts';
export { adaptiveClip, clipScale, clipValue, dynamicClipScale } from './kernels/clipping.ts';
export { concat, slice } from './kernels/concatenation.ts';
export { maxNorm, nonNegative, projectBall, unitNorm } from './kernels/constraint.ts';
export { conv2d } from './kernels/convolution.ts';
export { conv2dInputGrad, conv2dKernelGrad } from './kernels/convolution-grad.ts';
export { dense, matMul } from './kernels/dense.ts';
export {
  denseEach,
  denseEachInputGrad,
  dropConnect,
  outerEach,
  sampledActivation,
} from './kernels/dropconnect.ts';
export { dropout } from './kernels/dropout.ts';
export { add, div, mul, rsqrt, scale, sub } from './kernels/elementwise.ts';
export { type ExternLayer, extern, externGrad } from './kernels/extern.ts';
export {
  abs,
  clamp,
  clampGrad,
  compare,
  exp,
  log,
  logSoftmax,
  logSoftmaxGrad,
  maximum,
  mean,
  meanGrad,
  minimum,
  select,
  shift,
  sign,
  softmax,
  softmaxGrad,
  sqrt,
  square,
  total,
  totalGrad,
} from './kernels/functions.ts';
export { globalAvgPool, globalAvgPoolGrad } from './kernels/global-pooling.ts';
export { localResponse, localResponseGrad } from './kernels/local-response.ts';
export {
  sigmoidCrossEntropy,
  sigmoidCrossEntropyGrad,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
} from './kernels/losses/cross-entropy.ts';
export {
  cosineProximity,
  cosineProximityGrad,
  klDivergence,
  klDivergenceGrad,
} from './kernels/losses/direction.ts';
export { type ExternLoss, externLoss, externLossGrad } from './kernels/losses/extern.ts';
export {
  categoricalHinge,
  categoricalHingeGrad,
  hinge,
  hingeGrad,
  squaredHinge,
  squaredHingeGrad,
} from './kernels/losses/margin.ts';
export {
  logCosh,
  logCoshGrad,
  meanAbsoluteError,
  meanAbsoluteErrorGrad,
  meanAbsolutePercentageError,
  meanAbsolutePercentageErrorGrad,
  meanSquaredError,
  meanSquaredErrorGrad,
  meanSquaredLogarithmicError,
  meanSquaredLogarithmicErrorGrad,
  poisson,
  poissonGrad,
} from './kernels/losses/regression.ts';
export { classWeights, oneHot } from './kernels/losses/targets.ts';
export { noise } from './kernels/noise.ts';
export { batchNorm, normalize, normalizeGrad, normalizeTrain } from './kernels/normalize.ts';
export { adadeltaUpdate } from './kernels/optimizers/adadelta.ts';
export { adagradUpdate } from './kernels/optimizers/adagrad.ts';
export { adamUpdate, amsgradUpdate } from './kernels/optimizers/adam.ts';
export { adamaxUpdate } from './kernels/optimizers/adamax.ts';
export { lionUpdate } from './kernels/optimizers/lion.ts';
export { nadamUpdate } from './kernels/optimizers/nadam.ts';
export { rmspropUpdate } from './kernels/optimizers/rmsprop.ts';
export { sgdUpdate } from './kernels/optimizers/sgd.ts';
export { l1, l1Grad, l2, l2Grad } from './kernels/penalty.ts';
export { avgPool, maxPool } from './kernels/pooling.ts';
export { avgPoolGrad, maxPoolGrad } from './kernels/pooling-grad.ts';
export { scaledRate } from './kernels/rate.ts';
export { reshape, sum } from './kernels/reduction.ts';
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  oneCycleSchedule,
  plateauSchedule,
  polynomialSchedule,
  stepSchedule,
} from './kernels/schedule.ts';
export { updateMoving, updatePopulation } from './kernels/statistics.ts';
export type {
  Bounds,
  DataConfig,
  DataField,
  Input,
  Look,
  Losses,
  MetricConfig,
  NetworkModule,
  Outputs,
  PassSummary,
  Probe,
  Random,
  Report,
  RunConfig,
  RunOutput,
  Training,
  TrainModule,
  UpdateReport,
  WeightMigration,
} from './model.ts';
export { permutation, type RandomKey, randomKey, splitOrder, uniforms } from './random.ts';
export { dispose, disposeAll, flattenTensors, snapshot, variable } from './tensors.ts';
export type { Padding, Pair, Vector } from './types.ts';
