/** Trains with every optimizer and every schedule: stopped, stored as a checkpoint and gone on with, they end with the same bits. */
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { importTrain, withEmitted } from '../../src/cli/emitted.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { parse } from '../../src/parser/index.ts';
import { checkpointFile, standingOf } from '../../src/runtime/checkpoint.ts';
import type { RunConfig } from '../../src/runtime/model.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { randomKey, uniforms } from '../../src/runtime/random.ts';
import {
  type AnyTrain,
  begin,
  decodeSafetensors,
  encodeSafetensors,
  endRun,
  loadCheckpoint,
  type Run,
  type Samples,
  train,
  valuesOf,
} from '../../src/runtime/training.ts';
import { updateCases } from './update-specs.ts';

async function withTrain(text: string, use: (net: AnyTrain, config: RunConfig) => Promise<void>): Promise<void> {
  const { train: checked, diagnostics } = checkTrain(parse(text, 'case.nrm').tree, 'net');
  if (checked === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  const files = emit(compileTrain(checked), { source: 'case.nrm', version: 'test', spec: resolvedSpec(checked) });
  await withEmitted(files, async (folder) => {
    const { module, config } = await importTrain(path.join(folder, 'net.train.ts'));
    await use(module, config);
  });
}

function samplesOf(n: number, salt: number): Samples {
  const noise = uniforms(randomKey(salt, 'noise', 'initial'), 16 * n);
  const label = Int32Array.from({ length: n }, (_, i) => (i * 7 + salt) % 3);
  const values = Float32Array.from(noise, (v, i) => v + ((i % 16) >> 2 === label[i >> 4] ? 1 : 0));
  return {
    columns: [
      { kind: 'tensor', name: 'image', dtype: 'float32', shape: [4, 4, 1], values, preprocessing: { kind: 'none' } },
      { kind: 'class', name: 'label', classes: 3, values: label },
    ],
    rows: Uint32Array.from({ length: n }, (_, i) => i),
  };
}

const data = { train: samplesOf(20, 1), validation: samplesOf(6, 2) };

/** Weights and everything that the optimizer keeps. */
const bytesOf = async ({ params, state, optimizer }: Run): Promise<Readonly<Record<string, readonly number[]>>> =>
  Object.fromEntries(
    [...(await valuesOf({ params, state, optimizer }))].map(([name, { values }]) => [name, [...values]]),
  );

beforeAll(() => chooseBackend('wasm'));

test.each(Object.entries(updateCases))('%s', (_, { text }) =>
  withTrain(text, async (net, config) => {
    const before = tf.memory().numTensors;
    const whole = await train(net, config, data, begin(net, config.seed));
    expect(whole.run.progress.update).toBe(12);
    const expected = await bytesOf(whole.run);

    // In the middle of an epoch, and at the end of one.
    for (const stopAt of [3, 8]) {
      const first = begin(net, config.seed);
      let done = 0;
      const stopped = await train(net, config, data, first, {
        step: () => void done++,
        stopped: () => done === stopAt,
      });
      expect(stopped.finished).toBe(false);
      const bytes = encodeSafetensors(await checkpointFile(stopped.run, { history: 0, best: null }, {}));
      endRun(stopped.run);

      const fresh = begin(net, config.seed + 1);
      const file = decodeSafetensors(bytes, 'checkpoint');
      const { progress } = standingOf(file, 'checkpoint');
      loadCheckpoint(fresh, file, 'checkpoint', 'Net');
      const rest = await train(net, config, data, { ...fresh, progress });
      expect(rest.finished).toBe(true);
      expect(await bytesOf(rest.run), `stopped after ${stopAt}`).toEqual(expected);
      endRun(rest.run);
    }
    endRun(whole.run);
    expect(tf.memory().numTensors).toBe(before);
  }),
);

test('a plateau lowers the rate of the updates after it', () =>
  withTrain(updateCases[Object.keys(updateCases).at(-1) ?? '']?.text ?? '', async (net, config) => {
    const seen: number[] = [];
    const watched: AnyTrain = {
      ...net,
      step(training, batch) {
        seen.push(training.plateau);
        return net.step(training, batch);
      },
    };
    const { run } = await train(watched, config, data, begin(net, config.seed));
    // No loss falls by 1: the first epoch sets the mark, and each one after it is a plateau.
    expect(seen.map((factor) => Number(factor.toPrecision(6)))).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1]);
    endRun(run);
  }));

test('a run that is shorter than its schedule is refused before its first update', () =>
  withTrain(updateCases[Object.keys(updateCases)[0] ?? '']?.text ?? '', async (net, config) => {
    const long = {
      ...config,
      schedule: { name: 'step', per: 'update', spans: [{ argument: 'every', count: 12, past: true }] },
    } as const;
    let updates = 0;
    const run = begin(net, config.seed);
    await expect(train(net, long, data, run, { step: () => void updates++ })).rejects.toThrow(
      '`every` of schedule `step` is 12 updates, and the run makes 12 updates (3 epochs of 4)',
    );
    expect(updates).toBe(0);
    endRun(run);
  }));
