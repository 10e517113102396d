// scenes: network Scenes under policy Shared, from x.nrm. Emitted by nrmc 0.0.0: edit the spec and build again, not this file.

import type { Rank, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Look, Losses, Report, Training } from 'nrmc/runtime';
import {
  activation,
  activationGrad,
  adamUpdate,
  add,
  batchNorm,
  concat,
  constantSchedule,
  conv2d,
  conv2dKernelGrad,
  dense,
  dispose,
  dropout,
  glorotUniform,
  l1,
  l1Grad,
  matMul,
  maxPool,
  maxPoolGrad,
  mul,
  normalizeGrad,
  normalizeTrain,
  ones,
  reshape,
  rsqrt,
  slice,
  snapshot,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  sub,
  sum,
  updateMoving,
  variable,
  zeros,
} from 'nrmc/runtime';

/** Trainable values of Scenes: 680 numbers. */
export interface Params {
  readonly encoder: {
    readonly conv1: { readonly kernel: Variable<Rank.R4> /* [3, 3, 1, 3] */ }; // no bias: encoder.norm1 subtracts the mean
    readonly norm1: { readonly gamma: Variable<Rank.R1> /* [3] */; readonly beta: Variable<Rank.R1> /* [3] */ };
  };
  readonly dense1: { readonly kernel: Variable<Rank.R2> /* [72, 8] */; readonly bias: Variable<Rank.R1> /* [8] */ };
  readonly form: { readonly kernel: Variable<Rank.R2> /* [8, 3] */; readonly bias: Variable<Rank.R1> /* [3] */ };
  readonly label: { readonly kernel: Variable<Rank.R2> /* [8, 4] */; readonly bias: Variable<Rank.R1> /* [4] */ };
}

/** Moving statistics: 6 numbers. */
export interface State {
  readonly encoder: {
    readonly norm1: { readonly mean: Variable<Rank.R1> /* [3] */; readonly variance: Variable<Rank.R1> /* [3] */ };
  };
}

/** What the optimizer keeps between steps: 1,360 numbers. */
export interface OptimizerState {
  readonly encoder: {
    readonly conv1: {
      readonly kernel: {
        readonly m: Variable<Rank.R4>; // [3, 3, 1, 3]
        readonly v: Variable<Rank.R4>; // [3, 3, 1, 3]
      };
    };
    readonly norm1: {
      readonly gamma: { readonly m: Variable<Rank.R1> /* [3] */; readonly v: Variable<Rank.R1> /* [3] */ };
      readonly beta: { readonly m: Variable<Rank.R1> /* [3] */; readonly v: Variable<Rank.R1> /* [3] */ };
    };
  };
  readonly dense1: {
    readonly kernel: { readonly m: Variable<Rank.R2> /* [72, 8] */; readonly v: Variable<Rank.R2> /* [72, 8] */ };
    readonly bias: { readonly m: Variable<Rank.R1> /* [8] */; readonly v: Variable<Rank.R1> /* [8] */ };
  };
  readonly form: {
    readonly kernel: { readonly m: Variable<Rank.R2> /* [8, 3] */; readonly v: Variable<Rank.R2> /* [8, 3] */ };
    readonly bias: { readonly m: Variable<Rank.R1> /* [3] */; readonly v: Variable<Rank.R1> /* [3] */ };
  };
  readonly label: {
    readonly kernel: { readonly m: Variable<Rank.R2> /* [8, 4] */; readonly v: Variable<Rank.R2> /* [8, 4] */ };
    readonly bias: { readonly m: Variable<Rank.R1> /* [4] */; readonly v: Variable<Rank.R1> /* [4] */ };
  };
}

/** What prediction needs: weights with everything folded in that depends on weights only. */
export interface Frozen {
  readonly encoder: {
    readonly conv1: { readonly kernel: Tensor4D /* [3, 3, 1, 3] */; readonly bias: Tensor1D /* [3] */ };
  };
  readonly dense1: { readonly kernel: Tensor2D /* [72, 8] */; readonly bias: Tensor1D /* [8] */ };
  readonly form: { readonly kernel: Tensor2D /* [8, 3] */; readonly bias: Tensor1D /* [3] */ };
  readonly label: { readonly kernel: Tensor2D /* [8, 4] */; readonly bias: Tensor1D /* [4] */ };
}

/** What a step is given. */
export interface Batch {
  readonly image: Tensor4D; // [N, 8, 6, 1]
  readonly depth: Tensor4D; // [N, 8, 6, 1]
  readonly form: Tensor1D; // [N], int32
  readonly label: Tensor1D; // [N], int32
}

/** What the network gives. The caller disposes of each. */
export interface Outputs {
  readonly form: Tensor2D; // [N, 3]
  readonly label: Tensor2D; // [N, 4]
}

/** Fresh weights: the same for one seed on every backend. */
export function init(seed: number): { params: Params; state: State } {
  const params: Params = {
    encoder: {
      conv1: {
        kernel: variable(glorotUniform([3, 3, 1, 3], { seed, stream: 'encoder.conv1.kernel', fanIn: 9, fanOut: 27 })),
      },
      norm1: { gamma: variable(ones([3])), beta: variable(zeros([3])) },
    },
    dense1: {
      kernel: variable(glorotUniform([72, 8], { seed, stream: 'dense1.kernel', fanIn: 72, fanOut: 8 })),
      bias: variable(zeros([8])),
    },
    form: {
      kernel: variable(glorotUniform([8, 3], { seed, stream: 'form.kernel', fanIn: 8, fanOut: 3 })),
      bias: variable(zeros([3])),
    },
    label: {
      kernel: variable(glorotUniform([8, 4], { seed, stream: 'label.kernel', fanIn: 8, fanOut: 4 })),
      bias: variable(zeros([4])),
    },
  };
  const state: State = {
    encoder: {
      norm1: { mean: variable(zeros([3])), variance: variable(ones([3])) },
    },
  };
  return { params, state };
}

/** The optimizer before its first step. */
export function initOptimizer(): OptimizerState {
  return {
    encoder: {
      conv1: {
        kernel: { m: variable(zeros([3, 3, 1, 3])), v: variable(zeros([3, 3, 1, 3])) },
      },
      norm1: {
        gamma: { m: variable(zeros([3])), v: variable(zeros([3])) },
        beta: { m: variable(zeros([3])), v: variable(zeros([3])) },
      },
    },
    dense1: {
      kernel: { m: variable(zeros([72, 8])), v: variable(zeros([72, 8])) },
      bias: { m: variable(zeros([8])), v: variable(zeros([8])) },
    },
    form: {
      kernel: { m: variable(zeros([8, 3])), v: variable(zeros([8, 3])) },
      bias: { m: variable(zeros([3])), v: variable(zeros([3])) },
    },
    label: {
      kernel: { m: variable(zeros([8, 4])), v: variable(zeros([8, 4])) },
      bias: { m: variable(zeros([4])), v: variable(zeros([4])) },
    },
  };
}

/** One update by one batch, in place. Returns what the loss was before it; the caller disposes of that. */
export function step(training: Training<Params, State, OptimizerState>, batch: Batch): Report {
  const { params, state, optimizer, random, update } = training;
  const { image, depth, form: formTarget, label: labelTarget } = batch;

  // forward
  const encoderConv1 = conv2d(image, params.encoder.conv1.kernel);                                // [N, 8, 6, 3]
  const { y: encoderNorm1, variance: encoderNorm1Variance, mean: encoderNorm1Mean } = normalizeTrain(encoderConv1, {
    gamma: params.encoder.norm1.gamma, beta: params.encoder.norm1.beta, epsilon: 0.001,
  }); // [N, 8, 6, 3]
  updateMoving(state.encoder.norm1.mean, encoderNorm1Mean, { momentum: 0.9 });
  updateMoving(state.encoder.norm1.variance, encoderNorm1Variance, { momentum: 0.9 });
  const encoderAct1 = activation(encoderNorm1, { fn: 'relu' });                                   // [N, 8, 6, 3]
  encoderNorm1.dispose();
  const encoderMaxpool1 = maxPool(encoderAct1, { size: [2, 2], stride: [2, 2] });                 // [N, 4, 3, 3]
  const again1Conv1 = conv2d(depth, params.encoder.conv1.kernel);                                 // [N, 8, 6, 3]
  const { y: again1Norm1, variance: again1Norm1Variance, mean: again1Norm1Mean } = normalizeTrain(again1Conv1, {
    gamma: params.encoder.norm1.gamma, beta: params.encoder.norm1.beta, epsilon: 0.001,
  }); // [N, 8, 6, 3]
  updateMoving(state.encoder.norm1.mean, again1Norm1Mean, { momentum: 0.9 });
  updateMoving(state.encoder.norm1.variance, again1Norm1Variance, { momentum: 0.9 });
  const again1Act1 = activation(again1Norm1, { fn: 'relu' });                                     // [N, 8, 6, 3]
  again1Norm1.dispose();
  const again1Maxpool1 = maxPool(again1Act1, { size: [2, 2], stride: [2, 2] });                   // [N, 4, 3, 3]
  const concat1 = concat([encoderMaxpool1, again1Maxpool1]);                                      // [N, 4, 3, 6]
  const flatten1 = reshape(concat1, { shape: [72] });                                             // [N, 72]
  concat1.dispose();
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias, activation: 'relu' }); // [N, 8]
  const { y: drop1, mask: drop1Mask } = dropout(dense1, random, { rate: 0.2, stream: 'drop1' });  // [N, 8]
  const form = dense(drop1, params.form.kernel, { bias: params.form.bias });                      // [N, 3]
  const label = dense(drop1, params.label.kernel, { bias: params.label.bias });                   // [N, 4]
  const lossForm = softmaxCrossEntropy(form, formTarget);
  const lossLabel = softmaxCrossEntropy(label, labelTarget);
  const loss = add(lossForm, lossLabel);
  const l1EncoderConv1Kernel = l1(params.encoder.conv1.kernel, { lambda: 0.001 });

  // backward
  const dLabel = softmaxCrossEntropyGrad(label, labelTarget);                                     // [N, 4]
  label.dispose();
  const dForm = softmaxCrossEntropyGrad(form, formTarget);                                        // [N, 3]
  form.dispose();
  const dDrop1_3 = matMul(dLabel, params.label.kernel, { transposeB: true });                     // [N, 8]
  const dLabelKernel = matMul(drop1, dLabel, { transposeA: true });                               // [8, 4]
  const dLabelBias = sum(dLabel, { axes: [0] });                                                  // [4]
  dLabel.dispose();
  const dDrop1_2 = matMul(dForm, params.form.kernel, { transposeB: true });                       // [N, 8]
  const dFormKernel = matMul(drop1, dForm, { transposeA: true });                                 // [8, 3]
  drop1.dispose();
  const dFormBias = sum(dForm, { axes: [0] });                                                    // [3]
  dForm.dispose();
  const dDrop1 = add(dDrop1_3, dDrop1_2);                                                         // [N, 8]
  dispose(dDrop1_3, dDrop1_2);
  const dAct1 = mul(dDrop1, drop1Mask);                                                           // [N, 8]
  dispose(dDrop1, drop1Mask);
  const dDense1 = activationGrad(dAct1, { y: dense1, fn: 'relu' });                               // [N, 8]
  dispose(dAct1, dense1);
  const dFlatten1 = matMul(dDense1, params.dense1.kernel, { transposeB: true });                  // [N, 72]
  const dDense1Kernel = matMul(flatten1, dDense1, { transposeA: true });                          // [72, 8]
  flatten1.dispose();
  const dDense1Bias = sum(dDense1, { axes: [0] });                                                // [8]
  dDense1.dispose();
  const dConcat1 = reshape(dFlatten1, { shape: [4, 3, 6] });                                      // [N, 4, 3, 6]
  dFlatten1.dispose();
  const dEncoderMaxpool1 = slice(dConcat1, { size: 3 });                                          // [N, 4, 3, 3]
  const dAgain1Maxpool1 = slice(dConcat1, { from: 3, size: 3 });                                  // [N, 4, 3, 3]
  dConcat1.dispose();
  const dAgain1Act1 = maxPoolGrad(dAgain1Maxpool1, again1Act1, again1Maxpool1, { size: [2, 2], stride: [2, 2] }); // [N, 8, 6, 3]
  dispose(dAgain1Maxpool1, again1Maxpool1);
  const dAgain1Norm1 = activationGrad(dAgain1Act1, { y: again1Act1, fn: 'relu' });                // [N, 8, 6, 3]
  dispose(dAgain1Act1, again1Act1);
  const { dx: dAgain1Conv1, dgamma: dEncoderNorm1Gamma_3, dbeta: dEncoderNorm1Beta_3 } = normalizeGrad(
    dAgain1Norm1, again1Conv1, again1Norm1Variance,
    { mean: again1Norm1Mean, gamma: params.encoder.norm1.gamma, epsilon: 0.001 },
  ); // [N, 8, 6, 3]
  dispose(dAgain1Norm1, again1Conv1, again1Norm1Variance, again1Norm1Mean);
  const dEncoderConv1Kernel_3 = conv2dKernelGrad(depth, dAgain1Conv1, { size: [3, 3] });          // [3, 3, 1, 3]
  dAgain1Conv1.dispose();
  const dEncoderAct1 = maxPoolGrad(dEncoderMaxpool1, encoderAct1, encoderMaxpool1, { size: [2, 2], stride: [2, 2] }); // [N, 8, 6, 3]
  dispose(dEncoderMaxpool1, encoderMaxpool1);
  const dEncoderNorm1 = activationGrad(dEncoderAct1, { y: encoderAct1, fn: 'relu' });             // [N, 8, 6, 3]
  dispose(dEncoderAct1, encoderAct1);
  const { dx: dEncoderConv1, dgamma: dEncoderNorm1Gamma_2, dbeta: dEncoderNorm1Beta_2 } = normalizeGrad(
    dEncoderNorm1, encoderConv1, encoderNorm1Variance,
    { mean: encoderNorm1Mean, gamma: params.encoder.norm1.gamma, epsilon: 0.001 },
  ); // [N, 8, 6, 3]
  dispose(dEncoderNorm1, encoderConv1, encoderNorm1Variance, encoderNorm1Mean);
  const dEncoderNorm1Gamma = add(dEncoderNorm1Gamma_3, dEncoderNorm1Gamma_2);                     // [3]
  dispose(dEncoderNorm1Gamma_3, dEncoderNorm1Gamma_2);
  const dEncoderNorm1Beta = add(dEncoderNorm1Beta_3, dEncoderNorm1Beta_2);                        // [3]
  dispose(dEncoderNorm1Beta_3, dEncoderNorm1Beta_2);
  const dEncoderConv1Kernel_2 = conv2dKernelGrad(image, dEncoderConv1, { size: [3, 3] });         // [3, 3, 1, 3]
  dEncoderConv1.dispose();
  const dEncoderConv1Kernel = add(dEncoderConv1Kernel_3, dEncoderConv1Kernel_2);                  // [3, 3, 1, 3]
  dispose(dEncoderConv1Kernel_3, dEncoderConv1Kernel_2);

  // update
  const dEncoderConv1KernelPenalty = l1Grad(params.encoder.conv1.kernel, { lambda: 0.001 });      // [3, 3, 1, 3]
  const dEncoderConv1KernelTotal = add(dEncoderConv1Kernel, dEncoderConv1KernelPenalty);          // [3, 3, 1, 3]
  dispose(dEncoderConv1Kernel, dEncoderConv1KernelPenalty);
  const rate = constantSchedule(update, { rate: 0.01 });
  adamUpdate(params.encoder.conv1.kernel, dEncoderConv1KernelTotal, rate, update, optimizer.encoder.conv1.kernel);
  dEncoderConv1KernelTotal.dispose();
  adamUpdate(params.encoder.norm1.gamma, dEncoderNorm1Gamma, rate, update, optimizer.encoder.norm1.gamma);
  dEncoderNorm1Gamma.dispose();
  adamUpdate(params.encoder.norm1.beta, dEncoderNorm1Beta, rate, update, optimizer.encoder.norm1.beta);
  dEncoderNorm1Beta.dispose();
  adamUpdate(params.dense1.kernel, dDense1Kernel, rate, update, optimizer.dense1.kernel);
  dDense1Kernel.dispose();
  adamUpdate(params.dense1.bias, dDense1Bias, rate, update, optimizer.dense1.bias);
  dDense1Bias.dispose();
  adamUpdate(params.form.kernel, dFormKernel, rate, update, optimizer.form.kernel);
  dFormKernel.dispose();
  adamUpdate(params.form.bias, dFormBias, rate, update, optimizer.form.bias);
  dFormBias.dispose();
  adamUpdate(params.label.kernel, dLabelKernel, rate, update, optimizer.label.kernel);
  dLabelKernel.dispose();
  adamUpdate(params.label.bias, dLabelBias, rate, update, optimizer.label.bias);
  dLabelBias.dispose();

  return { loss, losses: { form: lossForm, label: lossLabel }, penalty: l1EncoderConv1Kernel, rate };
}

/** The forward pass of `step` alone: shows each layer to `look` and changes nothing. Finds where a value stops being finite. */
export function inspect(training: Training<Params, State, OptimizerState>, batch: Batch, look: Look): void {
  const { params, random } = training;
  const { image, depth, form: formTarget, label: labelTarget } = batch;
  const encoderConv1 = conv2d(image, params.encoder.conv1.kernel);
  look('encoder.conv1', encoderConv1);
  const { y: encoderNorm1, variance: encoderNorm1Variance, mean: encoderNorm1Mean } = normalizeTrain(encoderConv1, {
    gamma: params.encoder.norm1.gamma, beta: params.encoder.norm1.beta, epsilon: 0.001,
  });
  look('encoder.norm1', encoderNorm1);
  dispose(encoderConv1, encoderNorm1Variance, encoderNorm1Mean);
  const encoderAct1 = activation(encoderNorm1, { fn: 'relu' });
  look('encoder.act1', encoderAct1);
  encoderNorm1.dispose();
  const encoderMaxpool1 = maxPool(encoderAct1, { size: [2, 2], stride: [2, 2] });
  look('encoder.maxpool1', encoderMaxpool1);
  encoderAct1.dispose();
  const again1Conv1 = conv2d(depth, params.encoder.conv1.kernel);
  look('again1.conv1', again1Conv1);
  const { y: again1Norm1, variance: again1Norm1Variance, mean: again1Norm1Mean } = normalizeTrain(again1Conv1, {
    gamma: params.encoder.norm1.gamma, beta: params.encoder.norm1.beta, epsilon: 0.001,
  });
  look('again1.norm1', again1Norm1);
  dispose(again1Conv1, again1Norm1Variance, again1Norm1Mean);
  const again1Act1 = activation(again1Norm1, { fn: 'relu' });
  look('again1.act1', again1Act1);
  again1Norm1.dispose();
  const again1Maxpool1 = maxPool(again1Act1, { size: [2, 2], stride: [2, 2] });
  look('again1.maxpool1', again1Maxpool1);
  again1Act1.dispose();
  const concat1 = concat([encoderMaxpool1, again1Maxpool1]);
  look('concat1', concat1);
  dispose(encoderMaxpool1, again1Maxpool1);
  const flatten1 = reshape(concat1, { shape: [72] });
  look('flatten1', flatten1);
  concat1.dispose();
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias });
  look('dense1', dense1);
  flatten1.dispose();
  const act1 = activation(dense1, { fn: 'relu' });
  look('act1', act1);
  dense1.dispose();
  const { y: drop1, mask: drop1Mask } = dropout(act1, random, { rate: 0.2, stream: 'drop1' });
  look('drop1', drop1);
  dispose(act1, drop1Mask);
  const form = dense(drop1, params.form.kernel, { bias: params.form.bias });
  look('form', form);
  const label = dense(drop1, params.label.kernel, { bias: params.label.bias });
  look('label', label);
  drop1.dispose();
  const lossForm = softmaxCrossEntropy(form, formTarget);
  form.dispose();
  const lossLabel = softmaxCrossEntropy(label, labelTarget);
  label.dispose();
  const loss = add(lossForm, lossLabel);
  look('loss', loss);
  dispose(lossForm, lossLabel);
  loss.dispose();
}

/** What the outputs are compared with. */
export interface Targets {
  readonly form: Tensor1D; // [N], int32
  readonly label: Tensor1D; // [N], int32
}

/** The loss of what the network has given, as `step` reports it, without penalties. The caller disposes of it. */
export function lossOf(outputs: Outputs, targets: Targets): Losses {
  const { form, label } = outputs;
  const { form: formTarget, label: labelTarget } = targets;
  const lossForm = softmaxCrossEntropy(form, formTarget);
  const lossLabel = softmaxCrossEntropy(label, labelTarget);
  const loss = add(lossForm, lossLabel);
  return { loss, losses: { form: lossForm, label: lossLabel } };
}

/** image [N, 8, 6, 1], depth [N, 8, 6, 1] → form [N, 3], label [N, 4], as trained: nothing folded. */
export function evaluate(params: Params, state: State, image: Tensor4D, depth: Tensor4D): Outputs {
  const encoderConv1 = conv2d(image, params.encoder.conv1.kernel);                 // [N, 8, 6, 3]
  const encoderNorm1 = batchNorm(encoderConv1, {
    gamma: params.encoder.norm1.gamma, beta: params.encoder.norm1.beta, mean: state.encoder.norm1.mean,
    variance: state.encoder.norm1.variance, epsilon: 0.001,
  }); // [N, 8, 6, 3]
  encoderConv1.dispose();
  const encoderAct1 = activation(encoderNorm1, { fn: 'relu' });                    // [N, 8, 6, 3]
  encoderNorm1.dispose();
  const encoderMaxpool1 = maxPool(encoderAct1, { size: [2, 2], stride: [2, 2] });  // [N, 4, 3, 3]
  encoderAct1.dispose();
  const again1Conv1 = conv2d(depth, params.encoder.conv1.kernel);                  // [N, 8, 6, 3]
  const again1Norm1 = batchNorm(again1Conv1, {
    gamma: params.encoder.norm1.gamma, beta: params.encoder.norm1.beta, mean: state.encoder.norm1.mean,
    variance: state.encoder.norm1.variance, epsilon: 0.001,
  }); // [N, 8, 6, 3]
  again1Conv1.dispose();
  const again1Act1 = activation(again1Norm1, { fn: 'relu' });                      // [N, 8, 6, 3]
  again1Norm1.dispose();
  const again1Maxpool1 = maxPool(again1Act1, { size: [2, 2], stride: [2, 2] });    // [N, 4, 3, 3]
  again1Act1.dispose();
  const concat1 = concat([encoderMaxpool1, again1Maxpool1]);                       // [N, 4, 3, 6]
  dispose(encoderMaxpool1, again1Maxpool1);
  const flatten1 = reshape(concat1, { shape: [72] });                              // [N, 72]
  concat1.dispose();
  const dense1 = dense(flatten1, params.dense1.kernel, { bias: params.dense1.bias, activation: 'relu' }); // [N, 8]
  flatten1.dispose();
  const form = dense(dense1, params.form.kernel, { bias: params.form.bias });      // [N, 3]
  const label = dense(dense1, params.label.kernel, { bias: params.label.bias });   // [N, 4]
  dense1.dispose();
  return { form, label };
}

/** Folds encoder.norm1 into encoder.conv1, again1.norm1 into again1.conv1. Once, after training. */
export function freeze(params: Params, state: State): Frozen {
  const encoderNorm1Inverse = rsqrt(state.encoder.norm1.variance, { epsilon: 0.001 });  // [3]
  const encoderNorm1Scale = mul(params.encoder.norm1.gamma, encoderNorm1Inverse);       // [3]
  encoderNorm1Inverse.dispose();
  const encoderConv1Kernel = mul(params.encoder.conv1.kernel, encoderNorm1Scale);       // [3, 3, 1, 3]
  const encoderConv1BiasMean = mul(state.encoder.norm1.mean, encoderNorm1Scale);        // [3]
  encoderNorm1Scale.dispose();
  const encoderConv1Bias = sub(params.encoder.norm1.beta, encoderConv1BiasMean);        // [3]
  encoderConv1BiasMean.dispose();
  return {
    encoder: {
      conv1: { kernel: encoderConv1Kernel, bias: encoderConv1Bias },
    },
    dense1: { kernel: snapshot(params.dense1.kernel), bias: snapshot(params.dense1.bias) },
    form: { kernel: snapshot(params.form.kernel), bias: snapshot(params.form.bias) },
    label: { kernel: snapshot(params.label.kernel), bias: snapshot(params.label.bias) },
  };
}

/** image [N, 8, 6, 1], depth [N, 8, 6, 1] → form [N, 3], label [N, 4]. */
export function predict(w: Frozen, image: Tensor4D, depth: Tensor4D): Outputs {
  const encoderConv1 = conv2d(image, w.encoder.conv1.kernel, {
    bias: w.encoder.conv1.bias, activation: 'relu',
  }); // [N, 8, 6, 3], encoder.norm1 folded in
  const encoderMaxpool1 = maxPool(encoderConv1, { size: [2, 2], stride: [2, 2] });               // [N, 4, 3, 3]
  encoderConv1.dispose();
  const again1Conv1 = conv2d(depth, w.encoder.conv1.kernel, {
    bias: w.encoder.conv1.bias, activation: 'relu',
  }); // [N, 8, 6, 3], again1.norm1 folded in
  const again1Maxpool1 = maxPool(again1Conv1, { size: [2, 2], stride: [2, 2] });                 // [N, 4, 3, 3]
  again1Conv1.dispose();
  const concat1 = concat([encoderMaxpool1, again1Maxpool1]);                                     // [N, 4, 3, 6]
  dispose(encoderMaxpool1, again1Maxpool1);
  const flatten1 = reshape(concat1, { shape: [72] });                                            // [N, 72]
  concat1.dispose();
  const dense1 = dense(flatten1, w.dense1.kernel, { bias: w.dense1.bias, activation: 'relu' });  // [N, 8]
  flatten1.dispose();
  const form = dense(dense1, w.form.kernel, { bias: w.form.bias });                              // [N, 3]
  const label = dense(dense1, w.label.kernel, { bias: w.label.bias });                           // [N, 4]
  dense1.dispose();
  return { form, label };
}
