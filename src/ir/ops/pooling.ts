/**
 * maxPool, avgPool: the greatest value, or the mean, of each window of each channel.
 *   x [N,H,W,C]  →  y [N,H′,W′,C]      H′ as for conv2d without dilation
 * Pixels of the padding never count: the maximum ignores them, the mean divides by the number of real pixels (as TensorFlow).
 *
 * Gradients  maxPool: dy goes to the first maximum of its window in row-major order (as TensorFlow). avgPool: equal shares.
 * Train and infer agree. Defaults in a spec  stride = size, padding same.
 * Errors  NRM2100 not an image · NRM2102 window larger than its input · NRM2104 unknown size · NRM2105 windows of padding alone.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import { aPadding, aPair, aSize, type Padding, type Pair } from '../attributes.ts';
import type { ValueType } from '../graph.ts';
import { type AnyOp, defineOp, type Fault, isFault, none } from '../op.ts';
import * as reference from '../reference/pooling.ts';
import { custom, sizePair } from '../signature.ts';
import { type LayerDef, layer } from '../vocabulary.ts';
import { positions } from '../window.ts';
import { paddingSpec } from './arguments.ts';
import {
  array,
  d,
  firstOf,
  float,
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

const window = { size: aPair(), stride: aPair(), padding: aPadding() };

interface Window {
  readonly size: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

function output(op: string, x: ValueType, attrs: Window): readonly [ValueType] | Fault {
  const picture = image(op, x);
  if (isFault(picture)) return picture;
  const placement = { ...attrs, dilation: [1, 1] } as const;
  const [rows, columns] = [positions(0, picture.height, placement), positions(1, picture.width, placement)];
  if ([rows, columns].some((out) => isKnown(out) && out < 1))
    return refuse(shapes.windowTooLarge, { op, window: attrs.size, input: x.shape });
  // `same` never pads by a whole window.
  const padding = typeof attrs.padding === 'string' ? [] : attrs.padding;
  if (padding.some((sides, axis) => Math.max(...sides) >= (attrs.size[axis] ?? 1)))
    return refuse(shapes.emptyWindow, { op, window: attrs.size, padding: padding.flat(), input: x.shape });
  return [float(picture.n, rows, columns, picture.channels)];
}

export const maxPool = defineOp({
  kind: 'maxPool',
  doc: 'the greatest value of each window',
  operands: ['x'],
  results: ['y'],
  attrs: window,
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape: ({ x }, attrs) => output('maxpool', x, attrs),
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, results, attrs, dy }) => ({
    x: build.one(maxPoolGrad, [dy, x, results.y], { ...attrs }, d(x)),
  }),
  evaluate: ({ x }, attrs) => [reference.maxPool(array(x), attrs)],
  kernel: 'maxPool',
});

export const avgPool = defineOp({
  kind: 'avgPool',
  doc: 'the mean of each window',
  operands: ['x'],
  results: ['y'],
  attrs: window,
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape: ({ x }, attrs) => output('avgpool', x, attrs),
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { x }, attrs, dy }) {
    const { attrs: sizes, like } = sizedAs(build, x);
    return { x: build.one(avgPoolGrad, [dy, ...like], { ...attrs, ...sizes }, d(x)) };
  },
  evaluate: ({ x }, attrs) => [reference.avgPool(array(x), attrs)],
  kernel: 'avgPool',
});

export const maxPoolGrad = defineOp({
  kind: 'maxPoolGrad',
  doc: 'gradient of maxPool: to the first maximum of each window',
  operands: ['dy', 'x', 'y'],
  results: ['dx'],
  attrs: window,
  stages: ['step'],
  writes: [],
  shape({ dy, x, y }, attrs) {
    const out = output('maxpool', x, attrs);
    if (isFault(out)) return out;
    const expected = out[0].shape;
    const wrong = firstOf(
      [!sameShape(expected, dy.shape), () => unfit('maxPoolGrad', `dy ${shapeText(expected)}`, dy)],
      [!sameShape(expected, y.shape), () => unfit('maxPoolGrad', `y ${shapeText(expected)}`, y)],
    );
    return wrong ?? [x];
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ dy, x, y }, attrs) => [reference.maxPoolGrad(array(dy), array(x), array(y), attrs)],
  kernel: 'maxPoolGrad',
});

export const avgPoolGrad = defineOp({
  kind: 'avgPoolGrad',
  doc: 'gradient of avgPool: equal shares to the pixels of each window',
  operands: ['dy', 'like?'],
  results: ['dx'],
  attrs: { ...window, height: aSize(), width: aSize() },
  stages: ['step'],
  writes: [],
  shape({ dy, like }, { height, width, ...attrs }) {
    const dx = imageOf('avgPoolGrad', dy, like, { height, width }, Number(dy.shape[3]));
    if (isFault(dx)) return dx;
    const out = output('avgpool', dx, attrs);
    if (isFault(out)) return out;
    return sameShape(out[0].shape, dy.shape) ? [dx] : unfit('avgPoolGrad', `dy ${shapeText(out[0].shape)}`, dy);
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate({ dy, like }, attrs) {
    const { height, width } = sizeAt(like, attrs);
    return [reference.avgPoolGrad(array(dy), height, width, attrs)];
  },
  kernel: 'avgPoolGrad',
});

const side = sizePair({ min: 1, doc: '' });

const pool = (name: string, doc: string, op: AnyOp): LayerDef =>
  layer({
    name,
    doc,
    use: 'step',
    subtractsMean: false,
    signature: {
      size: sizePair({ min: 1, positional: true, doc: 'height and width of a window in pixels' }),
      stride: custom<Pair | null>(side.accepts, side.read, {
        default: null,
        doc: 'distance between windows in pixels; `size` unless given',
      }),
      padding: paddingSpec,
    },
    weights(input, { size, stride, padding }) {
      const out = output(name, input, { size, stride: stride ?? size, padding });
      return isFault(out) ? out : [];
    },
    lower: ({ build, x, args: { size, stride, padding }, name: as }) =>
      build.one(op, [x], { size, stride: stride ?? size, padding }, as),
  });

export const maxpool = pool('maxpool', 'the greatest value of each window: maxpool(2)', maxPool);
export const avgpool = pool('avgpool', 'the mean of each window: avgpool(2)', avgPool);
