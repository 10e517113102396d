/**
 * sampledActivation: the mean of an activation over values that are normally distributed.
 *   mean [N,…]   variance [N,…]   →   y [N,…] = 1/n · Σₛ f(mean + √variance · εₛ),   εₛ ~ N(0, 1),   s = 1 … samples
 *
 * What `dropconnect(inference: gaussian(samples: n))` becomes in prediction. ε is a function of (seed, stream, update, element): sample s of
 * element i is number s·size + i of the stream.   Source  Wan et al. 2013 (DropConnect), section 3.2.
 */
import { aNumber, aText, oneOf } from '../../attributes.ts';
import { map, sizeOf } from '../../nd.ts';
import { defineOp, none } from '../../op.ts';
import { activate, activationNames } from '../../reference/activation.ts';
import { normal } from '../../reference/random.ts';
import { array, hostRandom, sameShape, shapeText, unfit } from '../rules.ts';

export const sampledActivation = defineOp({
  kind: 'sampledActivation',
  doc: 'the mean of an activation over normally distributed values, by sampling',
  operands: ['mean', 'variance', 'random'],
  results: ['y'],
  attrs: { fn: oneOf(activationNames), slope: aNumber(0), samples: aNumber(), stream: aText() },
  stages: ['infer'],
  writes: [],
  shape({ mean, variance, random }) {
    if (mean.dtype !== 'float32') return unfit('sampledActivation', 'a float32 value', mean);
    if (random.dtype !== 'host') return unfit('sampledActivation', 'a random key', random);
    return sameShape(mean.shape, variance.shape)
      ? [mean]
      : unfit('sampledActivation', `a variance ${shapeText(mean.shape)}`, variance);
  },
  train: none('stands in prediction only'),
  infer: 'same',
  gradient: none('stands in prediction only'),
  evaluate({ mean, variance, random }, { fn, slope, samples, stream }) {
    const [m, v] = [array(mean), array(variance)];
    const size = sizeOf(m.shape);
    const drawn = normal(hostRandom(random), stream, [samples, size]);
    const values = drawn.data.map(
      (z, i) => (m.data[i % size] ?? 0) + Math.sqrt(Math.max(0, v.data[i % size] ?? 0)) * z,
    );
    const active = activate({ shape: [samples, size], data: values }, fn, slope);
    const total = new Float64Array(size);
    active.data.forEach((y, i) => {
      total[i % size] = (total[i % size] ?? 0) + y / samples;
    });
    return [map(m, (_, i) => total[i] ?? 0)];
  },
  kernel: 'sampledActivation',
});
