import { expect, test } from 'vitest';
import { map, type NdArray } from '../../src/ir/nd.ts';
import { specialize } from '../../src/ir/specialize.ts';
import { averageDropConnect } from '../../src/passes/average-dropconnect.ts';
import { apply, distance, evaluate, expectSame, generator, goldens, graphOf, ofStage, valuesFor } from './harness.ts';

const mean = (kept: string): string => `the kernel times ${kept}, the share that training keeps`;

const fires = {
  mean: [`dense1: ${mean('0.6')}`],
  'mean-of-masks-by-sample': [`dense1: ${mean('0.6')}`],
  samples: ['dense1: relu1 (leaky_relu) of 8 normal samples, averaged'],
  'samples-by-sample': ['dense1: relu1 (tanh) of 8 normal samples, averaged'],
  'samples-of-conv-behind-norm': ['conv1: relu1 (relu) of 3 normal samples, averaged'],
  'samples-of-two': ['dense1: relu1 (relu) of 8 normal samples, averaged', `dense2: ${mean('0.75')}`],
  'two-readers': [`dense1: ${mean('0.75')}`],
};

goldens(averageDropConnect, { fires, refuses: { 'nothing-dropped': [] } });

test.each([
  ['samples-of-two', 'dense2: no samples: dense2 is the output y'],
  ['two-readers', 'dense1: no samples: dense1 is read 2 times: by relu1, sum1'],
])('%s: where there are no samples it says why', (name, why) => {
  const { refused } = apply(averageDropConnect, graphOf('average-dropconnect', name));
  expect(refused.map((n) => `${n.layer}: ${n.text}`)).toEqual([why]);
});

test.each(['mean', 'mean-of-masks-by-sample', 'two-readers'])('%s: the same values', (name) => {
  const before = graphOf('average-dropconnect', name);
  const values = valuesFor(before, 1);
  expectSame(evaluate(apply(averageDropConnect, before).graph, values), evaluate(before, values), 1e-14);
});

/** The mean of y over many draws of the masks: what both forms of inference are about. */
function overMasks(name: string, draws: number): { readonly mean: NdArray; readonly error: number } {
  const infer = graphOf('average-dropconnect', name);
  const sampled = specialize(ofStage({ ...infer, stage: 'model' }, 'model'), 'infer', { sampling: true });
  const values = valuesFor(infer, 1);
  let total: NdArray | undefined;
  const next = generator(7);
  for (let i = 0; i < draws; i++) {
    const random = { uniform: (_: string, count: number) => Float64Array.from({ length: count }, next) };
    const y = evaluate(sampled, { ...values, host: new Map([['%random', random]]) }).outputs.get('y');
    if (y === undefined) throw new Error('no output');
    const before = total;
    total = before === undefined ? y : map(before, (v, j) => v + (y.data[j] ?? 0));
  }
  if (total === undefined) throw new Error('no draws');
  return { mean: map(total, (v) => v / draws), error: 4 / Math.sqrt(draws) };
}

test.each(['mean-of-masks-by-sample'])('%s: without an activation the mean is exact', (name) => {
  const graph = graphOf('average-dropconnect', name);
  const { mean: wanted, error } = overMasks(name, 20_000);
  expect(distance(evaluate(graph, valuesFor(graph, 1)).outputs.get('y'), wanted)).toBeLessThan(error);
});

test.each(['samples', 'samples-by-sample', 'samples-of-conv-behind-norm'])(
  '%s: with many samples nearer to the mean over masks than f of the mean is',
  (name) => {
    const graph = graphOf('average-dropconnect', name);
    const values = valuesFor(graph, 1);
    const withSamples = {
      ...graph,
      nodes: graph.nodes.map((n) => (n.op === 'dropConnect' ? { ...n, attrs: { ...n.attrs, samples: 4000 } } : n)),
    };
    const sampled = evaluate(apply(averageDropConnect, withSamples).graph, values).outputs.get('y');
    const { mean: wanted } = overMasks(name, 6000);
    const [near, far] = [distance(sampled, wanted), distance(evaluate(graph, values).outputs.get('y'), wanted)];
    expect(near).toBeLessThan(0.12);
    expect(near).toBeLessThan(far / 2);
  },
);
