/** Every loss in emitted code: a step and `lossOf` against the float64 evaluation, on cpu and wasm; a loss of a project's own module. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import type { TrainConfig } from '../../src/check/model.ts';
import { importNetwork, withEmitted } from '../../src/cli/emitted.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import type { HostValue } from '../../src/ir/op.ts';
import { parse } from '../../src/parser/index.ts';
import { flattenTensors } from '../../src/runtime/index.ts';
import { tensorsOf } from '../../src/runtime/metrics.ts';
import type { AnyTrain } from '../../src/runtime/modules.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { lossSpecs } from './loss-specs.ts';

const samples = 6;

const trainOf = (text: string): TrainConfig & Parameters<typeof resolvedSpec>[0] => {
  const { tree, diagnostics: syntax } = parse(text, 'case.nrm');
  const { train, diagnostics } = checkTrain(tree, 'net');
  const errors = [...syntax, ...diagnostics].filter((d) => d.severity === 'error').map((d) => d.message);
  return train ?? expect.fail(errors.join('\n'));
};

/** Numbers from 0 to 1, which every loss takes, and every class. */
const batchOf = ({ data }: TrainConfig): Readonly<Record<string, tf.Tensor>> =>
  Object.fromEntries(
    data.fields.map((field, i) => [
      field.name,
      field.kind === 'class'
        ? tf.tensor1d(
            Array.from({ length: samples }, (_, n) => (n + i) % field.classes),
            'int32',
          )
        : tf.randomUniform([samples, ...field.shape], 0.05, 1, 'float32', 11 + i),
    ]),
  );

/** The batch as a step gets it: where samples are mixed, classes are shares. */
const mixedOf = ({ losses }: TrainConfig, batch: ReturnType<typeof batchOf>): ReturnType<typeof batchOf> => ({
  ...batch,
  ...Object.fromEntries(
    losses.flatMap(({ target, field, targetType }, i) =>
      field.kind === 'class' && targetType.dtype === 'float32'
        ? [[target, tf.softmax(tf.randomNormal([samples, field.classes], 0, 1, 'float32', 31 + i))] as const]
        : [],
    ),
  ),
});

const array = (t: tf.Tensor): NdArray => ndarray(t.shape, t.dataSync());

/** What a graph reads: of the batch, `%label` or `%label.target`, or what the network gave. */
const inputsOf = (graph: Graph, batch: ReturnType<typeof batchOf>, given: ReadonlyMap<string, tf.Tensor> = new Map()) =>
  new Map(
    graph.inputs.flatMap(({ ref, type }): readonly (readonly [Ref, NdArray])[] => {
      if (type.dtype === 'host') return [];
      const tensor = given.get(ref.slice(1)) ?? batch[ref.slice(1).replace(/\.target(_\d)?$/, '')];
      return [[ref, array(tensor ?? expect.fail(`no field for ${ref}`))]];
    }),
  );

const storageOf = (graph: Graph, ...nested: object[]): Map<Ref, NdArray> => {
  const tensors = new Map(nested.flatMap((n) => [...flattenTensors(n)]));
  return new Map(graph.storage.map((s) => [s.ref, array(tensors.get(s.ref.slice(1)) ?? expect.fail(s.ref))]));
};

const run = { updates: 2, samples: 40, perEpoch: 2, plateau: 1 };
const host = (update: number) =>
  new Map<Ref, HostValue>([['%update', update], ...Object.entries(run).map(([k, v]) => [`%${k}`, v] as [Ref, number])]);

const close = (a: ArrayLike<number>, b: ArrayLike<number>, what: string): void => {
  expect(a.length).toBe(b.length);
  const most = Math.max(...Array.from(a, (v, i) => Math.abs(v - (b[i] ?? Number.NaN)) / Math.max(1, Math.abs(v))));
  expect(most, what).toBeLessThan(1e-4);
};

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  test.each(Object.entries(lossSpecs))('%s', async (_, { text }) => {
    const train = trainOf(text);
    const compiled = compileTrain(train, { verify: true });
    const files = emit(compiled, { source: 'case.nrm', version: 'test', spec: resolvedSpec(train) });
    await withEmitted(files, async (folder) => {
      // The module of a train has a step.
      const net = (await importNetwork(path.join(folder, 'net.ts'))) as AnyTrain;
      const { params, state } = net.init(train.seed);
      const optimizer = net.initOptimizer(params);
      const batch = batchOf(train);
      const mixed = mixedOf(train, batch);
      const before = tf.memory().numTensors;
      const { graph } = compiled.step;
      let storage: ReadonlyMap<Ref, NdArray> = storageOf(graph, params, state, optimizer);
      for (const update of [1, 2]) {
        const expected = evaluateGraph(graph, { inputs: inputsOf(graph, mixed), storage, host: host(update) });
        const training = { params, state, optimizer, random: { seed: 3, update }, update, ...run };
        const report = net.step(training, mixed);
        close(report.loss.dataSync(), expected.outputs.get('loss')?.data ?? [], 'loss');
        tf.dispose([report.loss, ...Object.values(report.losses ?? {})]);
        storage = expected.storage;
      }
      for (const [ref, value] of storageOf(graph, params, state, optimizer))
        close(value.data, storage.get(ref)?.data ?? [], ref);
      const names = train.model.outputs.map((o) => o.name);
      const inputs = train.model.inputs.map((i) => batch[i.name] ?? expect.fail(i.name));
      const outputs = net.evaluate(params, state, ...inputs);
      const given = new Map(tensorsOf(outputs, names).map((t, i) => [names[i] ?? '', t]));
      const { loss, losses = {} } = net.lossOf(outputs, batch);
      const own = compiled.lossOf.graph;
      const meaning = evaluateGraph(own, { inputs: inputsOf(own, batch, given), storage: new Map(), host: new Map() });
      close(loss.dataSync(), meaning.outputs.get('loss')?.data ?? [], 'loss of outputs');
      expect(Object.keys(losses)).toEqual(names.length > 1 ? names : []);
      for (const [name, value] of Object.entries(losses))
        close(value.dataSync(), meaning.outputs.get(`loss.${name}`)?.data ?? [], name);
      tf.dispose([loss, ...Object.values(losses), ...given.values()]);
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([...flattenTensors({ params, state, optimizer }).values(), ...Object.values({ ...batch, ...mixed })]);
    });
  });
});

test('a resolved spec is checked to the same train', () => {
  for (const { text } of Object.values(lossSpecs)) {
    const once = resolvedSpec(trainOf(text));
    expect(resolvedSpec(trainOf(once))).toBe(once);
  }
});

describe('a loss of a module', () => {
  beforeAll(() => chooseBackend('cpu'));
  const module = `
import { mean, mul, scalar, sign, sub, type Tensor } from '@tensorflow/tfjs-core';
export const forward = (p: Tensor, t: Tensor, { share }: { share: number }): Tensor =>
  mul(scalar(share), mean(mul(sub(p, t), sign(sub(p, t)))));
export const backward = (p: Tensor, t: Tensor, { share }: { share: number }): Tensor =>
  mul(scalar(share / p.size), sign(sub(p, t)));
`;
  const text = (loss: string): string => `
extern loss tilted(prediction: float32[...S], target: float32[...S], share = 0.5) from "./tilted.ts"
data Points { source: idx("points")  fields { x: float32[5]  y: float32[3]  z: class(2) } }
network Net { input x: float32[5]  output y: dense(3)  from x  output z: dense(2) }
train net { network: Net  data: Points  loss: ${loss}  optimizer: sgd(rate: 0.1)  batch: 6  epochs: 1  seed: 3 }
`;

  test('trains as the same loss of the language does', async () => {
    const folder = mkdtempSync(path.join(import.meta.dirname, '../../node_modules/.cache/loss-'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'tilted.ts'), module);
    const weights: Float32Array[][] = [];
    for (const loss of ['tilted(share: 1)', 'mean_absolute_error']) {
      const train = trainOf(text(`{ y: ${loss}  z: ${loss} }`));
      const files = emit(compileTrain(train), { source: 'case.nrm', version: 'test', spec: resolvedSpec(train) });
      if (loss.startsWith('tilted')) {
        expect(files[0]?.text).toContain("import * as tilted from './tilted.ts';");
        expect(files[0]?.text).toContain("externLoss(tilted, y, yTarget, { layer: 'tilted', args: { share: 1 } })");
        expect(resolvedSpec(train)).toContain(
          'extern loss tilted(prediction: float32[...S], target: float32[...S], share = 0.5) from "./tilted.ts"',
        );
      }
      await withEmitted(
        files,
        async (place) => {
          const net = (await importNetwork(path.join(place, 'net.ts'))) as AnyTrain;
          const { params, state } = net.init(3);
          const batch = batchOf(train);
          for (const update of [1, 2]) {
            const random = { seed: 3, update };
            net.step({ params, state, optimizer: net.initOptimizer(params), random, update, ...run }, batch);
          }
          weights.push([...flattenTensors(params).values()].map((t) => Float32Array.from(t.dataSync())));
        },
        folder,
      );
    }
    rmSync(folder, { recursive: true });
    weights[0]?.forEach((w, i) => {
      close(w, weights[1]?.[i] ?? [], String(i));
    });
  });
});
