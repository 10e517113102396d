/**
 * How weights begin. fanIn and fanOut count the inputs and outputs of a unit: kh·kw·C/groups and kh·kw·F for a convolution.
 *   glorot          U(−a, a), a = √(6/(fanIn + fanOut))     Glorot & Bengio 2010
 *   glorot_normal   N(0, 2/(fanIn + fanOut))                ”
 *   kaiming         N(0, 2/fan), for ReLU                   He et al. 2015
 *   lecun           N(0, 1/fan)                             LeCun et al. 1998
 *   *_uniform       U(−a, a) of the same variance, a = √(3·variance)
 *   orthogonal      the Q of a QR decomposition of a matrix [inputs of a unit, units] of normal numbers, times gain; Saxe et al. 2014
 *   normal(sigma) N(0, sigma²) · truncated(sigma) the same within ±2·sigma · uniform(limit) U(−limit, limit) · zeros · ones · constant(value)
 * fan is fanIn, or fanOut where a rule says so. Normal distributions but `truncated` have no bounds. Random values are a function of the seed, the weight's name and the element.
 */
import { choice, number } from '../signature.ts';
import { type InitializerDef, initializer } from '../vocabulary.ts';

/** What a kind of initial value is made with: an export of `nrmc/runtime`, and whether it takes a seed and a stream. */
interface InitializerKernel {
  readonly kernel: string;
  readonly random: boolean;
}

/** Kinds of `Initial`, each with the settings of its name in `attrs`. */
export const initialKinds = {
  glorot_uniform: { kernel: 'glorotUniform', random: true, attrs: ['fanIn', 'fanOut'] },
  glorot_normal: { kernel: 'glorotNormal', random: true, attrs: ['fanIn', 'fanOut'] },
  kaiming_normal: { kernel: 'kaimingNormal', random: true, attrs: ['fan'] },
  kaiming_uniform: { kernel: 'kaimingUniform', random: true, attrs: ['fan'] },
  lecun_normal: { kernel: 'lecunNormal', random: true, attrs: ['fan'] },
  lecun_uniform: { kernel: 'lecunUniform', random: true, attrs: ['fan'] },
  truncated: { kernel: 'truncatedNormal', random: true, attrs: ['sigma'] },
  orthogonal: { kernel: 'orthogonal', random: true, attrs: ['gain'] },
  normal: { kernel: 'normal', random: true, attrs: ['sigma'] },
  uniform: { kernel: 'uniform', random: true, attrs: ['limit'] },
  zeros: { kernel: 'zeros', random: false, attrs: [] },
  ones: { kernel: 'ones', random: false, attrs: [] },
  constant: { kernel: 'constant', random: false, attrs: ['value'] },
} as const satisfies Record<string, InitializerKernel & { readonly attrs: readonly string[] }>;

export type InitialKind = keyof typeof initialKinds;

export const isInitialKind = (kind: string): kind is InitialKind => Object.hasOwn(initialKinds, kind);

export function initializerKernel(kind: string): InitializerKernel {
  if (!isInitialKind(kind)) throw new Error(`no initial value of kind \`${kind}\``);
  return initialKinds[kind];
}

/** Names of the settings that an initial value of this kind has. */
export const initialAttrs = (kind: InitialKind): readonly string[] => initialKinds[kind].attrs;

const kernelOf = (kind: InitialKind): string => initialKinds[kind].kernel;

/** By the number of inputs of a unit, or of its outputs. */
const byFan = (
  name: string,
  kind: 'kaiming_normal' | 'kaiming_uniform' | 'lecun_normal' | 'lecun_uniform',
  doc: string,
): InitializerDef =>
  initializer({
    name,
    doc,
    signature: {
      fan: choice(['in', 'out'], { default: 'in', doc: 'count the inputs of a unit, or its outputs' }),
    },
    initial: (args, fan) => ({ kind, attrs: { fan: fan[args.fan] } }),
    kernel: kernelOf(kind),
  });

const glorot = (name: string): InitializerDef =>
  initializer({
    name,
    doc: 'uniform within ±√(6/(fanIn + fanOut)) (Glorot & Bengio 2010)',
    signature: {},
    initial: (_, fan) => ({ kind: 'glorot_uniform', attrs: { fanIn: fan.in, fanOut: fan.out } }),
    kernel: kernelOf('glorot_uniform'),
  });

const kaiming = 'normal with variance 2/fan, for ReLU (He et al. 2015)';

export const initializers: Readonly<Record<string, InitializerDef>> = {
  glorot: glorot('glorot'),
  glorot_uniform: glorot('glorot_uniform'),
  glorot_normal: initializer({
    name: 'glorot_normal',
    doc: 'normal with variance 2/(fanIn + fanOut) (Glorot & Bengio 2010)',
    signature: {},
    initial: (_, fan) => ({ kind: 'glorot_normal', attrs: { fanIn: fan.in, fanOut: fan.out } }),
    kernel: kernelOf('glorot_normal'),
  }),
  kaiming: byFan('kaiming', 'kaiming_normal', kaiming),
  he: byFan('he', 'kaiming_normal', kaiming),
  kaiming_uniform: byFan(
    'kaiming_uniform',
    'kaiming_uniform',
    'uniform with variance 2/fan, for ReLU (He et al. 2015)',
  ),
  lecun: byFan('lecun', 'lecun_normal', 'normal with variance 1/fan (LeCun et al. 1998)'),
  lecun_uniform: byFan('lecun_uniform', 'lecun_uniform', 'uniform with variance 1/fan (LeCun et al. 1998)'),
  orthogonal: initializer({
    name: 'orthogonal',
    doc: 'units at right angles to each other, or where there are more units than inputs, inputs (Saxe et al. 2014)',
    signature: { gain: number({ above: 0, default: 1, doc: 'length of each' }) },
    initial: ({ gain }) => ({ kind: 'orthogonal', attrs: { gain } }),
    kernel: kernelOf('orthogonal'),
  }),
  truncated: initializer({
    name: 'truncated',
    doc: 'normal with mean 0, within two standard deviations',
    signature: { sigma: number({ above: 0, default: 0.05, doc: 'standard deviation before the ends are cut off' }) },
    initial: ({ sigma }) => ({ kind: 'truncated', attrs: { sigma } }),
    kernel: kernelOf('truncated'),
  }),
  normal: initializer({
    name: 'normal',
    doc: 'normal with mean 0',
    signature: { sigma: number({ above: 0, default: 0.05, doc: 'standard deviation' }) },
    initial: ({ sigma }) => ({ kind: 'normal', attrs: { sigma } }),
    kernel: kernelOf('normal'),
  }),
  uniform: initializer({
    name: 'uniform',
    doc: 'uniform within ±limit',
    signature: { limit: number({ above: 0, default: 0.05, doc: 'greatest magnitude' }) },
    initial: ({ limit }) => ({ kind: 'uniform', attrs: { limit } }),
    kernel: kernelOf('uniform'),
  }),
  zeros: initializer({
    name: 'zeros',
    doc: 'all 0',
    signature: {},
    initial: () => ({ kind: 'zeros', attrs: {} }),
    kernel: kernelOf('zeros'),
  }),
  ones: initializer({
    name: 'ones',
    doc: 'all 1',
    signature: {},
    initial: () => ({ kind: 'ones', attrs: {} }),
    kernel: kernelOf('ones'),
  }),
  constant: initializer({
    name: 'constant',
    doc: 'all the same number',
    signature: { value: number({ positional: true, doc: 'the number' }) },
    initial: ({ value }) => ({ kind: 'constant', attrs: { value } }),
    kernel: kernelOf('constant'),
  }),
};
