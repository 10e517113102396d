// residual: network ResNet under policy Classic, from x.nrm. Emitted by nrmc 0.0.0: edit the spec and build again, not this file.

import type { Rank, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Look, Losses, Report, Training } from 'nrmc/runtime';
import {
  activation,
  activationGrad,
  add,
  batchNorm,
  constantSchedule,
  conv2d,
  conv2dInputGrad,
  conv2dKernelGrad,
  dense,
  dispose,
  globalAvgPool,
  globalAvgPoolGrad,
  kaimingNormal,
  matMul,
  mul,
  normalizeGrad,
  normalizeTrain,
  ones,
  rsqrt,
  sgdUpdate,
  snapshot,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  sub,
  sum,
  updateMoving,
  variable,
  zeros,
} from 'nrmc/runtime';

/** Trainable values of ResNet: 1,005 numbers. */
export interface Params {
  readonly stem: {
    readonly conv1: { readonly kernel: Variable<Rank.R4> /* [3, 3, 2, 4] */ }; // no bias: stem.norm1 subtracts the mean
    readonly norm1: { readonly gamma: Variable<Rank.R1> /* [4] */; readonly beta: Variable<Rank.R1> /* [4] */ };
  };
  readonly Residual1: {
    readonly conv1: { readonly kernel: Variable<Rank.R4> /* [3, 3, 4, 4] */ }; // no bias: Residual1.norm1 subtracts the mean
    readonly norm1: { readonly gamma: Variable<Rank.R1> /* [4] */; readonly beta: Variable<Rank.R1> /* [4] */ };
    readonly conv2: { readonly kernel: Variable<Rank.R4> /* [3, 3, 4, 4] */ }; // no bias: Residual1.end subtracts the mean
    readonly end: { readonly gamma: Variable<Rank.R1> /* [4] */; readonly beta: Variable<Rank.R1> /* [4] */ };
  };
  readonly Residual2: {
    readonly conv1: { readonly kernel: Variable<Rank.R4> /* [3, 3, 4, 6] */ }; // no bias: Residual2.norm1 subtracts the mean
    readonly norm1: { readonly gamma: Variable<Rank.R1> /* [6] */; readonly beta: Variable<Rank.R1> /* [6] */ };
    readonly conv2: { readonly kernel: Variable<Rank.R4> /* [3, 3, 6, 6] */ }; // no bias: Residual2.end subtracts the mean
    readonly end: { readonly gamma: Variable<Rank.R1> /* [6] */; readonly beta: Variable<Rank.R1> /* [6] */ };
    readonly shortcut1: {
      readonly conv1: { readonly kernel: Variable<Rank.R4> /* [1, 1, 4, 6] */ }; // no bias: Residual2.shortcut1.norm1 subtracts the mean
      readonly norm1: { readonly gamma: Variable<Rank.R1> /* [6] */; readonly beta: Variable<Rank.R1> /* [6] */ };
    };
  };
  readonly classifier: { readonly kernel: Variable<Rank.R2> /* [6, 3] */; readonly bias: Variable<Rank.R1> /* [3] */ };
}

/** Moving statistics: 60 numbers. */
export interface State {
  readonly stem: {
    readonly norm1: { readonly mean: Variable<Rank.R1> /* [4] */; readonly variance: Variable<Rank.R1> /* [4] */ };
  };
  readonly Residual1: {
    readonly norm1: { readonly mean: Variable<Rank.R1> /* [4] */; readonly variance: Variable<Rank.R1> /* [4] */ };
    readonly end: { readonly mean: Variable<Rank.R1> /* [4] */; readonly variance: Variable<Rank.R1> /* [4] */ };
  };
  readonly Residual2: {
    readonly norm1: { readonly mean: Variable<Rank.R1> /* [6] */; readonly variance: Variable<Rank.R1> /* [6] */ };
    readonly end: { readonly mean: Variable<Rank.R1> /* [6] */; readonly variance: Variable<Rank.R1> /* [6] */ };
    readonly shortcut1: {
      readonly norm1: { readonly mean: Variable<Rank.R1> /* [6] */; readonly variance: Variable<Rank.R1> /* [6] */ };
    };
  };
}

/** What the optimizer keeps between steps: 1,005 numbers. */
export interface OptimizerState {
  readonly stem: {
    readonly conv1: {
      readonly kernel: { readonly velocity: Variable<Rank.R4> /* [3, 3, 2, 4] */ };
    };
    readonly norm1: {
      readonly gamma: { readonly velocity: Variable<Rank.R1> /* [4] */ };
      readonly beta: { readonly velocity: Variable<Rank.R1> /* [4] */ };
    };
  };
  readonly Residual1: {
    readonly conv1: {
      readonly kernel: { readonly velocity: Variable<Rank.R4> /* [3, 3, 4, 4] */ };
    };
    readonly norm1: {
      readonly gamma: { readonly velocity: Variable<Rank.R1> /* [4] */ };
      readonly beta: { readonly velocity: Variable<Rank.R1> /* [4] */ };
    };
    readonly conv2: {
      readonly kernel: { readonly velocity: Variable<Rank.R4> /* [3, 3, 4, 4] */ };
    };
    readonly end: {
      readonly gamma: { readonly velocity: Variable<Rank.R1> /* [4] */ };
      readonly beta: { readonly velocity: Variable<Rank.R1> /* [4] */ };
    };
  };
  readonly Residual2: {
    readonly conv1: {
      readonly kernel: { readonly velocity: Variable<Rank.R4> /* [3, 3, 4, 6] */ };
    };
    readonly norm1: {
      readonly gamma: { readonly velocity: Variable<Rank.R1> /* [6] */ };
      readonly beta: { readonly velocity: Variable<Rank.R1> /* [6] */ };
    };
    readonly conv2: {
      readonly kernel: { readonly velocity: Variable<Rank.R4> /* [3, 3, 6, 6] */ };
    };
    readonly end: {
      readonly gamma: { readonly velocity: Variable<Rank.R1> /* [6] */ };
      readonly beta: { readonly velocity: Variable<Rank.R1> /* [6] */ };
    };
    readonly shortcut1: {
      readonly conv1: {
        readonly kernel: { readonly velocity: Variable<Rank.R4> /* [1, 1, 4, 6] */ };
      };
      readonly norm1: {
        readonly gamma: { readonly velocity: Variable<Rank.R1> /* [6] */ };
        readonly beta: { readonly velocity: Variable<Rank.R1> /* [6] */ };
      };
    };
  };
  readonly classifier: {
    readonly kernel: { readonly velocity: Variable<Rank.R2> /* [6, 3] */ };
    readonly bias: { readonly velocity: Variable<Rank.R1> /* [3] */ };
  };
}

/** What prediction needs: weights with everything folded in that depends on weights only. */
export interface Frozen {
  readonly stem: {
    readonly conv1: { readonly kernel: Tensor4D /* [3, 3, 2, 4] */; readonly bias: Tensor1D /* [4] */ };
  };
  readonly Residual1: {
    readonly conv1: { readonly kernel: Tensor4D /* [3, 3, 4, 4] */; readonly bias: Tensor1D /* [4] */ };
    readonly conv2: { readonly kernel: Tensor4D /* [3, 3, 4, 4] */; readonly bias: Tensor1D /* [4] */ };
  };
  readonly Residual2: {
    readonly conv1: { readonly kernel: Tensor4D /* [3, 3, 4, 6] */; readonly bias: Tensor1D /* [6] */ };
    readonly conv2: { readonly kernel: Tensor4D /* [3, 3, 6, 6] */; readonly bias: Tensor1D /* [6] */ };
    readonly shortcut1: {
      readonly conv1: { readonly kernel: Tensor4D /* [1, 1, 4, 6] */; readonly bias: Tensor1D /* [6] */ };
    };
  };
  readonly classifier: { readonly kernel: Tensor2D /* [6, 3] */; readonly bias: Tensor1D /* [3] */ };
}

/** What a step is given. */
export interface Batch {
  readonly image: Tensor4D; // [N, 8, 8, 2]
  readonly label: Tensor1D; // [N], int32
}

/** Fresh weights: the same for one seed on every backend. */
export function init(seed: number): { params: Params; state: State } {
  const params: Params = {
    stem: {
      conv1: {
        kernel: variable(kaimingNormal([3, 3, 2, 4], { seed, stream: 'stem.conv1.kernel', fan: 18 })),
      },
      norm1: { gamma: variable(ones([4])), beta: variable(zeros([4])) },
    },
    Residual1: {
      conv1: {
        kernel: variable(kaimingNormal([3, 3, 4, 4], { seed, stream: 'Residual1.conv1.kernel', fan: 36 })),
      },
      norm1: { gamma: variable(ones([4])), beta: variable(zeros([4])) },
      conv2: {
        kernel: variable(kaimingNormal([3, 3, 4, 4], { seed, stream: 'Residual1.conv2.kernel', fan: 36 })),
      },
      end: { gamma: variable(zeros([4])), beta: variable(zeros([4])) },
    },
    Residual2: {
      conv1: {
        kernel: variable(kaimingNormal([3, 3, 4, 6], { seed, stream: 'Residual2.conv1.kernel', fan: 36 })),
      },
      norm1: { gamma: variable(ones([6])), beta: variable(zeros([6])) },
      conv2: {
        kernel: variable(kaimingNormal([3, 3, 6, 6], { seed, stream: 'Residual2.conv2.kernel', fan: 54 })),
      },
      end: { gamma: variable(zeros([6])), beta: variable(zeros([6])) },
      shortcut1: {
        conv1: {
          kernel: variable(kaimingNormal([1, 1, 4, 6], { seed, stream: 'Residual2.shortcut1.conv1.kernel', fan: 4 })),
        },
        norm1: { gamma: variable(ones([6])), beta: variable(zeros([6])) },
      },
    },
    classifier: {
      kernel: variable(kaimingNormal([6, 3], { seed, stream: 'classifier.kernel', fan: 6 })),
      bias: variable(zeros([3])),
    },
  };
  const state: State = {
    stem: {
      norm1: { mean: variable(zeros([4])), variance: variable(ones([4])) },
    },
    Residual1: {
      norm1: { mean: variable(zeros([4])), variance: variable(ones([4])) },
      end: { mean: variable(zeros([4])), variance: variable(ones([4])) },
    },
    Residual2: {
      norm1: { mean: variable(zeros([6])), variance: variable(ones([6])) },
      end: { mean: variable(zeros([6])), variance: variable(ones([6])) },
      shortcut1: {
        norm1: { mean: variable(zeros([6])), variance: variable(ones([6])) },
      },
    },
  };
  return { params, state };
}

/** The optimizer before its first step. */
export function initOptimizer(): OptimizerState {
  return {
    stem: {
      conv1: {
        kernel: { velocity: variable(zeros([3, 3, 2, 4])) },
      },
      norm1: {
        gamma: { velocity: variable(zeros([4])) },
        beta: { velocity: variable(zeros([4])) },
      },
    },
    Residual1: {
      conv1: {
        kernel: { velocity: variable(zeros([3, 3, 4, 4])) },
      },
      norm1: {
        gamma: { velocity: variable(zeros([4])) },
        beta: { velocity: variable(zeros([4])) },
      },
      conv2: {
        kernel: { velocity: variable(zeros([3, 3, 4, 4])) },
      },
      end: {
        gamma: { velocity: variable(zeros([4])) },
        beta: { velocity: variable(zeros([4])) },
      },
    },
    Residual2: {
      conv1: {
        kernel: { velocity: variable(zeros([3, 3, 4, 6])) },
      },
      norm1: {
        gamma: { velocity: variable(zeros([6])) },
        beta: { velocity: variable(zeros([6])) },
      },
      conv2: {
        kernel: { velocity: variable(zeros([3, 3, 6, 6])) },
      },
      end: {
        gamma: { velocity: variable(zeros([6])) },
        beta: { velocity: variable(zeros([6])) },
      },
      shortcut1: {
        conv1: {
          kernel: { velocity: variable(zeros([1, 1, 4, 6])) },
        },
        norm1: {
          gamma: { velocity: variable(zeros([6])) },
          beta: { velocity: variable(zeros([6])) },
        },
      },
    },
    classifier: {
      kernel: { velocity: variable(zeros([6, 3])) },
      bias: { velocity: variable(zeros([3])) },
    },
  };
}

/** One update by one batch, in place. Returns what the loss was before it; the caller disposes of that. */
export function step(training: Training<Params, State, OptimizerState>, batch: Batch): Report {
  const { params, state, optimizer, update } = training;
  const { image, label } = batch;

  // forward
  const stemConv1 = conv2d(image, params.stem.conv1.kernel);                                    // [N, 8, 8, 4]
  const { y: stemNorm1, variance: stemNorm1Variance, mean: stemNorm1Mean } = normalizeTrain(stemConv1, {
    gamma: params.stem.norm1.gamma, beta: params.stem.norm1.beta, epsilon: 0.001,
  }); // [N, 8, 8, 4]
  updateMoving(state.stem.norm1.mean, stemNorm1Mean, { momentum: 0.9 });
  updateMoving(state.stem.norm1.variance, stemNorm1Variance, { momentum: 0.9 });
  const stemAct1 = activation(stemNorm1, { fn: 'relu' });                                       // [N, 8, 8, 4]
  stemNorm1.dispose();
  const residual1Conv1 = conv2d(stemAct1, params.Residual1.conv1.kernel, { padding: [[1, 1], [1, 1]] }); // [N, 8, 8, 4]
  const { y: residual1Norm1, variance: residual1Norm1Variance, mean: residual1Norm1Mean } = normalizeTrain(
    residual1Conv1,
    { gamma: params.Residual1.norm1.gamma, beta: params.Residual1.norm1.beta, epsilon: 0.001 },
  ); // [N, 8, 8, 4]
  updateMoving(state.Residual1.norm1.mean, residual1Norm1Mean, { momentum: 0.9 });
  updateMoving(state.Residual1.norm1.variance, residual1Norm1Variance, { momentum: 0.9 });
  const residual1Act1 = activation(residual1Norm1, { fn: 'relu' });                             // [N, 8, 8, 4]
  residual1Norm1.dispose();
  const residual1Conv2 = conv2d(residual1Act1, params.Residual1.conv2.kernel);                  // [N, 8, 8, 4]
  const { y: residual1End, variance: residual1EndVariance, mean: residual1EndMean } = normalizeTrain(residual1Conv2, {
    gamma: params.Residual1.end.gamma, beta: params.Residual1.end.beta, epsilon: 0.001,
  }); // [N, 8, 8, 4]
  updateMoving(state.Residual1.end.mean, residual1EndMean, { momentum: 0.9 });
  updateMoving(state.Residual1.end.variance, residual1EndVariance, { momentum: 0.9 });
  const residual1Sum1 = add(residual1End, stemAct1);                                            // [N, 8, 8, 4]
  residual1End.dispose();
  const residual1Act2 = activation(residual1Sum1, { fn: 'relu' });                              // [N, 8, 8, 4]
  residual1Sum1.dispose();
  const residual2Conv1 = conv2d(residual1Act2, params.Residual2.conv1.kernel, {
    stride: [2, 2], padding: [[1, 1], [1, 1]],
  }); // [N, 4, 4, 6]
  const { y: residual2Norm1, variance: residual2Norm1Variance, mean: residual2Norm1Mean } = normalizeTrain(
    residual2Conv1,
    { gamma: params.Residual2.norm1.gamma, beta: params.Residual2.norm1.beta, epsilon: 0.001 },
  ); // [N, 4, 4, 6]
  updateMoving(state.Residual2.norm1.mean, residual2Norm1Mean, { momentum: 0.9 });
  updateMoving(state.Residual2.norm1.variance, residual2Norm1Variance, { momentum: 0.9 });
  const residual2Act1 = activation(residual2Norm1, { fn: 'relu' });                             // [N, 4, 4, 6]
  residual2Norm1.dispose();
  const residual2Conv2 = conv2d(residual2Act1, params.Residual2.conv2.kernel);                  // [N, 4, 4, 6]
  const { y: residual2End, variance: residual2EndVariance, mean: residual2EndMean } = normalizeTrain(residual2Conv2, {
    gamma: params.Residual2.end.gamma, beta: params.Residual2.end.beta, epsilon: 0.001,
  }); // [N, 4, 4, 6]
  updateMoving(state.Residual2.end.mean, residual2EndMean, { momentum: 0.9 });
  updateMoving(state.Residual2.end.variance, residual2EndVariance, { momentum: 0.9 });
  const residual2Shortcut1Conv1 = conv2d(residual1Act2, params.Residual2.shortcut1.conv1.kernel, { stride: [2, 2] }); // [N, 4, 4, 6]
  const {
    y: residual2Shortcut1Norm1, variance: residual2Shortcut1Norm1Variance,
    mean: residual2Shortcut1Norm1Mean,
  } = normalizeTrain(residual2Shortcut1Conv1, {
    gamma: params.Residual2.shortcut1.norm1.gamma, beta: params.Residual2.shortcut1.norm1.beta,
    epsilon: 0.001,
  }); // [N, 4, 4, 6]
  updateMoving(state.Residual2.shortcut1.norm1.mean, residual2Shortcut1Norm1Mean, { momentum: 0.9 });
  updateMoving(state.Residual2.shortcut1.norm1.variance, residual2Shortcut1Norm1Variance, { momentum: 0.9 });
  const residual2Sum1 = add(residual2End, residual2Shortcut1Norm1);                             // [N, 4, 4, 6]
  dispose(residual2End, residual2Shortcut1Norm1);
  const residual2Act2 = activation(residual2Sum1, { fn: 'relu' });                              // [N, 4, 4, 6]
  residual2Sum1.dispose();
  const globalAvgpool1 = globalAvgPool(residual2Act2);                                          // [N, 6]
  const classifier = dense(globalAvgpool1, params.classifier.kernel, { bias: params.classifier.bias }); // [N, 3]
  const loss = softmaxCrossEntropy(classifier, label);

  // backward
  const dClassifier = softmaxCrossEntropyGrad(classifier, label);                               // [N, 3]
  classifier.dispose();
  const dGlobalAvgpool1 = matMul(dClassifier, params.classifier.kernel, { transposeB: true });  // [N, 6]
  const dClassifierKernel = matMul(globalAvgpool1, dClassifier, { transposeA: true });          // [6, 3]
  globalAvgpool1.dispose();
  const dClassifierBias = sum(dClassifier, { axes: [0] });                                      // [3]
  dClassifier.dispose();
  const dResidual2Act2 = globalAvgPoolGrad(dGlobalAvgpool1, { height: 4, width: 4 });           // [N, 4, 4, 6]
  dGlobalAvgpool1.dispose();
  const dResidual2Sum1 = activationGrad(dResidual2Act2, { y: residual2Act2, fn: 'relu' });      // [N, 4, 4, 6]
  dispose(dResidual2Act2, residual2Act2);
  const {
    dx: dResidual2Shortcut1Conv1, dgamma: dResidual2Shortcut1Norm1Gamma,
    dbeta: dResidual2Shortcut1Norm1Beta,
  } = normalizeGrad(dResidual2Sum1, residual2Shortcut1Conv1, residual2Shortcut1Norm1Variance, {
    mean: residual2Shortcut1Norm1Mean, gamma: params.Residual2.shortcut1.norm1.gamma, epsilon: 0.001,
  }); // [N, 4, 4, 6]
  dispose(residual2Shortcut1Conv1, residual2Shortcut1Norm1Variance, residual2Shortcut1Norm1Mean);
  const dResidual1Act2_3 = conv2dInputGrad(dResidual2Shortcut1Conv1, params.Residual2.shortcut1.conv1.kernel, {
    height: 8, width: 8, stride: [2, 2],
  }); // [N, 8, 8, 4]
  const dResidual2Shortcut1Conv1Kernel = conv2dKernelGrad(residual1Act2, dResidual2Shortcut1Conv1, {
    size: [1, 1], stride: [2, 2],
  }); // [1, 1, 4, 6]
  dResidual2Shortcut1Conv1.dispose();
  const { dx: dResidual2Conv2, dgamma: dResidual2EndGamma, dbeta: dResidual2EndBeta } = normalizeGrad(
    dResidual2Sum1, residual2Conv2, residual2EndVariance,
    { mean: residual2EndMean, gamma: params.Residual2.end.gamma, epsilon: 0.001 },
  ); // [N, 4, 4, 6]
  dispose(dResidual2Sum1, residual2Conv2, residual2EndVariance, residual2EndMean);
  const dResidual2Act1 = conv2dInputGrad(dResidual2Conv2, params.Residual2.conv2.kernel, { height: 4, width: 4 }); // [N, 4, 4, 6]
  const dResidual2Conv2Kernel = conv2dKernelGrad(residual2Act1, dResidual2Conv2, { size: [3, 3] }); // [3, 3, 6, 6]
  dResidual2Conv2.dispose();
  const dResidual2Norm1 = activationGrad(dResidual2Act1, { y: residual2Act1, fn: 'relu' });     // [N, 4, 4, 6]
  dispose(dResidual2Act1, residual2Act1);
  const { dx: dResidual2Conv1, dgamma: dResidual2Norm1Gamma, dbeta: dResidual2Norm1Beta } = normalizeGrad(
    dResidual2Norm1, residual2Conv1, residual2Norm1Variance,
    { mean: residual2Norm1Mean, gamma: params.Residual2.norm1.gamma, epsilon: 0.001 },
  ); // [N, 4, 4, 6]
  dispose(dResidual2Norm1, residual2Conv1, residual2Norm1Variance, residual2Norm1Mean);
  const dResidual1Act2_2 = conv2dInputGrad(dResidual2Conv1, params.Residual2.conv1.kernel, {
    height: 8, width: 8, stride: [2, 2], padding: [[1, 1], [1, 1]],
  }); // [N, 8, 8, 4]
  const dResidual2Conv1Kernel = conv2dKernelGrad(residual1Act2, dResidual2Conv1, {
    size: [3, 3], stride: [2, 2], padding: [[1, 1], [1, 1]],
  }); // [3, 3, 4, 6]
  dResidual2Conv1.dispose();
  const dResidual1Act2 = add(dResidual1Act2_3, dResidual1Act2_2);                               // [N, 8, 8, 4]
  dispose(dResidual1Act2_3, dResidual1Act2_2);
  const dResidual1Sum1 = activationGrad(dResidual1Act2, { y: residual1Act2, fn: 'relu' });      // [N, 8, 8, 4]
  dispose(dResidual1Act2, residual1Act2);
  const { dx: dResidual1Conv2, dgamma: dResidual1EndGamma, dbeta: dResidual1EndBeta } = normalizeGrad(
    dResidual1Sum1, residual1Conv2, residual1EndVariance,
    { mean: residual1EndMean, gamma: params.Residual1.end.gamma, epsilon: 0.001 },
  ); // [N, 8, 8, 4]
  dispose(residual1Conv2, residual1EndVariance, residual1EndMean);
  const dResidual1Act1 = conv2dInputGrad(dResidual1Conv2, params.Residual1.conv2.kernel, { height: 8, width: 8 }); // [N, 8, 8, 4]
  const dResidual1Conv2Kernel = conv2dKernelGrad(residual1Act1, dResidual1Conv2, { size: [3, 3] }); // [3, 3, 4, 4]
  dResidual1Conv2.dispose();
  const dResidual1Norm1 = activationGrad(dResidual1Act1, { y: residual1Act1, fn: 'relu' });     // [N, 8, 8, 4]
  dispose(dResidual1Act1, residual1Act1);
  const { dx: dResidual1Conv1, dgamma: dResidual1Norm1Gamma, dbeta: dResidual1Norm1Beta } = normalizeGrad(
    dResidual1Norm1, residual1Conv1, residual1Norm1Variance,
    { mean: residual1Norm1Mean, gamma: params.Residual1.norm1.gamma, epsilon: 0.001 },
  ); // [N, 8, 8, 4]
  dispose(dResidual1Norm1, residual1Conv1, residual1Norm1Variance, residual1Norm1Mean);
  const dStemAct1_2 = conv2dInputGrad(dResidual1Conv1, params.Residual1.conv1.kernel, {
    height: 8, width: 8, padding: [[1, 1], [1, 1]],
  }); // [N, 8, 8, 4]
  const dResidual1Conv1Kernel = conv2dKernelGrad(stemAct1, dResidual1Conv1, {
    size: [3, 3], padding: [[1, 1], [1, 1]],
  }); // [3, 3, 4, 4]
  dResidual1Conv1.dispose();
  const dStemAct1 = add(dResidual1Sum1, dStemAct1_2);                                           // [N, 8, 8, 4]
  dispose(dResidual1Sum1, dStemAct1_2);
  const dStemNorm1 = activationGrad(dStemAct1, { y: stemAct1, fn: 'relu' });                    // [N, 8, 8, 4]
  dispose(dStemAct1, stemAct1);
  const { dx: dStemConv1, dgamma: dStemNorm1Gamma, dbeta: dStemNorm1Beta } = normalizeGrad(
    dStemNorm1, stemConv1, stemNorm1Variance,
    { mean: stemNorm1Mean, gamma: params.stem.norm1.gamma, epsilon: 0.001 },
  ); // [N, 8, 8, 4]
  dispose(dStemNorm1, stemConv1, stemNorm1Variance, stemNorm1Mean);
  const dStemConv1Kernel = conv2dKernelGrad(image, dStemConv1, { size: [3, 3] });               // [3, 3, 2, 4]
  dStemConv1.dispose();

  // update
  const rate = constantSchedule(update, { rate: 0.05 });
  sgdUpdate(params.stem.conv1.kernel, dStemConv1Kernel, rate, {
    velocity: optimizer.stem.conv1.kernel.velocity, momentum: 0.9, decay: 0.001,
  });
  dStemConv1Kernel.dispose();
  sgdUpdate(params.stem.norm1.gamma, dStemNorm1Gamma, rate, {
    velocity: optimizer.stem.norm1.gamma.velocity, momentum: 0.9,
  });
  dStemNorm1Gamma.dispose();
  sgdUpdate(params.stem.norm1.beta, dStemNorm1Beta, rate, {
    velocity: optimizer.stem.norm1.beta.velocity, momentum: 0.9,
  });
  dStemNorm1Beta.dispose();
  sgdUpdate(params.Residual1.conv1.kernel, dResidual1Conv1Kernel, rate, {
    velocity: optimizer.Residual1.conv1.kernel.velocity, momentum: 0.9, decay: 0.001,
  });
  dResidual1Conv1Kernel.dispose();
  sgdUpdate(params.Residual1.norm1.gamma, dResidual1Norm1Gamma, rate, {
    velocity: optimizer.Residual1.norm1.gamma.velocity, momentum: 0.9,
  });
  dResidual1Norm1Gamma.dispose();
  sgdUpdate(params.Residual1.norm1.beta, dResidual1Norm1Beta, rate, {
    velocity: optimizer.Residual1.norm1.beta.velocity, momentum: 0.9,
  });
  dResidual1Norm1Beta.dispose();
  sgdUpdate(params.Residual1.conv2.kernel, dResidual1Conv2Kernel, rate, {
    velocity: optimizer.Residual1.conv2.kernel.velocity, momentum: 0.9, decay: 0.001,
  });
  dResidual1Conv2Kernel.dispose();
  sgdUpdate(params.Residual1.end.gamma, dResidual1EndGamma, rate, {
    velocity: optimizer.Residual1.end.gamma.velocity, momentum: 0.9,
  });
  dResidual1EndGamma.dispose();
  sgdUpdate(params.Residual1.end.beta, dResidual1EndBeta, rate, {
    velocity: optimizer.Residual1.end.beta.velocity, momentum: 0.9,
  });
  dResidual1EndBeta.dispose();
  sgdUpdate(params.Residual2.conv1.kernel, dResidual2Conv1Kernel, rate, {
    velocity: optimizer.Residual2.conv1.kernel.velocity, momentum: 0.9, decay: 0.001,
  });
  dResidual2Conv1Kernel.dispose();
  sgdUpdate(params.Residual2.norm1.gamma, dResidual2Norm1Gamma, rate, {
    velocity: optimizer.Residual2.norm1.gamma.velocity, momentum: 0.9,
  });
  dResidual2Norm1Gamma.dispose();
  sgdUpdate(params.Residual2.norm1.beta, dResidual2Norm1Beta, rate, {
    velocity: optimizer.Residual2.norm1.beta.velocity, momentum: 0.9,
  });
  dResidual2Norm1Beta.dispose();
  sgdUpdate(params.Residual2.conv2.kernel, dResidual2Conv2Kernel, rate, {
    velocity: optimizer.Residual2.conv2.kernel.velocity, momentum: 0.9, decay: 0.001,
  });
  dResidual2Conv2Kernel.dispose();
  sgdUpdate(params.Residual2.end.gamma, dResidual2EndGamma, rate, {
    velocity: optimizer.Residual2.end.gamma.velocity, momentum: 0.9,
  });
  dResidual2EndGamma.dispose();
  sgdUpdate(params.Residual2.end.beta, dResidual2EndBeta, rate, {
    velocity: optimizer.Residual2.end.beta.velocity, momentum: 0.9,
  });
  dResidual2EndBeta.dispose();
  sgdUpdate(params.Residual2.shortcut1.conv1.kernel, dResidual2Shortcut1Conv1Kernel, rate, {
    velocity: optimizer.Residual2.shortcut1.conv1.kernel.velocity, momentum: 0.9, decay: 0.001,
  });
  dResidual2Shortcut1Conv1Kernel.dispose();
  sgdUpdate(params.Residual2.shortcut1.norm1.gamma, dResidual2Shortcut1Norm1Gamma, rate, {
    velocity: optimizer.Residual2.shortcut1.norm1.gamma.velocity, momentum: 0.9,
  });
  dResidual2Shortcut1Norm1Gamma.dispose();
  sgdUpdate(params.Residual2.shortcut1.norm1.beta, dResidual2Shortcut1Norm1Beta, rate, {
    velocity: optimizer.Residual2.shortcut1.norm1.beta.velocity, momentum: 0.9,
  });
  dResidual2Shortcut1Norm1Beta.dispose();
  sgdUpdate(params.classifier.kernel, dClassifierKernel, rate, {
    velocity: optimizer.classifier.kernel.velocity, momentum: 0.9, decay: 0.001,
  });
  dClassifierKernel.dispose();
  sgdUpdate(params.classifier.bias, dClassifierBias, rate, {
    velocity: optimizer.classifier.bias.velocity, momentum: 0.9,
  });
  dClassifierBias.dispose();

  return { loss, penalty: null, rate };
}

/** The forward pass of `step` alone: shows each layer to `look` and changes nothing. Finds where a value stops being finite. */
export function inspect(training: Training<Params, State, OptimizerState>, batch: Batch, look: Look): void {
  const { params } = training;
  const { image, label } = batch;
  const stemConv1 = conv2d(image, params.stem.conv1.kernel);
  look('stem.conv1', stemConv1);
  const { y: stemNorm1, variance: stemNorm1Variance, mean: stemNorm1Mean } = normalizeTrain(stemConv1, {
    gamma: params.stem.norm1.gamma, beta: params.stem.norm1.beta, epsilon: 0.001,
  });
  look('stem.norm1', stemNorm1);
  dispose(stemConv1, stemNorm1Variance, stemNorm1Mean);
  const stemAct1 = activation(stemNorm1, { fn: 'relu' });
  look('stem.act1', stemAct1);
  stemNorm1.dispose();
  const residual1Conv1 = conv2d(stemAct1, params.Residual1.conv1.kernel, { padding: [[1, 1], [1, 1]] });
  look('Residual1.conv1', residual1Conv1);
  const { y: residual1Norm1, variance: residual1Norm1Variance, mean: residual1Norm1Mean } = normalizeTrain(
    residual1Conv1,
    { gamma: params.Residual1.norm1.gamma, beta: params.Residual1.norm1.beta, epsilon: 0.001 },
  );
  look('Residual1.norm1', residual1Norm1);
  dispose(residual1Conv1, residual1Norm1Variance, residual1Norm1Mean);
  const residual1Act1 = activation(residual1Norm1, { fn: 'relu' });
  look('Residual1.act1', residual1Act1);
  residual1Norm1.dispose();
  const residual1Conv2 = conv2d(residual1Act1, params.Residual1.conv2.kernel);
  look('Residual1.conv2', residual1Conv2);
  residual1Act1.dispose();
  const { y: residual1End, variance: residual1EndVariance, mean: residual1EndMean } = normalizeTrain(residual1Conv2, {
    gamma: params.Residual1.end.gamma, beta: params.Residual1.end.beta, epsilon: 0.001,
  });
  look('Residual1.end', residual1End);
  dispose(residual1Conv2, residual1EndVariance, residual1EndMean);
  const residual1Sum1 = add(residual1End, stemAct1);
  look('Residual1.sum1', residual1Sum1);
  dispose(residual1End, stemAct1);
  const residual1Act2 = activation(residual1Sum1, { fn: 'relu' });
  look('Residual1.act2', residual1Act2);
  residual1Sum1.dispose();
  const residual2Conv1 = conv2d(residual1Act2, params.Residual2.conv1.kernel, {
    stride: [2, 2], padding: [[1, 1], [1, 1]],
  });
  look('Residual2.conv1', residual2Conv1);
  const { y: residual2Norm1, variance: residual2Norm1Variance, mean: residual2Norm1Mean } = normalizeTrain(
    residual2Conv1,
    { gamma: params.Residual2.norm1.gamma, beta: params.Residual2.norm1.beta, epsilon: 0.001 },
  );
  look('Residual2.norm1', residual2Norm1);
  dispose(residual2Conv1, residual2Norm1Variance, residual2Norm1Mean);
  const residual2Act1 = activation(residual2Norm1, { fn: 'relu' });
  look('Residual2.act1', residual2Act1);
  residual2Norm1.dispose();
  const residual2Conv2 = conv2d(residual2Act1, params.Residual2.conv2.kernel);
  look('Residual2.conv2', residual2Conv2);
  residual2Act1.dispose();
  const { y: residual2End, variance: residual2EndVariance, mean: residual2EndMean } = normalizeTrain(residual2Conv2, {
    gamma: params.Residual2.end.gamma, beta: params.Residual2.end.beta, epsilon: 0.001,
  });
  look('Residual2.end', residual2End);
  dispose(residual2Conv2, residual2EndVariance, residual2EndMean);
  const residual2Shortcut1Conv1 = conv2d(residual1Act2, params.Residual2.shortcut1.conv1.kernel, { stride: [2, 2] });
  look('Residual2.shortcut1.conv1', residual2Shortcut1Conv1);
  residual1Act2.dispose();
  const {
    y: residual2Shortcut1Norm1, variance: residual2Shortcut1Norm1Variance,
    mean: residual2Shortcut1Norm1Mean,
  } = normalizeTrain(residual2Shortcut1Conv1, {
    gamma: params.Residual2.shortcut1.norm1.gamma, beta: params.Residual2.shortcut1.norm1.beta,
    epsilon: 0.001,
  });
  look('Residual2.shortcut1.norm1', residual2Shortcut1Norm1);
  dispose(residual2Shortcut1Conv1, residual2Shortcut1Norm1Variance, residual2Shortcut1Norm1Mean);
  const residual2Sum1 = add(residual2End, residual2Shortcut1Norm1);
  look('Residual2.sum1', residual2Sum1);
  dispose(residual2End, residual2Shortcut1Norm1);
  const residual2Act2 = activation(residual2Sum1, { fn: 'relu' });
  look('Residual2.act2', residual2Act2);
  residual2Sum1.dispose();
  const globalAvgpool1 = globalAvgPool(residual2Act2);
  look('global_avgpool1', globalAvgpool1);
  residual2Act2.dispose();
  const classifier = dense(globalAvgpool1, params.classifier.kernel, { bias: params.classifier.bias });
  look('classifier', classifier);
  globalAvgpool1.dispose();
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

/** image [N, 8, 8, 2] → classifier [N, 3], as trained: nothing folded. */
export function evaluate(params: Params, state: State, image: Tensor4D): Tensor2D {
  const stemConv1 = conv2d(image, params.stem.conv1.kernel);                    // [N, 8, 8, 4]
  const stemNorm1 = batchNorm(stemConv1, {
    gamma: params.stem.norm1.gamma, beta: params.stem.norm1.beta, mean: state.stem.norm1.mean,
    variance: state.stem.norm1.variance, epsilon: 0.001,
  }); // [N, 8, 8, 4]
  stemConv1.dispose();
  const stemAct1 = activation(stemNorm1, { fn: 'relu' });                       // [N, 8, 8, 4]
  stemNorm1.dispose();
  const residual1Conv1 = conv2d(stemAct1, params.Residual1.conv1.kernel, { padding: [[1, 1], [1, 1]] }); // [N, 8, 8, 4]
  const residual1Norm1 = batchNorm(residual1Conv1, {
    gamma: params.Residual1.norm1.gamma, beta: params.Residual1.norm1.beta,
    mean: state.Residual1.norm1.mean, variance: state.Residual1.norm1.variance, epsilon: 0.001,
  }); // [N, 8, 8, 4]
  residual1Conv1.dispose();
  const residual1Act1 = activation(residual1Norm1, { fn: 'relu' });             // [N, 8, 8, 4]
  residual1Norm1.dispose();
  const residual1Conv2 = conv2d(residual1Act1, params.Residual1.conv2.kernel);  // [N, 8, 8, 4]
  residual1Act1.dispose();
  const residual1End = batchNorm(residual1Conv2, {
    gamma: params.Residual1.end.gamma, beta: params.Residual1.end.beta, mean: state.Residual1.end.mean,
    variance: state.Residual1.end.variance, epsilon: 0.001,
  }); // [N, 8, 8, 4]
  residual1Conv2.dispose();
  const residual1Sum1 = add(residual1End, stemAct1);                            // [N, 8, 8, 4]
  dispose(residual1End, stemAct1);
  const residual1Act2 = activation(residual1Sum1, { fn: 'relu' });              // [N, 8, 8, 4]
  residual1Sum1.dispose();
  const residual2Conv1 = conv2d(residual1Act2, params.Residual2.conv1.kernel, {
    stride: [2, 2], padding: [[1, 1], [1, 1]],
  }); // [N, 4, 4, 6]
  const residual2Norm1 = batchNorm(residual2Conv1, {
    gamma: params.Residual2.norm1.gamma, beta: params.Residual2.norm1.beta,
    mean: state.Residual2.norm1.mean, variance: state.Residual2.norm1.variance, epsilon: 0.001,
  }); // [N, 4, 4, 6]
  residual2Conv1.dispose();
  const residual2Act1 = activation(residual2Norm1, { fn: 'relu' });             // [N, 4, 4, 6]
  residual2Norm1.dispose();
  const residual2Conv2 = conv2d(residual2Act1, params.Residual2.conv2.kernel);  // [N, 4, 4, 6]
  residual2Act1.dispose();
  const residual2End = batchNorm(residual2Conv2, {
    gamma: params.Residual2.end.gamma, beta: params.Residual2.end.beta, mean: state.Residual2.end.mean,
    variance: state.Residual2.end.variance, epsilon: 0.001,
  }); // [N, 4, 4, 6]
  residual2Conv2.dispose();
  const residual2Shortcut1Conv1 = conv2d(residual1Act2, params.Residual2.shortcut1.conv1.kernel, { stride: [2, 2] }); // [N, 4, 4, 6]
  residual1Act2.dispose();
  const residual2Shortcut1Norm1 = batchNorm(residual2Shortcut1Conv1, {
    gamma: params.Residual2.shortcut1.norm1.gamma, beta: params.Residual2.shortcut1.norm1.beta,
    mean: state.Residual2.shortcut1.norm1.mean, variance: state.Residual2.shortcut1.norm1.variance,
    epsilon: 0.001,
  }); // [N, 4, 4, 6]
  residual2Shortcut1Conv1.dispose();
  const residual2Sum1 = add(residual2End, residual2Shortcut1Norm1);             // [N, 4, 4, 6]
  dispose(residual2End, residual2Shortcut1Norm1);
  const residual2Act2 = activation(residual2Sum1, { fn: 'relu' });              // [N, 4, 4, 6]
  residual2Sum1.dispose();
  const globalAvgpool1 = globalAvgPool(residual2Act2);                          // [N, 6]
  residual2Act2.dispose();
  const classifier = dense(globalAvgpool1, params.classifier.kernel, { bias: params.classifier.bias }); // [N, 3]
  globalAvgpool1.dispose();
  return classifier;
}

/** Folds 6 norms into the layers before them. Once, after training. */
export function freeze(params: Params, state: State): Frozen {
  const stemNorm1Inverse = rsqrt(state.stem.norm1.variance, { epsilon: 0.001 });            // [4]
  const stemNorm1Scale = mul(params.stem.norm1.gamma, stemNorm1Inverse);                    // [4]
  stemNorm1Inverse.dispose();
  const stemConv1Kernel = mul(params.stem.conv1.kernel, stemNorm1Scale);                    // [3, 3, 2, 4]
  const stemConv1BiasMean = mul(state.stem.norm1.mean, stemNorm1Scale);                     // [4]
  stemNorm1Scale.dispose();
  const stemConv1Bias = sub(params.stem.norm1.beta, stemConv1BiasMean);                     // [4]
  stemConv1BiasMean.dispose();
  const residual1Norm1Inverse = rsqrt(state.Residual1.norm1.variance, { epsilon: 0.001 });  // [4]
  const residual1Norm1Scale = mul(params.Residual1.norm1.gamma, residual1Norm1Inverse);     // [4]
  residual1Norm1Inverse.dispose();
  const residual1Conv1Kernel = mul(params.Residual1.conv1.kernel, residual1Norm1Scale);     // [3, 3, 4, 4]
  const residual1Conv1BiasMean = mul(state.Residual1.norm1.mean, residual1Norm1Scale);      // [4]
  residual1Norm1Scale.dispose();
  const residual1Conv1Bias = sub(params.Residual1.norm1.beta, residual1Conv1BiasMean);      // [4]
  residual1Conv1BiasMean.dispose();
  const residual1EndInverse = rsqrt(state.Residual1.end.variance, { epsilon: 0.001 });      // [4]
  const residual1EndScale = mul(params.Residual1.end.gamma, residual1EndInverse);           // [4]
  residual1EndInverse.dispose();
  const residual1Conv2Kernel = mul(params.Residual1.conv2.kernel, residual1EndScale);       // [3, 3, 4, 4]
  const residual1Conv2BiasMean = mul(state.Residual1.end.mean, residual1EndScale);          // [4]
  residual1EndScale.dispose();
  const residual1Conv2Bias = sub(params.Residual1.end.beta, residual1Conv2BiasMean);        // [4]
  residual1Conv2BiasMean.dispose();
  const residual2Norm1Inverse = rsqrt(state.Residual2.norm1.variance, { epsilon: 0.001 });  // [6]
  const residual2Norm1Scale = mul(params.Residual2.norm1.gamma, residual2Norm1Inverse);     // [6]
  residual2Norm1Inverse.dispose();
  const residual2Conv1Kernel = mul(params.Residual2.conv1.kernel, residual2Norm1Scale);     // [3, 3, 4, 6]
  const residual2Conv1BiasMean = mul(state.Residual2.norm1.mean, residual2Norm1Scale);      // [6]
  residual2Norm1Scale.dispose();
  const residual2Conv1Bias = sub(params.Residual2.norm1.beta, residual2Conv1BiasMean);      // [6]
  residual2Conv1BiasMean.dispose();
  const residual2EndInverse = rsqrt(state.Residual2.end.variance, { epsilon: 0.001 });      // [6]
  const residual2EndScale = mul(params.Residual2.end.gamma, residual2EndInverse);           // [6]
  residual2EndInverse.dispose();
  const residual2Conv2Kernel = mul(params.Residual2.conv2.kernel, residual2EndScale);       // [3, 3, 6, 6]
  const residual2Conv2BiasMean = mul(state.Residual2.end.mean, residual2EndScale);          // [6]
  residual2EndScale.dispose();
  const residual2Conv2Bias = sub(params.Residual2.end.beta, residual2Conv2BiasMean);        // [6]
  residual2Conv2BiasMean.dispose();
  const residual2Shortcut1Norm1Inverse = rsqrt(state.Residual2.shortcut1.norm1.variance, { epsilon: 0.001 }); // [6]
  const residual2Shortcut1Norm1Scale = mul(params.Residual2.shortcut1.norm1.gamma, residual2Shortcut1Norm1Inverse); // [6]
  residual2Shortcut1Norm1Inverse.dispose();
  const residual2Shortcut1Conv1Kernel = mul(params.Residual2.shortcut1.conv1.kernel, residual2Shortcut1Norm1Scale); // [1, 1, 4, 6]
  const residual2Shortcut1Conv1BiasMean = mul(state.Residual2.shortcut1.norm1.mean, residual2Shortcut1Norm1Scale); // [6]
  residual2Shortcut1Norm1Scale.dispose();
  const residual2Shortcut1Conv1Bias = sub(params.Residual2.shortcut1.norm1.beta, residual2Shortcut1Conv1BiasMean); // [6]
  residual2Shortcut1Conv1BiasMean.dispose();
  return {
    stem: {
      conv1: { kernel: stemConv1Kernel, bias: stemConv1Bias },
    },
    Residual1: {
      conv1: { kernel: residual1Conv1Kernel, bias: residual1Conv1Bias },
      conv2: { kernel: residual1Conv2Kernel, bias: residual1Conv2Bias },
    },
    Residual2: {
      conv1: { kernel: residual2Conv1Kernel, bias: residual2Conv1Bias },
      conv2: { kernel: residual2Conv2Kernel, bias: residual2Conv2Bias },
      shortcut1: {
        conv1: { kernel: residual2Shortcut1Conv1Kernel, bias: residual2Shortcut1Conv1Bias },
      },
    },
    classifier: { kernel: snapshot(params.classifier.kernel), bias: snapshot(params.classifier.bias) },
  };
}

/** image [N, 8, 8, 2] → classifier [N, 3]. */
export function predict(w: Frozen, image: Tensor4D): Tensor2D {
  const stemConv1 = conv2d(image, w.stem.conv1.kernel, {
    bias: w.stem.conv1.bias, activation: 'relu',
  }); // [N, 8, 8, 4], stem.norm1 folded in
  const residual1Conv1 = conv2d(stemConv1, w.Residual1.conv1.kernel, {
    bias: w.Residual1.conv1.bias, padding: [[1, 1], [1, 1]], activation: 'relu',
  }); // [N, 8, 8, 4], Residual1.norm1 folded in
  const residual1Conv2 = conv2d(residual1Conv1, w.Residual1.conv2.kernel, {
    bias: w.Residual1.conv2.bias,
  }); // [N, 8, 8, 4], Residual1.end folded in
  residual1Conv1.dispose();
  const residual1Sum1 = add(residual1Conv2, stemConv1);                                        // [N, 8, 8, 4]
  dispose(residual1Conv2, stemConv1);
  const residual1Act2 = activation(residual1Sum1, { fn: 'relu' });                             // [N, 8, 8, 4]
  residual1Sum1.dispose();
  const residual2Conv1 = conv2d(residual1Act2, w.Residual2.conv1.kernel, {
    bias: w.Residual2.conv1.bias, stride: [2, 2], padding: [[1, 1], [1, 1]], activation: 'relu',
  }); // [N, 4, 4, 6], Residual2.norm1 folded in
  const residual2Conv2 = conv2d(residual2Conv1, w.Residual2.conv2.kernel, {
    bias: w.Residual2.conv2.bias,
  }); // [N, 4, 4, 6], Residual2.end folded in
  residual2Conv1.dispose();
  const residual2Shortcut1Conv1 = conv2d(residual1Act2, w.Residual2.shortcut1.conv1.kernel, {
    bias: w.Residual2.shortcut1.conv1.bias, stride: [2, 2],
  }); // [N, 4, 4, 6], Residual2.shortcut1.norm1 folded in
  residual1Act2.dispose();
  const residual2Sum1 = add(residual2Conv2, residual2Shortcut1Conv1);                          // [N, 4, 4, 6]
  dispose(residual2Conv2, residual2Shortcut1Conv1);
  const residual2Act2 = activation(residual2Sum1, { fn: 'relu' });                             // [N, 4, 4, 6]
  residual2Sum1.dispose();
  const globalAvgpool1 = globalAvgPool(residual2Act2);                                         // [N, 6]
  residual2Act2.dispose();
  const classifier = dense(globalAvgpool1, w.classifier.kernel, { bias: w.classifier.bias });  // [N, 3]
  globalAvgpool1.dispose();
  return classifier;
}
