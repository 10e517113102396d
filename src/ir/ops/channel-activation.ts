/**
 * channelActivation: an activation with a weight per channel.   x [N,…,C]   weight [C]   →   y [N,…,C]
 *   tlu     max(x, tau): what is below a threshold becomes the threshold; goes with the norm `frn`, which has no bias to move zero
 *   prelu   x above zero, slope·x below
 *
 * Train and infer agree.
 * Gradient  tlu    dx = dy·[x > tau]                    dtau = Σ dy·[x ≤ tau]
 *           prelu  dx = dy·([x > 0] + slope·[x ≤ 0])    dslope = Σ dy·x·[x ≤ 0]
 *           At x = tau it belongs to tau, as in max(x − tau, 0) + tau with relu′(0) = 0.
 * Defaults  tau 0, slope 0.25.   Source  Singh & Krishnan 2020 (tlu); He et al. 2015 (prelu).
 */
import { oneOf } from '../attributes.ts';
import { defineOp, none } from '../op.ts';
import * as reference from '../reference/channel-activation.ts';
import { type LayerDef, layer, type WeightSpec } from '../vocabulary.ts';
import { vector } from './arguments.ts';
import { channelsOf, checkedChannels } from './norm/grouping.ts';
import { array, d, float, sameShape, shapeText, unfit } from './rules.ts';

const attrs = { fn: oneOf(reference.channelActivations) };

export const channelActivation = defineOp({
  kind: 'channelActivation',
  doc: 'an activation with a weight per channel',
  operands: ['x', 'weight'],
  results: ['y'],
  attrs,
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x, weight }, { fn }) {
    const channels = checkedChannels(fn, x, [weight]);
    return typeof channels === 'number' ? [x] : channels;
  },
  train: 'same',
  infer: 'same',
  gradient({ build, operands: { x, weight }, attrs: values, dy }) {
    const [dx, dweight] = build.emit(channelActivationGrad, [dy, x, weight], { ...values }, [d(x), d(weight)]);
    return { x: dx ?? null, weight: dweight ?? null };
  },
  evaluate: ({ x, weight }, { fn }) => [reference.channelActivation(array(x), array(weight), fn)],
  kernel: 'channelActivation',
});

export const channelActivationGrad = defineOp({
  kind: 'channelActivationGrad',
  doc: 'gradient of an activation with a weight per channel',
  operands: ['dy', 'x', 'weight'],
  results: ['dx', 'dweight'],
  attrs,
  stages: ['step'],
  writes: [],
  shape({ dy, x, weight }, { fn }) {
    const channels = checkedChannels(fn, x, [weight]);
    if (typeof channels !== 'number') return channels;
    return sameShape(dy.shape, x.shape)
      ? [x, float(channels)]
      : unfit('channelActivationGrad', `dy ${shapeText(x.shape)}`, dy);
  },
  train: 'same',
  infer: 'same',
  gradient: none('second derivatives are not derived'),
  evaluate({ dy, x, weight }, { fn }) {
    const { dx, dweight } = reference.channelActivationGrad(array(dy), array(x), array(weight), fn);
    return [dx, dweight];
  },
  kernel: 'channelActivationGrad',
});

const method = (fn: reference.ChannelActivation, doc: string, weight: (channels: number) => WeightSpec): LayerDef =>
  layer({
    name: fn,
    doc,
    use: 'act',
    subtractsMean: false,
    signature: {},
    weights(input) {
      const channels = channelsOf(fn, input);
      return typeof channels === 'number' ? [weight(channels)] : channels;
    },
    lower: ({ build, x, weight: ref, name }) => build.one(channelActivation, [x, ref(weight(1).name)], { fn }, name),
  });

export const channelActivationLayers: Readonly<Record<reference.ChannelActivation, LayerDef>> = {
  tlu: method('tlu', 'thresholded linear unit: max(x, tau) with a trainable tau per channel', (channels) =>
    vector('tau', 'shift', channels, 'zeros'),
  ),
  prelu: method('prelu', 'x above zero, slope·x below, with a trainable slope per channel', (channels) => ({
    ...vector('slope', 'scale', channels, 'zeros'),
    init: { kind: 'constant', attrs: { value: 0.25 } },
  })),
};
