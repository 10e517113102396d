/**
 * activation: a function applied to each element.   x [...]  →  y [...]
 *
 *   linear x · relu max(x, 0) · relu6 min(max(x, 0), 6) · leaky_relu x > 0 ? x : slope·x · elu x > 0 ? x : slope·(eˣ − 1)
 *   selu λ(x > 0 ? x : α(eˣ − 1)), λ = 1.0507…, α = 1.6733… · sigmoid 1/(1 + e⁻ˣ) · tanh · softplus ln(1 + eˣ) · silu x·sigmoid(x)
 *   gelu ½x(1 + erf(x/√2)) · gelu_tanh ½x(1 + tanh(√(2/π)(x + 0.044715x³))) · hard_sigmoid relu6(x + 3)/6
 *   hard_swish x·relu6(x + 3)/6 · mish x·tanh(softplus(x))
 *
 * Train and infer agree. The gradient dx = dy·fn′ is taken from the output y where y determines it (then x need not be kept), else
 * from x. At a kink the slope is that of the left side: relu′(0) = 0, relu6′(6) = 0 as the saturated side.
 * Defaults  slope 0.1 for leaky_relu, alpha 1 for elu.   Source  Keras 3, `keras.activations`; Klambauer et al. 2017 (selu);
 * Hendrycks & Gimpel 2016 (gelu); Howard et al. 2019 (hard_swish); Misra 2019 (mish).
 */
import { aNumber, oneOf } from '../attributes.ts';
import type { Ref } from '../graph.ts';
import type { NdArray } from '../nd.ts';
import { defineOp, type Emit, none } from '../op.ts';
import { type ActivationName, activate, activateGrad, activationNames, fromOutput } from '../reference/activation.ts';
import { choice, number, type Signature } from '../signature.ts';
import { type LayerDef, layer } from '../vocabulary.ts';
import { array, d, sameShape, shapeText, unfit } from './rules.ts';

export const activation = defineOp({
  kind: 'activation',
  doc: 'a function applied to each element',
  operands: ['x'],
  results: ['y'],
  attrs: { fn: oneOf(activationNames), slope: aNumber(0) },
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape: ({ x }) => (x.dtype === 'float32' ? [x] : unfit('activation', 'a float32 value', x)),
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { x }, results, attrs, dy }) {
    if (attrs.fn === 'linear') return { x: dy };
    const known = fromOutput(attrs.fn) ? [null, results.y] : [x, null];
    return { x: build.one(activationGrad, [dy, ...known], { ...attrs }, d(x)) };
  },
  evaluate: ({ x }, { fn, slope }) => [activate(array(x), fn, slope)],
  kernel: 'activation',
});

/** dx = dy·fn′, from the output y or from the input x. */
export const activationGrad = defineOp({
  kind: 'activationGrad',
  doc: 'gradient of an activation',
  operands: ['dy', 'x?', 'y?'],
  results: ['dx'],
  attrs: { fn: oneOf(activationNames), slope: aNumber(0) },
  stages: ['step'],
  writes: [],
  shape({ dy, x, y }, { fn }) {
    const known = fromOutput(fn) ? y : x;
    const other = fromOutput(fn) ? x : y;
    if (known === null || other !== null)
      return unfit('activationGrad', `${fromOutput(fn) ? 'y' : 'x'} alone for \`${fn}\``, dy);
    return sameShape(known.shape, dy.shape) ? [dy] : unfit('activationGrad', `dy ${shapeText(known.shape)}`, dy);
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate({ dy, x, y }, { fn, slope }) {
    const known = x ?? y;
    if (known === null) throw new TypeError('activationGrad needs x or y');
    return [activateGrad(array(dy), array(known), fn, slope)];
  },
  kernel: 'activationGrad',
});

/** What conv2d and dense can apply themselves; each has its gradient in the output. elu has alpha 1. */
export const fusable = ['linear', 'relu', 'relu6', 'sigmoid', 'elu'] as const;
export type FusedActivation = (typeof fusable)[number];
export const fusedActivation = oneOf(fusable, 'linear');

const fusedSlope = (fn: FusedActivation): number => (fn === 'elu' ? 1 : 0);

export const activationOf = (fn: FusedActivation, x: NdArray): NdArray => activate(x, fn, fusedSlope(fn));

/** The cotangent in front of a fused activation, given that of y. */
export const beforeActivation = (build: Emit, dy: Ref, y: Ref, fn: FusedActivation): Ref =>
  fn === 'linear' ? dy : build.one(activationGrad, [dy, null, y], { fn, slope: fusedSlope(fn) }, `${d(y)}.linear`);

/** A method of the slot `act`. */
const method = <const S extends Signature>(
  name: string,
  doc: string,
  signature: S,
  attrs: (args: Parameters<LayerDef<S>['lower']>[0]['args']) => {
    readonly fn: ActivationName;
    readonly slope?: number;
  },
): LayerDef =>
  layer<S>({
    name,
    doc,
    use: 'act',
    subtractsMean: false,
    signature,
    weights: () => [],
    lower: ({ build, x, args, name: as }) => build.one(activation, [x], attrs(args), as),
  });

const plain = (fn: ActivationName, doc: string): LayerDef => method(fn, doc, {}, () => ({ fn }));

export const activationLayers: Readonly<Record<string, LayerDef>> = {
  // The identity: nothing is appended, the layer's value is its input.
  linear: layer({
    name: 'linear',
    doc: 'the identity',
    use: 'act',
    subtractsMean: false,
    signature: {},
    weights: () => [],
    lower: ({ x }) => x,
  }),
  relu: plain('relu', 'max(x, 0)'),
  relu6: plain('relu6', 'min(max(x, 0), 6)'),
  leaky_relu: method(
    'leaky_relu',
    'x above zero, slope·x below',
    { slope: number({ min: 0, default: 0.1, positional: true, doc: 'slope below zero' }) },
    ({ slope }) => ({ fn: 'leaky_relu', slope }),
  ),
  elu: method(
    'elu',
    'x above zero, alpha·(eˣ − 1) below',
    { alpha: number({ min: 0, default: 1, positional: true, doc: 'minus the limit far below zero' }) },
    ({ alpha }) => ({ fn: 'elu', slope: alpha }),
  ),
  selu: plain('selu', '1.0507·elu with alpha 1.6733: keeps mean 0 and variance 1'),
  sigmoid: plain('sigmoid', '1/(1 + e⁻ˣ)'),
  tanh: plain('tanh', 'hyperbolic tangent'),
  softplus: plain('softplus', 'ln(1 + eˣ)'),
  silu: plain('silu', 'x·sigmoid(x)'),
  gelu: method(
    'gelu',
    'x times the normal distribution of x',
    {
      form: choice(['exact', 'tanh'], {
        default: 'exact',
        positional: true,
        doc: 'by the error function, or its approximation by tanh',
      }),
    },
    ({ form }) => ({ fn: form === 'tanh' ? 'gelu_tanh' : 'gelu' }),
  ),
  hard_sigmoid: plain('hard_sigmoid', 'relu6(x + 3)/6'),
  hard_swish: plain('hard_swish', 'x·relu6(x + 3)/6'),
  mish: plain('mish', 'x·tanh(softplus(x))'),
};
