/** The whole vocabulary on one screen: every op of the IR, and everything that the language can say about them. */
import type { Node } from '../graph.ts';
import type { AnyOp } from '../op.ts';
import type {
  AscentDef,
  AverageDef,
  ClipDef,
  ConstraintDef,
  DecayDef,
  LayerDef,
  LossDef,
  NoiseDef,
  OptimizerDef,
  PenaltyDef,
  PriorDef,
  ScheduleDef,
  WeightMethodDef,
} from '../vocabulary.ts';
import { accumulate, clearSums, meanGradient } from './accumulate.ts';
import { activation, activationGrad, activationLayers } from './activation.ts';
import { ascentScale, sam } from './ascent.ts';
import { ema, emaShare, swa, swaShare, updateAverage } from './averages.ts';
import { channelActivation, channelActivationGrad, channelActivationLayers } from './channel-activation.ts';
import { adaptive, adaptiveClip } from './clips/adaptive.ts';
import { dynamic } from './clips/dynamic.ts';
import { globalNorm, normClip } from './clips/norm.ts';
import { clipScale, dynamicClipScale } from './clips/scale.ts';
import { clipValue, valueClip } from './clips/value.ts';
import { compare, maximum, minimum, select } from './comparison.ts';
import { concat, slice } from './concat.ts';
import { ball, projectBall } from './constraints/ball.ts';
import { nonNegative, nonNegConstraint } from './constraints/non-negative.ts';
import { maxNorm, maxNormConstraint, unitNorm, unitNormConstraint } from './constraints/norms.ts';
import { conv, conv2d, conv2dInputGrad, conv2dKernelGrad } from './conv2d.ts';
import { decoupled } from './decay.ts';
import { dense, denseLayer, matMul } from './dense.ts';
import { add, constant, div, mul, rsqrt, scale, sub, zeros } from './elementwise.ts';
import { extern, externGrad } from './extern.ts';
import { abs, clamp, clampGrad, exp, log, shift, sign, sqrt, square } from './functions.ts';
import { globalAvgPool, globalAvgPoolGrad, globalAvgpool } from './global-pooling.ts';
import { concatJoin, mulJoin, sumJoin } from './joins.ts';
import { scaleLayer } from './layer-scale.ts';
import { losses as lossDefs, lossOps } from './losses/index.ts';
import { batchNorm } from './norm/batch-norm.ts';
import { localResponse, localResponseGrad, localResponseLayer } from './norm/local-response.ts';
import { normLayers } from './norm/methods.ts';
import { normalize, normalizeGrad, normalizeTrain } from './norm/normalize.ts';
import { scaledStandardization, weightStandardization } from './norm/standardization.ts';
import { updateMoving, updatePopulation } from './norm/statistics.ts';
import { adadelta, adadeltaUpdate } from './optimizers/adadelta.ts';
import { adagrad, adagradUpdate } from './optimizers/adagrad.ts';
import { adam, adamUpdate, adamw, amsgradUpdate } from './optimizers/adam.ts';
import { adamax, adamaxUpdate } from './optimizers/adamax.ts';
import { lion, lionUpdate } from './optimizers/lion.ts';
import { nadam, nadamUpdate } from './optimizers/nadam.ts';
import { rmsprop, rmspropUpdate } from './optimizers/rmsprop.ts';
import { sgd, sgdUpdate } from './optimizers/sgd.ts';
import { l1, l1Grad, l1l2Penalty, l1Penalty, l2, l2Grad, l2Penalty } from './penalties.ts';
import { avgPool, avgPoolGrad, avgpool, maxPool, maxPoolGrad, maxpool } from './pooling.ts';
import { gaussian, laplace } from './priors.ts';
import { denseEach, denseEachInputGrad, outerEach } from './random/dense-each.ts';
import { dropConnect, dropConnectTrain, dropconnect } from './random/dropconnect.ts';
import { dropout, dropoutLayer, dropoutTrain, dropPathLayer } from './random/dropout.ts';
import { gaussianNoise, noise, noiseTrain } from './random/noise.ts';
import { sampledActivation } from './random/sampled-activation.ts';
import { scaledRate } from './rate-scale.ts';
import { sum } from './reduce.ts';
import { flatten, reshape } from './reshape.ts';
import { logSoftmax, logSoftmaxGrad, mean, meanGrad, softmax, softmaxGrad, total, totalGrad } from './rows.ts';
import { constantRate, constantSchedule } from './schedules/constant.ts';
import { cosine, cosineSchedule, polynomial, polynomialSchedule } from './schedules/decay.ts';
import { oneCycle, oneCycleSchedule } from './schedules/one-cycle.ts';
import { plateauSchedule, reduceOnPlateau } from './schedules/plateau.ts';
import { exponential, exponentialSchedule, stepSchedule, steps } from './schedules/steps.ts';

export { type FusedActivation, fusable } from './activation.ts';
export { type InitialKind, initialAttrs, initializerKernel, initializers, isInitialKind } from './initializers.ts';

/** Every op by its kind. */
export const ops = {
  conv2d,
  conv2dInputGrad,
  conv2dKernelGrad,
  dense,
  matMul,
  maxPool,
  maxPoolGrad,
  avgPool,
  avgPoolGrad,
  globalAvgPool,
  globalAvgPoolGrad,
  reshape,
  concat,
  slice,
  activation,
  activationGrad,
  channelActivation,
  channelActivationGrad,
  normalize,
  normalizeTrain,
  normalizeGrad,
  batchNorm,
  updateMoving,
  updatePopulation,
  localResponse,
  localResponseGrad,
  dropout,
  dropoutTrain,
  noise,
  noiseTrain,
  dropConnect,
  dropConnectTrain,
  denseEach,
  denseEachInputGrad,
  outerEach,
  sampledActivation,
  add,
  sub,
  mul,
  div,
  scale,
  rsqrt,
  sum,
  zeros,
  constant,
  extern,
  externGrad,
  ...lossOps,
  abs,
  sign,
  exp,
  log,
  sqrt,
  square,
  shift,
  clamp,
  clampGrad,
  compare,
  select,
  maximum,
  minimum,
  mean,
  meanGrad,
  total,
  totalGrad,
  softmax,
  softmaxGrad,
  logSoftmax,
  logSoftmaxGrad,
  l1,
  l1Grad,
  l2,
  l2Grad,
  ascentScale,
  clipScale,
  dynamicClipScale,
  clipValue,
  adaptiveClip,
  maxNorm,
  unitNorm,
  nonNegative,
  projectBall,
  scaledRate,
  constantSchedule,
  stepSchedule,
  exponentialSchedule,
  polynomialSchedule,
  cosineSchedule,
  oneCycleSchedule,
  plateauSchedule,
  sgdUpdate,
  rmspropUpdate,
  adagradUpdate,
  adadeltaUpdate,
  adamUpdate,
  amsgradUpdate,
  adamaxUpdate,
  nadamUpdate,
  lionUpdate,
  meanGradient,
  accumulate,
  clearSums,
  updateAverage,
  emaShare,
  swaShare,
} as const satisfies Record<string, AnyOp>;

export type OpKind = keyof typeof ops;

export const isOpKind = (kind: string): kind is OpKind => Object.hasOwn(ops, kind);

/** The op of a node. */
export function opOf(node: Pick<Node, 'op'>): AnyOp {
  if (!isOpKind(node.op)) throw new Error(`no op \`${node.op}\``);
  return ops[node.op];
}

/** Steps of a network, and the methods that fill its slots. */
export const layers: Readonly<Record<string, LayerDef>> = {
  conv,
  dense: denseLayer,
  maxpool,
  avgpool,
  global_avgpool: globalAvgpool,
  flatten,
  scale: scaleLayer,
  ...normLayers,
  local_response: localResponseLayer,
  ...activationLayers,
  ...channelActivationLayers,
  dropout: dropoutLayer,
  drop_path: dropPathLayer,
};

/** What stands between a stored kernel and the layer that reads it: values of `norm` and `drop` in rules on kernels. */
export const weightMethods: Readonly<Record<string, WeightMethodDef>> = {
  dropconnect,
  weight_standardization: weightStandardization,
  scaled: scaledStandardization,
};

/** Values of `noise`, on inputs, outputs of layers and weights. */
export const noises: Readonly<Record<string, NoiseDef>> = { gaussian: gaussianNoise };

/** Where paths meet. */
export const joins: Readonly<Record<string, LayerDef>> = { sum: sumJoin, mul: mulJoin, concat: concatJoin };

export const penalties: Readonly<Record<string, PenaltyDef>> = { l1: l1Penalty, l2: l2Penalty, l1_l2: l1l2Penalty };
export const decays: Readonly<Record<string, DecayDef>> = { decoupled };
export const clips: Readonly<Record<string, ClipDef>> = {
  value: valueClip,
  norm: normClip,
  global_norm: globalNorm,
  adaptive,
  dynamic,
};
export const ascents: Readonly<Record<string, AscentDef>> = { sam };
export const constraints: Readonly<Record<string, ConstraintDef>> = {
  max_norm: maxNormConstraint,
  unit_norm: unitNormConstraint,
  non_neg: nonNegConstraint,
  ball,
};
export const priors: Readonly<Record<string, PriorDef>> = { gaussian, laplace };
export const optimizers: Readonly<Record<string, OptimizerDef>> = {
  sgd,
  rmsprop,
  adagrad,
  adadelta,
  adam,
  adamw,
  adamax,
  nadam,
  lion,
};
export const schedules: Readonly<Record<string, ScheduleDef>> = {
  constant: constantRate,
  step: steps,
  exponential,
  polynomial,
  cosine,
  one_cycle: oneCycle,
  reduce_on_plateau: reduceOnPlateau,
};
/** Averages of weights. */
export const averages: Readonly<Record<string, AverageDef>> = { ema, swa };
export const losses: Readonly<Record<string, LossDef>> = lossDefs;
