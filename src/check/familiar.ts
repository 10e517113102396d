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
  dropout2d: 'drop',
  spatialdropout2d: 'drop',
  droppath: 'drop',
  stochasticdepth: 'drop',
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

const drops: Readonly<Record<string, string>> = {
  droppath: 'drop_path',
  stochasticdepth: 'drop_path',
  dropout2d: 'dropout',
  spatialdropout2d: 'dropout',
};

/** What fills slots is called elsewhere. */
const methods: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  act: activations,
  norm: norms,
  drop: drops,
};

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
  initialaccumulatorvalue: 'accumulator',
  gamma: 'factor',
  decayrate: 'factor',
  stepsize: 'every',
  milestones: 'at',
  boundaries: 'at',
  warmupsteps: 'warmup',
  warmupepochs: 'warmup',
  etamin: 'final',
  endlearningrate: 'final',
  minlr: 'min',
  tmax: 'length',
  totalsteps: 'length',
  decaysteps: 'length',
  pctstart: 'rise',
};

/** Arguments of Keras' layers that are said elsewhere in this language. */
const elsewhere: Readonly<Record<string, string>> = {
  activation: 'write `act` after it, and `act: relu` in the policy or `act(relu)` here',
  kernelinitializer: 'weights begin as the policy says: `conv, dense { init: kaiming }`',
  kernelregularizer: 'penalties are part of the policy: `conv, dense { penalty: l2(1e-4) }`',
  weightdecay: 'decay is part of the policy, for every optimizer: `conv, dense { decay: 0.01 }`',
  clipnorm: 'clipping is part of the policy: `gradient { clip: norm(1) }`',
  globalclipnorm: 'clipping is part of the policy: `gradient { clip: global_norm(1) }`',
  clipvalue: 'clipping is part of the policy: `gradient { clip: value(1) }`',
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
const sources: Readonly<Record<string, string>> = {
  mnist: 'idx',
  ubyte: 'idx',
  table: 'csv',
  tsv: 'csv',
  readcsv: 'csv',
  imagefolder: 'images',
  imagedatasetfromdirectory: 'images',
  folder: 'images',
  numpy: 'npy',
  npload: 'npy',
  cifar10: 'cifar',
  cifar100: 'cifar',
};

const preprocessings: Readonly<Record<string, string>> = {
  normalize: 'standardize',
  normalise: 'standardize',
  normalization: 'standardize',
  standardise: 'standardize',
  standardscaler: 'standardize',
  zscore: 'standardize',
  rescale: 'minmax',
  rescaling: 'minmax',
  totensor: 'minmax',
  minmaxscaler: 'minmax',
  whiten: 'zca',
  whitening: 'zca',
  zcawhitening: 'zca',
};

const schedules: Readonly<Record<string, string>> = {
  steplr: 'step',
  multisteplr: 'step',
  piecewiseconstant: 'step',
  piecewiseconstantdecay: 'step',
  exponentiallr: 'exponential',
  exponentialdecay: 'exponential',
  linear: 'polynomial',
  lineardecay: 'polynomial',
  polynomiallr: 'polynomial',
  polynomialdecay: 'polynomial',
  cosinedecay: 'cosine',
  cosineannealing: 'cosine',
  cosineannealinglr: 'cosine',
  onecyclelr: 'one_cycle',
  reducelronplateau: 'reduce_on_plateau',
  plateau: 'reduce_on_plateau',
  warmup: 'constant',
};

/** By the kind of entry. */
const losses: Readonly<Record<string, string>> = {
  mse: 'mean_squared_error',
  mseloss: 'mean_squared_error',
  l2loss: 'mean_squared_error',
  mae: 'mean_absolute_error',
  l1: 'mean_absolute_error',
  l1loss: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  msle: 'mean_squared_logarithmic_error',
  bce: 'binary_crossentropy',
  bceloss: 'binary_crossentropy',
  bcewithlogitsloss: 'binary_crossentropy',
  binarycrossentropy: 'binary_crossentropy',
  crossentropyloss: 'cross_entropy',
  crossentropy: 'cross_entropy',
  softmaxcrossentropy: 'cross_entropy',
  nllloss: 'cross_entropy',
  categoricalcrossentropy: 'categorical_crossentropy',
  sparsecategoricalcrossentropy: 'sparse_categorical_crossentropy',
  kldivergence: 'kullback_leibler_divergence',
  kldivloss: 'kullback_leibler_divergence',
  kl: 'kullback_leibler_divergence',
  logcoshloss: 'logcosh',
  cosinesimilarity: 'cosine_proximity',
  cosineembeddingloss: 'cosine_proximity',
  poissonnllloss: 'poisson',
};

const metricNames: Readonly<Record<string, string>> = {
  acc: 'accuracy',
  categoricalaccuracy: 'accuracy',
  sparsecategoricalaccuracy: 'accuracy',
  binaryaccuracy: 'accuracy',
  topk: 'top_k',
  topkcategoricalaccuracy: 'top_k',
  f1score: 'f1',
  confusionmatrix: 'confusion_matrix',
  ece: 'calibration_error',
  mae: 'mean_absolute_error',
  mse: 'mean_squared_error',
  r2score: 'r2',
};

const entries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  loss: losses,
  metric: metricNames,
  initializer: initializers,
  schedule: schedules,
  source: sources,
  preprocessing: preprocessings,
};

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
  suggest(Object.hasOwn(entries, kind) ? (entries[kind] ?? {}) : {}, word, known);

/** Where what another library makes an argument is said instead; null when there is nothing to tell. */
export const saidElsewhere = (word: string): string | null => find(elsewhere, word) ?? null;
