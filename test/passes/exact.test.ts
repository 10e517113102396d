/**
 * `dropout(…, form: standard, exact: true)`: the train of the rewritten network against that of the network as it is written, without passes,
 * with the same masks: after some updates W' = p·W, and all other weights are the same.
 */
import { describe, expect, test } from 'vitest';
import { checkTrain } from '../../src/check/index.ts';
import type { TrainConfig } from '../../src/check/model.ts';
import { compileTrain } from '../../src/compile.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { map, type NdArray, ndarray } from '../../src/ir/nd.ts';
import type { HostValue } from '../../src/ir/op.ts';
import { lowerModel, lowerTrain, recipeOf } from '../../src/lower/index.ts';
import { parse } from '../../src/parser/index.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { codes } from '../check/support.ts';
import { distance, generator } from './harness.ts';

const spec = (policy: string, optimizer: string): string => `
network Net with P {
  input image: float32[6, 4, 2]
  conv(3, kernel: 3)  act  drop  maxpool(2)
  second: conv(4, kernel: 2)  act
  flatten  drop  drop(dropout(keep: 0.6, form: standard, exact: true))
  head: dense(3)
}
policy P { act: relu  drop: dropout(drop: 0.3, form: standard, exact: true)  ${policy} }
data D { source: idx("d")  fields { image: float32[6, 4, 2]   label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: ${optimizer}  batch: 4  epochs: 1 }
`;

function trainOf(text: string): TrainConfig {
  const { train, diagnostics } = checkTrain(parse(text, 'exact.nrm').tree, 't');
  if (train === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return train;
}

const fill = (shape: readonly number[], seed: number): NdArray =>
  ndarray(
    shape,
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, generator(seed)).map((u) => 2 * u - 1),
  );
const inputs = new Map<Ref, NdArray>([
  ['%image', fill([4, 6, 4, 2], 1)],
  ['%label', ndarray([4], [0, 2, 1, 2])],
]);
const randomOf = (update: number): HostValue => ({
  uniform: (stream, count) =>
    Float64Array.from(
      { length: count },
      generator(97 * update + [...stream].reduce((h, c) => h * 31 + c.charCodeAt(0), 7)),
    ),
});

/** What is stored after some updates from given weights; memory of the optimizer begins as it does. */
function stepped(graph: Graph, weights: ReadonlyMap<Ref, NdArray>, updates: number): ReadonlyMap<Ref, NdArray> {
  let storage: ReadonlyMap<Ref, NdArray> = new Map(
    graph.storage.map(({ ref, kind, type, init }): [Ref, NdArray] => {
      const shape = type.shape.map(Number);
      const start = init.kind === 'constant' ? Number(init.attrs.value) : 0;
      return [ref, kind === 'slot' ? map(fill(shape, 0), () => start) : (weights.get(ref) ?? fill(shape, 0))];
    }),
  );
  for (let update = 1; update <= updates; update++)
    storage = evaluateGraph(graph, {
      inputs,
      storage,
      host: new Map<string, HostValue>([
        ['%update', update],
        ['%updates', updates],
        ['%perEpoch', 2],
        ['%plateau', 1],
        ['%samples', 40],
        ['%random', randomOf(update)],
      ]),
    }).storage;
  return storage;
}

const scales = new Map<Ref, number>([
  ['@second.kernel', 0.7],
  ['@head.kernel', 0.7 * 0.6],
]);

describe('the path of training is the same', () => {
  test.each([
    ['', 'sgd(rate: 0.1)'],
    ['', 'sgd(rate: 0.1, momentum: 0.9, nesterov: true)'],
    ['', 'adam(rate: 0.01, epsilon: 1e-2)'],
    ['', 'adam(rate: 0.01, epsilon: 1e-2, amsgrad: true)'],
    ['', 'adamax(rate: 0.01, epsilon: 1e-2)'],
    ['', 'nadam(rate: 0.01, epsilon: 1e-2)'],
    ['', 'rmsprop(rate: 0.01, epsilon: 1e-2, momentum: 0.5, centered: true)'],
    ['', 'adagrad(rate: 0.05, epsilon: 1e-2)'],
    ['', 'lion(rate: 0.01)'],
    ['kernel { penalty: l2(0.05)  decay: 0.02 }', 'sgd(rate: 0.1)'],
    ['kernel { penalty: l2(0.05, half: true)  decay: 0.02 }', 'adamw(rate: 0.01, epsilon: 1e-2)'],
    [
      'conv.kernel { penalty: l1(0.05) }  dense { penalty: l1_l2(0.01, 0.02)  decay: decoupled(0.01, per: step) }',
      'adam(rate: 0.01)',
    ],
    ['kernel { constraint: max_norm(0.5)  rate_scale: 0.5 }', 'sgd(rate: 0.5)'],
    [
      'dense { constraint: non_neg }  conv { prior: gaussian(sigma: 0.3) }  dense { prior: laplace(scale: 2) }',
      'adam(rate: 0.02)',
    ],
  ])('%s %s', (policy, optimizer) => {
    const train = trainOf(spec(policy, optimizer));
    const written = differentiate(lowerTrain(lowerModel(train.model), train), recipeOf(train));
    const rewritten = compileTrain(train, { verify: true });
    expect(rewritten.migrations.map((m) => [m.target, m.kind === 'scale' ? m.factor : 0])).toEqual([
      ['@second.kernel', 0.7],
      ['@head.kernel', 0.7],
      ['@head.kernel', 0.6],
    ]);
    const weights = new Map(
      written.storage.flatMap(({ ref, kind, type }, i): [Ref, NdArray][] =>
        kind === 'param' ? [[ref, map(fill(type.shape.map(Number), i + 3), (v) => v / 2)]] : [],
      ),
    );
    const scaled = new Map(
      [...weights].map(([ref, w]): [Ref, NdArray] => [ref, map(w, (v) => (scales.get(ref) ?? 1) * v)]),
    );
    const updates = 6;
    const [one, other] = [stepped(written, weights, updates), stepped(rewritten.step.graph, scaled, updates)];
    for (const [ref, before] of weights) {
      const p = scales.get(ref) ?? 1;
      const wanted = one.get(ref);
      if (wanted === undefined) throw new Error(`no ${ref}`);
      expect(
        distance(
          other.get(ref),
          map(wanted, (v) => p * v),
        ),
        ref,
      ).toBeLessThan(1e-11);
      expect(distance(wanted, before), `${ref} moves`).toBeGreaterThan(1e-3);
    }
  });

  test('without `exact` it is another', () => {
    const text = spec('', 'sgd(rate: 0.1)').replaceAll(', exact: true', '');
    const train = trainOf(text);
    const written = differentiate(lowerTrain(lowerModel(train.model), train), recipeOf(train));
    const rewritten = compileTrain(train).step.graph;
    const weights = new Map(
      written.storage.flatMap(({ ref, kind, type }, i): [Ref, NdArray][] =>
        kind === 'param' ? [[ref, fill(type.shape.map(Number), i + 3)]] : [],
      ),
    );
    const scaled = new Map(
      [...weights].map(([ref, w]): [Ref, NdArray] => [ref, map(w, (v) => (scales.get(ref) ?? 1) * v)]),
    );
    const apart = distance(
      stepped(rewritten, scaled, 2).get('@head.bias'),
      stepped(written, weights, 2).get('@head.bias'),
    );
    expect(apart).toBeGreaterThan(1e-4);
  });
});

test.each([
  ['zeros', 'zeros', {}],
  ['ones', 'constant', { value: 0.7 }],
  ['constant(0.5)', 'constant', { value: 0.35 }],
  ['normal(sigma: 0.1)', 'normal', { sigma: 0.07 }],
  ['truncated(sigma: 0.1)', 'truncated', { sigma: 0.07 }],
  ['uniform(limit: 0.1)', 'uniform', { limit: 0.07 }],
  ['orthogonal(gain: 2)', 'orthogonal', { gain: 1.4 }],
  ['glorot', 'uniform', { limit: 0.7 * Math.sqrt(6 / (12 + 16)) }],
  ['glorot_normal', 'normal', { sigma: 0.7 * Math.sqrt(2 / (12 + 16)) }],
  ['kaiming', 'normal', { sigma: 0.7 * Math.sqrt(2 / 12) }],
  ['kaiming_uniform', 'uniform', { limit: 0.7 * Math.sqrt(6 / 12) }],
  ['lecun', 'normal', { sigma: 0.7 * Math.sqrt(1 / 12) }],
  ['lecun_uniform', 'uniform', { limit: 0.7 * Math.sqrt(3 / 12) }],
])('the initial value `%s` is scaled', (init, kind, attrs) => {
  const { graphs } = compileTrain(trainOf(spec(`second { init: ${init} }`, 'sgd(rate: 0.1)')));
  const found = graphs.model.storage.find((s) => s.ref === '@second.kernel')?.init;
  expect(found?.kind).toBe(kind);
  for (const [name, value] of Object.entries(attrs)) expect(found?.attrs[name]).toBeCloseTo(value, 14);
});

test.each([
  ['gradient { clip: global_norm(1) }', 'sgd(rate: 0.1)', ['NRM2336']],
  ['gradient { clip: value(1) }', 'sgd(rate: 0.1)', ['NRM2336']],
  ['', 'adadelta', ['NRM2336']],
  ['second { constraint: unit_norm }', 'sgd(rate: 0.1)', ['NRM2336']],
  ['kernel { constraint: ball(l2: 3) }', 'sgd(rate: 0.1)', ['NRM2336']],
  ['conv[first] { constraint: unit_norm }', 'sgd(rate: 0.1)', []],
  ['', 'sgd(rate: 0.1)', []],
])('%s %s: %j', (policy, optimizer, wanted) => {
  expect([...new Set(codes(spec(policy, optimizer)))].filter((c) => !c.startsWith('NRM6'))).toEqual(wanted);
});

test('inverted dropout has nothing to be exact about', () => {
  expect(codes(spec('', 'sgd(rate: 0.1)').replace('form: standard, exact', 'exact'))).toEqual(['NRM3005']);
});
