/** Gradients taken near the weights: what a step with `sam` does, against a plain step at those weights and against PyTorch. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { map, type NdArray, ndarray, sizeOf } from '../../src/ir/nd.ts';
import { ascents, ops } from '../../src/ir/ops/index.ts';
import { array } from '../../src/ir/ops/rules.ts';
import type { StepRecipe } from '../../src/ir/recipe.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import oracle from '../ir/oracle/sharpness.json' with { type: 'json' };
import { distance, evaluate, type Values, valuesFor } from './harness.ts';
import { models, type RecipeOptions, recipe, trainingOf } from './models.ts';

function near(rho: number, options: RecipeOptions = {}): StepRecipe {
  const { sam } = ascents;
  if (sam === undefined) throw new Error('no sam');
  return { ...recipe(options), ascent: { def: sam, args: { rho } } };
}

/** The gradient of each parameter, by name; of a plain step and of one near the weights alike. */
const gradientsOf = (step: Graph, values: Values): ReadonlyMap<Ref, NdArray> => {
  const found = evaluate(step, values).values;
  return new Map(
    step.storage.flatMap(({ ref, kind }): readonly (readonly [Ref, NdArray])[] => {
      const value = found.get(`%d.${ref.slice(1)}`);
      return kind !== 'param' || value === undefined ? [] : [[ref, array(value)]];
    }),
  );
};

test('the gradient is that of a plain step at weights which are rho further up', () => {
  fc.assert(
    fc.property(models, fc.constantFrom(0.05, 0.7), fc.nat(99), (model, rho, seed) => {
      const train = trainingOf(model);
      const [plain, sharp] = [differentiate(train, recipe()), differentiate(train, near(rho))];
      expect(verifyGraph(sharp)).toEqual([]);
      const values = valuesFor(plain, seed);
      const here = gradientsOf(plain, values);
      const norm = Math.sqrt([...here.values()].reduce((sum, g) => sum + g.data.reduce((s, v) => s + v * v, 0), 0));
      const storage = new Map(values.storage);
      for (const [ref, g] of here) {
        const weight = storage.get(ref) ?? expect.fail(`no ${ref}`);
        storage.set(
          ref,
          map(weight, (w, i) => w + (rho / (norm + 1e-12)) * (g.data[i] ?? 0)),
        );
      }
      const there = gradientsOf(plain, { ...values, storage });
      const found = gradientsOf(sharp, values);
      expect([...found.keys()]).toEqual([...here.keys()]);
      for (const [ref, g] of found) expect(distance(g, there.get(ref)), ref).toBeLessThan(1e-9);
    }),
    { numRuns: 60, seed: 12 },
  );
});

test('the loss and moving statistics are those at the weights', () => {
  fc.assert(
    fc.property(models, fc.nat(99), (model, seed) => {
      const train = trainingOf(model);
      const [plain, sharp] = [differentiate(train, recipe()), differentiate(train, near(0.5))];
      const values = valuesFor(plain, seed);
      const [before, after] = [evaluate(plain, values), evaluate(sharp, values)];
      expect(after.outputs.get('loss')).toEqual(before.outputs.get('loss'));
      for (const { ref, kind } of plain.storage)
        if (kind === 'state') expect(after.storage.get(ref), ref).toEqual(before.storage.get(ref));
    }),
    { numRuns: 40, seed: 13 },
  );
});

describe('20 updates of a small net', () => {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    'dense1.kernel': [4, 5],
    'dense1.bias': [5],
    'dense2.kernel': [5, 3],
    'dense2.bias': [3],
  };

  function net(): Graph<'model'> {
    const build = new GraphBuilder();
    const image = build.input('%image', { dtype: 'float32', shape: ['N', 4] });
    for (const [name, shape] of Object.entries(shapes))
      build.store({
        ref: `@${name}`,
        kind: 'param',
        type: { dtype: 'float32', shape },
        init: { kind: 'zeros', attrs: {} },
      });
    const hidden = build.one(ops.dense, [image, '@dense1.kernel', '@dense1.bias'], {}, 'dense1');
    const act = build.one(ops.activation, [hidden], { fn: 'tanh' }, 'act1');
    const logits = build.one(ops.dense, [act, '@dense2.kernel', '@dense2.bias'], {}, 'dense2');
    return build.finish('Net', 'model', [{ name: 'logits', ref: logits }]);
  }

  test.each(oracle.cases.map((c) => [`rho ${c.rho}, momentum ${c.momentum} (${oracle.source})`, c] as const))(
    '%s',
    (_, c) => {
      const step = differentiate(
        trainingOf(net()),
        near(c.rho, { optimizer: ['sgd', { rate: c.rate, momentum: c.momentum }] }),
      );
      const start = new Map<string, readonly number[]>(Object.entries(c.start));
      let storage: ReadonlyMap<Ref, NdArray> = new Map(
        step.storage.map(({ ref, type }) => {
          const shape = type.shape.map(Number);
          return [ref, ndarray(shape, start.get(ref.slice(1)) ?? new Float64Array(sizeOf(shape)))];
        }),
      );
      const inputs = new Map<Ref, NdArray>([
        ['%image', ndarray([6, 4], c.image)],
        ['%label', ndarray([6], c.label)],
      ]);
      expect(c.losses.length).toBe(20);
      c.losses.forEach((loss, i) => {
        const after = evaluate(step, { inputs, storage, host: new Map([['%update', i + 1]]) });
        expect(after.outputs.get('loss')?.data[0]).toBeCloseTo(loss, 10);
        storage = after.storage;
        const expected = (i + 1) % 5 === 0 ? c.after[(i + 1) / 5 - 1] : undefined;
        for (const [name, values] of Object.entries(expected ?? {}))
          expect(distance(storage.get(`@${name}`), ndarray(shapes[name] ?? [], values)), name).toBeLessThan(1e-9);
      });
    },
  );
});
