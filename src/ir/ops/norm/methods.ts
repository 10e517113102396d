/**
 * The methods of the slot `norm` that belong to the family: a row each, which says where in the table of grouping.ts it stands. A new
 * one is a row here, and in `layers` of ops/index.ts.
 */
import { norms } from '../../../diagnostics/catalog/norms.ts';
import type { ValueType } from '../../graph.ts';
import type { Fault } from '../../op.ts';
import { type ArgumentsOf, choice, flag, int, number, type Signature } from '../../signature.ts';
import { type LayerDef, layer, type WeightSpec } from '../../vocabulary.ts';
import { vector } from '../arguments.ts';
import { refuse } from '../rules.ts';
import { batchNorm } from './batch-norm.ts';
import { channelsOf, countOf, type Grouping } from './grouping.ts';
import { normalize } from './normalize.ts';

interface Method<S extends Signature> {
  readonly name: string;
  readonly doc: string;
  readonly signature: S;
  readonly subtractsMean: boolean;
  readonly grouping: (args: ArgumentsOf<S>) => Grouping;
  /** Added to the variance. */
  readonly epsilon: (args: ArgumentsOf<S>) => number;
  readonly has: (args: ArgumentsOf<S>) => {
    readonly scale?: boolean;
    readonly center?: boolean;
    readonly learnedEpsilon?: boolean;
    /** Statistics of its own that inference normalizes by, and how they move. */
    readonly moving?: { readonly momentum: number; readonly unbiased: boolean } | null;
  };
}

/** Statistics that say nothing: of groups that do not divide, or of a single value. */
function refusal(name: string, x: ValueType, channels: number, grouping: Grouping, learned: boolean): Fault | null {
  const { groups, slice, centred } = grouping;
  if (groups !== null && channels % groups !== 0)
    return refuse(norms.groupsDoNotDivide, { op: name, groups, channels, input: x.shape });
  const count = countOf(x, grouping);
  // One sample of a batch is told where the batch is known.
  if (count !== 1 || learned) return null;
  return centred
    ? refuse(norms.meanOfOne, { op: name, groups, slice, channels, input: x.shape })
    : refuse(norms.signOnly, { op: name, input: x.shape });
}

function method<const S extends Signature>(def: Method<S>): LayerDef {
  const { name, doc, signature, subtractsMean } = def;
  return layer<S>({
    name,
    doc,
    use: 'norm',
    subtractsMean,
    signature,
    weights(input, args): readonly WeightSpec[] | Fault {
      const channels = channelsOf(name, input);
      if (typeof channels !== 'number') return channels;
      const { scale = true, center = true, learnedEpsilon = false, moving = null } = def.has(args);
      const wrong = refusal(name, input, channels, def.grouping(args), learnedEpsilon);
      if (wrong !== null) return wrong;
      return [
        ...(scale ? [vector('gamma', 'scale', channels, 'ones')] : []),
        ...(center ? [vector('beta', 'shift', channels, 'zeros')] : []),
        ...(learnedEpsilon ? [epsilonWeight] : []),
        ...(moving === null
          ? []
          : [vector('mean', 'statistic', channels, 'zeros'), vector('variance', 'statistic', channels, 'ones')]),
      ];
    },
    lower({ build, x, args, weight, name: as }) {
      const { scale = true, center = true, learnedEpsilon = false, moving = null } = def.has(args);
      const grouping = def.grouping(args);
      const epsilon = def.epsilon(args);
      const affine = [x, scale ? weight('gamma') : null, center ? weight('beta') : null];
      if (moving !== null)
        return build.one(
          batchNorm,
          [...affine, weight('mean'), weight('variance')],
          { ...moving, slice: grouping.slice, epsilon },
          as,
        );
      return build.one(
        normalize,
        [...affine, ...(learnedEpsilon ? [weight('epsilon')] : [])],
        { ...grouping, epsilon },
        as,
      );
    },
  });
}

/** One number a layer; its magnitude is added. Starts where the paper's does. */
const epsilonWeight: WeightSpec = {
  name: 'epsilon',
  role: 'shift',
  shape: [1],
  init: { kind: 'constant', attrs: { value: 1e-4 } },
  fan: { in: 1, out: 1 },
};

const epsilon = (value: number, of: string) => number({ above: 0, default: value, doc: `added to the ${of}` });

const affine = {
  scale: flag({ default: true, doc: 'whether each channel has a trainable factor gamma' }),
  center: flag({ default: true, doc: 'whether each channel has a trainable offset beta' }),
};

const momentum = number({ min: 0, max: 1, default: 0.9, doc: 'weight of the old value in the moving statistics' });

/** What inference normalizes by. */
const moving = {
  unbiased: flag({
    default: false,
    doc: 'whether the moving variance takes in the unbiased variance of a batch, as in PyTorch, or the biased one, as in Keras',
  }),
  statistics: choice(['moving', 'population'], {
    default: 'moving',
    doc: 'what inference normalizes by: moving averages, or, measured after training, the mean over all batches of the training data',
  }),
};

const alone: Grouping = { over: 'batch', slice: null, groups: null, centred: true };

export const normLayers = {
  batch: method({
    name: 'batch',
    doc: 'batch normalization',
    subtractsMean: true,
    signature: {
      momentum,
      epsilon: epsilon(1e-3, 'variance'),
      ...affine,
      track: flag({
        default: true,
        doc: 'whether inference uses statistics of the training; if not, those of its batch',
      }),
      ...moving,
    },
    grouping: () => alone,
    epsilon: (args) => args.epsilon,
    has: ({ scale, center, track, momentum, unbiased }) => ({
      scale,
      center,
      moving: track ? { momentum, unbiased } : null,
    }),
  }),
  ghost_batch: method({
    name: 'ghost_batch',
    doc: 'batch normalization over slices of the batch, each by its own statistics',
    subtractsMean: true,
    signature: {
      size: int({ min: 1, positional: true, doc: 'samples of a slice; it divides the batch' }),
      momentum,
      epsilon: epsilon(1e-3, 'variance'),
      ...affine,
      ...moving,
    },
    grouping: ({ size }) => ({ ...alone, slice: size }),
    epsilon: (args) => args.epsilon,
    has: ({ scale, center, momentum, unbiased }) => ({ scale, center, moving: { momentum, unbiased } }),
  }),
  layer: method({
    name: 'layer',
    doc: 'normalization of each sample over all of its values, or of each position over its channels',
    subtractsMean: false,
    signature: {
      axes: choice(['all', 'channel'], {
        default: 'all',
        doc: 'what a mean is taken over: all values of a sample, or the channels of one position (ConvNeXt, transformers)',
      }),
      epsilon: epsilon(1e-3, 'variance'),
      ...affine,
    },
    grouping: ({ axes }) => ({ ...alone, over: axes === 'all' ? 'sample' : 'position', groups: 1 }),
    epsilon: (args) => args.epsilon,
    has: (args) => args,
  }),
  group: method({
    name: 'group',
    doc: 'normalization of each sample over groups of its channels',
    subtractsMean: false,
    signature: {
      groups: int({ min: 1, default: 32, positional: true, doc: 'number of groups; it divides the channels' }),
      epsilon: epsilon(1e-3, 'variance'),
      ...affine,
    },
    grouping: ({ groups }) => ({ ...alone, over: 'sample', groups }),
    epsilon: (args) => args.epsilon,
    has: (args) => args,
  }),
  instance: method({
    name: 'instance',
    doc: 'normalization of each channel of each sample',
    subtractsMean: true,
    signature: { epsilon: epsilon(1e-3, 'variance'), ...affine },
    grouping: () => ({ ...alone, over: 'sample' }),
    epsilon: (args) => args.epsilon,
    has: (args) => args,
  }),
  frn: method({
    name: 'frn',
    doc: 'filter response normalization: each channel of each sample divided by its root mean square; goes with `act: tlu`',
    subtractsMean: false,
    signature: {
      epsilon: epsilon(1e-6, 'mean square'),
      learned_epsilon: flag({
        default: false,
        doc: 'whether each layer learns a number whose magnitude is added too; needed where a channel is one value (1×1)',
      }),
      ...affine,
    },
    grouping: () => ({ ...alone, over: 'sample', centred: false }),
    epsilon: (args) => args.epsilon,
    has: ({ scale, center, learned_epsilon }) => ({ scale, center, learnedEpsilon: learned_epsilon }),
  }),
  rms: method({
    name: 'rms',
    doc: 'each position divided by the root mean square of its channels',
    subtractsMean: false,
    signature: { epsilon: epsilon(1e-3, 'mean square'), scale: affine.scale },
    grouping: () => ({ ...alone, over: 'position', groups: 1, centred: false }),
    epsilon: (args) => args.epsilon,
    has: ({ scale }) => ({ scale, center: false }),
  }),
} as const satisfies Readonly<Record<string, LayerDef>>;

/** Whether statistics are to be measured once the weights are trained. */
export const measuresPopulation = (def: LayerDef, args: ArgumentsOf<Signature>): boolean =>
  Object.hasOwn(normLayers, def.name) && args.statistics === 'population' && args.track !== false;
