/**
 * Gradients of the activation functions: dx = dy ⊙ fn′. Taken from the output y where it tells all, so that the input
 * need not be kept:
 *
 *   linear 1 · relu y > 0 · relu6 0 < y < 6 · leaky_relu y > 0 ? 1 : slope · elu y > 0 ? 1 : y + slope
 *   selu y > 0 ? λ : y + λα · sigmoid y(1 − y) · tanh 1 − y² · softplus 1 − e⁻ʸ
 *
 * and from the input x otherwise, with s = sigmoid(x), Φ and φ the normal distribution and its density, t =
 * tanh(softplus(x)):
 *
 *   silu s(1 + x(1 − s)) · gelu Φ + xφ · gelu_tanh ½(1 + tanh u) + ½x(1 − tanh²u)u′ · hard_sigmoid −3 < x < 3 ? 1/6 : 0
 *   hard_swish x ≤ −3 ? 0 : x < 3 ? (2x + 3)/6 : 1 · mish t + x(1 − t²)s
 *
 * At a kink the smaller slope counts, as in TensorFlow: relu′(0) = 0.
 */
import { Exp, Expm1, Neg, type Rank, Relu, Sigmoid, Softplus, Step, Tanh, type Tensor } from '@tensorflow/tfjs-core';
import { type ActivationName, geluInner, geluTanh, hardSigmoid, normalDistribution } from './activation.ts';
import { add, addBy, handle, has, mul, mulBy, run, scoped, square, sub, unary } from './run.ts';

/**
 * The names under which a backend may offer a function's gradient as one kernel: inputs dy, v (x or y), attribute
 * slope.
 */
export const gradientKernel = (fn: ActivationName): string => `NrmcGradient_${fn}`;

/** λ and α of selu. Source: Klambauer et al. 2017. */
const selu = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

/** 1 where v > 0, `otherwise` elsewhere. */
const step = <R extends Rank>(v: Tensor<R>, otherwise = 0): Tensor<R> => run(Step, { x: v }, { alpha: otherwise });
const oneMinus = <R extends Rank>(v: Tensor<R>): Tensor<R> => addBy(unary(Neg, v), 1);
/** min(v, 0); Minimum itself is slow on wasm. */
const belowZero = <R extends Rank>(v: Tensor<R>): Tensor<R> => sub(v, unary(Relu, v));
/** 1 where low < v < high, 0 elsewhere. */
const between = <R extends Rank>(v: Tensor<R>, low: number, high: number): Tensor<R> =>
  mul(step(addBy(v, -low)), step(addBy(unary(Neg, v), high)));

/** dy, then what the gradient is taken from. */
type Gradient = <R extends Rank>(dy: Tensor<R>, v: Tensor<R>, slope: number) => Tensor<R>;

const fromOutput = {
  linear: handle,
  relu: (dy, y) => mul(dy, step(y)),
  relu6: (dy, y) => mul(dy, between(y, 0, 6)),
  leaky_relu: (dy, y, slope) => mul(dy, step(y, slope)),
  elu: (dy, y, slope) => mul(dy, add(belowZero(y), step(y, slope))),
  selu: (dy, y) => mul(dy, add(belowZero(y), mulBy(step(y, selu.alpha), selu.scale))),
  sigmoid: (dy, y) => mul(dy, mul(y, oneMinus(y))),
  tanh: (dy, y) => mul(dy, oneMinus(square(y))),
  softplus: (dy, y) => mul(dy, unary(Neg, unary(Expm1, unary(Neg, y)))),
} satisfies Record<string, Gradient>;

const fromInput = {
  silu(dy, x) {
    const s = unary(Sigmoid, x);
    return mul(dy, mul(s, addBy(mul(x, oneMinus(s)), 1)));
  },
  gelu(dy, x) {
    const density = mulBy(unary(Exp, mulBy(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return mul(dy, add(normalDistribution(x), mul(x, density)));
  },
  gelu_tanh(dy, x) {
    const t = unary(Tanh, geluInner(x));
    const inner = addBy(mulBy(square(x), 3 * geluTanh.root * geluTanh.cubic), geluTanh.root);
    return mul(dy, mulBy(add(addBy(t, 1), mul(mul(x, oneMinus(square(t))), inner)), 0.5));
  },
  hard_sigmoid: (dy, x) => mul(dy, mulBy(between(x, -3, 3), 1 / 6)),
  hard_swish: (dy, x) => mul(dy, add(hardSigmoid(x), mul(x, mulBy(between(x, -3, 3), 1 / 6)))),
  mish(dy, x) {
    const t = unary(Tanh, unary(Softplus, x));
    return mul(dy, add(t, mul(mul(x, oneMinus(square(t))), unary(Sigmoid, x))));
  },
} satisfies Record<string, Gradient>;

/** Which of the two the gradient is taken from goes with the function. */
type From<R extends Rank> =
  | { readonly fn: keyof typeof fromOutput; readonly y: Tensor<R>; readonly slope?: number }
  | { readonly fn: keyof typeof fromInput; readonly x: Tensor<R>; readonly slope?: number };

/** dx = dy ⊙ fn′, all of one shape. `slope` as in `activation`; default 0. */
export function activationGrad<R extends Rank>(dy: Tensor<R>, from: From<R>): Tensor<R> {
  const v = 'y' in from ? from.y : from.x;
  const slope = from.slope ?? 0;
  const native = gradientKernel(from.fn);
  if (has(native)) return run(native, { dy, v }, { slope });
  const gradient: Gradient = 'y' in from ? fromOutput[from.fn] : fromInput[from.fn];
  return scoped(() => gradient(dy, v, slope));
}
