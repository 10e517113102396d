import { expect, test } from 'vitest';
import type { Graph } from '../../src/ir/graph.ts';
import { parseGraph } from '../../src/ir/text.ts';
import { eliminateCommon } from '../../src/passes/eliminate-common.ts';
import { apply, evaluate, expectSame, goldens, graphOf, texts, valuesFor } from './harness.ts';

const fires = {
  scales: ['norm1: norm1.inverse_2 is norm1.inverse', 'norm1: norm1.scale_2 is norm1.scale'],
  // The statistics move once for each use of the norm.
  'shared-norm': ['norm1: again is norm1'],
  'defaults-and-outputs': ['dense2: dense2 is dense1'],
};

goldens(eliminateCommon, { fires, refuses: { random: [], 'not-the-same': [] } });

test.each(Object.keys(fires))('%s: the same bits', (name) => {
  const before = graphOf('eliminate-common', name);
  const values = valuesFor(before, 1);
  expectSame(evaluate(apply(eliminateCommon, before).graph, values), evaluate(before, values), 0);
});

// The law of graphs forbids reading storage after it was written; the pass does not lean on it.
test('a read before a write is not the same as a read after it', () => {
  const before: Graph = parseGraph(`graph Net step (%x: f32[N,2]) {
    state @norm1.mean : f32[2] = zeros
    %a = sub %x @norm1.mean : f32[N,2]
    %value = scale @norm1.mean {by=0.5} : f32[2]
    updateMoving @norm1.mean %value {momentum=0.9}
    %b = sub %x @norm1.mean : f32[N,2]
    %c = sub %x @norm1.mean : f32[N,2]
    %d = mul %b %c : f32[N,2]
    %e = mul %a %d : f32[N,2]
    return loss=%e
  }`);
  const { graph, rewrites } = eliminateCommon.run(before);
  expect(texts(rewrites)).toEqual(['c: c is b']);
  const values = valuesFor(before, 1);
  expectSame(evaluate(graph, values), evaluate(before, values), 0);
});

test('a zero is not a negative zero', () => {
  const before: Graph = parseGraph(`graph Net infer (%x: f32[N,2]) {
    %a = scale %x {by=0} : f32[N,2]
    %b = scale %x {by=-0} : f32[N,2]
    %c = div %x %a : f32[N,2]
    %d = div %x %b : f32[N,2]
    return c=%c d=%d
  }`);
  expect(apply(eliminateCommon, before).rewrites).toEqual([]);
});
