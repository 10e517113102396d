import { describe, expect, test } from 'vitest';
import { specialize } from '../../src/ir/specialize.ts';
import { removeDeadBias } from '../../src/passes/remove-dead-bias.ts';
import { apply, distance, evaluate, expectSame, goldens, graphOf, migrate, ofStage, valuesFor } from './harness.ts';

goldens(removeDeadBias, {
  fires: {
    'conv-bn': ['conv1: conv1.bias removed: norm1 subtracts the mean'],
    'dense-bn-untracked': ['dense1: dense1.bias removed: norm1 subtracts the mean'],
    'conv-ghost': ['conv1: conv1.bias removed: norm1 subtracts the mean'],
    'conv-instance': ['conv1: conv1.bias removed: norm1 subtracts the mean'],
    'shared-kernel': ['dense1: dense1.bias removed: norm1 subtracts the mean'],
  },
  refuses: {
    'two-readers': ['dense1: dense1 is read 2 times: by norm1, dense2'],
    'conv-is-output': ['dense1: dense1 is the output dense1'],
    'conv-applies-relu': ['dense1: dense1 applies relu after the bias'],
    'shared-bias': ['dense1: dense1.bias is read 2 times: by dense1, dense2'],
    'shared-layer': ['dense1: dense1.bias is read 2 times: by dense1, again'],
    'shared-mean': ['dense1: norm1.mean is read 2 times: by norm1, norm2'],
    'relu-between': [],
    // Their means are of several channels, or there is none.
    'conv-layer': [],
    'conv-group': [],
    'conv-channels': [],
    'conv-frn': [],
  },
});

describe.each(['conv-bn', 'dense-bn-untracked', 'conv-ghost', 'conv-instance', 'shared-kernel'])('%s', (name) => {
  const before = ofStage(graphOf('remove-dead-bias', name), 'model');
  const { graph, migrations } = apply(removeDeadBias, before);
  const values = valuesFor(before, 9);
  const migrated = { ...values, storage: migrate(values.storage, migrations) };
  const after = ofStage(graph, 'model');

  test.each(['train', 'infer'] as const)('the same function of migrated weights, %s', (stage) => {
    const is = evaluate(specialize(after, stage), migrated);
    expectSame({ ...is, storage: new Map() }, evaluate(specialize(before, stage), values), 1e-12);
  });

  test('migrating before a training step and after it is the same', () => {
    const then = migrate(evaluate(specialize(before, 'train'), values).storage, migrations);
    const now = evaluate(specialize(after, 'train'), migrated).storage;
    for (const { ref } of after.storage) expect(distance(now.get(ref), then.get(ref)), ref).toBeLessThan(1e-12);
  });

  test('the bias is no longer stored', () => {
    const biases = after.storage.map((s) => s.ref).filter((ref) => ref.endsWith('.bias'));
    expect(biases).toEqual(name === 'shared-kernel' ? ['@dense2.bias'] : []);
  });
});

test('the mean absorbs the bias', () => {
  const before = graphOf('remove-dead-bias', 'conv-bn');
  expect(apply(removeDeadBias, before).migrations).toEqual([
    { kind: 'absorb', target: '@norm1.mean', source: '@conv1.bias' },
  ]);
});
