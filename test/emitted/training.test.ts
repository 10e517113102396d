/** The training loop around an emitted module of two inputs and two outputs, on data in memory. */
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
import {
  type AnyTrain,
  begin,
  type Column,
  type EpochReport,
  endRun,
  lossesOf,
  metadataOf,
  metricsOf,
  NrmcError,
  type Samples,
  type StepReport,
  train,
  trainedUnder,
} from '../../src/runtime/training.ts';
import { scenes } from './specs.ts';

async function withScenes(use: (net: AnyTrain, config: RunConfig) => Promise<void>): Promise<void> {
  const { train: checked } = checkTrain(parse(scenes, 'scenes.nrm').tree, 'net');
  if (checked === null) throw new Error('the spec does not check');
  const files = emit(compileTrain(checked), { source: 'scenes.nrm', version: 'test', spec: resolvedSpec(checked) });
  await withEmitted(files, async (folder) => {
    const { module, config } = await importTrain(path.join(folder, 'net.train.ts'));
    await use(module, { ...config, epochs: 2 });
  });
}

/** Pictures whose upper part says the form and whose depth says the label. */
function samplesOf(n: number, salt: number, depthScale = 1): Samples {
  const noise = uniforms(randomKey(salt, 'noise', 'initial'), 96 * n);
  const form = Int32Array.from({ length: n }, (_, i) => (i * 7 + salt) % 3);
  const label = Int32Array.from({ length: n }, (_, i) => (i * 5 + salt) % 4);
  const picture = (name: string, classes: Int32Array, from: number, scale: number): Column => ({
    kind: 'tensor',
    name,
    dtype: 'float32',
    shape: [8, 6, 1],
    values: Float32Array.from({ length: 48 * n }, (_, i) => {
      const bright = Math.floor((i % 48) / 12) === classes[Math.floor(i / 48)];
      return scale * ((noise[from + i] ?? 0) + (bright ? 2 : 0));
    }),
    preprocessing: { kind: 'none' },
  });
  return {
    columns: [
      picture('image', form, 0, 1),
      picture('depth', label, 48 * n, depthScale),
      { kind: 'class', name: 'form', classes: 3, values: form },
      { kind: 'class', name: 'label', classes: 4, values: label },
    ],
    rows: Uint32Array.from({ length: n }, (_, i) => i),
  };
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  test('each output has its loss and its metric, step by step and by epoch', () =>
    withScenes(async (net, config) => {
      const before = tf.memory().numTensors;
      const run = begin(net, config.seed);
      const steps: StepReport[] = [];
      const epochs: EpochReport[] = [];
      const data = { train: samplesOf(60, 1), validation: samplesOf(20, 2) };
      const { finished } = await train(net, config, data, run, {
        step: (report) => steps.push(report),
        epoch: (report) => epochs.push(report),
      });
      expect(finished).toBe(true);
      for (const { loss, losses } of steps) {
        expect(Object.keys(losses)).toEqual(['form', 'label']);
        expect((losses.form ?? 0) + (losses.label ?? 0)).toBeCloseTo(loss, 5);
      }
      const [, last] = epochs;
      // Means over samples: the last batch of an epoch is smaller.
      const sum = steps.slice(8).reduce((total, { losses }, i) => total + (losses.form ?? 0) * (i < 7 ? 8 : 4), 0);
      expect(last?.losses.form).toBeCloseTo(sum / 60, 10);
      const validation = last?.validation ?? expect.fail();
      expect(Object.keys(metricsOf(validation))).toEqual(['form_accuracy', 'label_accuracy']);
      const each = lossesOf(validation);
      expect((each.form ?? 0) + (each.label ?? 0)).toBeCloseTo(validation.loss, 12);
      endRun(run);
      expect(tf.memory().numTensors).toBe(before);
    }));

  // Where NaN is less than 0, as on wasm, an activation hides it from the loss.
  test.runIf(backend === 'cpu')('what is not finite is found in the second application of a shared layer', () =>
    withScenes(async (net, config) => {
      const run = begin(net, config.seed);
      const data = { train: samplesOf(60, 1, 1.1e38), validation: null };
      const error = await train(net, config, data, run).then(
        () => expect.fail('nothing was found'),
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(NrmcError);
      expect(error instanceof NrmcError && error.message).toBe(
        'the loss of update 1 is NaN, of `form` NaN and `label` NaN: `again1.conv1` is the first layer that is not finite',
      );
      endRun(run);
    }),
  );
});

test('weights carry what each output means', () =>
  withScenes(async (_, config) => {
    const metadata = metadataOf(config, {});
    const read = (changed: object) => trainedUnder({ tensors: new Map(), metadata: { ...metadata, ...changed } }, 'w');
    expect(read({}).probabilities).toEqual({ form: 'softmax', label: 'softmax' });
    expect(read({ probabilities: '{"form":null}' }).probabilities).toEqual({ form: null });
    expect(() => read({ probabilities: '{"form":"soft"}' })).toThrow('probabilities');
  }));
