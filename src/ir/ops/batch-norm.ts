/**
 * batchNorm: normalization over all axes but the last, with r = 1/√(variance + epsilon).
 *   x [N,…,C]   gamma [C]?   beta [C]?   mean [C]?   variance [C]?   →   y [N,…,C] = gamma·(x − mean)·r + beta
 *
 * Train  batchNormTrain: mean and variance are the batch's, M = number of values a channel, variance = Σ(x − mean)²/M (biased);
 *        moving ← momentum·moving + (1 − momentum)·value for both. momentum weighs the old value, as in Keras.
 * Infer  mean and variance are the moving ones; without them (`track: false`) the batch's, always.
 * Frozen mean and variance are the moving ones in training too; dx = gamma·r·dy, and the sums for dbeta, dgamma are the same.
 * Gradient, with x̂ = (x − mean)·r:   dbeta = Σdy   dgamma = Σ dy·x̂   dx = gamma·r·(dy − dbeta/M − x̂·dgamma/M)
 *
 * Without gamma it is 1, without beta 0. Parameters 2C, moving statistics 2C. Defaults  momentum 0.9, epsilon 1e-3.
 * Errors  NRM2100 a value without channels · NRM2104 unknown channels.   Source  Ioffe & Szegedy 2015.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import { aNumber } from '../attributes.ts';
import type { Ref, ValueType } from '../graph.ts';
import { defineOp, type Fault, none } from '../op.ts';
import * as reference from '../reference/batch-norm.ts';
import { flag, number } from '../signature.ts';
import { layer } from '../vocabulary.ts';
import { vector } from './arguments.ts';
import { mul, rsqrt, scale, sub } from './elementwise.ts';
import { sum } from './reduce.ts';
import {
  array,
  arrayOrNull,
  d,
  float,
  isKnown,
  notFloat,
  refuse,
  sameShape,
  shapeText,
  unfit,
  unknownSize,
} from './rules.ts';

function channelsOf(x: ValueType): number | Fault {
  if (x.dtype !== 'float32') return notFloat('batch', x);
  const channels = x.shape.at(-1);
  if (x.shape.length < 2 || channels === undefined)
    return refuse(shapes.rankMismatch, { op: 'batch', expected: '[N, …, channels]', input: x.shape });
  return isKnown(channels) ? channels : unknownSize('batch', 'channels', channels, x);
}

/** Number of channels, when every vector that is there has as many. */
function checked(op: string, x: ValueType, vectors: readonly (ValueType | null)[]): number | Fault {
  const channels = channelsOf(x);
  if (typeof channels !== 'number') return channels;
  const wrong = vectors.find((v) => v !== null && !sameShape(v.shape, [channels]));
  return wrong == null ? channels : unfit(op, `one value for each of ${channels} channels`, wrong);
}

export const batchNorm = defineOp({
  kind: 'batchNorm',
  doc: 'normalization of each channel by given statistics',
  operands: ['x', 'gamma?', 'beta?', 'mean?', 'variance?'],
  results: ['y'],
  attrs: { epsilon: aNumber(), momentum: aNumber() },
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x, gamma, beta, mean, variance }) {
    const channels = checked('batchNorm', x, [gamma, beta, mean, variance]);
    if (typeof channels !== 'number') return channels;
    return (mean === null) === (variance === null) ? [x] : unfit('batchNorm', 'both mean and variance, or neither', x);
  },
  train({ build, operands: { x, gamma, beta, mean, variance }, attrs: { epsilon, momentum }, name }) {
    const [y, batchMean, batchVariance] = build.emit(batchNormTrain, [x, gamma, beta], { epsilon }, name);
    if (y === undefined || batchMean === undefined || batchVariance === undefined)
      throw new Error('batchNormTrain has three results');
    if (mean !== null) build.emit(updateMoving, [mean, batchMean], { momentum });
    if (variance !== null) build.emit(updateMoving, [variance, batchVariance], { momentum });
    return [y];
  },
  infer({ build, operands: { x, gamma, beta, mean, variance }, attrs, name }): readonly Ref[] {
    const node =
      mean === null
        ? build.emit(batchNormTrain, [x, gamma, beta], { epsilon: attrs.epsilon }, name)
        : build.emit(batchNorm, [x, gamma, beta, mean, variance], { ...attrs }, name);
    return node.slice(0, 1);
  },
  /** By given statistics: those of a frozen norm, which nothing reads the gradients of. */
  gradient({ build, operands: { x, gamma, beta, mean, variance }, attrs: { epsilon }, dy }) {
    if (mean === null || variance === null) throw new Error('a training graph has batchNormTrain instead');
    const axes = [...build.typeOf(x).shape.keys()].slice(0, -1);
    const r = build.one(rsqrt, [variance], { epsilon }, `${d(x)}.rsqrt`);
    const factor = gamma === null ? r : build.one(mul, [r, gamma], {}, `${d(x)}.factor`);
    const dx = build.one(mul, [dy, factor], {}, d(x));
    const normalized = build.one(mul, [build.one(sub, [x, mean], {}, `${d(x)}.centred`), r], {}, `${d(x)}.normalized`);
    const each = build.one(mul, [dy, normalized], {}, `${d(x)}.each`);
    const scaled = build.one(sum, [each], { axes }, gamma === null ? `${d(x)}.scaled` : d(gamma));
    const share = build.one(
      mul,
      [build.one(mul, [r, factor], {}, `${d(variance)}.factor`), scaled],
      {},
      `${d(variance)}.sum`,
    );
    return {
      x: dx,
      gamma: gamma && scaled,
      beta: beta && build.one(sum, [dy], { axes }, d(beta)),
      mean: build.one(scale, [build.one(sum, [dx], { axes }, `${d(mean)}.sum`)], { by: -1 }, d(mean)),
      variance: build.one(scale, [share], { by: -0.5 }, d(variance)),
    };
  },
  evaluate: ({ x, gamma, beta, mean, variance }, { epsilon }) => [
    mean === null || variance === null
      ? reference.batchNormTrain(array(x), arrayOrNull(gamma), arrayOrNull(beta), epsilon).y
      : reference.batchNorm(array(x), arrayOrNull(gamma), arrayOrNull(beta), array(mean), array(variance), epsilon),
  ],
  kernel: 'batchNorm',
});

export const batchNormTrain = defineOp({
  kind: 'batchNormTrain',
  doc: 'normalization of each channel by the statistics of the batch',
  operands: ['x', 'gamma?', 'beta?'],
  results: ['y', 'mean', 'variance'],
  attrs: { epsilon: aNumber() },
  stages: ['train', 'step', 'infer'],
  writes: [],
  shape({ x, gamma, beta }) {
    const channels = checked('batchNormTrain', x, [gamma, beta]);
    return typeof channels === 'number' ? [x, float(channels), float(channels)] : channels;
  },
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { x, gamma, beta }, results, attrs, dy, d: cotangents }) {
    if (cotangents.mean !== null || cotangents.variance !== null)
      throw new Error('the loss depends on batch statistics by another way than y; that gradient is not derived');
    const names = [d(x), gamma && d(gamma), beta && d(beta)];
    const [dx, dgamma, dbeta] = build.emit(
      batchNormGrad,
      [dy, x, results.mean, results.variance, gamma],
      { ...attrs },
      names,
    );
    return { x: dx ?? null, gamma: dgamma ?? null, beta: dbeta ?? null };
  },
  evaluate({ x, gamma, beta }, { epsilon }) {
    const { y, mean, variance } = reference.batchNormTrain(array(x), arrayOrNull(gamma), arrayOrNull(beta), epsilon);
    return [y, mean, variance];
  },
  kernel: 'batchNormTrain',
});

export const batchNormGrad = defineOp({
  kind: 'batchNormGrad',
  doc: 'gradient of batchNormTrain in closed form',
  operands: ['dy', 'x', 'mean', 'variance', 'gamma?'],
  results: ['dx', 'dgamma', 'dbeta'],
  attrs: { epsilon: aNumber() },
  stages: ['step'],
  writes: [],
  shape({ dy, x, mean, variance, gamma }) {
    const channels = checked('batchNormGrad', x, [mean, variance, gamma]);
    if (typeof channels !== 'number') return channels;
    return sameShape(dy.shape, x.shape)
      ? [x, float(channels), float(channels)]
      : unfit('batchNormGrad', `dy ${shapeText(x.shape)}`, dy);
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate({ dy, x, mean, variance, gamma }, { epsilon }) {
    const { dx, dgamma, dbeta } = reference.batchNormGrad(
      array(dy),
      array(x),
      array(mean),
      array(variance),
      arrayOrNull(gamma),
      epsilon,
    );
    return [dx, dgamma, dbeta];
  },
  kernel: 'batchNormGrad',
});

/** moving ← momentum·moving + (1 − momentum)·value */
export const updateMoving = defineOp({
  kind: 'updateMoving',
  doc: 'moves a statistic towards that of the batch',
  operands: ['moving', 'value'],
  results: [],
  attrs: { momentum: aNumber() },
  stages: ['train', 'step'],
  writes: ['moving'],
  shape: ({ moving, value }) =>
    sameShape(moving.shape, value.shape) ? [] : unfit('updateMoving', `a value ${shapeText(moving.shape)}`, value),
  train: 'same',
  infer: 'same',
  gradient: none('nothing reads what it writes before the next step'),
  evaluate: ({ moving, value }, { momentum }) => [reference.updateMoving(array(moving), array(value), momentum)],
  kernel: 'updateMoving',
});

export const batch = layer({
  name: 'batch',
  doc: 'batch normalization',
  use: 'norm',
  subtractsMean: true,
  signature: {
    momentum: number({ min: 0, max: 1, default: 0.9, doc: 'weight of the old value in the moving statistics' }),
    epsilon: number({ above: 0, default: 1e-3, doc: 'added to the variance' }),
    scale: flag({ default: true, doc: 'whether each channel has a trainable factor gamma' }),
    center: flag({ default: true, doc: 'whether each channel has a trainable offset beta' }),
    track: flag({ default: true, doc: 'whether inference uses moving statistics; if not, those of its batch' }),
  },
  weights(input, { scale, center, track }) {
    const channels = channelsOf(input);
    if (typeof channels !== 'number') return channels;
    return [
      ...(scale ? [vector('gamma', 'scale', channels, 'ones')] : []),
      ...(center ? [vector('beta', 'shift', channels, 'zeros')] : []),
      ...(track
        ? [vector('mean', 'statistic', channels, 'zeros'), vector('variance', 'statistic', channels, 'ones')]
        : []),
    ];
  },
  lower: ({ build, x, args: { momentum, epsilon, scale, center, track }, weight, name }) =>
    build.one(
      batchNorm,
      [
        x,
        scale ? weight('gamma') : null,
        center ? weight('beta') : null,
        track ? weight('mean') : null,
        track ? weight('variance') : null,
      ],
      { momentum, epsilon },
      name,
    ),
});
