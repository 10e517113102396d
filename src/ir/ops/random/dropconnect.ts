/**
 * dropConnect: each connection is dropped with probability `rate`.   kernel W  →  M ⊙ W,   M ~ Bernoulli(p),   p = 1 − rate
 *   train   z = (M ⊙ W)·v: kept weights are not rescaled; the bias is not dropped
 *     per: batch    one mask for all samples of an update: [in, out], or that of a conv's kernel
 *     per: sample   a mask for each sample: [N, in, out], as much memory as N kernels; dense layers only
 *   infer   samples 0   z = p·W·v. Behind an activation f this is f(pWv), an approximation of the mean over all masks.
 *           samples n   z ~ N(pWv, p(1−p)(W⊙W)(v⊙v)): f of n samples of z, averaged (the pass average-dropconnect)
 *
 * M is a function of (seed, stream, update, element). `stream` is `<layer>.kernel`: a second application of a layer has masks of its own.
 * Errors  NRM2331 a mask for each sample of a kernel that is not dense.   Source  Wan et al. 2013 (DropConnect).
 *
 * dropConnectTrain: kernels [N, in, out] = W ⊙ mask, for `per: sample`. Gradient  dW = Σₙ dkernels ⊙ mask.
 */
import { randomness } from '../../../diagnostics/catalog/randomness.ts';
import { aNumber, aText, oneOf } from '../../attributes.ts';
import { map } from '../../nd.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import { binary } from '../../reference/elementwise.ts';
import { bernoulli } from '../../reference/random.ts';
import { choice } from '../../signature.ts';
import { weightMethod } from '../../vocabulary.ts';
import { mul } from '../elementwise.ts';
import { sum } from '../reduce.ts';
import { array, d, float, hostRandom, refuse, unfit } from '../rules.ts';
import { dropoutTrain } from './dropout.ts';
import { inference } from './inference.ts';
import { fraction, rateOf } from './rate.ts';

export const dropConnect = defineOp({
  kind: 'dropConnect',
  doc: 'drops connections at random while training',
  operands: ['kernel', 'like?'],
  results: ['y'],
  attrs: { rate: aNumber(), samples: aNumber(0), per: oneOf(['batch', 'sample'], 'batch'), stream: aText() },
  stages: ['model', 'infer'],
  writes: [],
  shape({ kernel, like }, { per }) {
    if (kernel.dtype !== 'float32') return unfit('dropConnect', 'a float32 kernel', kernel);
    if (per === 'batch') return [kernel];
    const [n] = like?.shape ?? [];
    return n === undefined
      ? unfit('dropConnect', 'the samples that masks are for', kernel)
      : [float(n, ...kernel.shape)];
  },
  train: ({ build, operands: { kernel, like }, attrs: { rate, per, stream }, name }) =>
    (per === 'batch'
      ? build.emit(dropoutTrain, [kernel, '%random'], { rate, form: 'standard', stream }, name)
      : build.emit(dropConnectTrain, [kernel, like, '%random'], { rate, stream }, name)
    ).slice(0, 1),
  // Stays as it is: the pass average-dropconnect knows what reads it.
  infer: 'same',
  gradient: none('a training graph has dropoutTrain or dropConnectTrain instead'),
  evaluate({ kernel, like }, { rate, per }) {
    const mean = map(array(kernel), (w) => (1 - rate) * w);
    if (per === 'batch' || like === null) return [mean];
    const [n = 0] = array(like).shape;
    return [binary(mean, { shape: [n, 1, 1], data: new Float64Array(n) }, (w) => w)];
  },
  kernel: none('the pass average-dropconnect replaces it'),
});

export const dropConnectTrain = defineOp({
  kind: 'dropConnectTrain',
  doc: 'a kernel for each sample, with connections dropped at random',
  operands: ['kernel', 'like', 'random'],
  results: ['y', 'mask'],
  attrs: { rate: aNumber(), stream: aText() },
  stages: ['train', 'step', 'infer'],
  writes: [],
  shape({ kernel, like, random }) {
    const [n] = like.shape;
    if (kernel.dtype !== 'float32' || n === undefined)
      return unfit('dropConnectTrain', 'a float32 kernel and samples', kernel);
    if (random.dtype !== 'host') return unfit('dropConnectTrain', 'the random key of the step', random);
    const kernels = float(n, ...kernel.shape);
    return [kernels, kernels];
  },
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { kernel }, results, dy }) => ({
    kernel: build.one(sum, [build.one(mul, [dy, results.mask], {}, `${d(kernel)}.each`)], { axes: [0] }, d(kernel)),
  }),
  evaluate({ kernel, like, random }, { rate, stream }) {
    const weights = array(kernel);
    const shape = [array(like).shape[0] ?? 0, ...weights.shape];
    const mask = bernoulli(hostRandom(random), stream, shape, { rate, kept: 1 });
    return [binary(mask, weights, (m, w) => m * w), mask];
  },
  kernel: 'dropConnect',
});

export const dropconnect = weightMethod({
  name: 'dropconnect',
  doc: 'drops connections while training: dropconnect(drop: rate), or dropconnect(keep: 1 − rate)',
  use: 'drop',
  draws: true,
  signature: {
    ...fraction,
    mask: choice(['batch', 'sample'], {
      default: 'batch',
      doc: 'one mask for all samples of an update, or one for each (dense only, N·in·out numbers)',
    }),
    inference,
  },
  weights: ({ kernel, args: { mask } }) =>
    mask === 'sample' && kernel.shape.length !== 2 ? refuse(randomness.masksOfSamples, { shape: kernel.shape }) : [],
  formula({ drop, keep, mask, inference: samples }) {
    const kept = numeral(Number((1 - rateOf(drop, keep)).toPrecision(12)));
    return {
      text: 'M ⊙ W',
      where: [
        `M ~ Bernoulli(${kept}), drawn anew at each update; ${mask === 'batch' ? 'one mask for all of its samples' : 'a mask for each sample, as much memory as N kernels'}`,
        samples === 0
          ? `prediction reads ${kept}·W: behind an activation an approximation of the mean over all masks`
          : `prediction averages ${samples} samples of the activation that follows, of z ~ N(p·Wv, p(1 − p)(W ⊙ W)(v ⊙ v)), p = ${kept}; without one it reads p·W, which is exact`,
      ],
    };
  },
  apply: ({ build, kernel, x, args: { drop, keep, mask, inference: samples }, stream, name }) =>
    build.one(
      dropConnect,
      [kernel, mask === 'sample' ? x : null],
      { rate: rateOf(drop, keep), samples, per: mask, stream },
      name,
    ),
});
