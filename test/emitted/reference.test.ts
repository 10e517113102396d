/** Emitted code against the float64 evaluation of the graphs it was emitted from: steps, statistics, optimizer slots, both inferences. */
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { importNetwork, withEmitted } from '../../src/cli/emitted.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import type { HostValue } from '../../src/ir/op.ts';
import { parse } from '../../src/parser/index.ts';
import { flattenTensors, randomKey, uniforms } from '../../src/runtime/index.ts';
import type { AnyTrain } from '../../src/runtime/modules.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { cases } from './specs.ts';

/** Everything stored, by ref. */
const storageOf = (graph: Graph, ...nested: object[]): Map<Ref, NdArray> => {
  const tensors = new Map(nested.flatMap((n) => [...flattenTensors(n)]));
  return new Map(
    graph.storage.map((s) => {
      const tensor = tensors.get(s.ref.slice(1));
      if (tensor === undefined) throw new Error(`no ${s.ref} in the emitted module`);
      return [s.ref, ndarray(tensor.shape, tensor.dataSync())];
    }),
  );
};

/** The largest difference, relative to the size of what is compared. */
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  let most = 0;
  let size = 1;
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN)));
    size = Math.max(size, Math.abs(b[i] ?? 0));
  }
  return most / size;
};

const steps = 4;

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  test.each(Object.entries(cases))('%s', async (_, { text, shape, classes }) => {
    const { tree, diagnostics: syntax } = parse(text, 'case.nrm');
    const { train, diagnostics } = checkTrain(tree, 'net');
    expect([...syntax, ...diagnostics].filter((d) => d.severity === 'error').map((d) => d.message)).toEqual([]);
    if (train === null) return;
    const compiled = compileTrain(train, { verify: true });
    const files = emit(compiled, { source: 'case.nrm', version: 'test', spec: resolvedSpec(train) });
    await withEmitted(files, async (folder) => {
      // The module of a train has a step.
      const net = (await importNetwork(path.join(folder, 'net.ts'))) as AnyTrain;
      const { params, state } = net.init(train.seed);
      const optimizer = net.initOptimizer(params);
      const graph = compiled.step.graph;
      const image = tf.randomNormal([6, ...shape], 0, 1, 'float32', 11);
      const label = tf.tensor1d([0, 1, 2, 1, 0, classes - 1], 'int32');
      const before = tf.memory().numTensors;
      let storage: ReadonlyMap<Ref, NdArray> = storageOf(graph, params, state, optimizer);
      for (let update = 1; update <= steps; update++) {
        const random = { seed: train.seed, update };
        const expected = evaluateGraph(graph, {
          inputs: new Map<Ref, NdArray>([
            ['%image', ndarray(image.shape, image.dataSync())],
            ['%label', ndarray(label.shape, label.dataSync())],
          ]),
          storage,
          host: new Map<Ref, HostValue>([
            ['%update', update],
            ['%updates', steps],
            [
              '%random',
              {
                uniform: (stream: string, count: number) =>
                  Float64Array.from(uniforms(randomKey(random.seed, stream, 'mask', update), count)),
              },
            ],
          ]),
        });
        const report = net.step({ params, state, optimizer, random, update, updates: steps }, { image, label });
        expect(difference(report.loss.dataSync(), expected.outputs.get('loss')?.data ?? [])).toBeLessThan(1e-5);
        if (report.penalty !== null)
          expect(difference(report.penalty.dataSync(), expected.outputs.get('penalty')?.data ?? [])).toBeLessThan(1e-5);
        report.loss.dispose();
        report.penalty?.dispose();
        storage = expected.storage;
      }
      expect(tf.memory().numTensors).toBe(before);
      for (const [ref, value] of storageOf(graph, params, state, optimizer)) {
        expect(difference(value.data, storage.get(ref)?.data ?? []), ref).toBeLessThan(1e-4);
      }
      const unfolded = net.evaluate(params, state, image);
      const frozen = net.freeze(params, state);
      const folded = net.predict(frozen, image);
      const meaning = evaluateGraph(compiled.graphs.evaluate, {
        inputs: new Map<Ref, NdArray>([['%image', ndarray(image.shape, image.dataSync())]]),
        storage: storageOf(compiled.graphs.evaluate, params, state),
        host: new Map(),
      });
      const [output] = [...meaning.outputs.values()];
      expect(difference(unfolded.dataSync(), output?.data ?? [])).toBeLessThan(1e-5);
      expect(difference(folded.dataSync(), output?.data ?? [])).toBeLessThan(1e-5);
    });
  });
});
