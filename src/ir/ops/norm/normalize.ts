/**
 * normalize: values less the mean of their group, divided by its spread, with a factor and an offset per channel.
 *   x [N,…,C]   gamma [C]?   beta [C]?   learned [1]?   →   y [N,…,C] = gamma·x̂ + beta,   x̂ = (x − mean)·r,   r = 1/√(variance + ε)
 *
 * `over`, `slice` and `groups` say which values share their statistics (grouping.ts); variance = Σ(x − mean)²/M (biased). Not `centred`:
 * mean is 0, so that variance is the mean square, and there is no result `mean`. ε = epsilon + |learned|.
 *
 * Train  normalizeTrain gives the statistics too, which the gradient reads.   Infer  the same values.
 * Gradient  normalizeGrad, in closed form, with g = dy·gamma and means over the M values of a group:
 *           dx = r·(g − mean(g) − x̂·mean(g·x̂)), without mean(g) when not centred
 *           dgamma = Σ dy·x̂   dbeta = Σ dy   dlearned = −½·sign(learned)·Σ g·x̂·r²
 *
 * Without gamma it is 1, without beta 0.
 * Source  Ioffe & Szegedy 2015 (batch); Ba et al. 2016 (layer); Wu & He 2018 (group); Ulyanov et al. 2016 (instance); Singh & Krishnan
 * 2020 (FRN, with the learned epsilon); Zhang & Sennrich 2019 (rms); Hoffer et al. 2017 (ghost batches).
 */
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/normalize.ts';
import { array, arrayOrNull, d, float, sameShape, shapeText, unfit } from '../rules.ts';
import { checkedChannels, groupingAttrs, statisticsType } from './grouping.ts';

export const normalize = defineOp({
  kind: 'normalize',
  doc: 'normalization by the mean and variance of the values themselves',
  operands: ['x', 'gamma?', 'beta?', 'learned?'],
  results: ['y'],
  attrs: groupingAttrs,
  stages: ['model', 'infer'],
  writes: [],
  shape({ x, gamma, beta, learned }, attrs) {
    const channels = checkedChannels('normalize', x, [gamma, beta]);
    if (typeof channels !== 'number') return channels;
    const statistics = statisticsType('normalize', x, attrs);
    if ('fault' in statistics) return statistics;
    return learned === null || sameShape(learned.shape, [1]) ? [x] : unfit('normalize', 'one learned epsilon', learned);
  },
  train: ({ build, operands: { x, gamma, beta, learned }, attrs, name }) =>
    build
      .emit(normalizeTrain, [x, gamma, beta, ...(learned === null ? [] : [learned])], { ...attrs }, name)
      .slice(0, 1),
  infer: 'same',
  gradient: none('a training graph has normalizeTrain instead'),
  evaluate: ({ x, gamma, beta, learned }, attrs) => [
    reference.normalize(array(x), arrayOrNull(gamma), arrayOrNull(beta), arrayOrNull(learned), attrs).y,
  ],
  kernel: 'normalize',
});

export const normalizeTrain = defineOp({
  kind: 'normalizeTrain',
  doc: 'normalization by the mean and variance of the values themselves, which come along',
  operands: ['x', 'gamma?', 'beta?', 'learned?'],
  results: ['y', 'variance', 'mean'],
  attrs: groupingAttrs,
  stages: ['train', 'step'],
  writes: [],
  shape({ x, gamma, beta, learned }, attrs) {
    const channels = checkedChannels('normalizeTrain', x, [gamma, beta]);
    if (typeof channels !== 'number') return channels;
    if (learned !== null && !sameShape(learned.shape, [1]))
      return unfit('normalizeTrain', 'one learned epsilon', learned);
    const statistics = statisticsType('normalizeTrain', x, attrs);
    if ('fault' in statistics) return statistics;
    return attrs.centred ? [x, statistics, statistics] : [x, statistics];
  },
  train: 'same',
  infer: none('stands in training only'),
  gradient({ build, operands: { x, gamma, beta, learned }, results, attrs, dy, d: cotangents }) {
    if (cotangents.mean !== null || cotangents.variance !== null)
      throw new Error('the loss depends on statistics by another way than y; that gradient is not derived');
    const [dx, dgamma, dbeta, dlearned] = build.emit(
      normalizeGrad,
      [dy, x, results.variance, attrs.centred ? results.mean : null, gamma, ...(learned === null ? [] : [learned])],
      { ...attrs },
      [d(x), gamma && d(gamma), beta && d(beta), learned && d(learned)],
    );
    return {
      x: dx ?? null,
      gamma: gamma && (dgamma ?? null),
      beta: beta && (dbeta ?? null),
      learned: learned && (dlearned ?? null),
    };
  },
  evaluate({ x, gamma, beta, learned }, attrs) {
    const { y, mean, variance } = reference.normalize(
      array(x),
      arrayOrNull(gamma),
      arrayOrNull(beta),
      arrayOrNull(learned),
      attrs,
    );
    return attrs.centred ? [y, variance, mean] : [y, variance];
  },
  kernel: 'normalizeTrain',
});

export const normalizeGrad = defineOp({
  kind: 'normalizeGrad',
  doc: 'gradient of normalizeTrain in closed form',
  operands: ['dy', 'x', 'variance', 'mean?', 'gamma?', 'learned?'],
  results: ['dx', 'dgamma', 'dbeta', 'dlearned'],
  attrs: groupingAttrs,
  stages: ['step'],
  writes: [],
  shape({ dy, x, variance, mean, gamma, learned }, attrs) {
    const channels = checkedChannels('normalizeGrad', x, [gamma]);
    if (typeof channels !== 'number') return channels;
    const statistics = statisticsType('normalizeGrad', x, attrs);
    if ('fault' in statistics) return statistics;
    const wrong = [variance, mean].find((s) => s !== null && !sameShape(s.shape, statistics.shape));
    if (wrong != null) return unfit('normalizeGrad', `statistics ${shapeText(statistics.shape)}`, wrong);
    if ((mean !== null) !== attrs.centred)
      return unfit('normalizeGrad', 'a mean where it is centred, and only there', x);
    if (!sameShape(dy.shape, x.shape)) return unfit('normalizeGrad', `dy ${shapeText(x.shape)}`, dy);
    return [x, float(channels), float(channels), ...(learned === null ? [] : [learned])];
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate({ dy, x, variance, mean, gamma, learned }, attrs) {
    const { dx, dgamma, dbeta, dlearned } = reference.normalizeGrad(
      array(dy),
      array(x),
      { variance: array(variance), mean: arrayOrNull(mean) },
      arrayOrNull(gamma),
      arrayOrNull(learned),
      attrs,
    );
    return [dx, dgamma, dbeta, ...(dlearned === null ? [] : [dlearned])];
  },
  kernel: 'normalizeGrad',
});
