import { describe, expect, test } from 'vitest';
import { map, type NdArray } from '../../src/ir/nd.ts';
import { ops } from '../../src/ir/ops/index.ts';
import { array } from '../../src/ir/ops/rules.ts';
import { foldBatchNorm } from '../../src/passes/fold-batchnorm.ts';
import { apply, evaluate, expectSame, goldens, graphOf, valuesFor } from './harness.ts';

const fires = {
  'conv-bn': ['norm1: folded into conv1'],
  'conv-without-bias': ['norm1: folded into conv1'],
  grouped: ['norm1: folded into conv1'],
  'depthwise-dilated': ['norm1: folded into conv1'],
  'dense-bn': ['norm1: folded into dense1'],
  'without-scale': ['norm1: folded into conv1'],
  'without-center': ['norm1: folded into conv1'],
  'without-either': ['norm1: folded into conv1'],
  'without-center-and-bias': ['norm1: folded into conv1'],
  'shared-kernel': ['norm1: folded into conv1', 'norm2: folded into conv2'],
  'shared-layers': ['norm1: folded into conv1', 'norm1: folded into conv1'],
  // What is computed of weights alone is a weight.
  'standardized-kernel': ['norm1: folded into conv1'],
  'two-norms-in-a-row': ['norm1: folded into conv1', 'norm2: folded into conv1'],
};

goldens(foldBatchNorm, {
  fires,
  refuses: {
    'two-readers': ['norm1: conv1 is read 2 times: by norm1, sum1'],
    'conv-is-output': ['norm1: conv1 is the output features'],
    untracked: ['norm1: track: false: it normalizes by the statistics of the batch at hand'],
    'layer-norm': ['norm1: it normalizes each sample by its own statistics'],
    'rms-norm': ['norm1: it normalizes each position by its own statistics'],
    'relu-between': ['norm1: it reads relu1 (relu), not a conv2d or dense'],
    'sum-between': ['norm1: it reads sum1 (add), not a conv2d or dense'],
    'pool-between': ['norm1: it reads pool1 (avgPool), not a conv2d or dense'],
    'conv-applies-relu': ['norm1: conv1 applies relu before it'],
    'kernel-from-input': ['norm1: styled is computed from the input'],
    'bn-before-padded-conv': [
      'norm1: nothing stands before it: it reads image; it cannot go into conv1 after it either, whose zero border is added after the norm',
    ],
  },
});

const abs = (a: NdArray): NdArray => map(a, Math.abs);

describe('values', () => {
  for (const name of Object.keys(fires)) {
    test(`${name}: the same function`, () => {
      const before = graphOf('fold-batchnorm', name);
      const after = apply(foldBatchNorm, before).graph;
      for (const seed of [1, 2, 3])
        expectSame(evaluate(after, valuesFor(before, seed)), evaluate(before, valuesFor(before, seed)), 1e-12);
    });
  }

  // The reference evaluates in float64, so the bound holds with the unit of float64 in the place of that of float32.
  test.each(['conv-bn', 'grouped'])('%s: within the stated bound', (name) => {
    const before = graphOf('fold-batchnorm', name);
    const after = apply(foldBatchNorm, before).graph;
    const values = valuesFor(before, 7);
    const [was, is] = [evaluate(before, values), evaluate(after, values)];
    const conv = after.nodes.find((n) => n.op === 'conv2d');
    const at = (ref: string): NdArray =>
      array(is.values.get(`%${ref}`) ?? values.storage.get(`@${ref}`) ?? values.inputs.get(`%${ref}`) ?? 0);
    const [image, kernel, scale] = [at('image'), at('conv1.kernel'), at('norm1.scale')];
    const magnitude = array(
      ops.conv2d.erased.evaluate({ operands: ['%x', '%kernel', null], attrs: conv?.attrs ?? {} }, (ref) =>
        abs(ref === '%x' ? image : kernel),
      )[0] ?? 0,
    );
    const filters = scale.data.length;
    const bounds = magnitude.data.map((m, i) => {
      const c = i % filters;
      const [s, b, mean, beta] = [scale, at('conv1.bias'), at('norm1.mean'), at('norm1.beta')].map(
        (v) => v.data[c] ?? 0,
      );
      const stored = Math.abs((values.storage.get('@conv1.bias')?.data[c] ?? b ?? 0) * (s ?? 0));
      return m + stored + Math.abs((mean ?? 0) * (s ?? 0)) + Math.abs(beta ?? 0);
    });
    const taps = kernel.shape.slice(0, 3).reduce((a, b) => a * b, 1);
    const bound = 4 * 2 ** -52 * Math.sqrt(taps) * Math.max(...bounds);
    const [a, b] = [was, is].map((e) => [...e.outputs.values()][0]?.data ?? new Float64Array());
    const apart = Math.max(...(a ?? []).map((v, i) => Math.abs(v - (b?.[i] ?? Number.NaN))));
    expect(apart).toBeLessThanOrEqual(bound);
    expect(apart).toBeGreaterThan(0);
  });
});
