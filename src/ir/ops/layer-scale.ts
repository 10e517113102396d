/**
 * The layer `scale`: y = factor·x; with `learn: channels` y = gamma ⊙ x, one trainable gamma [C] a channel that starts as `factor`.
 *
 * Defaults  learn none.   Source  Touvron et al. 2021, "Going deeper with image transformers" (LayerScale).
 * Errors  NRM2100 a value without channels · NRM2104 unknown channels.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import type { ValueType } from '../graph.ts';
import type { Fault } from '../op.ts';
import { choice, number } from '../signature.ts';
import { layer } from '../vocabulary.ts';
import { vector } from './arguments.ts';
import { mul, scale } from './elementwise.ts';
import { isKnown, notFloat, refuse, unknownSize } from './rules.ts';

function channelsOf(x: ValueType): number | Fault {
  const channels = x.shape.at(-1);
  if (x.dtype !== 'float32') return notFloat('scale', x);
  if (x.shape.length < 2 || channels === undefined)
    return refuse(shapes.rankMismatch, { op: 'scale', expected: '[N, …, channels]', input: x.shape });
  return isKnown(channels) ? channels : unknownSize('scale', 'channels', channels, x);
}

export const scaleLayer = layer({
  name: 'scale',
  doc: 'times a number, or a learned number for each channel: scale(0.1), scale(1e-6, learn: channels)',
  use: 'step',
  subtractsMean: false,
  signature: {
    factor: number({
      positional: true,
      doc: 'what the value is multiplied by; where it is learned, what it starts from',
    }),
    learn: choice(['none', 'channels'], { default: 'none', doc: 'whether each channel has a trainable factor' }),
  },
  weights(input, { factor, learn }) {
    if (learn === 'none') return input.dtype === 'float32' ? [] : notFloat('scale', input);
    const channels = channelsOf(input);
    if (typeof channels !== 'number') return channels;
    return [{ ...vector('gamma', 'scale', channels, 'ones'), init: { kind: 'constant', attrs: { value: factor } } }];
  },
  lower: ({ build, x, args: { factor, learn }, weight, name }) =>
    learn === 'none' ? build.one(scale, [x], { by: factor }, name) : build.one(mul, [x, weight('gamma')], {}, name),
});
