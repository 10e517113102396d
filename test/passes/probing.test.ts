/** The program that looks into training: the same gradients as those of a step, and nothing changed. */
import { describe, expect, test } from 'vitest';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { opOf } from '../../src/ir/ops/index.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { forProbing } from '../../src/passes/inspection.ts';
import { evaluate, graphOf, ofStage, valuesFor } from './harness.ts';
import { recipe, trainingOf } from './models.ts';

function trainOf(name: string): Graph<'train'> {
  const graph = graphOf('differentiate', name);
  return graph.stage === 'train' ? ofStage(graph, 'train') : trainingOf(ofStage(graph, 'model'), []);
}

describe.each(['conv-norm-pool-dropout', 'groups-average-pool', 'mlp', 'shared-and-residual', 'branches'])(
  '%s',
  (name) => {
    const train = trainOf(name);
    const { graph, probed } = forProbing(train);

    test('is lawful, and writes nothing', () => {
      // Its loss is what gradients are of; it is not computed.
      expect(verifyGraph(graph)).toEqual([expect.stringContaining('no output loss')]);
      expect(graph.nodes.filter((node) => opOf(node).writes.length > 0)).toEqual([]);
    });

    test('shows each layer and each trained parameter once', () => {
      const of = (what: string): readonly string[] => probed.filter((p) => p.of === what).map((p) => p.name);
      expect(new Set(of('value')).size).toBe(of('value').length);
      expect(of('parameter')).toEqual(
        train.storage.flatMap((s) =>
          s.kind === 'param' && s.frozen !== true && !s.ref.startsWith('@unread') ? [s.ref.slice(1)] : [],
        ),
      );
      // Nothing that is trained stands before this one.
      const unread = name === 'shared-and-residual' ? ['fixed'] : [];
      expect(of('value').filter((layer) => !of('gradient').includes(layer))).toEqual(unread);
    });

    test('its gradients are those of a step', () => {
      const step = differentiate(train, recipe());
      const parameters = probed.filter((p) => p.of === 'parameter');
      const named = parameters.map((p) => ({ name: p.name, ref: `%d.${p.name}` satisfies Ref }));
      const values = valuesFor(step, 3);
      const expected = evaluate({ ...step, outputs: named }, values).outputs;
      const found = evaluate({ ...graph, outputs: parameters.map(({ name: of, ref }) => ({ name: of, ref })) }, values);
      expect(found.outputs).toEqual(expected);
      expect(found.storage).toEqual(new Map([...values.storage].filter(([ref]) => found.storage.has(ref))));
    });
  },
);

test('penalties and clips have no part in it', () => {
  const model = ofStage(graphOf('differentiate', 'mlp'), 'model');
  const plain = forProbing(trainingOf(model, []));
  const weight = plain.probed.find((p) => p.of === 'parameter')?.name ?? '';
  expect(forProbing(trainingOf(model, [{ kind: 'l2', of: `@${weight}`, lambda: 0.1 }])).graph.nodes).toEqual(
    plain.graph.nodes,
  );
});
