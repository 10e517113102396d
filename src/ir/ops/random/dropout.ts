/**
 * dropout: each element is dropped with probability `rate`.   x [...]  →  y [...],   m ~ Bernoulli(1 − rate)
 *   inverted  train y = x ⊙ m/(1 − rate)   infer y = x
 *   standard  train y = x ⊙ m              infer y = (1 − rate)·x
 * The mask is a function of (seed, stream, update, element): an element is kept when its uniform number u ≥ rate. It is a value of the
 * graph, the second result of `dropoutTrain`, and what the gradient reads. What has a number of its own:
 *   per: element   every element           m [...]
 *   per: channel   a sample's whole map    m [N,1,…,1,C]   (`shape: channel`)
 *   per: sample    all of a sample         m [N,1,…,1]     (stochastic depth)
 *
 * `rate` is the fraction dropped; a spec says `drop: rate` or `keep: 1 − rate`. Default form inverted. `stream` is the layer's path.
 * Gradient  dx = dy ⊙ mask.   Errors  NRM2330 whole channels of a value that has no maps.
 * Source    Srivastava et al. 2014 (dropout); Tompson et al. 2015 (channels); Huang et al. 2016 (stochastic depth, here `drop_path`).
 */
import { randomness } from '../../../diagnostics/catalog/randomness.ts';
import { aBoolean, aNumber, aText, oneOf } from '../../attributes.ts';
import type { Dim } from '../../graph.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/elementwise.ts';
import { bernoulli } from '../../reference/random.ts';
import { choice, flag } from '../../signature.ts';
import { layer } from '../../vocabulary.ts';
import { mul } from '../elementwise.ts';
import { array, d, float, hostRandom, refuse, unfit } from '../rules.ts';
import { fraction, rateOf } from './rate.ts';

const attrs = {
  rate: aNumber(),
  form: oneOf(['inverted', 'standard'], 'inverted'),
  per: oneOf(['element', 'channel', 'sample'], 'element'),
  stream: aText(),
};

/** The sizes of a mask: 1 along the axes that share a number. */
const maskShape = <D extends Dim>(shape: readonly D[], per: 'element' | 'channel' | 'sample'): readonly (D | 1)[] =>
  shape.map((size, axis) =>
    per === 'element' || axis === 0 || (per === 'channel' && axis === shape.length - 1) ? size : 1,
  );

export const dropout = defineOp({
  kind: 'dropout',
  doc: 'drops elements, or whole samples, at random while training',
  operands: ['x'],
  results: ['y'],
  attrs: { ...attrs, exact: aBoolean(false) },
  stages: ['model', 'infer'],
  writes: [],
  shape: ({ x }) => (x.dtype === 'float32' ? [x] : unfit('dropout', 'a float32 value', x)),
  train: ({ build, operands: { x }, attrs: { rate, form, per, stream }, name }) =>
    build.emit(dropoutTrain, [x, '%random'], { rate, form, per, stream }, name).slice(0, 1),
  // Stays as it is: the pass elide-dropout takes it out, and says so.
  infer: 'same',
  gradient: none('a training graph has dropoutTrain instead'),
  evaluate: ({ x }, { rate, form }) => [form === 'inverted' ? array(x) : reference.scale(array(x), 1 - rate)],
  kernel: none('the pass elide-dropout replaces it'),
});

export const dropoutTrain = defineOp({
  kind: 'dropoutTrain',
  doc: 'multiplies with a random mask',
  operands: ['x', 'random'],
  results: ['y', 'mask'],
  attrs,
  // In `infer` too: a sampling program keeps it.
  stages: ['train', 'step', 'infer'],
  writes: [],
  shape({ x, random }, { per }) {
    if (x.dtype !== 'float32') return unfit('dropoutTrain', 'a float32 value', x);
    const mask = float(...maskShape(x.shape, per));
    return random.dtype === 'host' ? [x, mask] : unfit('dropoutTrain', 'the random key of the step', random);
  },
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, results, dy }) => ({ x: build.one(mul, [dy, results.mask], {}, d(x)) }),
  evaluate({ x, random }, { rate, form, per, stream }) {
    const values = array(x);
    const kept = form === 'inverted' ? 1 / (1 - rate) : 1;
    const mask = bernoulli(hostRandom(random), stream, maskShape(values.shape, per), { rate, kept });
    return [reference.binary(values, mask, (a, b) => a * b), mask];
  },
  kernel: 'dropout',
});

export const dropoutLayer = layer({
  name: 'dropout',
  doc: 'dropout(drop: rate), or dropout(keep: 1 − rate)',
  use: 'drop',
  subtractsMean: false,
  signature: {
    ...fraction,
    form: choice(['inverted', 'standard'], {
      default: 'inverted',
      doc: 'rescale what is kept while training, or everything in inference',
    }),
    shape: choice(['element', 'channel'], {
      default: 'element',
      doc: 'whether each element is dropped by itself, or whole feature maps',
    }),
    exact: flag({
      default: false,
      doc: 'of `form: standard`: where it is rewritten, whether training takes the very same path',
    }),
  },
  weights: (input, { shape }) =>
    shape === 'channel' && input.shape.length < 3 ? refuse(randomness.channelsOfVectors, { input: input.shape }) : [],
  lower: ({ build, x, args: { drop, keep, form, shape, exact }, name, layer }) =>
    build.one(dropout, [x], { rate: rateOf(drop, keep), form, per: shape, stream: layer, exact }, name),
});

/** On the way of a residual branch: a sample goes without the branch altogether. */
export const dropPathLayer = layer({
  name: 'drop_path',
  doc: 'stochastic depth: drop_path(drop: rate) or drop_path(keep: 1 − rate) drops all of a sample',
  use: 'drop',
  subtractsMean: false,
  signature: fraction,
  weights: () => [],
  lower: ({ build, x, args: { drop, keep }, name, layer }) =>
    build.one(dropout, [x], { rate: rateOf(drop, keep), form: 'inverted', per: 'sample', stream: layer }, name),
});
