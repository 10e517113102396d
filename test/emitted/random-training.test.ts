/** A run with everything that draws: the same by its seed, also after it was stopped; predictions that draw are the same each time. */
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { importTrain, withEmitted } from '../../src/cli/emitted.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { parse } from '../../src/parser/index.ts';
import type { RunConfig } from '../../src/runtime/model.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { randomKey, uniforms } from '../../src/runtime/random.ts';
import { disposeAll } from '../../src/runtime/tensors.ts';
import { type AnyTrain, begin, endRun, type Samples, tensorsOf, train } from '../../src/runtime/training.ts';
import { checkpointTensors } from '../../src/runtime/weights.ts';
import { everyRandom } from './random-specs.ts';

async function withRandom(use: (net: AnyTrain, config: RunConfig) => Promise<void>): Promise<void> {
  const { train: checked } = checkTrain(parse(everyRandom, 'random.nrm').tree, 'net');
  if (checked === null) throw new Error('the spec does not check');
  const compiled = compileTrain(checked, { sampling: true });
  const files = emit(compiled, { source: 'random.nrm', version: 'test', spec: resolvedSpec(checked) });
  await withEmitted(files, async (folder) => {
    const { module, config } = await importTrain(path.join(folder, 'net.train.ts'));
    await use(module, config);
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

  test('stopped after any step and gone on with, it ends with the same bits', () =>
    withRandom(async (net, config) => {
      const whole = begin(net, config.seed);
      await train(net, config, data, whole);
      const wanted = await checkpointTensors(whole.params, whole.state, whole.optimizer);
      for (const stopAt of [1, 3, 4]) {
        const run = begin(net, config.seed);
        let done = 0;
        const first = await train(net, config, data, run, {
          step: () => void done++,
          stopped: () => done === stopAt,
          checkpoint: async () => {},
        });
        expect(first.finished).toBe(false);
        expect((await train(net, config, data, first.run)).finished).toBe(true);
        expect(await checkpointTensors(run.params, run.state, run.optimizer)).toEqual(wanted);
        endRun(run);
      }
      endRun(whole);
    }));

  test('another seed and another update draw something else', () =>
    withRandom(async (net, config) => {
      const { params, state } = net.init(config.seed);
      const optimizer = net.initOptimizer(params);
      const batch = { image: tf.ones([6, 8, 6, 2]), label: tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32') };
      const before = tf.memory().numTensors;
      const valuesOf = (random: { readonly seed: number; readonly update: number }): ReadonlyMap<string, string> => {
        const seen = new Map<string, string>();
        const training = {
          params,
          state,
          optimizer,
          random,
          update: 1,
          updates: 9,
          samples: 40,
          perEpoch: 2,
          plateau: 1,
        };
        net.inspect(training, batch, (layer, value) => void seen.set(layer, value.dataSync().join()));
        return seen;
      };
      const first = valuesOf({ seed: 3, update: 1 });
      expect(valuesOf({ seed: 3, update: 1 })).toEqual(first);
      for (const other of [valuesOf({ seed: 3, update: 2 }), valuesOf({ seed: 4, update: 1 })])
        for (const layer of ['stem.conv1', 'stem.drop1', 'conv1', 'hidden', 'shared', 'again1', 'loss'])
          expect(other.get(layer), layer).not.toBe(first.get(layer));
      // Each application of a shared layer has a mask of its own.
      expect(first.get('again1')).not.toBe(first.get('shared'));
      expect(tf.memory().numTensors).toBe(before);
      disposeAll({ params, state, optimizer, batch });
    }));

  test('predictions draw the same each time unless they are given another key', () =>
    withRandom(async (net, config) => {
      const { params, state } = net.init(config.seed);
      const frozen = net.freeze(params, state);
      const x = tf.ones([5, 8, 6, 2]);
      const bits = (outputs: object): string => {
        const [y] = tensorsOf(outputs, ['dense2']);
        const text = y?.dataSync().join() ?? '';
        y?.dispose();
        return text;
      };
      const first = bits(net.predict(frozen, x));
      expect(bits(net.predict(frozen, x))).toBe(first);
      expect(bits(net.predict(frozen, x, { seed: 3, update: 0 }))).toBe(first);
      expect(bits(net.predict(frozen, x, { seed: 4, update: 0 }))).not.toBe(first);
      expect(bits(net.evaluate(params, state, x, { seed: 4, update: 0 }))).not.toBe(
        bits(net.evaluate(params, state, x)),
      );
      const draw = (update: number): string => bits(net.sample?.(params, state, { seed: 1, update }, x) ?? {});
      expect(draw(5)).toBe(draw(5));
      expect(draw(6)).not.toBe(draw(5));
      disposeAll({ params, state, frozen, x });
    }));
});
