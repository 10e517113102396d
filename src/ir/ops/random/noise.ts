/**
 * noise: normal noise is added while training.   x [...]  →  y [...]
 *   train y = x + deviation·ε, ε ~ N(0, 1)   infer y = x
 * ε is a function of (seed, stream, update, element). On an input, on the output of a layer, or on a weight w (w + ε, s002).
 *
 * Gradient  dx = dy.   On the input of a linear model it equals an L2 penalty of λ = deviation² (Bishop 1995).
 */
import { aNumber, aText } from '../../attributes.ts';
import { map } from '../../nd.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import { binary } from '../../reference/elementwise.ts';
import { normal } from '../../reference/random.ts';
import { number } from '../../signature.ts';
import { noise as define } from '../../vocabulary.ts';
import { array, hostRandom, unfit } from '../rules.ts';

const attrs = { deviation: aNumber(), stream: aText() };

export const noise = defineOp({
  kind: 'noise',
  doc: 'adds normal noise while training',
  operands: ['x'],
  results: ['y'],
  attrs,
  stages: ['model', 'infer'],
  writes: [],
  shape: ({ x }) => (x.dtype === 'float32' ? [x] : unfit('noise', 'a float32 value', x)),
  train: ({ build, operands: { x }, attrs, name }) => build.emit(noiseTrain, [x, '%random'], { ...attrs }, name),
  // Stays as it is: the pass elide-dropout takes it out, and says so.
  infer: 'same',
  gradient: none('a training graph has noiseTrain instead'),
  evaluate: ({ x }) => [array(x)],
  kernel: none('the pass elide-dropout replaces it'),
});

export const noiseTrain = defineOp({
  kind: 'noiseTrain',
  doc: 'adds random numbers of the normal distribution',
  operands: ['x', 'random'],
  results: ['y'],
  attrs,
  stages: ['train', 'step'],
  writes: [],
  shape({ x, random }) {
    if (x.dtype !== 'float32') return unfit('noiseTrain', 'a float32 value', x);
    return random.dtype === 'host' ? [x] : unfit('noiseTrain', 'the random key of the step', random);
  },
  train: 'same',
  infer: 'same',
  gradient: ({ dy }) => ({ x: dy }),
  evaluate({ x, random }, { deviation, stream }) {
    const values = array(x);
    const drawn = normal(hostRandom(random), stream, values.shape);
    return [
      binary(
        values,
        map(drawn, (v) => deviation * v),
        (a, b) => a + b,
      ),
    ];
  },
  kernel: 'noise',
});

export const gaussianNoise = define({
  name: 'gaussian',
  doc: 'adds normal noise while training: gaussian(standard deviation)',
  signature: {
    deviation: number({ min: 0, positional: true, doc: 'standard deviation of what is added' }),
  },
  isNothing: ({ deviation }) => deviation === 0,
  formula: (value, { deviation }) => ({
    text: `${value} + ${numeral(deviation)}·ε`,
    where: ['ε ~ N(0, 1) for each element, drawn anew at each update; prediction adds nothing'],
  }),
  apply: ({ build, x, args: { deviation }, stream, name }) => build.one(noise, [x], { deviation, stream }, name),
});
