/**
 * batchNorm: normalization of each channel by statistics of many samples, with r = 1/√(variance + epsilon).
 *   x [N,…,C]   mean [C]   variance [C]   gamma [C]?   beta [C]?   →   y [N,…,C] = gamma·(x − mean)·r + beta
 *
 * Train  normalizeTrain over the batch, or over slices of it (`slice`): mean and variance are the batch's, and move the stored ones.
 *        `unbiased`: the variance that they move towards is M/(M − 1) times the batch's.
 * Infer  by the stored statistics, whatever the slices were.
 * Frozen by the stored statistics in training too; dx = gamma·r·dy, and the sums for dbeta, dgamma are the same.
 *
 * Without gamma it is 1, without beta 0. Parameters 2C, moving statistics 2C.   Source  Ioffe & Szegedy 2015.
 */
import { aBoolean, aNumber, aSize } from '../../attributes.ts';
import type { Ref } from '../../graph.ts';
import type { NdArray } from '../../nd.ts';
import { defineOp, type Evaluated } from '../../op.ts';
import * as reference from '../../reference/normalize.ts';
import { mul, rsqrt, scale, sub } from '../elementwise.ts';
import { sum } from '../reduce.ts';
import { array, arrayOrNull, d, unfit } from '../rules.ts';
import { checkedChannels } from './grouping.ts';
import { normalizeTrain } from './normalize.ts';
import { updateMoving } from './statistics.ts';

const given = (statistic: Evaluated | null): NdArray => {
  if (statistic === null) throw new Error('batchNorm without statistics');
  return array(statistic);
};

export const batchNorm = defineOp({
  kind: 'batchNorm',
  doc: 'normalization of each channel by given statistics',
  // Optional so that they are emitted by name; the shape rule asks for both.
  operands: ['x', 'gamma?', 'beta?', 'mean?', 'variance?'],
  results: ['y'],
  attrs: { epsilon: aNumber(), momentum: aNumber(), slice: aSize(), unbiased: aBoolean(false) },
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x, gamma, beta, mean, variance }) {
    const channels = checkedChannels('batchNorm', x, [gamma, beta, mean, variance]);
    if (typeof channels !== 'number') return channels;
    return mean === null || variance === null ? unfit('batchNorm', 'a mean and a variance to normalize by', x) : [x];
  },
  train({ build, operands: { x, gamma, beta, mean, variance }, attrs: { epsilon, momentum, slice, unbiased }, name }) {
    const [y, batchVariance, batchMean] = build.emit(normalizeTrain, [x, gamma, beta], { slice, epsilon }, name);
    if (y === undefined || batchMean === undefined || batchVariance === undefined)
      throw new Error('normalizeTrain has three results where it is centred');
    // The shape rule has asked for both.
    if (mean === null || variance === null) throw new Error('batchNorm without statistics');
    build.emit(updateMoving, [mean, batchMean], { momentum });
    build.emit(updateMoving, [variance, batchVariance, ...(unbiased ? [x] : [])], { momentum });
    return [y];
  },
  infer: ({
    build,
    operands: { x, gamma, beta, mean, variance },
    attrs: { epsilon, momentum },
    name,
  }): readonly Ref[] => build.emit(batchNorm, [x, gamma, beta, mean, variance], { epsilon, momentum }, name),
  /** By given statistics: those of a frozen norm, which nothing reads the gradients of. */
  gradient({ build, operands: { x, gamma, beta, mean, variance }, attrs: { epsilon }, dy }) {
    if (mean === null || variance === null) throw new Error('batchNorm without statistics');
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
    reference.batchNorm(array(x), arrayOrNull(gamma), arrayOrNull(beta), given(mean), given(variance), epsilon),
  ],
  kernel: 'batchNorm',
  unread: ['momentum', 'slice', 'unbiased'],
});
