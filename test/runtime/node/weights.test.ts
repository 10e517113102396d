import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { standingOf } from '../../../src/runtime/checkpoint.ts';
import type { WeightMigration } from '../../../src/runtime/model.ts';
import { chooseBackend } from '../../../src/runtime/node/backend.ts';
import { readTensors, writeTensors } from '../../../src/runtime/node/files.ts';
import { loadWeights } from '../../../src/runtime/node/load.ts';
import type { StoredTensor } from '../../../src/runtime/safetensors.ts';
import { loadInto, metadataOf, migrate, trainedUnder, valuesOf } from '../../../src/runtime/weights.ts';
import { refusal, temporary } from './helpers.ts';
import * as toy from './toy.ts';
import { config } from './toy.ts';

beforeAll(() => chooseBackend('cpu'));

const receiver = { network: 'Toy', migrations: [] };
const vector = (...values: number[]): StoredTensor => ({ shape: [values.length], values: Float32Array.from(values) });

async function stored(seed: number): Promise<Map<string, StoredTensor>> {
  const { params, state } = toy.init(seed);
  return new Map([...(await valuesOf(params)), ...(await valuesOf(state))]);
}

describe('loading', () => {
  test('gives a network the values of a file, to the bit', async () => {
    const folder = temporary();
    const file = path.join(folder, 'weights.safetensors');
    writeTensors(file, {
      tensors: await stored(3),
      metadata: metadataOf(config, { image: { kind: 'minmax', min: 0, max: 255 } }),
    });
    const before = tf.memory().numTensors;
    const { params, state, trained } = loadWeights(toy, file);
    expect(tf.memory().numTensors).toBe(before + 3);
    expect(new Map([...(await valuesOf(params)), ...(await valuesOf(state))])).toEqual(await stored(3));
    expect(trained).toEqual({
      spec: config.spec,
      preprocessing: { image: { kind: 'minmax', min: 0, max: 255 } },
      probabilities: { dense: 'softmax' },
    });
  });

  test('all or nothing: every mismatch is listed, nothing is changed', async () => {
    const { params, state } = toy.init(1);
    const before = await valuesOf({ params, state });
    const tensors = await stored(2);
    tensors.set('dense.kernel', { shape: [16, 4], values: new Float32Array(64) });
    tensors.delete('norm.mean');
    tensors.set('norm.variance', vector(1, 2));
    const file = { tensors, metadata: {} };
    expect(await refusal(() => loadInto(params, state, file, 'w.safetensors', receiver))).toMatchInlineSnapshot(`
      "error[NRM5002]: w.safetensors does not fit Toy: 3 mismatches
        dense.kernel: [16, 3] in the network, [16, 4] in the file
        norm.mean: missing; the network has [16]
        norm.variance: [2] in the file, nothing in the network
        = help: nothing was loaded; use the spec and the policy that these weights were trained with
        = explain: nrmc explain NRM5002"
    `);
    expect(await valuesOf({ params, state })).toEqual(before);
  });

  test('a checkpoint serves too: its slots are left aside', async () => {
    const { params, state } = toy.init(1);
    const tensors = (await stored(2)).set('optimizer:dense.kernel.velocity', vector(1));
    loadInto(params, state, { tensors, metadata: {} }, 'w.safetensors', receiver);
    expect(await valuesOf(params)).toEqual(await valuesOf(toy.init(2).params));
  });

  test('a file that is not there', async () => {
    const folder = temporary();
    expect(await refusal(() => readTensors(path.join(folder, 'w.safetensors')), folder)).toMatchInlineSnapshot(`
      "error[NRM5003]: cannot read …/w.safetensors: no such file or directory
        = help: check the path; it is taken relative to the folder you are in
        = explain: nrmc explain NRM5003"
    `);
  });

  test('metadata that nrmc does not write', async () => {
    const of = (metadata: Record<string, string>) => ({ tensors: new Map(), metadata });
    const reason = async (run: () => unknown) => (await refusal(run)).split('\n')[0];
    expect([
      await reason(() => trainedUnder(of({ preprocessing: '{' }), 'w')),
      await reason(() => trainedUnder(of({ preprocessing: '{"x":{"kind":"minmax"}}' }), 'w')),
      await reason(() => loadInto({}, {}, of({ migrations: '[{"kind":"scale"}]' }), 'w', receiver)),
      await reason(() => standingOf(of({}), 'w')),
      await reason(() => standingOf(of({ standing: '{"progress":{}}' }), 'w')),
    ]).toMatchInlineSnapshot(`
      [
        "error[NRM5001]: w is not a safetensors file that can be used: its metadata \`preprocessing\` are not what nrmc writes",
        "error[NRM5001]: w is not a safetensors file that can be used: its metadata \`preprocessing\` are not what nrmc writes",
        "error[NRM5001]: w is not a safetensors file that can be used: its metadata \`migrations\` are not what nrmc writes",
        "error[NRM5001]: w is not a safetensors file that can be used: it is not a checkpoint",
        "error[NRM5001]: w is not a safetensors file that can be used: its metadata \`standing\` are not what nrmc writes",
      ]
    `);
    expect(trainedUnder(of({}), 'w')).toEqual({ spec: null, preprocessing: {}, probabilities: {} });
    // As nrmc 0.1.0 wrote it.
    expect(trainedUnder(of({ output: 'head', probabilities: 'softmax' }), 'w').probabilities).toEqual({
      head: 'softmax',
    });
    expect(trainedUnder(of({ output: 'head', probabilities: '' }), 'w').probabilities).toEqual({});
  });
});

describe('weights trained without a rewrite that the network has', () => {
  const scale: WeightMigration = { kind: 'scale', pass: 'invert-dropout', target: 'dense.kernel', factor: 0.5 };
  const absorb: WeightMigration = {
    kind: 'absorb',
    pass: 'remove-dead-bias',
    target: 'norm.mean',
    source: 'conv.bias',
  };
  const weights = new Map([
    ['dense.kernel', vector(2, 4)],
    ['norm.mean', vector(1, 2)],
    ['conv.bias', vector(10, 20)],
  ]);

  test('are carried over', () => {
    expect(migrate(weights, [], [scale, absorb])).toEqual(
      new Map([
        ['dense.kernel', vector(1, 2)],
        ['norm.mean', vector(-9, -18)],
      ]),
    );
  });

  test('trained with it they are left as they are', () => {
    const trained = new Map([...weights].filter(([name]) => name !== 'conv.bias'));
    expect(migrate(trained, [scale, absorb], [scale, absorb])).toEqual(trained);
  });

  test('what does not fit is left for the list of mismatches', () => {
    const odd = new Map(weights).set('conv.bias', vector(1));
    expect(migrate(odd, [], [absorb]).has('conv.bias')).toBe(true);
  });

  test('the file says what it was trained with', async () => {
    const folder = temporary();
    const file = path.join(folder, 'w.safetensors');
    const halved: WeightMigration = { kind: 'scale', pass: 'invert-dropout', target: 'dense.bias', factor: 0.5 };
    const tensors = (await stored(1)).set('dense.bias', vector(2, 4, 6));
    writeTensors(file, { tensors, metadata: metadataOf(config, {}) });
    expect([...loadWeights(toy, file, [halved]).params.dense.bias.dataSync()]).toEqual([1, 2, 3]);
    writeTensors(file, { tensors, metadata: metadataOf({ ...config, migrations: [halved] }, {}) });
    expect([...loadWeights(toy, file, [halved]).params.dense.bias.dataSync()]).toEqual([2, 4, 6]);
  });
});

test('a place that cannot be written', async () => {
  const folder = temporary();
  writeFileSync(path.join(folder, 'file'), '');
  const target = path.join(folder, 'file/w.safetensors');
  expect(
    await refusal(() => writeTensors(target, { tensors: new Map(), metadata: {} }), folder),
  ).toMatchInlineSnapshot(`
    "error[NRM5103]: cannot write …/file/w.safetensors: it is a file, not a folder
      = help: choose another folder, or free this one
      = explain: nrmc explain NRM5103"
  `);
});
