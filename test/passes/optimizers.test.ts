/** The passes over a step, with every optimizer: clipping merges into each of them, and penalties stay where they have to. */
import { describe, expect, test } from 'vitest';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { map } from '../../src/ir/nd.ts';
import { optimizers } from '../../src/ir/ops/index.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { mergeClipping } from '../../src/passes/merge-clipping.ts';
import { pipeline, runPasses } from '../../src/passes/pipeline.ts';
import { shrinkPenalties } from '../../src/passes/shrink-penalties.ts';
import { apply, evaluate, expectSame, graphOf, ofStage, type Values, valuesFor } from './harness.ts';
import { recipe, trainingOf } from './models.ts';

const cases = Object.keys(optimizers).flatMap((name) => [
  [name, {}] as const,
  ...(name === 'adam' ? [[name, { amsgrad: true }] as const] : []),
  ...(name === 'sgd' ? [[name, { momentum: 0.9 }] as const] : []),
  ...(name === 'rmsprop' ? [[name, { momentum: 0.9, centered: true }] as const] : []),
]);

/** What optimizers keep of squares and magnitudes is never negative. */
function memorized(step: Graph, seed: number): Values {
  const values = valuesFor(step, seed);
  const slots = new Set<Ref>(step.storage.filter((s) => s.kind === 'slot').map((s) => s.ref));
  const storage = new Map([...values.storage].map(([ref, v]) => [ref, slots.has(ref) ? map(v, Math.abs) : v]));
  const { outputs, storage: after } = evaluate(step, { ...values, storage });
  for (const value of [...outputs.values(), ...after.values()]) expect(value.data.every(Number.isFinite)).toBe(true);
  return { ...values, storage };
}

describe.each(cases)('%s %j', (name, args) => {
  const model = ofStage(graphOf('differentiate', 'mlp'), 'model');
  const options = { optimizer: [name, { rate: 0.1, ...args }], clip: 0.05 } as const;
  const updatesOf = (step: Graph) => step.nodes.filter((n) => n.op.endsWith('Update'));

  test('the factor of clipping is applied inside each update, with the same bits', () => {
    const before = differentiate(trainingOf(model), recipe(options));
    const after = apply(mergeClipping, before).graph;
    expect(updatesOf(before).map((n) => n.operands.at(-1))).toEqual(updatesOf(before).map(() => null));
    expect(updatesOf(after).map((n) => n.operands.at(-1))).toEqual(updatesOf(after).map(() => '%clip'));
    expect(updatesOf(after).length).toBeGreaterThan(2);
    const values = memorized(before, 4);
    expectSame(evaluate(after, values), evaluate(before, values), 0);
  });

  test('an L2 penalty becomes a decay under plain gradient descent alone', () => {
    const train = trainingOf(model, [{ kind: 'l2', of: '@dense1.kernel', lambda: 0.02 }]);
    const before = differentiate(train, recipe(options));
    const { rewrites, refused } = apply(shrinkPenalties, before);
    const plain = name === 'sgd' && Object.keys(args).length === 0;
    expect([rewrites.length, refused.length]).toEqual(plain ? [1, 0] : [0, 1]);
  });

  test('the whole row of passes keeps the law and the values', () => {
    const before = differentiate(trainingOf(model), recipe(options));
    const { graph } = runPasses(before, pipeline.step, { verify: true });
    const values = memorized(before, 6);
    expectSame(evaluate(graph, values), evaluate(before, values), 1e-9);
  });
});
