/** Frozen storage: what a policy freezes is read in training and written never. */
import { describe, expect, test } from 'vitest';
import { checkTrain } from '../../src/check/index.ts';
import { compileTrain } from '../../src/compile.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { opOf } from '../../src/ir/ops/index.ts';
import { specialize } from '../../src/ir/specialize.ts';
import { parseGraph, printGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { lowerModel } from '../../src/lower/index.ts';
import { parse } from '../../src/parser/index.ts';
import { removeDeadBias } from '../../src/passes/remove-dead-bias.ts';
import { apply, ofStage } from './harness.ts';

const text = (policy: string): string => `
network Net with P {
  input image: float32[8, 8, 1]
  entry: conv(4, kernel: 3)
  stem: { conv(4, kernel: 3, bias: true)  norm  act }
  flatten  dense(4)
}
policy P { norm: batch  act: relu  ${policy} }
data D { source: idx("d")  fields { image: float32[8, 8, 1]  label: class(4) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: adam(rate: 1e-2)  batch: 16  epochs: 1 }
`;

function trainOf(policy: string) {
  const { train, diagnostics } = checkTrain(parse(text(policy), 'spec.nrm').tree, 't');
  if (train === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return train;
}

/** Storage that a node of the graph writes. */
const written = (graph: Graph): readonly string[] =>
  graph.nodes
    .flatMap((node) => {
      const op = opOf(node);
      return op.operands.flatMap((spec, i) =>
        op.writes.some((w) => w === spec.replace(/[?.]+$/, '')) ? [node.operands[i]] : [],
      );
    })
    .filter((ref) => ref != null);

describe('a frozen stage below which something is trained', () => {
  const train = trainOf('stem { trainable: false }');
  const model = lowerModel(train.model);

  test('is marked in storage, and in the text form', () => {
    expect(model.storage.filter((s) => s.frozen === true).map((s) => s.ref)).toEqual([
      '@stem.conv1.kernel',
      '@stem.conv1.bias',
      '@stem.norm1.gamma',
      '@stem.norm1.beta',
      '@stem.norm1.mean',
      '@stem.norm1.variance',
    ]);
    expect(printGraph(parseGraph(printGraph(model)))).toBe(printGraph(model));
    expect(printGraph(model)).toContain('frozen param @stem.conv1.kernel : f32');
  });

  test('norms by its own statistics in training too', () => {
    const ops = specialize(model, 'train').nodes.map((n) => n.op);
    expect(ops).toContain('batchNorm');
    expect(ops).not.toContain('normalizeTrain');
  });

  test('is not written by a step, has no slots, and lets gradients through', () => {
    const { step } = compileTrain(train);
    expect(written(step.graph).filter((ref) => ref.startsWith('@stem'))).toEqual([]);
    expect(step.graph.storage.filter((s) => s.kind === 'slot' && s.ref.includes('stem'))).toEqual([]);
    expect(written(step.graph)).toContain('@entry.kernel');
  });

  test('keeps the bias before its norm: frozen statistics do not take it away', () => {
    const { refused } = apply(removeDeadBias, ofStage(model, 'model'));
    expect(refused).toEqual([{ layer: 'stem.conv1', text: 'the statistics of stem.norm1 are frozen' }]);
  });
});

test('a graph that writes frozen storage is wrong', () => {
  const { graph } = compileTrain(trainOf('')).step;
  const frozen = { ...graph, storage: graph.storage.map((s) => ({ ...s, frozen: true as const })) };
  expect(verifyGraph(graph)).toEqual([]);
  expect(verifyGraph(frozen).some((w) => w.includes('writes @entry.kernel, which is frozen'))).toBe(true);
});

test('without a frozen norm the bias goes, and statistics move', () => {
  const { step } = compileTrain(trainOf('stem.conv1 { trainable: false }'));
  expect(written(step.graph)).toContain('@stem.norm1.mean');
  expect(written(step.graph).filter((ref) => ref.startsWith('@stem.conv1'))).toEqual([]);
});

test('gamma alone is trained on frozen statistics', () => {
  const { step } = compileTrain(trainOf('stem { trainable: false }  norm.gamma { trainable: true }'));
  expect(
    written(step.graph)
      .filter((ref) => ref.startsWith('@stem'))
      .sort(),
  ).toEqual(['@stem.norm1.gamma', '@stem.norm1.gamma.m', '@stem.norm1.gamma.v']);
});
