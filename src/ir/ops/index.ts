/** The whole vocabulary on one screen: every op of the IR, and everything that the language can say about them. */
import type { Node } from '../graph.ts';
import type { AnyOp } from '../op.ts';
import type { ClipDef, DecayDef, LayerDef, LossDef, OptimizerDef, PenaltyDef, ScheduleDef } from '../vocabulary.ts';
import { activation, activationGrad, activationLayers } from './activation.ts';
import { adam, adamUpdate, adamw } from './adam.ts';
import { batch, batchNorm, batchNormGrad, batchNormTrain, updateMoving } from './batch-norm.ts';
import { clipScale, globalNorm } from './clip.ts';
import { concat, slice } from './concat.ts';
import { conv, conv2d, conv2dInputGrad, conv2dKernelGrad } from './conv2d.ts';
import { decoupled } from './decay.ts';
import { dense, denseLayer, matMul } from './dense.ts';
import { dropout, dropoutLayer, dropoutTrain, dropPathLayer } from './dropout.ts';
import { add, constant, div, mul, rsqrt, scale, sub, zeros } from './elementwise.ts';
import { extern, externGrad } from './extern.ts';
import { globalAvgPool, globalAvgPoolGrad, globalAvgpool } from './global-pooling.ts';
import { concatJoin, mulJoin, sumJoin } from './joins.ts';
import { scaleLayer } from './layer-scale.ts';
import { l1, l1Grad, l1l2Penalty, l1Penalty, l2, l2Grad, l2Penalty } from './penalties.ts';
import { avgPool, avgPoolGrad, avgpool, maxPool, maxPoolGrad, maxpool } from './pooling.ts';
import { sum } from './reduce.ts';
import { flatten, reshape } from './reshape.ts';
import { constantRate, constantSchedule, cosine, cosineSchedule } from './schedules.ts';
import { sgd, sgdUpdate } from './sgd.ts';
import { crossEntropy, softmaxCrossEntropy, softmaxCrossEntropyGrad } from './softmax-cross-entropy.ts';

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
  batchNorm,
  batchNormTrain,
  batchNormGrad,
  updateMoving,
  dropout,
  dropoutTrain,
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
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  l1,
  l1Grad,
  l2,
  l2Grad,
  clipScale,
  constantSchedule,
  cosineSchedule,
  sgdUpdate,
  adamUpdate,
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
  batch,
  ...activationLayers,
  dropout: dropoutLayer,
  drop_path: dropPathLayer,
};

/** Where paths meet. */
export const joins: Readonly<Record<string, LayerDef>> = { sum: sumJoin, mul: mulJoin, concat: concatJoin };

export const penalties: Readonly<Record<string, PenaltyDef>> = { l1: l1Penalty, l2: l2Penalty, l1_l2: l1l2Penalty };
export const decays: Readonly<Record<string, DecayDef>> = { decoupled };
export const clips: Readonly<Record<string, ClipDef>> = { global_norm: globalNorm };
export const optimizers: Readonly<Record<string, OptimizerDef>> = { sgd, adam, adamw };
export const schedules: Readonly<Record<string, ScheduleDef>> = { constant: constantRate, cosine };
export const losses: Readonly<Record<string, LossDef>> = { cross_entropy: crossEntropy };
