import { describe, expect, test } from 'vitest';
import { checkTrain } from '../../src/check/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import { ops } from '../../src/ir/ops/index.ts';
import { specialize } from '../../src/ir/specialize.ts';
import { parseGraph, printGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { parse } from '../../src/parser/index.ts';
import { forMeasurement } from '../../src/passes/measurement.ts';
import { awayFromZero } from '../ir/graphs.ts';
import { ofStage } from './harness.ts';

const forwardOf = (body: string) =>
  specialize(
    ofStage(
      parseGraph(`graph Net model (%image: f32[N,3]) {
  param @dense1.kernel : f32[3,3] = zeros
  state @norm1.mean : f32[3] = zeros
  state @norm1.variance : f32[3] = ones
${body}
}`),
      'model',
    ),
    'train',
  );

const norm = (x: string, name: string): string =>
  `  %${name} = batchNorm %${x} _ _ @norm1.mean @norm1.variance {epsilon=0.001 momentum=0.9} : f32[N,3]  !${name}`;

const lines = (body: string): readonly string[] => {
  const graph = forMeasurement(forwardOf(body));
  if (graph === null) throw new Error('nothing is measured');
  expect(verifyGraph(graph)).toEqual([]);
  return printGraph(graph)
    .split('\n')
    .slice(4, -2)
    .map((line) => line.trim());
};

describe('the forward pass as far as statistics need it', () => {
  test('means over batches, of the variance unbiased; what comes after is not computed', () => {
    expect(
      lines(`  %dense1 = dense %image @dense1.kernel _ : f32[N,3]  !dense1
${norm('dense1', 'norm1')}
  %act1 = activation %norm1 {fn="relu"} : f32[N,3]  !act1
  return out=%act1`),
    ).toEqual([
      '%dense1 = dense %image @dense1.kernel _ : f32[N,3]  !dense1',
      '%norm1 %norm1.variance %norm1.mean = normalizeTrain %dense1 _ _ {epsilon=0.001} : f32[N,3] f32[3] f32[3]  !norm1',
      'updatePopulation @norm1.mean %norm1.mean %batches _  !norm1',
      'updatePopulation @norm1.variance %norm1.variance %batches %dense1  !norm1',
      'return',
    ]);
  });

  test('a shared norm counts each of its uses', () => {
    const updates = lines(`${norm('image', 'norm1')}\n${norm('norm1', 'again')}\n  return out=%again`).filter((l) =>
      l.startsWith('updatePopulation @norm1.mean'),
    );
    expect(updates).toEqual([
      'updatePopulation @norm1.mean %norm1.mean %batches _ {uses=2}  !norm1',
      'updatePopulation @norm1.mean %again.mean %batches _ {use=2 uses=2}  !again',
    ]);
  });

  test('dropout is as in training, and asks for its bits', () => {
    const graph = forMeasurement(
      forwardOf(
        `  %drop1 = dropout %image {rate=0.5 stream="drop1"} : f32[N,3]  !drop1\n${norm('drop1', 'norm1')}\n  return out=%norm1`,
      ),
    );
    expect(graph?.inputs.map((i) => i.ref)).toEqual(['%image', '%random', '%batches']);
  });

  test('what is not measured stays as it is', () => {
    const forward = forwardOf(`${norm('image', 'norm1')}\n  return out=%norm1`);
    const graph = forMeasurement(forward, (statistic) => statistic === '@norm1.mean');
    expect(graph?.nodes.map((n) => n.op)).toEqual(['normalizeTrain', 'updatePopulation']);
    expect(forMeasurement(forward, () => false)).toBeNull();
  });

  test('nothing where no statistics move', () => {
    expect(forMeasurement(forwardOf('  %out = scale %image {by=2} : f32[N,3]\n  return out=%out'))).toBeNull();
  });
});

test.each([
  ['', ['@norm1.mean', '@norm1.variance']],
  ['average: swa', ['@norm1.mean', '@norm1.variance', '@norm2.mean', '@norm2.variance']],
])('of two norms, that which says so; behind a mean of weights both: `%s`', (average, expected) => {
  const { train } = checkTrain(
    parse(
      `data D { source: csv("d.csv")  test: 20%  fields { x: float32[4]  label: class(2) } }
network Net { input x: float32[4]  dense(3)  norm(batch(statistics: population))  norm(batch)  dense(2) }
train net { network: Net  data: D  loss: cross_entropy  optimizer: sgd  batch: 8  epochs: 4  ${average} }`,
      'net.nrm',
    ).tree,
    'net',
  );
  if (train === null) throw new Error('the spec does not check');
  const updates = compileTrain(train).measure?.graph.nodes ?? [];
  expect(updates.filter((n) => ops.updatePopulation.is(n)).map((n) => n.operands[0])).toEqual(expected);
});

test('equal batches of a data set: the mean of the data, and the mean of unbiased variances', () => {
  const graph = forMeasurement(forwardOf(`${norm('image', 'norm1')}\n  return out=%norm1`));
  if (graph === null) throw new Error('nothing is measured');
  const batches = [1, 2, 3, 4].map((seed) => awayFromZero([5, 3], seed));
  // Whatever the statistics were, the first batch begins anew.
  let storage: ReadonlyMap<Ref, NdArray> = new Map<Ref, NdArray>([
    ['@dense1.kernel', ndarray([3, 3], new Float64Array(9))],
    ['@norm1.mean', ndarray([3], [7, 7, 7])],
    ['@norm1.variance', ndarray([3], [7, 7, 7])],
  ]);
  batches.forEach((image, i) => {
    const host = new Map([['%batches', i + 1] as const]);
    storage = evaluateGraph(graph, { inputs: new Map([['%image', image] as const]), storage, host }).storage;
  });
  const column = (a: NdArray, c: number): readonly number[] => [...a.data].filter((_, i) => i % 3 === c);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  for (const c of [0, 1, 2]) {
    const unbiased = batches.map((b) => {
      const values = column(b, c);
      return values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / (values.length - 1);
    });
    expect(storage.get('@norm1.mean')?.data[c]).toBeCloseTo(mean(batches.flatMap((b) => column(b, c))), 12);
    expect(storage.get('@norm1.variance')?.data[c]).toBeCloseTo(mean(unbiased), 12);
  }
});
