import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { map, type NdArray } from '../../src/ir/nd.ts';
import { array } from '../../src/ir/ops/rules.ts';
import { parseGraph, printGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { differentiate, NotDifferentiable } from '../../src/passes/differentiate.ts';
import { dags } from './dags.ts';
import { distance, evaluate, generator, graphOf, ofStage, type Values, valuesFor } from './harness.ts';
import { models, type Penalty, type RecipeOptions, recipe, trainingOf } from './models.ts';

interface Net {
  readonly penalties?: readonly Penalty[];
  readonly recipe?: RecipeOptions;
}

const nets: Readonly<Record<string, Net>> = {
  mlp: {
    penalties: [
      { kind: 'l2', of: '@dense1.kernel', lambda: 0.02 },
      { kind: 'l1', of: '@dense1.kernel', lambda: 0.01 },
      { kind: 'l1', of: '@dense2.kernel', lambda: 0.03 },
    ],
    recipe: {
      clip: 0.05,
      decay: { '@dense1.kernel': { amount: 0.1, per: 'rate' }, '@dense1.bias': { amount: 0.2, per: 'step' } },
    },
  },
  'conv-norm-pool-dropout': {
    recipe: {
      optimizer: ['adam', { rate: 0.01 }],
      schedule: ['cosine', { warmup: 2 }],
      decay: { '@conv1.kernel': { amount: 0.1, per: 'rate' } },
    },
  },
  'groups-average-pool': { recipe: { optimizer: ['sgd', { rate: 0.1, momentum: 0.9, nesterov: true }] } },
  'shared-and-residual': {},
  'weighted-losses': {},
  branches: {},
};

function trainOf(name: string): Graph<'train'> {
  const graph = graphOf('differentiate', name);
  return graph.stage === 'train' ? ofStage(graph, 'train') : trainingOf(ofStage(graph, 'model'), nets[name]?.penalties);
}

const stepOf = (name: string): Graph<'step'> => differentiate(trainOf(name), recipe(nets[name]?.recipe));

/** Gammas of zero put values on the kink of a relu, where a difference quotient is no gradient. */
function smooth(values: Values): Values {
  const storage = new Map(
    [...values.storage].map(([ref, v]) => [ref, ref.endsWith('.gamma') ? map(v, (x) => (x === 0 ? 0.7 : x)) : v]),
  );
  return { ...values, storage };
}

/** (f(w + h) − f(w − h)) / 2h for one element of one parameter. */
function quotient(train: Graph, values: Values, ref: Ref, element: number): number {
  const h = 1e-5;
  const at = (shift: number): number => {
    const weight = values.storage.get(ref);
    if (weight === undefined) throw new Error(`no ${ref}`);
    const storage = new Map(values.storage).set(
      ref,
      map(weight, (v, i) => (i === element ? v + shift : v)),
    );
    return evaluate(train, { ...values, storage }).outputs.get('loss')?.data[0] ?? Number.NaN;
  };
  return (at(h) - at(-h)) / (2 * h);
}

/** Compares the gradient of the loss with difference quotients at a few elements of every parameter. */
function expectGradients(train: Graph<'train'>, step: Graph<'step'>, values: Values, perParameter: number): void {
  const found = evaluate(step, values).values;
  const pick = generator(17);
  for (const { ref, kind } of train.storage) {
    const value = found.get(`%d.${ref.slice(1)}`);
    if (kind !== 'param' || value === undefined) continue;
    const gradient = array(value);
    expect(gradient.shape).toEqual(values.storage.get(ref)?.shape);
    for (let i = 0; i < perParameter; i++) {
      const element = Math.floor(pick() * gradient.data.length);
      const expected = quotient(train, values, ref, element);
      expect(Math.abs((gradient.data[element] ?? Number.NaN) - expected), `${ref}[${element}]`).toBeLessThan(
        2e-6 * Math.max(1, Math.abs(expected)),
      );
    }
  }
}

describe.each(Object.keys(nets))('%s', (name) => {
  test('the step, as text', async () => {
    const step = stepOf(name);
    expect(verifyGraph(step)).toEqual([]);
    await expect(printGraph(step)).toMatchFileSnapshot(`${import.meta.dirname}/differentiate/${name}.after.ir`);
  });

  test('gradients agree with difference quotients', () => {
    const train = trainOf(name);
    for (const seed of [1, 2]) expectGradients(train, stepOf(name), smooth(valuesFor(stepOf(name), seed)), 8);
  });

  test('forward values and moving statistics are those of the training graph', () => {
    const values = valuesFor(stepOf(name), 1);
    const [train, step] = [evaluate(trainOf(name), values), evaluate(stepOf(name), values)];
    expect(step.outputs).toEqual(train.outputs);
    for (const { ref, kind } of trainOf(name).storage)
      if (kind === 'state') expect(step.storage.get(ref)).toEqual(train.storage.get(ref));
  });
});

test.each([
  ['chains', models],
  ['branches and shared weights', dags],
] as const)('random networks, %s: gradients agree with difference quotients', (_, models) => {
  fc.assert(
    fc.property(models, fc.nat(1000), (model, seed) => {
      const train = trainingOf(model);
      const step = differentiate(train, recipe());
      expectGradients(train, step, smooth(valuesFor(step, seed)), 2);
    }),
    { numRuns: 40, seed: 5 },
  );
});

describe('what a parameter is updated by', () => {
  const values = valuesFor(stepOf('mlp'), 4);
  const { values: found, storage } = evaluate(stepOf('mlp'), values);
  const at = (ref: Ref): NdArray => array(found.get(ref) ?? values.storage.get(ref) ?? 0);
  const squares = ['@dense1.kernel', '@dense1.bias', '@dense2.kernel']
    .flatMap((ref) => [...at(`%d.${ref.slice(1)}`).data])
    .reduce((s, v) => s + v * v, 0);
  const scale = Math.min(1, 0.05 / Math.sqrt(squares));

  test('clipping bites, and is of the gradient of the loss alone', () => {
    expect(scale).toBeLessThan(1);
    // w − rate·decay·w − rate·(scale·g + 2·0.02·w + 0.01·sign w)
    const expected = map(at('@dense1.kernel'), (w, i) => {
      const g = at('%d.dense1.kernel').data[i] ?? Number.NaN;
      return w - 0.1 * 0.1 * w - 0.1 * (scale * g + 0.04 * w + 0.01 * Math.sign(w));
    });
    expect(distance(storage.get('@dense1.kernel'), expected)).toBeLessThan(1e-14);
  });

  test('a decay per step, no penalty', () => {
    const expected = map(
      at('@dense1.bias'),
      (w, i) => 0.8 * (w - 0.1 * scale * (at('%d.dense1.bias').data[i] ?? Number.NaN)),
    );
    expect(distance(storage.get('@dense1.bias'), expected)).toBeLessThan(1e-14);
  });
});

test('a kernel that two layers share is updated once: both gradients, one penalty, one decay', () => {
  const lambda = 0.02;
  const train = trainingOf(ofStage(graphOf('differentiate', 'branches'), 'model'), [
    { kind: 'l2', of: '@conv1.kernel', lambda },
  ]);
  const step = differentiate(train, recipe({ decay: { '@conv1.kernel': { amount: 0.3, per: 'rate' } } }));
  const updates = step.nodes.filter((n) => n.op === 'sgdUpdate').map((n) => n.operands[0]);
  expect(updates).toEqual([...new Set(updates)]);
  const values = valuesFor(step, 6);
  const { values: found, storage } = evaluate(step, values);
  const gradient = array(found.get('%d.conv1.kernel') ?? 0);
  const w = values.storage.get('@conv1.kernel');
  if (w === undefined) throw new Error('no kernel');
  const expected = map(w, (v, i) => v - 0.1 * 0.3 * v - 0.1 * ((gradient.data[i] ?? Number.NaN) + 2 * lambda * v));
  expect(distance(storage.get('@conv1.kernel'), expected)).toBeLessThan(1e-14);
});

test('statistics of a norm that is used twice move on twice', () => {
  const step = stepOf('branches');
  const values = valuesFor(step, 6);
  const { values: found, storage } = evaluate(step, values);
  const [first, second] = (['%norm1.mean', '%norm1_2.mean'] as const).map((ref) => array(found.get(ref) ?? 0));
  const before = values.storage.get('@norm1.mean');
  if (before === undefined || first === undefined || second === undefined) throw new Error('no statistics');
  const expected = map(before, (m, i) => {
    const once = 0.9 * m + (1 - 0.9) * (first.data[i] ?? Number.NaN);
    return 0.9 * once + (1 - 0.9) * (second.data[i] ?? Number.NaN);
  });
  expect(distance(storage.get('@norm1.mean'), expected)).toBeLessThan(1e-14);
});

test('a penalty that counts by a quarter is differentiated so', () => {
  const step = stepOf('weighted-losses');
  const values = valuesFor(step, 2);
  const { values: found, storage } = evaluate(step, values);
  const gradient = array(found.get('%d.dense1.kernel') ?? 0).data;
  const w = values.storage.get('@dense1.kernel');
  if (w === undefined) throw new Error('no kernel');
  const expected = map(w, (v, i) => v - 0.1 * ((gradient[i] ?? Number.NaN) + 0.25 * 0.2 * v));
  expect(distance(storage.get('@dense1.kernel'), expected)).toBeLessThan(1e-14);
});

describe('the shape of a step', () => {
  test('updates stand after everything that reads a parameter', () => {
    const { nodes } = stepOf('mlp');
    const first = nodes.findIndex((n) => n.op === 'sgdUpdate');
    expect(nodes.slice(first).map((n) => n.op)).toEqual(['sgdUpdate', 'sgdUpdate', 'sgdUpdate']);
  });

  test('frozen and unread weights are not updated, and nothing is derived for values without parameters', () => {
    const { nodes, storage } = stepOf('shared-and-residual');
    const updated = nodes.flatMap((n) => (n.op === 'sgdUpdate' ? n.operands.slice(0, 1) : []));
    expect(updated).toEqual(['@shared.kernel', '@shared.bias']);
    expect(storage.map((s) => s.kind)).not.toContain('slot');
    expect(nodes.flatMap((n) => n.results.map((r) => r.ref)).filter((ref) => ref.startsWith('%d.fixed'))).toEqual([
      '%d.fixed',
    ]);
  });

  test('slots are named after parameter and slot, and start at zero', () => {
    const slots = stepOf('groups-average-pool').storage.filter((s) => s.kind === 'slot');
    expect(slots.map((s) => s.ref)).toContain('@conv1.kernel.velocity');
    expect(slots.map((s) => s.init)).toEqual(slots.map(() => ({ kind: 'zeros', attrs: {} })));
  });

  test('numbers of the update are inputs where they are read', () => {
    const host = (name: string) => stepOf(name).inputs.flatMap((i) => (i.type.dtype === 'host' ? [i.ref] : []));
    expect(host('mlp')).toEqual(['%update']);
    expect(host('conv-norm-pool-dropout')).toEqual(['%random', '%update', '%updates']);
  });

  test('a layer may be called d', () => {
    const train = ofStage(
      parseGraph(`graph Net train (%x: f32[N,2], %label: i32[N]) {
        param @a.kernel : f32[2,2] = zeros
        param @d.a.kernel : f32[2,3] = zeros
        %a = dense %x @a.kernel _ : f32[N,2]  !a
        %d.a = dense %a @d.a.kernel _ : f32[N,3]  !d.a
        %loss = softmaxCrossEntropy %d.a %label : f32[]
        return loss=%loss
      }`),
      'train',
    );
    const step = differentiate(train, recipe());
    expect(verifyGraph(step)).toEqual([]);
    expectGradients(train, step, valuesFor(step, 1), 3);
  });
});

describe('errors', () => {
  test('an op without a gradient on the way', () => {
    // Stage and law aside: a loss behind a gradient op, as no lowering makes it.
    const train = ofStage(
      parseGraph(`graph Net train (%x: f32[N,2]) {
        param @a.kernel : f32[2,2] = zeros
        %a = dense %x @a.kernel _ : f32[N,2]  !a
        %sum1 = sum %a {axes=[0,1]} : f32[]  !sum1
        return loss=%sum1
      }`),
      'train',
    );
    expect(() => differentiate(train, recipe())).toThrow(NotDifferentiable);
    expect(() => differentiate(train, recipe())).toThrow(
      'no gradient through sum1 (sum): stands only after differentiation',
    );
  });

  test('no loss', () => {
    const train = ofStage(parseGraph('graph Net train (%x: f32[N,2]) {\n  return \n}'), 'train');
    expect(() => differentiate(train, recipe())).toThrow('Net has no output loss to differentiate');
  });
});
