/**
 * TensorFlow's own ops on the tfjs-node backend, where one of them does what would otherwise be several: any op of the
 * library can be called by name.
 */
import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  getKernel,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { gradientKernel } from '../kernels/activation-grad.ts';
import { channelSumKernel } from '../kernels/channels.ts';
import { type GradientAttributes, inputGradKernel, kernelGradKernel } from '../kernels/convolution-grad.ts';
import { batchNormGradKernel, batchNormKernel, batchNormTrainKernel } from '../kernels/normalize.ts';
import { type AdamAttributes, adamKernel } from '../kernels/optimizers/adam.ts';
import { type Attributes, type NodeBackend, TensorFlow } from './tensorflow.ts';

/** What tfjs calls the backend of tfjs-node. */
const backendName = 'tensorflow';

/** A kernel as the functions of `src/runtime/kernels` call it: its inputs and attributes by name. */
type Kernel<I extends string, A> = (
  tf: TensorFlow,
  inputs: Readonly<Record<I, TensorInfo>>,
  attributes: A,
) => Tensor | Tensor[];

/**
 * Offers these ops to the kernels of `nrmc/runtime`. To be called while tfjs-node is the current backend; calling again
 * changes nothing, and other backends are not touched. Keeps three tensors of its own.
 */
export function registerNodeKernels(): void {
  if (engine().backendName !== backendName) throw new Error('tfjs-node is not the current backend');
  if (getKernel(adamKernel, backendName) != null) return;
  const current = new TensorFlow(backendOf(engine().backend));
  const register = <I extends string, A>(kernelName: string, kernel: Kernel<I, A>): void => {
    registerKernel({
      kernelName,
      backendName,
      // The registry knows inputs and attributes by name only. Each of these names has one caller, in
      // src/runtime/kernels, which passes what the kernel beside it declares.
      kernelFunc: ({ inputs, attrs, backend }) =>
        engine().tidy(() =>
          kernel(new TensorFlow(backendOf(backend)), inputs as Readonly<Record<I, TensorInfo>>, attrs as A),
        ),
    });
  };

  register(gradientKernel('relu'), gradient('ReluGrad', 'gradient first'));
  register(gradientKernel('relu6'), gradient('Relu6Grad', 'gradient first'));
  register(gradientKernel('sigmoid'), gradient('SigmoidGrad', 'output first'));
  register(gradientKernel('tanh'), gradient('TanhGrad', 'output first'));
  register(gradientKernel('leaky_relu'), leakyReluGrad);
  register(channelSumKernel, channelSum);
  register(inputGradKernel, inputGrad);
  register(kernelGradKernel, kernelGrad);
  register(batchNormKernel, batchNorm);
  register(batchNormTrainKernel, batchNormTrain);
  // On a GPU the op wants cuDNN's own statistics of the forward pass instead of the variance.
  if (!current.isOnGpu) register(batchNormGradKernel, batchNormGrad);
  register(adamKernel, adam(current));
}

/** The registry and the engine give a backend without its type; it is the one of this name. */
const backendOf = (backend: object): NodeBackend => backend as NodeBackend;

const gradient =
  (op: string, order: 'gradient first' | 'output first'): Kernel<'dy' | 'v', object> =>
  (tf, { dy, v }) =>
    tf.one(op, order === 'gradient first' ? [dy, v] : [v, dy], { T: tf.float });

/** From the output: its sign is the input's, as long as the slope is not negative. */
const leakyReluGrad: Kernel<'dy' | 'v', { readonly slope: number }> = (tf, { dy, v }, { slope }) =>
  tf.one('LeakyReluGrad', [dy, v], { T: tf.float, alpha: ['FLOAT', slope] });

const channelSum: Kernel<'x', object> = (tf, { x }) =>
  tf.one('BiasAddGrad', [x], { T: tf.float, data_format: ['STRING', 'NHWC'] });

const convolution = (tf: TensorFlow, { strides, pad }: GradientAttributes): Attributes => ({
  T: tf.float,
  strides: ['INT', [1, ...strides, 1]],
  padding: ['STRING', typeof pad === 'string' ? pad.toUpperCase() : 'EXPLICIT'],
  explicit_paddings: ['INT', typeof pad === 'string' ? [] : pad.flat()],
  data_format: ['STRING', 'NHWC'],
  dilations: ['INT', [1, 1, 1, 1]],
});

const inputGrad: Kernel<'dy' | 'kernel', GradientAttributes> = (tf, { dy, kernel }, attributes) =>
  tf.one(Conv2DBackpropInput, [tf.integers(attributes.shape), kernel, dy], convolution(tf, attributes));

const kernelGrad: Kernel<'x' | 'dy', GradientAttributes> = (tf, { x, dy }, attributes) =>
  tf.one(Conv2DBackpropFilter, [x, tf.integers(attributes.shape), dy], convolution(tf, attributes));

const normalization = (tf: TensorFlow, epsilon: number, training: boolean): Attributes => ({
  T: tf.float,
  U: tf.float,
  epsilon: ['FLOAT', epsilon],
  data_format: ['STRING', 'NHWC'],
  is_training: ['BOOL', training],
});

interface Epsilon {
  readonly epsilon: number;
}

const batchNorm: Kernel<'x' | 'gamma' | 'beta' | 'mean' | 'variance', Epsilon> = (tf, inputs, { epsilon }) => {
  const { x, gamma, beta, mean, variance } = inputs;
  return tf.one('FusedBatchNormV3', [x, gamma, beta, mean, variance], normalization(tf, epsilon, false), 6);
};

const batchNormTrain: Kernel<'x' | 'gamma' | 'beta', Epsilon> = (tf, { x, gamma, beta }, { epsilon }) => {
  const count = x.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const attributes = normalization(tf, epsilon, true);
  const [y, mean, variance] = tf.all(
    'FusedBatchNormV3',
    [x, gamma, beta, tf.noNumbers(), tf.noNumbers()],
    attributes,
    6,
  );
  if (y === undefined || mean === undefined || variance === undefined)
    throw new Error('FusedBatchNormV3 has six results');
  // TensorFlow's variance is Bessel's: it divides by count − 1.
  const biased = tf.one('Mul', [variance, tf.number(count > 1 ? (count - 1) / count : 1)], { T: tf.float });
  return [y, mean, biased];
};

const batchNormGrad: Kernel<'dy' | 'x' | 'gamma' | 'mean' | 'variance', Epsilon> = (tf, inputs, { epsilon }) => {
  const { dy, x, gamma, mean, variance } = inputs;
  const operands = [dy, x, gamma, mean, variance, tf.noNumbers()];
  return tf.all('FusedBatchNormGradV3', operands, normalization(tf, epsilon, true), 5).slice(0, 3);
};

/**
 * Adam in one pass over the memory. The op updates TensorFlow's own variables, so three of them are lent the values and
 * read afterwards; TensorFlow copies a value that something else still holds, so what a caller has kept of the old ones
 * does not change.
 */
function adam(current: TensorFlow): Kernel<'parameter' | 'gradient' | 'm' | 'v', AdamAttributes> {
  const own = ['w', 'm', 'v'].map((name) => engine().keep(current.variable(`nrmc/adam/${name}`)));
  return (tf, { parameter, gradient, m, v }, { alpha, beta1, beta2, epsilon }) => {
    const dtype: Attributes = { dtype: tf.float };
    own.forEach((variable, i) => {
      tf.all('AssignVariableOp', [variable, [parameter, m, v][i] ?? parameter], dtype, 0);
    });
    // With powers of beta of 0 the op's own correction of the rate is 1: alpha has it already.
    const numbers = [0, 0, alpha, beta1, beta2, epsilon].map((n) => tf.number(n));
    const flags: Attributes = { T: tf.float, use_locking: ['BOOL', false], use_nesterov: ['BOOL', false] };
    tf.all('ResourceApplyAdam', [...own, ...numbers, gradient], flags, 0);
    return own.map((variable) => tf.one('ReadVariableOp', [variable], dtype));
  };
}
