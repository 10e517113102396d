/**
 * Activation functions as Keras defines them, element by element; `slope` is the slope of leaky_relu below zero and the
 * alpha of elu.
 *
 *   linear x · relu max(x, 0) · relu6 min(max(x, 0), 6) · leaky_relu x > 0 ? x : slope·x
 *   elu x > 0 ? x : slope·(eˣ − 1)
 *   selu 1.0507·(x > 0 ? x : 1.6733·(eˣ − 1)) · sigmoid 1/(1 + e⁻ˣ) · tanh · softplus ln(1 + eˣ) · silu x·sigmoid(x)
 *   gelu x·½(1 + erf(x/√2)) · gelu_tanh ½x(1 + tanh(√(2/π)(x + 0.044715x³))) · hard_sigmoid relu6(x + 3)/6
 *   hard_swish x·relu6(x + 3)/6 · mish x·tanh(softplus(x))
 */
import {
  Elu,
  Erf,
  Expm1,
  LeakyRelu,
  type Rank,
  Relu,
  Relu6,
  Selu,
  Sigmoid,
  Softplus,
  Tanh,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { add, addBy, handle, mul, mulBy, run, scoped, unary } from './run.ts';

export type ActivationName =
  | 'linear'
  | 'relu'
  | 'relu6'
  | 'leaky_relu'
  | 'elu'
  | 'selu'
  | 'sigmoid'
  | 'tanh'
  | 'softplus'
  | 'silu'
  | 'gelu'
  | 'gelu_tanh'
  | 'hard_sigmoid'
  | 'hard_swish'
  | 'mish';

type Function = <R extends Rank>(x: Tensor<R>, slope: number) => Tensor<R>;

/** √(2/π) and the cubic coefficient of gelu's approximation. Source: Hendrycks & Gimpel 2016. */
export const geluTanh = { root: Math.sqrt(2 / Math.PI), cubic: 0.044715 };

/** √(2/π)·(x + 0.044715·x³), the argument of gelu_tanh's tanh. */
export const geluInner = <R extends Rank>(x: Tensor<R>): Tensor<R> =>
  mul(x, addBy(mulBy(mul(x, x), geluTanh.root * geluTanh.cubic), geluTanh.root));

/** Φ(x), the normal distribution's: ½(1 + erf(x/√2)). */
export const normalDistribution = <R extends Rank>(x: Tensor<R>): Tensor<R> =>
  addBy(mulBy(unary(Erf, mulBy(x, Math.SQRT1_2)), 0.5), 0.5);

/** relu6(x + 3)/6 */
export const hardSigmoid = <R extends Rank>(x: Tensor<R>): Tensor<R> => mulBy(unary(Relu6, addBy(x, 3)), 1 / 6);

const functions: Readonly<Record<ActivationName, Function>> = {
  linear: handle,
  relu: (x) => unary(Relu, x),
  relu6: (x) => unary(Relu6, x),
  leaky_relu: (x, slope) => run(LeakyRelu, { x }, { alpha: slope }),
  // tfjs's Elu has alpha 1; any other: relu(x) + alpha·(e^min(x, 0) − 1), where −relu(−x) is min(x, 0).
  elu: (x, slope) =>
    slope === 1 ? unary(Elu, x) : add(unary(Relu, x), mulBy(unary(Expm1, mulBy(unary(Relu, mulBy(x, -1)), -1)), slope)),
  selu: (x) => unary(Selu, x),
  sigmoid: (x) => unary(Sigmoid, x),
  tanh: (x) => unary(Tanh, x),
  softplus: (x) => unary(Softplus, x),
  silu: (x) => mul(x, unary(Sigmoid, x)),
  gelu: (x) => mul(x, normalDistribution(x)),
  gelu_tanh: (x) => mul(x, addBy(mulBy(unary(Tanh, geluInner(x)), 0.5), 0.5)),
  hard_sigmoid: hardSigmoid,
  hard_swish: (x) => mul(x, hardSigmoid(x)),
  mish: (x) => mul(x, unary(Tanh, unary(Softplus, x))),
};

/** y = fn(x), element by element; x of any shape. `slope` belongs to leaky_relu and elu; default 0. */
export const activation = <R extends Rank>(
  x: Tensor<R>,
  { fn, slope = 0 }: { readonly fn: ActivationName; readonly slope?: number },
): Tensor<R> => scoped(() => functions[fn](x, slope));

/** What conv2d and dense can apply themselves; elu with alpha 1. */
export type FusedActivation = 'linear' | 'relu' | 'relu6' | 'sigmoid' | 'elu';
