/**
 * localResponse: each value divided by what its neighbours among the channels are.   x [N,…,C]  →  y [N,…,C]
 *   y = x·s^(−beta),   s = k + alpha·Σ x²   over the `size` channels around its own, as far as there are so many
 *
 * alpha is what each square is multiplied with, as in the paper and TensorFlow; PyTorch divides its alpha by `size` first.
 * Train and infer agree.
 * Gradient  dx = dy·s^(−beta) − 2·alpha·beta·x·Σ dy·x·s^(−beta−1), the sum over the same neighbours.
 * Defaults  k 2, alpha 1e-4, beta 0.75, size 5.   Source  Krizhevsky et al. 2012, section 3.3.
 */
import { aNumber } from '../../attributes.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/local-response.ts';
import { custom, number } from '../../signature.ts';
import { layer } from '../../vocabulary.ts';
import { array, d, sameShape, shapeText, unfit } from '../rules.ts';
import { channelsOf } from './grouping.ts';

const attrs = { k: aNumber(), alpha: aNumber(), beta: aNumber(), size: aNumber() };

export const localResponse = defineOp({
  kind: 'localResponse',
  doc: 'each value divided by a power of the squares of neighbouring channels',
  operands: ['x'],
  results: ['y'],
  attrs,
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x }) {
    const channels = channelsOf('local_response', x);
    return typeof channels === 'number' ? [x] : channels;
  },
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, attrs: values, dy }) => ({
    x: build.one(localResponseGrad, [dy, x], { ...values }, d(x)),
  }),
  evaluate: ({ x }, values) => [reference.localResponse(array(x), values)],
  kernel: 'localResponse',
});

export const localResponseGrad = defineOp({
  kind: 'localResponseGrad',
  doc: 'gradient of localResponse in closed form',
  operands: ['dy', 'x'],
  results: ['dx'],
  attrs,
  stages: ['step'],
  writes: [],
  shape: ({ dy, x }) =>
    sameShape(dy.shape, x.shape) ? [x] : unfit('localResponseGrad', `dy ${shapeText(x.shape)}`, dy),
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate: ({ dy, x }, values) => [reference.localResponseGrad(array(dy), array(x), values)],
  kernel: 'localResponseGrad',
});

export const localResponseLayer = layer({
  name: 'local_response',
  doc: 'local response normalization: each value divided by (k + alpha·Σ x²)^beta over neighbouring channels',
  use: 'norm',
  subtractsMean: false,
  signature: {
    k: number({ above: 0, default: 2, doc: 'what is divided by where the neighbours are 0' }),
    alpha: number({ min: 0, default: 1e-4, doc: 'weight of each square; PyTorch’s alpha is this times `size`' }),
    beta: number({ above: 0, default: 0.75, doc: 'power that is divided by' }),
    size: custom<number>(
      'an odd whole number from 1',
      (value) => (value.kind === 'number' && value.value > 0 && value.value % 2 === 1 ? value.value : undefined),
      { default: 5, doc: 'number of channels, its own in the middle' },
    ),
  },
  weights: () => [],
  lower: ({ build, x, args, name }) => build.one(localResponse, [x], { ...args }, name),
});
