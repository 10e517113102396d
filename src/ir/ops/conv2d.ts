/**
 * conv2d: 2-D cross-correlation.
 *   x [N,H,W,C]   kernel [kh,kw,C/groups,F]   bias [F]?   →   y [N,H′,W′,F]
 *   y[n,i,j,f] = activation(bias[f] + Σ x[n, i·stride + k·dilation − top, j·stride + l·dilation − left, c] · kernel[k,l,c,f])
 *   same   H′ = ⌈H / stride⌉, the odd pixel of padding goes to the bottom and right
 *   valid  H′ = ⌈(H − (kh−1)·dilation) / stride⌉
 *   [[top, bottom], [left, right]]   H′ = ⌊(H + top + bottom − (kh−1)·dilation − 1) / stride⌋ + 1
 * H and W may have names, and H′ and W′ then have names derived from them.
 * With groups, filter f reads the channels of group ⌊f / (F/groups)⌋ only.
 *
 * Train and infer agree. Parameters kh·kw·C/groups·F (+F); multiply-adds N·H′·W′·F·kh·kw·C/groups. Stride, dilation in pixels.
 * Defaults  stride 1, dilation 1, groups 1, padding same, activation linear.
 * Errors    NRM2100 not an image · NRM2101 channel mismatch · NRM2102 kernel larger than its input · NRM2103 groups · NRM2104 unknown size.
 * Source    Dumoulin & Visin 2016, ch. 2. Layout as in `tf.nn.conv2d`.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import { aNumber, aPadding, aPair, aSize, type Padding, type Pair } from '../attributes.ts';
import type { Dim, Shape, ValueType } from '../graph.ts';
import { defineOp, type Fault, isFault, none } from '../op.ts';
import * as reference from '../reference/conv2d.ts';
import { int, sizePair } from '../signature.ts';
import { layer } from '../vocabulary.ts';
import { positions } from '../window.ts';
import { activationOf, beforeActivation, fusedActivation } from './activation.ts';
import { bias, biasWeight, glorot, paddingSpec } from './arguments.ts';
import { sum } from './reduce.ts';
import {
  array,
  arrayOrNull,
  d,
  firstOf,
  float,
  type Image,
  image,
  imageOf,
  isKnown,
  refuse,
  sameShape,
  shapeText,
  sizeAt,
  sizedAs,
  unfit,
} from './rules.ts';

const placement = {
  stride: aPair([1, 1]),
  dilation: aPair([1, 1]),
  groups: aNumber(1),
  padding: aPadding(),
};

interface Placed {
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly padding: Padding;
}

/** Height and width of the output, or a fault when no window fits. Where a size has a name, it is taken to be large enough. */
function outSize(
  x: ValueType,
  { height, width }: Image,
  size: Pair,
  attrs: Placed,
): readonly [rows: Dim, columns: Dim] | Fault {
  const rows = positions(0, height, { ...attrs, size });
  const columns = positions(1, width, { ...attrs, size });
  if ([rows, columns].some((out) => isKnown(out) && out < 1)) {
    const reach = size.map((taps, axis) => (taps - 1) * (attrs.dilation[axis] ?? 1) + 1);
    return refuse(shapes.windowTooLarge, { op: 'conv', window: reach, input: x.shape });
  }
  return [rows, columns];
}

/** The largest few numbers of groups that divide both. */
function fittingGroups(channels: number, filters: number): readonly number[] {
  const divisors = Array.from({ length: Math.min(channels, filters) }, (_, i) => i + 1);
  return divisors
    .filter((g) => channels % g === 0 && filters % g === 0)
    .reverse()
    .slice(0, 3);
}

const checkGroups = (x: ValueType, channels: number, filters: number, groups: number): Fault | null =>
  channels % groups === 0 && filters % groups === 0
    ? null
    : refuse(shapes.groupsDoNotDivide, {
        op: 'conv',
        groups,
        channels,
        filters,
        input: x.shape,
        fitting: fittingGroups(channels, filters),
      });

/** What x, a kernel of this shape and the attributes make: [N,H′,W′,F]. */
function output(x: ValueType, kernel: Shape, attrs: Placed): ValueType | Fault {
  const picture = image('conv', x);
  if (isFault(picture)) return picture;
  const [kh, kw, cIn, filters] = kernel;
  if (kernel.length !== 4 || !isKnown(kh) || !isKnown(kw) || !isKnown(cIn) || !isKnown(filters)) {
    return unfit('conv2d', 'a kernel [height, width, channels, filters]', float(...kernel));
  }
  const wrong = checkGroups(x, picture.channels, filters, attrs.groups);
  if (wrong !== null) return wrong;
  if (picture.channels !== cIn * attrs.groups)
    return refuse(shapes.channelMismatch, { op: 'conv', expected: cIn * attrs.groups, input: x.shape });
  const out = outSize(x, picture, [kh, kw], attrs);
  return isFault(out) ? out : float(picture.n, out[0], out[1], filters);
}

export const conv2d = defineOp({
  kind: 'conv2d',
  doc: '2-D cross-correlation of images with a bank of filters',
  operands: ['x', 'kernel', 'bias?'],
  results: ['y'],
  attrs: { ...placement, activation: fusedActivation },
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x, kernel, bias }, attrs) {
    const y = output(x, kernel.shape, attrs);
    if (isFault(y)) return y;
    if (bias !== null && !sameShape(bias.shape, y.shape.slice(3)))
      return unfit('conv2d', `a bias [${y.shape[3]}]`, bias);
    return [y];
  },
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { x, kernel, bias }, results, attrs: { activation, ...placed }, dy }) {
    const pre = beforeActivation(build, dy, results.y, activation);
    const size = build.typeOf(kernel).shape.slice(0, 2);
    const { attrs: sizes, like } = sizedAs(build, x);
    return {
      x: build.one(conv2dInputGrad, [pre, kernel, ...like], { ...placed, ...sizes }, d(x)),
      kernel: build.one(conv2dKernelGrad, [x, pre], { ...placed, size }, d(kernel)),
      bias: bias === null ? null : build.one(sum, [pre], { axes: [0, 1, 2] }, d(bias)),
    };
  },
  evaluate: ({ x, kernel, bias }, { activation, ...attrs }) => [
    activationOf(activation, reference.conv2d(array(x), array(kernel), arrayOrNull(bias), attrs)),
  ],
  kernel: 'conv2d',
});

/**
 * dx[n,p,q,c] = Σ dy[n,i,j,f] · kernel[k,l,c,f] over the taps (i,j,k,l) that read pixel (p,q): [N,H,W,C]. Pixels that no window
 * reads get 0. Where H or W is known at run time only, `like` is a value of dx's shape.
 */
export const conv2dInputGrad = defineOp({
  kind: 'conv2dInputGrad',
  doc: 'gradient of conv2d with respect to its input',
  operands: ['dy', 'kernel', 'like?'],
  results: ['dx'],
  attrs: { height: aSize(), width: aSize(), ...placement },
  stages: ['step'],
  writes: [],
  shape({ dy, kernel, like }, attrs) {
    const dx = imageOf('conv2dInputGrad', dy, like, attrs, Number(kernel.shape[2]) * attrs.groups);
    if (isFault(dx)) return dx;
    const y = output(dx, kernel.shape, attrs);
    if (isFault(y)) return y;
    return (
      firstOf([!sameShape(y.shape, dy.shape), () => unfit('conv2dInputGrad', `dy ${shapeText(y.shape)}`, dy)]) ?? [dx]
    );
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ dy, kernel, like }, attrs) => [
    reference.conv2dInputGrad(array(dy), array(kernel), { ...attrs, ...sizeAt(like, attrs) }),
  ],
  kernel: 'conv2dInputGrad',
});

/** dkernel[k,l,c,f] = Σ x[n, pixel of tap (i,j,k,l), c] · dy[n,i,j,f]: [kh,kw,C/groups,F]. */
export const conv2dKernelGrad = defineOp({
  kind: 'conv2dKernelGrad',
  doc: 'gradient of conv2d with respect to its kernel',
  operands: ['x', 'dy'],
  results: ['dkernel'],
  attrs: { size: aPair(), ...placement },
  stages: ['step'],
  writes: [],
  shape({ x, dy }, { size, ...attrs }) {
    const kernel = [...size, Number(x.shape[3]) / attrs.groups, dy.shape[3] ?? 0];
    const y = output(x, kernel, attrs);
    if (isFault(y)) return y;
    return (
      firstOf([!sameShape(y.shape, dy.shape), () => unfit('conv2dKernelGrad', `dy ${shapeText(y.shape)}`, dy)]) ?? [
        float(...kernel),
      ]
    );
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ x, dy }, { size, ...attrs }) => [reference.conv2dKernelGrad(array(x), array(dy), size, attrs)],
  kernel: 'conv2dKernelGrad',
});

export const conv = layer({
  name: 'conv',
  doc: '2-D convolution: conv(filters, kernel: size)',
  use: 'step',
  subtractsMean: false,
  signature: {
    filters: int({ min: 1, positional: true, doc: 'output channels' }),
    kernel: sizePair({ min: 1, doc: 'height and width of a filter in pixels' }),
    stride: sizePair({ min: 1, default: [1, 1], doc: 'distance between windows in pixels' }),
    padding: paddingSpec,
    dilation: sizePair({ min: 1, default: [1, 1], doc: 'distance between taps in pixels' }),
    groups: int({ min: 1, default: 1, doc: 'channels fall into this many groups, each convolved by itself' }),
    bias,
  },
  weights(input, args) {
    const picture = image('conv', input);
    if (isFault(picture)) return picture;
    const { filters, kernel, groups } = args;
    const wrong = checkGroups(input, picture.channels, filters, groups);
    if (wrong !== null) return wrong;
    const [kh, kw] = kernel;
    const shape = [kh, kw, picture.channels / groups, filters];
    const fan = { in: (kh * kw * picture.channels) / groups, out: kh * kw * filters };
    return [
      { name: 'kernel', role: 'kernel', shape, init: glorot(fan), fan },
      ...(args.bias === 'false' ? [] : [biasWeight(filters)]),
    ];
  },
  lower: ({ build, x, args, weight, name }) =>
    build.one(
      conv2d,
      [x, weight('kernel'), args.bias === 'false' ? null : weight('bias')],
      { stride: args.stride, dilation: args.dilation, groups: args.groups, padding: args.padding },
      name,
    ),
});
