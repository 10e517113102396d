/**
 * TensorFlow's own ops on the tfjs-node backend, where it has one op for what would otherwise be several: any op of the library can be
 * called by name. A step of a small network (two convolutions, batch 64) takes half the time it takes without them.
 */
import {
  type Attribute,
  engine,
  getKernel,
  type KernelFunc,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { gradientKernel } from '../kernels/activation-grad.ts';
import { batchNormGradKernel, batchNormKernel, batchNormTrainKernel } from '../kernels/batch-norm.ts';
