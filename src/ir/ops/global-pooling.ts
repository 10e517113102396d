/**
 * globalAvgPool: the mean of each channel over all pixels.
 *   x [N,H,W,C]  →  y [N,C] = Σ x[n,i,j,c]/(H·W)      H and W may be known at run time only
 *
 * Train and infer agree. Gradient  dx[n,i,j,c] = dy[n,c]/(H·W).   Errors  NRM2100 not an image · NRM2104 unknown channels.
 * Source  Lin, Chen & Yan 2013, "Network in network".
 */
import { aSize } from '../attributes.ts';
import { defineOp, isFault, none } from '../op.ts';
import * as reference from '../reference/pooling.ts';
import { layer } from '../vocabulary.ts';
import { array, d, float, image, imageOf, sameShape, shapeText, sizeAt, sizedAs, unfit } from './rules.ts';

export const globalAvgPool = defineOp({
  kind: 'globalAvgPool',
  doc: 'the mean of each channel',
  operands: ['x'],
  results: ['y'],
  attrs: {},
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x }) {
    const picture = image('global_avgpool', x);
    return isFault(picture) ? picture : [float(picture.n, picture.channels)];
  },
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { x }, dy }) {
    const { attrs, like } = sizedAs(build, x);
    return { x: build.one(globalAvgPoolGrad, [dy, ...like], attrs, d(x)) };
  },
  evaluate: ({ x }) => [reference.globalAvgPool(array(x))],
  kernel: 'globalAvgPool',
});

/** The same share of dy for each pixel. Where H or W is known at run time only, `like` is a value of dx's shape. */
export const globalAvgPoolGrad = defineOp({
  kind: 'globalAvgPoolGrad',
  doc: 'gradient of globalAvgPool: equal shares to all pixels',
  operands: ['dy', 'like?'],
  results: ['dx'],
  attrs: { height: aSize(), width: aSize() },
  stages: ['step'],
  writes: [],
  shape({ dy, like }, attrs) {
    if (dy.shape.length !== 2) return unfit('globalAvgPoolGrad', 'dy [N, channels]', dy);
    const dx = imageOf('globalAvgPoolGrad', dy, like, attrs, Number(dy.shape[1]));
    if (isFault(dx)) return dx;
    const y = [...dx.shape.slice(0, 1), ...dx.shape.slice(3)];
    return sameShape(y, dy.shape) ? [dx] : unfit('globalAvgPoolGrad', `dy ${shapeText(y)}`, dy);
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate({ dy, like }, attrs) {
    const { height, width } = sizeAt(like, attrs);
    return [reference.globalAvgPoolGrad(array(dy), height, width)];
  },
  kernel: 'globalAvgPoolGrad',
});

export const globalAvgpool = layer({
  name: 'global_avgpool',
  doc: 'the mean of each channel: [N, height, width, channels] becomes [N, channels]',
  use: 'step',
  subtractsMean: false,
  signature: {},
  weights(input) {
    const picture = image('global_avgpool', input);
    return isFault(picture) ? picture : [];
  },
  lower: ({ build, x, name }) => build.one(globalAvgPool, [x], {}, name),
});
