import { test } from 'vitest';
import { fuseActivations } from '../../src/passes/fuse-activations.ts';
import { apply, evaluate, expectSame, goldens, graphOf, valuesFor } from './harness.ts';

const fires = {
  'conv-relu': ['relu1: fused into conv1'],
  'dense-each': ['elu1: fused into dense1', 'relu6: fused into dense2', 'sigmoid1: fused into dense3'],
  'relu-read-twice': ['relu1: fused into conv1'],
  step: ['relu1: fused into dense1'],
};

goldens(fuseActivations, {
  fires,
  refuses: {
    'two-readers': ['relu1: conv1 is read 2 times: by relu1, sum1'],
    'relu-after-sum': [],
    'conv-is-output': ['relu1: conv1 is the output conv1'],
    'unknown-to-kernels': [
      'tanh1: no fused kernel applies tanh',
      'elu1: fused kernels apply elu with alpha 1, not 0.5',
    ],
    'gradient-from-input': ['silu1: no fused kernel applies silu'],
  },
});

// A fused kernel may round once less; the reference does not.
test.each(Object.keys(fires))('%s: the same bits in the reference', (name) => {
  const before = graphOf('fuse-activations', name);
  const values = valuesFor(before, 1);
  expectSame(evaluate(apply(fuseActivations, before).graph, values), evaluate(before, values), 0);
});
