/**
 * dropout: each element is dropped with probability `rate`.   x [...]  →  y [...],   m ~ Bernoulli(1 − rate)
 *   inverted  train y = x ⊙ m/(1 − rate)   infer y = x
 *   standard  train y = x ⊙ m              infer y = (1 − rate)·x
 * The mask is a function of (seed, stream, update, element): an element is kept when its uniform number u ≥ rate.
 * With `per: sample` there is one number a sample, so that all of a sample is kept or dropped: m [N,1,…,1] (stochastic depth).
 *
 * `rate` is the fraction dropped; a spec says `drop: rate` or `keep: 1 − rate`. Default form inverted. `stream` is the layer's path.
 * Gradient  dx = dy ⊙ mask.   Source  Srivastava et al. 2014 (dropout); Huang et al. 2016 (stochastic depth, here `drop_path`).
 */
import { aNumber, aText, oneOf } from '../attributes.ts';
import { sizeOf } from '../nd.ts';
import { defineOp, none } from '../op.ts';
import * as reference from '../reference/elementwise.ts';
import { choice, custom, number } from '../signature.ts';
import { layer } from '../vocabulary.ts';
import { mul } from './elementwise.ts';
import { array, d, float, hostRandom, unfit } from './rules.ts';

const attrs = {
  rate: aNumber(),
  form: oneOf(['inverted', 'standard'], 'inverted'),
  per: oneOf(['element', 'sample'], 'element'),
  stream: aText(),
};

export const dropout = defineOp({
  kind: 'dropout',
  doc: 'drops elements, or whole samples, at random while training',
  operands: ['x'],
  results: ['y'],
  attrs,
  stages: ['model', 'infer'],
  writes: [],
  shape: ({ x }) => (x.dtype === 'float32' ? [x] : unfit('dropout', 'a float32 value', x)),
  train: ({ build, operands: { x }, attrs, name }) =>
    build.emit(dropoutTrain, [x, '%random'], { ...attrs }, name).slice(0, 1),
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
  stages: ['train', 'step'],
  writes: [],
  shape({ x, random }, { per }) {
    if (x.dtype !== 'float32') return unfit('dropoutTrain', 'a float32 value', x);
    const mask = per === 'sample' ? float(...x.shape.map((size, axis) => (axis === 0 ? size : 1))) : x;
    return random.dtype === 'host' ? [x, mask] : unfit('dropoutTrain', 'the random key of the step', random);
  },
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, results, dy }) => ({ x: build.one(mul, [dy, results.mask], {}, d(x)) }),
  evaluate({ x, random }, { rate, form, per, stream }) {
    const values = array(x);
    const shape = per === 'sample' ? values.shape.map((size, axis) => (axis === 0 ? size : 1)) : values.shape;
    const uniform = hostRandom(random).uniform(stream, sizeOf(shape));
    const mask = {
      shape,
      data: uniform.map((u) => (u >= rate ? (form === 'inverted' ? 1 / (1 - rate) : 1) : 0)),
    };
    return [reference.binary(values, mask, (a, b) => a * b), mask];
  },
  kernel: 'dropout',
});

// 1 − 0.7 is 0.30000000000000004; what was meant is 0.3.
const rateOf = (drop: number | null, keep: number | null): number => drop ?? Number((1 - (keep ?? 1)).toPrecision(12));

const dropped = number({ above: 0, below: 1, doc: '' });
const kept = number({ above: 0, below: 1, doc: '' });

/** Exactly one of the two is given, as the checker sees to. */
const fraction = {
  drop: custom<number | null>(dropped.accepts, dropped.read, { default: null, doc: 'fraction dropped' }),
  keep: custom<number | null>(kept.accepts, kept.read, { default: null, doc: 'fraction kept' }),
};

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
  },
  weights: () => [],
  lower: ({ build, x, args: { drop, keep, form }, name, layer }) =>
    build.one(dropout, [x], { rate: rateOf(drop, keep), form, stream: layer }, name),
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
