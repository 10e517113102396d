/** Lowering: what graphs a checked spec becomes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { printGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { lowerInfer, lowerModel, lowerTrain, recipeOf } from '../../src/lower/index.ts';
import { trainOf } from '../check/support.ts';

const example = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, `../../examples/${name}.nrm`), 'utf8');

describe.each([
  ['lenet', 'lenet'],
  ['mlp', 'mlp'],
  ['avgpool', 'smooth'],
  ['strided', 'strided'],
])('%s', (file, name) => {
  const train = trainOf(example(file), name);
  const model = lowerModel(train.model);

  test.each([
    ['model', model],
    ['train', lowerTrain(model, train)],
    ['infer', lowerInfer(model)],
  ])('%s', async (stage, graph) => {
    expect(verifyGraph(graph)).toEqual([]);
    await expect(`${printGraph(graph)}\n`).toMatchFileSnapshot(`golden/${file}.${stage}.ir`);
  });
});

const spec = (steps: string, policy: string): string => `
network Net with P { input image: float32[4, 4, 1]  ${steps} }
policy P { ${policy} }
data D { source: idx("d")  fields { image: float32[4, 4, 1]  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1, momentum: 0.9)  schedule: cosine(warmup: 3)  batch: 8  epochs: 1 }
`;

describe('names', () => {
  test('a target yields its name to a layer, and a layer its to the host values', () => {
    const train = trainOf(spec('flatten  label: dense(5)  update: dense(4)  random: dense(3)', ''), 't');
    const graph = lowerTrain(lowerModel(train.model), train);
    expect(verifyGraph(graph)).toEqual([]);
    expect(graph.inputs.map((i) => i.ref)).toEqual(['%image', '%label.target']);
    expect(graph.nodes.map((n) => [n.layer, n.results[0]?.ref])).toEqual([
      ['flatten1', '%flatten1'],
      ['label', '%label'],
      ['update', '%update_layer'],
      ['random', '%random_layer'],
      ['', '%loss'],
    ]);
  });

  test('an output carries the name of its layer', () => {
    const train = trainOf(spec('flatten  head: { dense(4)  out: dense(3) }', ''), 't');
    expect(lowerModel(train.model).outputs).toEqual([{ name: 'out', ref: '%head.out' }]);
  });
});

describe('training', () => {
  test('penalties are a second output, summed', () => {
    const train = trainOf(
      spec('flatten  dense(5)  dense(3)', 'dense { penalty: l2(0.1) }  bias[last] { penalty: l1(0.2) }'),
      't',
    );
    const graph = lowerTrain(lowerModel(train.model), train);
    expect(graph.outputs.map((o) => o.name)).toEqual(['loss', 'penalty', 'penalty.dense', 'penalty.bias_last']);
    expect(graph.nodes.slice(-5).map((n) => [n.op, n.operands, n.layer])).toEqual([
      ['l2', ['@dense1.kernel'], 'dense1'],
      ['l2', ['@dense2.kernel'], 'dense2'],
      ['l1', ['@dense2.bias'], 'dense2'],
      ['add', ['%l2.dense1.kernel', '%l2.dense2.kernel'], ''],
      ['add', ['%penalty.dense', '%l1.dense2.bias'], ''],
    ]);
  });

  test('a penalty of a weight that a pass has removed is left out', () => {
    const train = trainOf(spec('flatten  dense(3)', 'bias { penalty: l1(0.2) }'), 't');
    const model = lowerModel(train.model);
    const without = {
      ...model,
      storage: model.storage.filter((s) => s.ref !== '@dense1.bias'),
      nodes: model.nodes.map((n) => (n.op === 'dense' ? { ...n, operands: n.operands.with(2, null) } : n)),
    };
    expect(lowerTrain(without, train).outputs.map((o) => o.name)).toEqual(['loss']);
  });

  test('the recipe has optimizer, schedule, clipping and the decay of each parameter', () => {
    const train = trainOf(
      spec(
        'flatten  dense(5)  dense(3)',
        'dense { decay: 0.1 }  bias { decay: decoupled(0.2, per: step) }  dense2 { decay: none }  gradient { clip: global_norm(2) }',
      ),
      't',
    );
    const { optimizer, schedule, clip, decay } = recipeOf(train);
    expect([optimizer.def.name, optimizer.args.momentum, schedule.def.name, schedule.args.warmup, clip?.args]).toEqual([
      'sgd',
      0.9,
      'cosine',
      3,
      { norm: 2 },
    ]);
    expect([...decay]).toEqual([
      ['@dense1.kernel', { amount: 0.1, per: 'rate' }],
      ['@dense1.bias', { amount: 0.2, per: 'step' }],
      ['@dense2.bias', { amount: 0.2, per: 'step' }],
    ]);
  });
});
