/** Emitted `probe` against the float64 evaluation of its graph, and looking into training while it goes on. */
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { importTrain, withEmitted } from '../../src/cli/emitted.ts';
import type { CompiledTrain } from '../../src/codegen/programs.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import { parse } from '../../src/parser/index.ts';
import { probeOf } from '../../src/runtime/inspection.ts';
import type { RunConfig } from '../../src/runtime/model.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { randomKey, uniforms } from '../../src/runtime/random.ts';
import { flattenTensors } from '../../src/runtime/tensors.ts';
import { type AnyTrain, begin, endRun, type InspectReport, type Samples, train } from '../../src/runtime/training.ts';

/** A network with a path around a block, so that gradients are passed on unchanged and added; and what else is probed apart. */
const spec = (policy: string, settings: string) => `
data Pictures { source: idx("pictures")   fields { image: float32[8, 6, 2]   label: class(3) } }
network Net with P {
  input image: float32[8, 6, 2]
  conv(4, kernel: 3)  norm  front: act
  sum { | conv(4, kernel: 3) norm act | identity }
  flatten
  dense(12)  hidden: act  drop
  classifier: dense(3)
}
policy P { ${policy} }
train net {
  network: Net  policy: P  data: Pictures  loss: cross_entropy
  batch: 6  epochs: 3  seed: 3  ${settings}
}
`;

const cases = {
  'relu, with everything that is added to gradients': spec(
    'act: relu  norm: batch  drop: dropout(drop: 0.3)  conv, dense { penalty: l2(1e-2) }  gradient { clip: global_norm(0.1) }',
    'optimizer: adam(rate: 1e-2)',
  ),
  'tanh, gradients of several batches': spec('act: tanh', 'optimizer: sgd(rate: 0.05, momentum: 0.9)  accumulate: 2'),
  sigmoid: spec('act: sigmoid  hidden { act: relu6 }', 'optimizer: sgd(rate: 0.1)'),
} as const;

async function emitted(
  text: string,
  use: (net: AnyTrain, compiled: CompiledTrain, config: RunConfig) => Promise<void> | void,
): Promise<void> {
  const { train: checked, diagnostics } = checkTrain(parse(text, 'net.nrm').tree, 'net');
  if (checked === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  const compiled = compileTrain(checked, { probing: true });
  const files = emit(compiled, { source: 'net.nrm', version: 'test', spec: resolvedSpec(checked) });
  await withEmitted(files, async (folder) => {
    const { module, config } = await importTrain(path.join(folder, 'net.train.ts'));
    await use(module, compiled, config);
  });
}

const samples: Samples = {
  columns: [
    {
      kind: 'tensor',
      name: 'image',
      dtype: 'float32',
      shape: [8, 6, 2],
      values: uniforms(randomKey(1, 'noise', 'initial'), 26 * 96),
      preprocessing: { kind: 'none' },
    },
    { kind: 'class', name: 'label', classes: 3, values: Int32Array.from({ length: 26 }, (_, i) => (i * 7) % 3) },
  ],
  rows: Uint32Array.from({ length: 26 }, (_, i) => i),
};
const data = { train: samples, validation: null };

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  test.each(Object.entries(cases))('%s: what is seen is what the graph says', (_, text) =>
    emitted(text, (net, { probe }, { seed }) => {
      if (probe === null) throw new Error('it was asked for');
      const { params, state } = net.init(seed);
      const optimizer = net.initOptimizer(params);
      const image = tf.randomNormal([6, 8, 6, 2], 0, 1, 'float32', 5);
      const label = tf.tensor1d([0, 1, 2, 1, 0, 2], 'int32');
      const numbers = { update: 1, updates: 4, samples: 26, perEpoch: 2, plateau: 1 };
      const training = { params, state, optimizer, random: { seed, update: 1 }, ...numbers };
      const before = tf.memory().numTensors;
      const seen = new Map<string, readonly number[]>();
      const note =
        (of: string) =>
        (name: string, value: tf.Tensor): void => {
          seen.set(`${of} ${name}`, [...value.dataSync()]);
        };
      probeOf(net)(
        training,
        { image, label },
        { value: note('value'), gradient: note('gradient'), parameter: note('parameter') },
      );
      expect(tf.memory().numTensors).toBe(before);

      const { graph } = probe.program;
      const storage = new Map<Ref, NdArray>(
        [...flattenTensors(params), ...flattenTensors(state)].map(([name, t]) => [
          `@${name}`,
          ndarray(t.shape, t.dataSync()),
        ]),
      );
      const uniform = (stream: string, count: number): Float64Array =>
        Float64Array.from(uniforms(randomKey(seed, stream, 'mask', 1), count));
      const found = evaluateGraph(
        { ...graph, outputs: probe.probed.map(({ of, name, ref }) => ({ name: `${of} ${name}`, ref })) },
        {
          inputs: new Map<Ref, NdArray>([
            ['%image', ndarray(image.shape, image.dataSync())],
            ['%label', ndarray(label.shape, label.dataSync())],
          ]),
          storage,
          host: new Map([['%random', { uniform }]]),
        },
      ).outputs;
      expect([...seen.keys()].sort()).toEqual([...found.keys()].sort());
      for (const [name, values] of seen) {
        const expected = found.get(name)?.data ?? [];
        const size = Math.max(1e-3, ...[...expected].map(Math.abs));
        expect(values.length, name).toBe(expected.length);
        const most = Math.max(...values.map((v, i) => Math.abs(v - (expected[i] ?? Number.NaN))));
        expect(most / size, name).toBeLessThan(1e-4);
      }
    }),
  );
});

describe('while training goes on', () => {
  beforeAll(() => chooseBackend('wasm'));

  /** Trains to the end, stopped after each of these steps and gone on with. */
  async function looked(
    net: AnyTrain,
    config: RunConfig,
    every: number | null,
    stops: readonly number[] = [],
  ): Promise<readonly InspectReport[]> {
    const seen: InspectReport[] = [];
    let run = begin(net, config.seed);
    let steps = 0;
    for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
      const result = await train(net, { ...config, inspect: { every } }, data, run, {
        step: () => void steps++,
        stopped: () => steps === stop,
        inspect: (report) => void seen.push(report),
      });
      run = result.run;
    }
    endRun(run);
    return seen;
  }

  const [[, first], [, accumulating]] = Object.entries(cases) as [[string, string], [string, string]];

  test('before the first update and after each epoch', () =>
    emitted(first, async (net, _, config) => {
      const seen = await looked(net, config, null);
      expect(seen.map((s) => [s.epoch, s.update])).toEqual([
        [1, 0],
        [1, 5],
        [2, 10],
        [3, 15],
      ]);
      expect(new Set(seen.map((s) => s.samples))).toEqual(new Set([6]));
      const kernel = (i: number) => seen[i]?.parameters['classifier.kernel'];
      expect(kernel(0)?.moved).toBeNull();
      expect(kernel(1)?.moved).toBeGreaterThan(0);
      expect(kernel(1)?.norm).not.toBe(kernel(0)?.norm);
      expect(seen[0]?.layers.front).toMatchObject({ units: 4, dead: expect.any(Number) });
      expect(seen[0]?.layers.classifier).not.toHaveProperty('dead');
    }));

  test('or after every so many updates; stopped anywhere and gone on with it is the same', () =>
    emitted(first, async (net, _, config) => {
      const whole = await looked(net, config, 4);
      expect(whole.map((s) => s.update)).toEqual([0, 4, 8, 12]);
      for (const stops of [[1], [4], [5, 8, 9]]) expect(await looked(net, config, 4, stops)).toEqual(whole);
    }));

  test('updates are counted where several batches make one', () =>
    emitted(accumulating, async (net, _, config) => {
      const whole = await looked(net, config, 2);
      expect(whole.map((s) => s.update)).toEqual([0, 2, 4, 6, 8]);
      expect(whole[1]?.parameters['classifier.kernel']?.moved).toBeGreaterThan(0);
      expect(await looked(net, config, 2, [3, 4])).toEqual(whole);
    }));

  test('nothing is left behind, and the weights are those of a run that nobody looked into', () =>
    emitted(first, async (net, _, config) => {
      const endOf = async (inspect: object): Promise<readonly number[]> => {
        const run = begin(net, config.seed);
        const before = tf.memory().numTensors;
        await train(net, { ...config, ...inspect }, data, run);
        expect(tf.memory().numTensors).toBe(before);
        const values = [...flattenTensors(run.params).values()].flatMap((t) => [...t.dataSync()]);
        endRun(run);
        return values;
      };
      expect(await endOf({ inspect: { every: 1 } })).toEqual(await endOf({}));
    }));
});
