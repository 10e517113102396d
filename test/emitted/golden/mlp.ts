// mlp: network Mlp under policy Textbook, from x.nrm. Emitted by nrmc 0.0.0: edit the spec and build again, not this file.

import type { Rank, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Look, Losses, Report, Training } from 'nrmc/runtime';
import {
  activation,
  activationGrad,
  add,
  constantSchedule,
  dense,
  dispose,
  dropout,
  kaimingNormal,
  l2,
  matMul,
  mul,
  reshape,
  sgdUpdate,
  snapshot,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  sum,
  variable,
  zeros,
} from 'nrmc/runtime';

/** Trainable values of Mlp: 235,146 numbers. */
export interface Params {
  readonly dense1: { readonly kernel: Variable<Rank.R2> /* [784, 256] */; readonly bias: Variable<Rank.R1> /* [256] */ };
  readonly dense2: { readonly kernel: Variable<Rank.R2> /* [256, 128] */; readonly bias: Variable<Rank.R1> /* [128] */ };
  readonly classifier: {
    readonly kernel: Variable<Rank.R2>; // [128, 10]
    readonly bias: Variable<Rank.R1>; // [10]
  };
}

/** Nothing but trainable values: no moving statistics. */
export interface State {}

/** The optimizer keeps nothing between steps. */
export interface OptimizerState {}

/** What prediction needs: weights with everything folded in that depends on weights only. */
export interface Frozen {
  readonly dense1: { readonly kernel: Tensor2D /* [784, 256] */; readonly bias: Tensor1D /* [256] */ };
  readonly dense2: { readonly kernel: Tensor2D /* [256, 128] */; readonly bias: Tensor1D /* [128] */ };
  readonly classifier: { readonly kernel: Tensor2D /* [128, 10] */; readonly bias: Tensor1D /* [10] */ };
}

/** What a step is given. */
export interface Batch {
  readonly image: Tensor4D; // [N, 28, 28, 1]
  readonly label: Tensor1D; // [N], int32
}

/** Fresh weights: the same for one seed on every backend. */
export function init(seed: number): { params: Params; state: State } {
  const params: Params = {
    dense1: {
      kernel: variable(kaimingNormal([784, 256], { seed, stream: 'dense1.kernel', fan: 784 })),
      bias: variable(zeros([256])),
    },
    dense2: {
      kernel: variable(kaimingNormal([256, 128], { seed, stream: 'dense2.kernel', fan: 256 })),
      bias: variable(zeros([128])),
    },
    classifier: {
      kernel: variable(kaimingNormal([128, 10], { seed, stream: 'classifier.kernel', fan: 128 })),
      bias: variable(zeros([10])),
    },
  };
  const state: State = {};
  return { params, state };
}

/** The optimizer before its first step. */
export function initOptimizer(): OptimizerState {
  return {};
}

/** One update by one batch, in place. Returns what the loss was before it; the caller disposes of that. */
export function step(training: Training<Params, State, OptimizerState>, batch: Batch): Report {
  const { params, random, update } = training;
  const { image, label } = batch;

  // forward
  const flatten1 = reshape(image, { shape: [784] });                                              // [N, 784]
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias, activation: 'relu' }); // [N, 256]
  const { y: drop1, mask: drop1Mask } = dropout(dense1, random, { rate: 0.2, stream: 'drop1' });  // [N, 256]
  const dense2 = dense(drop1, params.dense2.kernel, { bias: params.dense2.bias, activation: 'relu' }); // [N, 128]
  const { y: drop2, mask: drop2Mask } = dropout(dense2, random, { rate: 0.2, stream: 'drop2' });  // [N, 128]
  const classifier = dense(drop2, params.classifier.kernel, { bias: params.classifier.bias });    // [N, 10]
  const loss = softmaxCrossEntropy(classifier, label);
  const l2Dense1Kernel = l2(params.dense1.kernel, { lambda: 0.0001 });
  const l2Dense2Kernel = l2(params.dense2.kernel, { lambda: 0.0001 });
  const l2ClassifierKernel = l2(params.classifier.kernel, { lambda: 0.0001 });
  const penaltySum = add(l2Dense1Kernel, l2Dense2Kernel);
  dispose(l2Dense1Kernel, l2Dense2Kernel);
  const penalty = add(penaltySum, l2ClassifierKernel);
  dispose(penaltySum, l2ClassifierKernel);

  // backward
  const dClassifier = softmaxCrossEntropyGrad(classifier, label);                                 // [N, 10]
  classifier.dispose();
  const dDrop2 = matMul(dClassifier, params.classifier.kernel, { transposeB: true });             // [N, 128]
  const dClassifierKernel = matMul(drop2, dClassifier, { transposeA: true });                     // [128, 10]
  drop2.dispose();
  const dClassifierBias = sum(dClassifier, { axes: [0] });                                        // [10]
  dClassifier.dispose();
  const dAct2 = mul(dDrop2, drop2Mask);                                                           // [N, 128]
  dispose(dDrop2, drop2Mask);
  const dDense2 = activationGrad(dAct2, { y: dense2, fn: 'relu' });                               // [N, 128]
  dispose(dAct2, dense2);
  const dDrop1 = matMul(dDense2, params.dense2.kernel, { transposeB: true });                     // [N, 256]
  const dDense2Kernel = matMul(drop1, dDense2, { transposeA: true });                             // [256, 128]
  drop1.dispose();
  const dDense2Bias = sum(dDense2, { axes: [0] });                                                // [128]
  dDense2.dispose();
  const dAct1 = mul(dDrop1, drop1Mask);                                                           // [N, 256]
  dispose(dDrop1, drop1Mask);
  const dDense1 = activationGrad(dAct1, { y: dense1, fn: 'relu' });                               // [N, 256]
  dispose(dAct1, dense1);
  const dDense1Kernel = matMul(flatten1, dDense1, { transposeA: true });                          // [784, 256]
  flatten1.dispose();
  const dDense1Bias = sum(dDense1, { axes: [0] });                                                // [256]
  dDense1.dispose();

  // update
  const rate = constantSchedule(update, { rate: 0.05 });
  sgdUpdate(params.dense1.kernel, dDense1Kernel, rate, { decay: 0.0002 });
  dDense1Kernel.dispose();
  sgdUpdate(params.dense1.bias, dDense1Bias, rate);
  dDense1Bias.dispose();
  sgdUpdate(params.dense2.kernel, dDense2Kernel, rate, { decay: 0.0002 });
  dDense2Kernel.dispose();
  sgdUpdate(params.dense2.bias, dDense2Bias, rate);
  dDense2Bias.dispose();
  sgdUpdate(params.classifier.kernel, dClassifierKernel, rate, { decay: 0.0002 });
  dClassifierKernel.dispose();
  sgdUpdate(params.classifier.bias, dClassifierBias, rate);
  dClassifierBias.dispose();

  return { loss, penalty, rate };
}

/** The forward pass of `step` alone: shows each layer to `look` and changes nothing. Finds where a value stops being finite. */
export function inspect(training: Training<Params, State, OptimizerState>, batch: Batch, look: Look): void {
  const { params, random } = training;
  const { image, label } = batch;
  const flatten1 = reshape(image, { shape: [784] });
  look('flatten1', flatten1);
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias });
  look('dense1', dense1);
  flatten1.dispose();
  const act1 = activation(dense1, { fn: 'relu' });
  look('act1', act1);
  dense1.dispose();
  const { y: drop1, mask: drop1Mask } = dropout(act1, random, { rate: 0.2, stream: 'drop1' });
  look('drop1', drop1);
  dispose(act1, drop1Mask);
  const dense2 = dense(drop1, params.dense2.kernel, { bias: params.dense2.bias });
  look('dense2', dense2);
  drop1.dispose();
  const act2 = activation(dense2, { fn: 'relu' });
  look('act2', act2);
  dense2.dispose();
  const { y: drop2, mask: drop2Mask } = dropout(act2, random, { rate: 0.2, stream: 'drop2' });
  look('drop2', drop2);
  dispose(act2, drop2Mask);
  const classifier = dense(drop2, params.classifier.kernel, { bias: params.classifier.bias });
  look('classifier', classifier);
  drop2.dispose();
  const loss = softmaxCrossEntropy(classifier, label);
  look('loss', loss);
  classifier.dispose();
  loss.dispose();
}

/** What the outputs are compared with. */
export interface Targets {
  readonly label: Tensor1D; // [N], int32
}

/** The loss of what the network has given, as `step` reports it, without penalties. The caller disposes of it. */
export function lossOf(classifier: Tensor2D, targets: Targets): Losses {
  const { label } = targets;
  const loss = softmaxCrossEntropy(classifier, label);
  return { loss };
}

/** image [N, 28, 28, 1] → classifier [N, 10], as trained: nothing folded. */
export function evaluate(params: Params, _state: State, image: Tensor4D): Tensor2D {
  const flatten1 = reshape(image, { shape: [784] });                                             // [N, 784]
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias, activation: 'relu' }); // [N, 256]
  flatten1.dispose();
  const dense2 = dense(dense1, params.dense2.kernel, { bias: params.dense2.bias, activation: 'relu' }); // [N, 128]
  dense1.dispose();
  const classifier = dense(dense2, params.classifier.kernel, { bias: params.classifier.bias });  // [N, 10]
  dense2.dispose();
  return classifier;
}

/** The weights as `predict` reads them. Once, after training. */
export function freeze(params: Params, _state: State): Frozen {
  return {
    dense1: { kernel: snapshot(params.dense1.kernel), bias: snapshot(params.dense1.bias) },
    dense2: { kernel: snapshot(params.dense2.kernel), bias: snapshot(params.dense2.bias) },
    classifier: { kernel: snapshot(params.classifier.kernel), bias: snapshot(params.classifier.bias) },
  };
}

/** image [N, 28, 28, 1] → classifier [N, 10]. */
export function predict(w: Frozen, image: Tensor4D): Tensor2D {
  const flatten1 = reshape(image, { shape: [784] });                                             // [N, 784]
  const dense1 = dense(flatten1, w.dense1.kernel, { bias: w.dense1.bias, activation: 'relu' });  // [N, 256]
  flatten1.dispose();
  const dense2 = dense(dense1, w.dense2.kernel, { bias: w.dense2.bias, activation: 'relu' });    // [N, 128]
  dense1.dispose();
  const classifier = dense(dense2, w.classifier.kernel, { bias: w.classifier.bias });            // [N, 10]
  dense2.dispose();
  return classifier;
}
