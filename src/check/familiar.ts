/** What things are called in Keras and PyTorch, for suggestions: someone who knows those should find the word here at once. */
import { nearest } from '../diagnostics/nearest.ts';

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

export const suggestStep = (word: string, known: readonly string[]): string | null => suggest(steps, word, known);
export const suggestArgument = (word: string, known: readonly string[]): string | null => suggest(args, word, known);
