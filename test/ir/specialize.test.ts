/** From a model to its forward pass in training and in inference; and evaluation of what comes out. */
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import { ops } from '../../src/ir/ops/index.ts';
import { specialize } from '../../src/ir/specialize.ts';
import { parseGraph, printGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { awayFromZero, distance, random } from './graphs.ts';

const modelOf = (text: string): Graph<'model'> => {
  const graph = parseGraph(text);
  if (graph.stage !== 'model') throw new Error('not a model');
  return { ...graph, stage: 'model' };
};

const model = modelOf(`graph Net model (%image: f32[N,3]) {
  param @norm1.gamma : f32[3] = ones
  state @norm1.mean : f32[3] = zeros
  state @norm1.variance : f32[3] = ones
  %norm1 = batchNorm %image @norm1.gamma _ @norm1.mean @norm1.variance {epsilon=0.001 momentum=0.9} : f32[N,3]  !norm1
  %drop1 = dropout %norm1 {rate=0.3 stream="drop1"} : f32[N,3]  !drop1
  %scaled = scale %drop1 {by=2} : f32[N,3]  !scale1
  return output=%scaled
}`);

const body = (graph: Graph): readonly string[] =>
  printGraph(graph)
    .split('\n')
    .slice(1 + graph.storage.length, -2)
    .map((line) => line.trim());

describe('specialize', () => {
  test('train: batch statistics, their moving averages, a mask from %random', () => {
    const train = specialize(model, 'train');
    expect(train.stage).toBe('train');
    expect(train.inputs.map((i) => i.ref)).toEqual(['%image', '%random']);
    expect(body(train)).toEqual([
      '%norm1 %norm1.variance %norm1.mean = normalizeTrain %image @norm1.gamma _ {epsilon=0.001} : f32[N,3] f32[3] f32[3]  !norm1',
      'updateMoving @norm1.mean %norm1.mean {momentum=0.9}  !norm1',
      'updateMoving @norm1.variance %norm1.variance {momentum=0.9}  !norm1',
      '%drop1 %drop1.mask = dropoutTrain %norm1 %random {rate=0.3 stream="drop1"} : f32[N,3] f32[N,3]  !drop1',
      '%scaled = scale %drop1 {by=2} : f32[N,3]  !scale1',
      'return output=%scaled',
    ]);
    expect(train.storage).toEqual(model.storage);
  });

  test('infer: as it is; dropout is left for the pass that elides it', () => {
    const infer = specialize(model, 'infer');
    expect(body(infer)).toEqual(body(model));
    expect(infer.inputs).toEqual(model.inputs);
    expect(verifyGraph(infer)).toEqual([]);
  });

  test('infer: a norm that tracks nothing goes on using the statistics of its batch', () => {
    const untracked = modelOf(`graph Net model (%image: f32[N,3]) {
  %norm1 = normalize %image {epsilon=0.001} : f32[N,3]  !norm1
  return output=%norm1
}`);
    expect(specialize(untracked, 'infer').nodes).toEqual(untracked.nodes);
    expect(body(specialize(untracked, 'train'))).toEqual([
      '%norm1 %norm1.variance %norm1.mean = normalizeTrain %image _ _ {epsilon=0.001} : f32[N,3] f32[3] f32[3]  !norm1',
      'return output=%norm1',
    ]);
    expect(specialize(untracked, 'train').inputs).toEqual(untracked.inputs);
  });

  test('a name that a rule took for a result of its own', () => {
    const clashing = modelOf(`graph Net model (%image: f32[N,3]) {
  %a = normalize %image {epsilon=0.001} : f32[N,3]  !a
  %a.mean = scale %a {by=2} : f32[N,3]  !a.mean
  %b = scale %a.mean {by=2} : f32[N,3]  !b
  return first=%a.mean second=%b
}`);
    const train = specialize(clashing, 'train');
    expect(train.nodes[2]?.operands).toEqual(['%a.mean_2']);
    expect(train.outputs[0]?.ref).toBe('%a.mean_2');
  });
});

describe('evaluation', () => {
  const image = awayFromZero([5, 3], 3);
  const storage = new Map<Ref, NdArray>([
    ['@norm1.gamma', ndarray([3], [1, 2, 3])],
    ['@norm1.mean', ndarray([3], [1, 1, 1])],
    ['@norm1.variance', ndarray([3], [4, 4, 4])],
  ]);
  const inputs = new Map<Ref, NdArray>([['%image', image]]);

  test('writes come out as storage; what was bound stays as it was', () => {
    const before = structuredClone(storage);
    const train = specialize(model, 'train');
    const { storage: after, values } = evaluateGraph(train, { inputs, storage, host: new Map([['%random', random]]) });
    expect(storage).toEqual(before);
    const mean = values.get('%norm1.mean');
    if (typeof mean !== 'object' || !('data' in mean)) throw new Error('no mean');
    expect(
      distance(
        ndarray(
          [3],
          mean.data.map((v) => 0.9 + 0.1 * v),
        ),
        after.get('@norm1.mean') ?? image,
      ),
    ).toBeLessThan(1e-15);
    expect(after.get('@norm1.gamma')).toEqual(storage.get('@norm1.gamma'));
  });

  test('dropout scales what it keeps by 1/(1 − rate), and drops about its rate', () => {
    const ones = ndarray([1, 10000], new Float64Array(10000).fill(1));
    for (const [form, kept] of [
      ['inverted', 1 / 0.7],
      ['standard', 1],
    ] as const) {
      const build = new GraphBuilder();
      const x = build.input('%x', { dtype: 'float32', shape: ['N', 10000] });
      const key = build.input('%random', { dtype: 'host', shape: [] });
      const [y = x] = build.emit(ops.dropoutTrain, [x, key], { rate: 0.3, form, stream: 'drop1' });
      const graph = build.finish('Net', 'train', [{ name: 'y', ref: y }]);
      const { outputs } = evaluateGraph(graph, {
        inputs: new Map([['%x', ones]]),
        storage: new Map(),
        host: new Map([['%random', random]]),
      });
      const values = [...(outputs.get('y')?.data ?? [])];
      expect(new Set(values)).toEqual(new Set([0, kept]));
      expect(values.filter((v) => v === 0).length / 10000).toBeCloseTo(0.3, 1);
    }
  });

  test('inference of the standard form scales by 1 − rate', () => {
    const standard = {
      ...model,
      nodes: model.nodes.map((n) => (n.op === 'dropout' ? { ...n, attrs: { ...n.attrs, form: 'standard' } } : n)),
    };
    const [inverted, scaled] = [model, standard].map((m) => {
      const y = evaluateGraph(specialize(m, 'infer'), { inputs, storage, host: new Map() }).outputs.get('output');
      if (y === undefined) throw new Error('no output');
      return y;
    });
    if (inverted === undefined || scaled === undefined) throw new Error('no output');
    expect(distance({ ...inverted, data: inverted.data.map((v) => 0.7 * v) }, scaled)).toBeLessThan(1e-15);
  });

  test('a binding that is missing is named', () => {
    const run = () => evaluateGraph(specialize(model, 'infer'), { inputs: new Map(), storage, host: new Map() });
    expect(run).toThrow('Net: %image has no value');
  });
});

test('for sampling dropout is as in training, all else as in inference', () => {
  const graph = parseGraph(`graph Net model (%x: f32[N,4]) {
  param @dense1.kernel : f32[4,3] = zeros
  state @norm1.mean : f32[3] = zeros
  state @norm1.variance : f32[3] = ones
  %x.noise = noise %x {deviation=0.1 stream="x.noise"} : f32[N,4]
  %drop1 = dropout %x.noise {rate=0.3 form="standard" stream="drop1" exact=true} : f32[N,4]  !drop1
  %dense1.kernel.drop = dropConnect @dense1.kernel %drop1 {rate=0.5 samples=9 per="sample" stream="dense1.kernel"} : f32[N,4,3]  !dense1
  %dense1 = denseEach %drop1 %dense1.kernel.drop _ : f32[N,3]  !dense1
  %norm1 = batchNorm %dense1 _ _ @norm1.mean @norm1.variance {epsilon=0.001 momentum=0.9} : f32[N,3]  !norm1
  return y=%norm1
}`);
  if (graph.stage !== 'model') throw new Error('a model');
  const sampled = specialize({ ...graph, stage: 'model' }, 'infer', { sampling: true });
  expect(verifyGraph(sampled)).toEqual([]);
  expect(sampled.nodes.map((n) => n.op)).toEqual([
    'noise',
    'dropoutTrain',
    'dropConnectTrain',
    'denseEach',
    'batchNorm',
  ]);
  expect(sampled.inputs.map((i) => i.ref)).toEqual(['%x', '%random']);
  expect(specialize({ ...graph, stage: 'model' }, 'infer').inputs.map((i) => i.ref)).toEqual(['%x']);
});
