// lenet: network LeNet under policy Modern, from x.nrm. Emitted by nrmc 0.0.0: edit the spec and build again, not this file.

import type { Rank, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Look, Losses, Report, Training } from 'nrmc/runtime';
import {
  activation,
  activationGrad,
  adamUpdate,
  batchNorm,
  clipScale,
  conv2d,
  conv2dInputGrad,
  conv2dKernelGrad,
  cosineSchedule,
  dense,
  dispose,
  dropout,
  kaimingNormal,
  matMul,
  maxPool,
  maxPoolGrad,
  mul,
  normalizeGrad,
  normalizeTrain,
  ones,
  reshape,
  rsqrt,
  snapshot,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  sub,
  sum,
  updateMoving,
  variable,
  zeros,
} from 'nrmc/runtime';

/** Trainable values of LeNet: 107,808 numbers. */
export interface Params {
  readonly conv1: { readonly kernel: Variable<Rank.R4> /* [5, 5, 1, 6] */ }; // no bias: norm1 subtracts the mean
  readonly norm1: { readonly gamma: Variable<Rank.R1> /* [6] */; readonly beta: Variable<Rank.R1> /* [6] */ };
  readonly conv2: { readonly kernel: Variable<Rank.R4> /* [5, 5, 6, 16] */ }; // no bias: norm2 subtracts the mean
  readonly norm2: { readonly gamma: Variable<Rank.R1> /* [16] */; readonly beta: Variable<Rank.R1> /* [16] */ };
  readonly dense1: { readonly kernel: Variable<Rank.R2> /* [784, 120] */; readonly bias: Variable<Rank.R1> /* [120] */ };
  readonly dense2: { readonly kernel: Variable<Rank.R2> /* [120, 84] */; readonly bias: Variable<Rank.R1> /* [84] */ };
  readonly classifier: { readonly kernel: Variable<Rank.R2> /* [84, 10] */; readonly bias: Variable<Rank.R1> /* [10] */ };
}

/** Moving statistics: 44 numbers. */
export interface State {
  readonly norm1: { readonly mean: Variable<Rank.R1> /* [6] */; readonly variance: Variable<Rank.R1> /* [6] */ };
  readonly norm2: { readonly mean: Variable<Rank.R1> /* [16] */; readonly variance: Variable<Rank.R1> /* [16] */ };
}

/** What the optimizer keeps between steps: 215,616 numbers. */
export interface OptimizerState {
  readonly conv1: {
    readonly kernel: {
      readonly m: Variable<Rank.R4>; // [5, 5, 1, 6]
      readonly v: Variable<Rank.R4>; // [5, 5, 1, 6]
    };
  };
  readonly norm1: {
    readonly gamma: { readonly m: Variable<Rank.R1> /* [6] */; readonly v: Variable<Rank.R1> /* [6] */ };
    readonly beta: { readonly m: Variable<Rank.R1> /* [6] */; readonly v: Variable<Rank.R1> /* [6] */ };
  };
  readonly conv2: {
    readonly kernel: {
      readonly m: Variable<Rank.R4>; // [5, 5, 6, 16]
      readonly v: Variable<Rank.R4>; // [5, 5, 6, 16]
    };
  };
  readonly norm2: {
    readonly gamma: { readonly m: Variable<Rank.R1> /* [16] */; readonly v: Variable<Rank.R1> /* [16] */ };
    readonly beta: { readonly m: Variable<Rank.R1> /* [16] */; readonly v: Variable<Rank.R1> /* [16] */ };
  };
  readonly dense1: {
    readonly kernel: { readonly m: Variable<Rank.R2> /* [784, 120] */; readonly v: Variable<Rank.R2> /* [784, 120] */ };
    readonly bias: { readonly m: Variable<Rank.R1> /* [120] */; readonly v: Variable<Rank.R1> /* [120] */ };
  };
  readonly dense2: {
    readonly kernel: { readonly m: Variable<Rank.R2> /* [120, 84] */; readonly v: Variable<Rank.R2> /* [120, 84] */ };
    readonly bias: { readonly m: Variable<Rank.R1> /* [84] */; readonly v: Variable<Rank.R1> /* [84] */ };
  };
  readonly classifier: {
    readonly kernel: { readonly m: Variable<Rank.R2> /* [84, 10] */; readonly v: Variable<Rank.R2> /* [84, 10] */ };
    readonly bias: { readonly m: Variable<Rank.R1> /* [10] */; readonly v: Variable<Rank.R1> /* [10] */ };
  };
}

/** What prediction needs: weights with everything folded in that depends on weights only. */
export interface Frozen {
  readonly conv1: { readonly kernel: Tensor4D /* [5, 5, 1, 6] */; readonly bias: Tensor1D /* [6] */ };
  readonly conv2: { readonly kernel: Tensor4D /* [5, 5, 6, 16] */; readonly bias: Tensor1D /* [16] */ };
  readonly dense1: { readonly kernel: Tensor2D /* [784, 120] */; readonly bias: Tensor1D /* [120] */ };
  readonly dense2: { readonly kernel: Tensor2D /* [120, 84] */; readonly bias: Tensor1D /* [84] */ };
  readonly classifier: { readonly kernel: Tensor2D /* [84, 10] */; readonly bias: Tensor1D /* [10] */ };
}

/** What a step is given. */
export interface Batch {
  readonly image: Tensor4D; // [N, 28, 28, 1]
  readonly label: Tensor1D; // [N], int32
}

/** Fresh weights: the same for one seed on every backend. */
export function init(seed: number): { params: Params; state: State } {
  const params: Params = {
    conv1: { kernel: variable(kaimingNormal([5, 5, 1, 6], { seed, stream: 'conv1.kernel', fan: 25 })) },
    norm1: { gamma: variable(ones([6])), beta: variable(zeros([6])) },
    conv2: { kernel: variable(kaimingNormal([5, 5, 6, 16], { seed, stream: 'conv2.kernel', fan: 150 })) },
    norm2: { gamma: variable(ones([16])), beta: variable(zeros([16])) },
    dense1: {
      kernel: variable(kaimingNormal([784, 120], { seed, stream: 'dense1.kernel', fan: 784 })),
      bias: variable(zeros([120])),
    },
    dense2: {
      kernel: variable(kaimingNormal([120, 84], { seed, stream: 'dense2.kernel', fan: 120 })),
      bias: variable(zeros([84])),
    },
    classifier: {
      kernel: variable(kaimingNormal([84, 10], { seed, stream: 'classifier.kernel', fan: 84 })),
      bias: variable(zeros([10])),
    },
  };
  const state: State = {
    norm1: { mean: variable(zeros([6])), variance: variable(ones([6])) },
    norm2: { mean: variable(zeros([16])), variance: variable(ones([16])) },
  };
  return { params, state };
}

/** The optimizer before its first step. */
export function initOptimizer(): OptimizerState {
  return {
    conv1: {
      kernel: { m: variable(zeros([5, 5, 1, 6])), v: variable(zeros([5, 5, 1, 6])) },
    },
    norm1: {
      gamma: { m: variable(zeros([6])), v: variable(zeros([6])) },
      beta: { m: variable(zeros([6])), v: variable(zeros([6])) },
    },
    conv2: {
      kernel: { m: variable(zeros([5, 5, 6, 16])), v: variable(zeros([5, 5, 6, 16])) },
    },
    norm2: {
      gamma: { m: variable(zeros([16])), v: variable(zeros([16])) },
      beta: { m: variable(zeros([16])), v: variable(zeros([16])) },
    },
    dense1: {
      kernel: { m: variable(zeros([784, 120])), v: variable(zeros([784, 120])) },
      bias: { m: variable(zeros([120])), v: variable(zeros([120])) },
    },
    dense2: {
      kernel: { m: variable(zeros([120, 84])), v: variable(zeros([120, 84])) },
      bias: { m: variable(zeros([84])), v: variable(zeros([84])) },
    },
    classifier: {
      kernel: { m: variable(zeros([84, 10])), v: variable(zeros([84, 10])) },
      bias: { m: variable(zeros([10])), v: variable(zeros([10])) },
    },
  };
}

/** One update by one batch, in place. Returns what the loss was before it; the caller disposes of that. */
export function step(training: Training<Params, State, OptimizerState>, batch: Batch): Report {
  const { params, state, optimizer, random, update, updates } = training;
  const { image, label } = batch;

  // forward
  const conv1 = conv2d(image, params.conv1.kernel);                                               // [N, 28, 28, 6]
  const { y: norm1, variance: norm1Variance, mean: norm1Mean } = normalizeTrain(conv1, {
    gamma: params.norm1.gamma, beta: params.norm1.beta, epsilon: 0.001,
  }); // [N, 28, 28, 6]
  updateMoving(state.norm1.mean, norm1Mean, { momentum: 0.9 });
  updateMoving(state.norm1.variance, norm1Variance, { momentum: 0.9 });
  const act1 = activation(norm1, { fn: 'relu' });                                                 // [N, 28, 28, 6]
  norm1.dispose();
  const maxpool1 = maxPool(act1, { size: [2, 2], stride: [2, 2] });                               // [N, 14, 14, 6]
  const conv2 = conv2d(maxpool1, params.conv2.kernel);                                            // [N, 14, 14, 16]
  const { y: norm2, variance: norm2Variance, mean: norm2Mean } = normalizeTrain(conv2, {
    gamma: params.norm2.gamma, beta: params.norm2.beta, epsilon: 0.001,
  }); // [N, 14, 14, 16]
  updateMoving(state.norm2.mean, norm2Mean, { momentum: 0.9 });
  updateMoving(state.norm2.variance, norm2Variance, { momentum: 0.9 });
  const act2 = activation(norm2, { fn: 'relu' });                                                 // [N, 14, 14, 16]
  norm2.dispose();
  const maxpool2 = maxPool(act2, { size: [2, 2], stride: [2, 2] });                               // [N, 7, 7, 16]
  const flatten1 = reshape(maxpool2, { shape: [784] });                                           // [N, 784]
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias, activation: 'relu' }); // [N, 120]
  const { y: drop1, mask: drop1Mask } = dropout(dense1, random, { rate: 0.1, stream: 'drop1' });  // [N, 120]
  const dense2 = dense(drop1, params.dense2.kernel, { bias: params.dense2.bias, activation: 'relu' }); // [N, 84]
  const { y: drop2, mask: drop2Mask } = dropout(dense2, random, { rate: 0.1, stream: 'drop2' });  // [N, 84]
  const classifier = dense(drop2, params.classifier.kernel, { bias: params.classifier.bias });    // [N, 10]
  const loss = softmaxCrossEntropy(classifier, label);

  // backward
  const dClassifier = softmaxCrossEntropyGrad(classifier, label);                                 // [N, 10]
  classifier.dispose();
  const dDrop2 = matMul(dClassifier, params.classifier.kernel, { transposeB: true });             // [N, 84]
  const dClassifierKernel = matMul(drop2, dClassifier, { transposeA: true });                     // [84, 10]
  drop2.dispose();
  const dClassifierBias = sum(dClassifier, { axes: [0] });                                        // [10]
  dClassifier.dispose();
  const dAct4 = mul(dDrop2, drop2Mask);                                                           // [N, 84]
  dispose(dDrop2, drop2Mask);
  const dDense2 = activationGrad(dAct4, { y: dense2, fn: 'relu' });                               // [N, 84]
  dispose(dAct4, dense2);
  const dDrop1 = matMul(dDense2, params.dense2.kernel, { transposeB: true });                     // [N, 120]
  const dDense2Kernel = matMul(drop1, dDense2, { transposeA: true });                             // [120, 84]
  drop1.dispose();
  const dDense2Bias = sum(dDense2, { axes: [0] });                                                // [84]
  dDense2.dispose();
  const dAct3 = mul(dDrop1, drop1Mask);                                                           // [N, 120]
  dispose(dDrop1, drop1Mask);
  const dDense1 = activationGrad(dAct3, { y: dense1, fn: 'relu' });                               // [N, 120]
  dispose(dAct3, dense1);
  const dFlatten1 = matMul(dDense1, params.dense1.kernel, { transposeB: true });                  // [N, 784]
  const dDense1Kernel = matMul(flatten1, dDense1, { transposeA: true });                          // [784, 120]
  flatten1.dispose();
  const dDense1Bias = sum(dDense1, { axes: [0] });                                                // [120]
  dDense1.dispose();
  const dMaxpool2 = reshape(dFlatten1, { shape: [7, 7, 16] });                                    // [N, 7, 7, 16]
  dFlatten1.dispose();
  const dAct2 = maxPoolGrad(dMaxpool2, act2, maxpool2, { size: [2, 2], stride: [2, 2] });         // [N, 14, 14, 16]
  dispose(dMaxpool2, maxpool2);
  const dNorm2 = activationGrad(dAct2, { y: act2, fn: 'relu' });                                  // [N, 14, 14, 16]
  dispose(dAct2, act2);
  const { dx: dConv2, dgamma: dNorm2Gamma, dbeta: dNorm2Beta } = normalizeGrad(dNorm2, conv2, norm2Variance, {
    mean: norm2Mean, gamma: params.norm2.gamma, epsilon: 0.001,
  }); // [N, 14, 14, 16]
  dispose(dNorm2, conv2, norm2Variance, norm2Mean);
  const dMaxpool1 = conv2dInputGrad(dConv2, params.conv2.kernel, { height: 14, width: 14 });      // [N, 14, 14, 6]
  const dConv2Kernel = conv2dKernelGrad(maxpool1, dConv2, { size: [5, 5] });                      // [5, 5, 6, 16]
  dConv2.dispose();
  const dAct1 = maxPoolGrad(dMaxpool1, act1, maxpool1, { size: [2, 2], stride: [2, 2] });         // [N, 28, 28, 6]
  dispose(dMaxpool1, maxpool1);
  const dNorm1 = activationGrad(dAct1, { y: act1, fn: 'relu' });                                  // [N, 28, 28, 6]
  dispose(dAct1, act1);
  const { dx: dConv1, dgamma: dNorm1Gamma, dbeta: dNorm1Beta } = normalizeGrad(dNorm1, conv1, norm1Variance, {
    mean: norm1Mean, gamma: params.norm1.gamma, epsilon: 0.001,
  }); // [N, 28, 28, 6]
  dispose(dNorm1, conv1, norm1Variance, norm1Mean);
  const dConv1Kernel = conv2dKernelGrad(image, dConv1, { size: [5, 5] });                         // [5, 5, 1, 6]
  dConv1.dispose();

  // update
  const clip = clipScale(
    [
      dConv1Kernel, dNorm1Gamma, dNorm1Beta, dConv2Kernel, dNorm2Gamma, dNorm2Beta, dDense1Kernel,
      dDense1Bias, dDense2Kernel, dDense2Bias, dClassifierKernel, dClassifierBias,
    ],
    { maxNorm: 5 },
  );
  const rate = cosineSchedule(update, updates, { rate: 0.004, warmup: 100 });
  adamUpdate(params.conv1.kernel, dConv1Kernel, rate, update, optimizer.conv1.kernel, { scale: clip, decay: 0.0005 });
  dConv1Kernel.dispose();
  adamUpdate(params.norm1.gamma, dNorm1Gamma, rate, update, optimizer.norm1.gamma, { scale: clip });
  dNorm1Gamma.dispose();
  adamUpdate(params.norm1.beta, dNorm1Beta, rate, update, optimizer.norm1.beta, { scale: clip });
  dNorm1Beta.dispose();
  adamUpdate(params.conv2.kernel, dConv2Kernel, rate, update, optimizer.conv2.kernel, { scale: clip, decay: 0.0005 });
  dConv2Kernel.dispose();
  adamUpdate(params.norm2.gamma, dNorm2Gamma, rate, update, optimizer.norm2.gamma, { scale: clip });
  dNorm2Gamma.dispose();
  adamUpdate(params.norm2.beta, dNorm2Beta, rate, update, optimizer.norm2.beta, { scale: clip });
  dNorm2Beta.dispose();
  adamUpdate(params.dense1.kernel, dDense1Kernel, rate, update, optimizer.dense1.kernel, {
    scale: clip, decay: 0.0005,
  });
  dDense1Kernel.dispose();
  adamUpdate(params.dense1.bias, dDense1Bias, rate, update, optimizer.dense1.bias, { scale: clip });
  dDense1Bias.dispose();
  adamUpdate(params.dense2.kernel, dDense2Kernel, rate, update, optimizer.dense2.kernel, {
    scale: clip, decay: 0.0005,
  });
  dDense2Kernel.dispose();
  adamUpdate(params.dense2.bias, dDense2Bias, rate, update, optimizer.dense2.bias, { scale: clip });
  dDense2Bias.dispose();
  adamUpdate(params.classifier.kernel, dClassifierKernel, rate, update, optimizer.classifier.kernel, { scale: clip });
  dClassifierKernel.dispose();
  adamUpdate(params.classifier.bias, dClassifierBias, rate, update, optimizer.classifier.bias, { scale: clip });
  dispose(dClassifierBias, clip);

  return { loss, penalty: null, rate };
}

/** The forward pass of `step` alone: shows each layer to `look` and changes nothing. Finds where a value stops being finite. */
export function inspect(training: Training<Params, State, OptimizerState>, batch: Batch, look: Look): void {
  const { params, random } = training;
  const { image, label } = batch;
  const conv1 = conv2d(image, params.conv1.kernel);
  look('conv1', conv1);
  const { y: norm1, variance: norm1Variance, mean: norm1Mean } = normalizeTrain(conv1, {
    gamma: params.norm1.gamma, beta: params.norm1.beta, epsilon: 0.001,
  });
  look('norm1', norm1);
  dispose(conv1, norm1Variance, norm1Mean);
  const act1 = activation(norm1, { fn: 'relu' });
  look('act1', act1);
  norm1.dispose();
  const maxpool1 = maxPool(act1, { size: [2, 2], stride: [2, 2] });
  look('maxpool1', maxpool1);
  act1.dispose();
  const conv2 = conv2d(maxpool1, params.conv2.kernel);
  look('conv2', conv2);
  maxpool1.dispose();
  const { y: norm2, variance: norm2Variance, mean: norm2Mean } = normalizeTrain(conv2, {
    gamma: params.norm2.gamma, beta: params.norm2.beta, epsilon: 0.001,
  });
  look('norm2', norm2);
  dispose(conv2, norm2Variance, norm2Mean);
  const act2 = activation(norm2, { fn: 'relu' });
  look('act2', act2);
  norm2.dispose();
  const maxpool2 = maxPool(act2, { size: [2, 2], stride: [2, 2] });
  look('maxpool2', maxpool2);
  act2.dispose();
  const flatten1 = reshape(maxpool2, { shape: [784] });
  look('flatten1', flatten1);
  maxpool2.dispose();
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias });
  look('dense1', dense1);
  flatten1.dispose();
  const act3 = activation(dense1, { fn: 'relu' });
  look('act3', act3);
  dense1.dispose();
  const { y: drop1, mask: drop1Mask } = dropout(act3, random, { rate: 0.1, stream: 'drop1' });
  look('drop1', drop1);
  dispose(act3, drop1Mask);
  const dense2 = dense(drop1, params.dense2.kernel, { bias: params.dense2.bias });
  look('dense2', dense2);
  drop1.dispose();
  const act4 = activation(dense2, { fn: 'relu' });
  look('act4', act4);
  dense2.dispose();
  const { y: drop2, mask: drop2Mask } = dropout(act4, random, { rate: 0.1, stream: 'drop2' });
  look('drop2', drop2);
  dispose(act4, drop2Mask);
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
export function evaluate(params: Params, state: State, image: Tensor4D): Tensor2D {
  const conv1 = conv2d(image, params.conv1.kernel);                                              // [N, 28, 28, 6]
  const norm1 = batchNorm(conv1, {
    gamma: params.norm1.gamma, beta: params.norm1.beta, mean: state.norm1.mean,
    variance: state.norm1.variance, epsilon: 0.001,
  }); // [N, 28, 28, 6]
  conv1.dispose();
  const act1 = activation(norm1, { fn: 'relu' });                                                // [N, 28, 28, 6]
  norm1.dispose();
  const maxpool1 = maxPool(act1, { size: [2, 2], stride: [2, 2] });                              // [N, 14, 14, 6]
  act1.dispose();
  const conv2 = conv2d(maxpool1, params.conv2.kernel);                                           // [N, 14, 14, 16]
  maxpool1.dispose();
  const norm2 = batchNorm(conv2, {
    gamma: params.norm2.gamma, beta: params.norm2.beta, mean: state.norm2.mean,
    variance: state.norm2.variance, epsilon: 0.001,
  }); // [N, 14, 14, 16]
  conv2.dispose();
  const act2 = activation(norm2, { fn: 'relu' });                                                // [N, 14, 14, 16]
  norm2.dispose();
  const maxpool2 = maxPool(act2, { size: [2, 2], stride: [2, 2] });                              // [N, 7, 7, 16]
  act2.dispose();
  const flatten1 = reshape(maxpool2, { shape: [784] });                                          // [N, 784]
  maxpool2.dispose();
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias, activation: 'relu' }); // [N, 120]
  flatten1.dispose();
  const dense2 = dense(dense1, params.dense2.kernel, { bias: params.dense2.bias, activation: 'relu' }); // [N, 84]
  dense1.dispose();
  const classifier = dense(dense2, params.classifier.kernel, { bias: params.classifier.bias });  // [N, 10]
  dense2.dispose();
  return classifier;
}

/** Folds norm1 into conv1, norm2 into conv2. Once, after training. */
export function freeze(params: Params, state: State): Frozen {
  const norm1Inverse = rsqrt(state.norm1.variance, { epsilon: 0.001 });  // [6]
  const norm1Scale = mul(params.norm1.gamma, norm1Inverse);              // [6]
  norm1Inverse.dispose();
  const conv1Kernel = mul(params.conv1.kernel, norm1Scale);              // [5, 5, 1, 6]
  const conv1BiasMean = mul(state.norm1.mean, norm1Scale);               // [6]
  norm1Scale.dispose();
  const conv1Bias = sub(params.norm1.beta, conv1BiasMean);               // [6]
  conv1BiasMean.dispose();
  const norm2Inverse = rsqrt(state.norm2.variance, { epsilon: 0.001 });  // [16]
  const norm2Scale = mul(params.norm2.gamma, norm2Inverse);              // [16]
  norm2Inverse.dispose();
  const conv2Kernel = mul(params.conv2.kernel, norm2Scale);              // [5, 5, 6, 16]
  const conv2BiasMean = mul(state.norm2.mean, norm2Scale);               // [16]
  norm2Scale.dispose();
  const conv2Bias = sub(params.norm2.beta, conv2BiasMean);               // [16]
  conv2BiasMean.dispose();
  return {
    conv1: { kernel: conv1Kernel, bias: conv1Bias },
    conv2: { kernel: conv2Kernel, bias: conv2Bias },
    dense1: { kernel: snapshot(params.dense1.kernel), bias: snapshot(params.dense1.bias) },
    dense2: { kernel: snapshot(params.dense2.kernel), bias: snapshot(params.dense2.bias) },
    classifier: { kernel: snapshot(params.classifier.kernel), bias: snapshot(params.classifier.bias) },
  };
}

/** image [N, 28, 28, 1] → classifier [N, 10]. */
export function predict(w: Frozen, image: Tensor4D): Tensor2D {
  const conv1 = conv2d(image, w.conv1.kernel, { bias: w.conv1.bias, activation: 'relu' }); // [N, 28, 28, 6], norm1 folded in
  const maxpool1 = maxPool(conv1, { size: [2, 2], stride: [2, 2] });                             // [N, 14, 14, 6]
  conv1.dispose();
  const conv2 = conv2d(maxpool1, w.conv2.kernel, { bias: w.conv2.bias, activation: 'relu' }); // [N, 14, 14, 16], norm2 folded in
  maxpool1.dispose();
  const maxpool2 = maxPool(conv2, { size: [2, 2], stride: [2, 2] });                             // [N, 7, 7, 16]
  conv2.dispose();
  const flatten1 = reshape(maxpool2, { shape: [784] });                                          // [N, 784]
  maxpool2.dispose();
  const dense1 = dense(flatten1, w.dense1.kernel, { bias: w.dense1.bias, activation: 'relu' });  // [N, 120]
  flatten1.dispose();
  const dense2 = dense(dense1, w.dense2.kernel, { bias: w.dense2.bias, activation: 'relu' });    // [N, 84]
  dense1.dispose();
  const classifier = dense(dense2, w.classifier.kernel, { bias: w.classifier.bias });            // [N, 10]
  dense2.dispose();
  return classifier;
}
