/** What things are called in Keras and PyTorch, for suggestions: someone who knows those should find the word here at once. */
import { nearest } from '../diagnostics/nearest.ts';
import type { CallStep } from '../parser/tree.ts';

const steps: Readonly<Record<string, string>> = {
  conv2d: 'conv',
  convolution2d: 'conv',
  maxpool2d: 'maxpool',
  maxpooling2d: 'maxpool',
  avgpool2d: 'avgpool',
  averagepooling2d: 'avgpool',
  linear: 'dense',
  fc: 'dense',
  fullyconnected: 'dense',
  batchnorm: 'norm',
  batchnorm2d: 'norm',
  batchnormalization: 'norm',
  activation: 'act',
  layernorm: 'norm',
  globalaveragepooling2d: 'global_avgpool',
  globalavgpool2d: 'global_avgpool',
  globalavgpool: 'global_avgpool',
  adaptiveavgpool2d: 'global_avgpool',
};

/** Steps elsewhere that are no single word here. */
const written: Readonly<Record<string, string>> = {
  add: 'sum { | … | … }',
  multiply: 'mul { | … | … }',
  concatenate: 'concat { | … | … }',
  cat: 'concat { | … | … }',
  concat: 'concat { | … | … }',
  dropout: 'drop',
};

const activations: Readonly<Record<string, string>> = { swish: 'silu', hardswish: 'hard_swish', lrelu: 'leaky_relu' };
const norms: Readonly<Record<string, string>> = {
  batchnormalization: 'batch',
  batchnorm: 'batch',
  batchnorm2d: 'batch',
  bn: 'batch',
};

/** What fills slots is called elsewhere. */
const methods: Readonly<Record<string, Readonly<Record<string, string>>>> = { act: activations, norm: norms };

const args: Readonly<Record<string, string>> = {
  kernelsize: 'kernel',
  poolsize: 'size',
  strides: 'stride',
  dilationrate: 'dilation',
  usebias: 'bias',
  outchannels: 'filters',
  outfeatures: 'units',
  lr: 'rate',
  learningrate: 'rate',
  eps: 'epsilon',
  negativeslope: 'slope',
  p: 'drop',
  rate: 'drop',
  keepprob: 'keep',
  stddev: 'sigma',
  std: 'sigma',
  affine: 'scale',
  trackrunningstats: 'track',
};

/** Arguments of Keras' layers that are said elsewhere in this language. */
const elsewhere: Readonly<Record<string, string>> = {
  activation: 'write `act` after it, and `act: relu` in the policy or `act(relu)` here',
  kernelinitializer: 'weights begin as the policy says: `conv, dense { init: kaiming }`',
  kernelregularizer: 'penalties are part of the policy: `conv, dense { penalty: l2(1e-4) }`',
  inputshape: 'the network begins with its input: `input x: float32[28, 28, 1]`',
  inputdim: 'the network begins with its input: `input x: float32[784]`',
  infeatures: 'leave it out: the number of features is that of the value that arrives',
  inchannels: 'leave it out: the number of channels is that of the value that arrives',
};

const initializers: Readonly<Record<string, string>> = {
  xavier: 'glorot',
  xavieruniform: 'glorot',
  xaviernormal: 'glorot_normal',
  kaimingnormal: 'kaiming',
  henormal: 'he',
  msra: 'kaiming',
  lecunnormal: 'lecun',
  randomnormal: 'normal',
  randomuniform: 'uniform',
};

const find = (table: Readonly<Record<string, string>>, word: string): string | undefined => {
  const plain = word.toLowerCase().replaceAll('_', '');
  return Object.hasOwn(table, plain) ? table[plain] : undefined;
};

/** The known word that is meant: one that is spelt alike, or the one for what another library calls so. */
function suggest(table: Readonly<Record<string, string>>, word: string, known: readonly string[]): string | null {
  const meant = find(table, word);
  return meant !== undefined && known.includes(meant) ? meant : nearest(word, known);
}

/** What another library calls a layer of this one; null when none does. */
export const layerElsewhere = (word: string): string | null => find(steps, word) ?? null;

/** How a step of another library is written, as it is called here; null when there is nothing to tell. */
export function stepElsewhere({ name, arguments: args }: CallStep): string | null {
  const first = args.find((a) => a.name === null)?.value;
  const number = first?.kind === 'number' ? first.text : null;
  if (/^depthwise(?:_?conv2d)?$/i.test(name.text)) return `conv(channels, kernel: ${number ?? 3}, groups: channels)`;
  // `dropout` itself is a method here, which is told elsewhere.
  if (name.text === 'dropout') return null;
  const instead = find(written, name.text) ?? null;
  return instead === 'drop' ? `drop(dropout(drop: ${number ?? '0.3'}))` : instead;
}

/** The method of a slot that is meant. */
export const suggestMethod = (slot: string, word: string, known: readonly string[]): string | null =>
  suggest(Object.hasOwn(methods, slot) ? (methods[slot] ?? {}) : {}, word, known);

export const suggestStep = (word: string, known: readonly string[]): string | null => suggest(steps, word, known);
export const suggestArgument = (word: string, known: readonly string[]): string | null => suggest(args, word, known);
export const suggestEntry = (kind: string, word: string, known: readonly string[]): string | null =>
  suggest(kind === 'initializer' ? initializers : {}, word, known);

/** Where what another library makes an argument is said instead; null when there is nothing to tell. */
export const saidElsewhere = (word: string): string | null => find(elsewhere, word) ?? null;
