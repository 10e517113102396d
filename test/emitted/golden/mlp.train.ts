// Trains mlp of x.nrm; `node mlp.train.ts --help` says how. Emitted by nrmc 0.0.0: edit the spec and build again, not this file.

import type { RunConfig } from 'nrmc/runtime';
import { trainMain } from 'nrmc/runtime/node';
import * as model from './mlp.ts';

/** What was trained, in full: every default written out. Stored with the weights. */
const spec = [
  'nrm 1',
  '',
  'network Mlp(hidden = 256, classes = 10) with Textbook {',
  '  input image: float32[28, 28, 1]',
  '  flatten',
  '  dense(hidden)',
  '  act',
  '  drop',
  '  dense(hidden / 2)',
  '  act',
  '  drop',
  '  classifier: dense(classes)',
  '}',
  '',
  'policy Textbook {',
  '  act: relu',
  '  drop: dropout(keep: 0.8, form: standard, shape: element, exact: false)',
  '  dense { init: kaiming(fan: in)  penalty: l2(0.0001, half: false) }',
  '}',
  '',
  'data FashionMnist {',
  '  source: idx("fashion-mnist")',
  '  validation: 0.05',
  '  fields {',
  '    image: float32[28, 28, 1] = standardize',
  '    label: class(10)',
  '  }',
  '}',
  '',
  'train mlp {',
  '  network: Mlp',
  '  policy: Textbook',
  '  data: FashionMnist',
  '  loss: cross_entropy(label_smoothing: 0)',
  '  optimizer: sgd(rate: 0.05, momentum: 0, nesterov: false)',
  '  schedule: constant(warmup: 0, per: update)',
  '  batch: 32',
  '  last: drop',
  '  epochs: 5',
  '  metrics: [accuracy]',
  '  seed: 1',
  '}',
  '',
].join('\n');

export const config: RunConfig = {
  train: 'mlp',
  network: 'Mlp',
  policy: 'Textbook',
  source: 'x.nrm',
  version: '0.0.0',
  data: {
    name: 'FashionMnist',
    source: { kind: 'idx', name: 'fashion-mnist' },
    fields: [
      {
        kind: 'tensor',
        name: 'image',
        dtype: 'float32',
        shape: [28, 28, 1],
        preprocessing: 'standardize',
      },
      { kind: 'class', name: 'label', classes: 10 },
    ],
    validation: 0.05,
  },
  inputs: ['image'],
  outputs: [{ name: 'classifier', target: 'label', loss: 'cross_entropy', probabilities: 'softmax' }],
  batch: 32,
  last: 'drop',
  epochs: 5,
  seed: 1,
  metrics: [{ output: 'classifier', metric: 'accuracy', as: 'accuracy' }],
  needsTwoSamples: false,
  passes: [
    {
      name: 'invert-dropout',
      program: 'model',
      rewrites: [
        'drop1: inverted; dense2.kernel of weights trained without this pass is scaled by 0.8',
        'drop2: inverted; classifier.kernel of weights trained without this pass is scaled by 0.8',
      ],
      refused: [],
    },
    {
      name: 'elide-dropout',
      program: 'evaluate',
      rewrites: ['drop1: elided', 'drop2: elided'],
      refused: [],
    },
    {
      name: 'fuse-activations',
      program: 'evaluate',
      rewrites: ['act1: fused into dense1', 'act2: fused into dense2'],
      refused: [],
    },
    {
      name: 'elide-dropout',
      program: 'predict',
      rewrites: ['drop1: elided', 'drop2: elided'],
      refused: [],
    },
    {
      name: 'fuse-activations',
      program: 'predict',
      rewrites: ['act1: fused into dense1', 'act2: fused into dense2'],
      refused: [],
    },
    {
      name: 'shrink-penalties',
      program: 'step',
      rewrites: [
        'dense1: dense1.kernel: the L2 penalty became a decay of 0.0002 per rate',
        'dense2: dense2.kernel: the L2 penalty became a decay of 0.0002 per rate',
        'classifier: classifier.kernel: the L2 penalty became a decay of 0.0002 per rate',
      ],
      refused: [],
    },
    {
      name: 'fuse-activations',
      program: 'step',
      rewrites: ['act1: fused into dense1', 'act2: fused into dense2'],
      refused: [],
    },
    {
      name: 'eliminate-dead',
      program: 'step',
      rewrites: [
        'one: constant removed: nothing reads one',
        'dense1: matMul removed: nothing reads d.flatten1',
        'classifier: l2Grad removed: nothing reads d.classifier.kernel.penalty',
        'dense2: l2Grad removed: nothing reads d.dense2.kernel.penalty',
        'dense1: l2Grad removed: nothing reads d.dense1.kernel.penalty',
      ],
      refused: [],
    },
  ],
  programs: { step: 32, evaluate: 4, freeze: 0, predict: 4 },
  migrations: [
    { kind: 'scale', pass: 'invert-dropout', target: 'dense2.kernel', factor: 0.8 },
    { kind: 'scale', pass: 'invert-dropout', target: 'classifier.kernel', factor: 0.8 },
  ],
  spec,
};

await trainMain(import.meta.url, model, config);
