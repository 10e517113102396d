/** Emitted code against the float64 evaluation of the graphs it was emitted from: steps, statistics, optimizer slots, both inferences. */
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
import { flattenTensors, randomKey, uniforms } from '../../src/runtime/index.ts';
import { tensorsOf } from '../../src/runtime/metrics.ts';
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

const samples = 6;

/** A batch for a train: random numbers, and labels that reach from the first class to the last. */
const batchOf = ({ data }: TrainConfig): Readonly<Record<string, tf.Tensor>> =>
  Object.fromEntries(
    data.fields.map((field, i) => [
      field.name,
      field.kind === 'class'
        ? tf.tensor1d(
            [0, 1, 2, 1, 0, 5].map((label) => Math.min(label + (i % 2), field.classes - 1)),
            'int32',
          )
        : tf.randomNormal([samples, ...field.shape], 0, 1, 'float32', 11 + i),
    ]),
  );

/** What of the batch a graph reads: `%label`, or `%label.target`. */
const inputsOf = (graph: Graph, batch: ReturnType<typeof batchOf>): Map<Ref, NdArray> =>
  new Map(
    graph.inputs.flatMap(({ ref, type }) => {
      if (type.dtype === 'host') return [];
      const tensor = batch[ref.slice(1).replace(/\.target$/, '')];
      if (tensor === undefined) throw new Error(`no field for ${ref}`);
      return [[ref, ndarray(tensor.shape, tensor.dataSync())] as const];
    }),
  );

const randomOf = (seed: number, update: number): HostValue => ({
  uniform: (stream: string, count: number) =>
    Float64Array.from(uniforms(randomKey(seed, stream, 'mask', update), count)),
});

const steps = 4;
/** How long a run is, for its schedule. */
const run = { updates: steps, samples: 40, perEpoch: 2, plateau: 0.25, share: 0.5 };

/** Statistics of the population over two batches, the second of which is the first with other numbers. */
function measured(
  net: AnyTrain,
  graph: Graph,
  stored: { readonly params: object; readonly state: object; readonly optimizer: object },
  batch: ReturnType<typeof batchOf>,
): void {
  const { params, state, optimizer } = stored;
  let storage: ReadonlyMap<Ref, NdArray> = storageOf(graph, params, state);
  for (const batches of [1, 2]) {
    const shown = Object.fromEntries(
      Object.entries(batch).map(([name, t]) => [name, t.dtype === 'float32' ? tf.mul(t, batches) : t.clone()]),
    );
    const before = tf.memory().numTensors;
    const training = { params, state, optimizer, random: { seed: 0, update: 1 }, update: 1, ...run };
    net.measure?.(training, shown, batches);
    expect(tf.memory().numTensors).toBe(before);
    const host = new Map<Ref, HostValue>([['%batches', batches]]);
    storage = evaluateGraph(graph, { inputs: inputsOf(graph, shown), storage, host }).storage;
    tf.dispose(shown);
  }
  for (const [ref, value] of storageOf(graph, params, state))
    expect(difference(value.data, storage.get(ref)?.data ?? []), ref).toBeLessThan(1e-4);
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  test.each(Object.entries(cases))('%s', async (_, { text }) => {
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
      const batch = batchOf(train);
      const before = tf.memory().numTensors;
      let storage: ReadonlyMap<Ref, NdArray> = storageOf(graph, params, state, optimizer);
      for (let update = 1; update <= steps; update++) {
        const random = { seed: train.seed, update };
        const host = new Map<Ref, HostValue>([
          ['%update', update],
          ['%updates', steps],
          ['%samples', 40],
          ['%perEpoch', 2],
          ['%plateau', 0.25],
          ['%share', 0.5],
          ['%random', randomOf(random.seed, update)],
        ]);
        const expected = evaluateGraph(graph, { inputs: inputsOf(graph, batch), storage, host });
        const training = { params, state, optimizer, random, update, ...run };
        const seen: string[] = [];
        net.inspect(training, batch, (layer) => void seen.push(layer));
        // Every value of the network once, in order, and the loss at the end.
        expect(seen).toEqual([...train.model.layers.map((l) => l.path), 'loss']);
        expect(tf.memory().numTensors).toBe(before);
        const report = net.step(training, batch);
        const reported = new Map([
          ['loss', report.loss],
          ...Object.entries(report.losses ?? {}).map(([output, value]) => [`loss.${output}`, value] as const),
          ...(report.penalty === null ? [] : [['penalty', report.penalty] as const]),
          ...Object.entries(report.penalties ?? {}).map(([rule, value]) => [`penalty.${rule}`, value] as const),
        ]);
        expect([...reported.keys()].sort()).toEqual([...expected.outputs.keys()].sort());
        for (const [name, value] of reported) {
          expect(difference(value.dataSync(), expected.outputs.get(name)?.data ?? []), name).toBeLessThan(1e-5);
          value.dispose();
        }
        storage = expected.storage;
        // Gradients that are accumulated make an update of two batches here.
        if (compiled.update !== null && update % 2 === 0) {
          const after = evaluateGraph(compiled.update.graph, { inputs: new Map(), storage, host });
          const penalty = net.applyUpdate?.(training).penalty ?? null;
          expect(difference(penalty?.dataSync() ?? [], after.outputs.get('penalty')?.data ?? [])).toBeLessThan(1e-5);
          penalty?.dispose();
          storage = after.storage;
        }
      }
      expect(tf.memory().numTensors).toBe(before);
      for (const [ref, value] of storageOf(graph, params, state, optimizer)) {
        expect(difference(value.data, storage.get(ref)?.data ?? []), ref).toBeLessThan(1e-4);
      }
      if (compiled.measure !== null) measured(net, compiled.measure.graph, { params, state, optimizer }, batch);
      const inputs = train.model.inputs.map(({ name }) => batch[name] ?? expect.fail());
      const outputs = train.model.outputs.map((o) => o.name);
      const unfolded = tensorsOf(net.evaluate(params, state, ...inputs), outputs);
      const frozen = net.freeze(params, state);
      const folded = tensorsOf(net.predict(frozen, ...inputs), outputs);
      const meaning = evaluateGraph(compiled.graphs.evaluate, {
        inputs: inputsOf(compiled.graphs.evaluate, batch),
        storage: storageOf(compiled.graphs.evaluate, params, state),
        // What predictions draw by when they are told nothing.
        host: new Map<Ref, HostValue>([['%random', randomOf(train.seed, 0)]]),
      });
      for (const [i, name] of outputs.entries()) {
        const wanted = meaning.outputs.get(name)?.data ?? [];
        expect(difference(unfolded[i]?.dataSync() ?? [], wanted), name).toBeLessThan(1e-5);
        expect(difference(folded[i]?.dataSync() ?? [], wanted), name).toBeLessThan(1e-5);
      }
    });
  });
});
