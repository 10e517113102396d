/**
 * How weights begin. fanIn and fanOut count the inputs and outputs of a unit: kh·kw·C/groups and kh·kw·F for a convolution.
 *   glorot          U(−a, a), a = √(6/(fanIn + fanOut))     Glorot & Bengio 2010
 *   glorot_normal   N(0, 2/(fanIn + fanOut))                ”
 *   kaiming         N(0, 2/fanIn), for ReLU                 He et al. 2015
 *   lecun           N(0, 1/fanIn)                           LeCun et al. 1998
 *   normal(sigma) N(0, sigma²) · uniform(limit) U(−limit, limit) · zeros · ones · constant(value)
 * Normal distributions are not truncated. Random values are a function of the seed, the weight's name and the element.
 */
import { number } from '../signature.ts';
import { type InitializerDef, initializer } from '../vocabulary.ts';

/** What a kind of initial value is made with: an export of `nrmc/runtime`, and whether it takes a seed and a stream. */
export interface InitializerKernel {
  readonly kernel: string;
  readonly random: boolean;
}

/** Kinds of `Initial`, each with the settings of its name in `attrs`. */
export const initialKinds = {
  glorot_uniform: { kernel: 'glorotUniform', random: true, attrs: ['fanIn', 'fanOut'] },
  glorot_normal: { kernel: 'glorotNormal', random: true, attrs: ['fanIn', 'fanOut'] },
  kaiming_normal: { kernel: 'kaimingNormal', random: true, attrs: ['fanIn'] },
  lecun_normal: { kernel: 'lecunNormal', random: true, attrs: ['fanIn'] },
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

const kaiming = (name: string): InitializerDef =>
  initializer({
    name,
    doc: 'normal with variance 2/fanIn, for ReLU (He et al. 2015)',
    signature: {},
    initial: (_, fan) => ({ kind: 'kaiming_normal', attrs: { fanIn: fan.in } }),
    kernel: kernelOf('kaiming_normal'),
  });

export const initializers: Readonly<Record<string, InitializerDef>> = {
  glorot: initializer({
    name: 'glorot',
    doc: 'uniform within ±√(6/(fanIn + fanOut)) (Glorot & Bengio 2010)',
    signature: {},
    initial: (_, fan) => ({ kind: 'glorot_uniform', attrs: { fanIn: fan.in, fanOut: fan.out } }),
    kernel: kernelOf('glorot_uniform'),
  }),
  glorot_normal: initializer({
    name: 'glorot_normal',
    doc: 'normal with variance 2/(fanIn + fanOut) (Glorot & Bengio 2010)',
    signature: {},
    initial: (_, fan) => ({ kind: 'glorot_normal', attrs: { fanIn: fan.in, fanOut: fan.out } }),
    kernel: kernelOf('glorot_normal'),
  }),
  kaiming: kaiming('kaiming'),
  he: kaiming('he'),
  lecun: initializer({
    name: 'lecun',
    doc: 'normal with variance 1/fanIn (LeCun et al. 1998)',
    signature: {},
    initial: (_, fan) => ({ kind: 'lecun_normal', attrs: { fanIn: fan.in } }),
    kernel: kernelOf('lecun_normal'),
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
