import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { readTensors, writeTensors } from '../../../src/runtime/node/files.ts';
import { type NetworkInfo, type PredictOptions, predictFile } from '../../../src/runtime/node/predict.ts';
import { runTraining } from '../../../src/runtime/node/run.ts';
import type { StoredTensor } from '../../../src/runtime/safetensors.ts';
import { inputSpecs } from '../../../src/runtime/weights.ts';
import { refusal, temporary } from './helpers.ts';
import * as toy from './toy.ts';
import { config, stripes, writeData } from './toy.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);
const network: NetworkInfo = { network: 'Toy', inputs: inputSpecs(config), outputs: ['dense'], migrations: [] };

beforeEach(async () => {
  folder = temporary();
  writeData(path.join(folder, 'data'));
  const source = at('toy.nrm');
  await runTraining(toy, config, { source, backend: 'cpu', quiet: true, run: at('run'), epochs: 1 });
});

function write(name: string, tensors: Readonly<Record<string, StoredTensor>>): void {
  writeTensors(at(name), { tensors: new Map(Object.entries(tensors)), metadata: {} });
}

async function predicted(options: Partial<PredictOptions> = {}): Promise<StoredTensor> {
  const output = at('y.safetensors');
  await predictFile(toy, network, {
    weights: at('run/weights.safetensors'),
    input: at('x.safetensors'),
    output,
    backend: 'cpu',
    ...options,
  });
  const [name, ...more] = readTensors(output).tensors.keys();
  expect([name, more]).toEqual(['dense', []]);
  return readTensors(output).tensors.get('dense') ?? expect.fail();
}

const n = 300;
const { images } = stripes(n, 9);

describe('predicting', () => {
  test('applies the preprocessing of the weights to raw values, of bytes or floats', async () => {
    write('x.safetensors', { image: { shape: [n, 4, 4, 1], values: images } });
    const before = tf.memory().numTensors;
    const bytes = await predicted();
    expect(tf.memory().numTensors).toBe(before);
    expect(bytes.shape).toEqual([n, 3]);
    write('x.safetensors', { image: { shape: [n, 4, 4, 1], values: Float32Array.from(images) } });
    expect(await predicted()).toEqual(bytes);
    const share = stripes(n, 9).labels.reduce((sum, label, i) => {
      const row = [...bytes.values.subarray(3 * i, 3 * i + 3)];
      return sum + (row.indexOf(Math.max(...row)) === label ? 1 : 0) / n;
    }, 0);
    expect(share).toBeGreaterThan(0.9);
  });

  test('folded or not; as outputs or as probabilities', async () => {
    write('x.safetensors', { anything: { shape: [n, 4, 4, 1], values: images } });
    const folded = await predicted();
    const unfolded = await predicted({ fold: false });
    expect(unfolded.values).not.toEqual(folded.values);
    const distances = Array.from(unfolded.values, (value, i) => Math.abs(value - (folded.values[i] ?? Number.NaN)));
    expect(Math.max(...distances)).toBeLessThan(1e-4);
    const { values } = await predicted({ probabilities: true });
    const sums = Array.from(
      { length: n },
      (_, i) => (values[3 * i] ?? 0) + (values[3 * i + 1] ?? 0) + (values[3 * i + 2] ?? 0),
    );
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
  });

  test('a checkpoint serves as weights', async () => {
    write('x.safetensors', { image: { shape: [n, 4, 4, 1], values: images } });
    expect(await predicted({ weights: at('run/checkpoint.safetensors') })).toEqual(await predicted());
  });
});

describe('inputs that do not fit', () => {
  const refused = (options: Partial<PredictOptions> = {}): Promise<string> => refusal(() => predicted(options), folder);
  const shaped = async (...shape: number[]): Promise<string> => {
    write('x.safetensors', { image: { shape, values: new Uint8Array(shape.reduce((a, b) => a * b, 1)) } });
    return refused();
  };

  test('no batch dimension', async () => {
    expect(await shaped(4, 4, 1)).toMatchInlineSnapshot(`
      "error[NRM4015]: …/x.safetensors: \`image\` is [4, 4, 1], the network takes [N, 4, 4, 1]
        = help: the batch dimension is missing: [1, 4, 4, 1] is one sample
        = explain: nrmc explain NRM4015"
    `);
  });

  test('another shape', async () => {
    expect(await shaped(2, 5, 4, 1)).toMatchInlineSnapshot(`
      "error[NRM4015]: …/x.safetensors: \`image\` is [2, 5, 4, 1], the network takes [N, 4, 4, 1]
        = help: the first dimension counts the samples
        = explain: nrmc explain NRM4015"
    `);
    for (const shape of [[], [16], [4, 4], [2, 4, 4, 1, 1]])
      expect(await shaped(...shape)).toMatch(/^error\[NRM4015\]/);
  });

  test('no samples', async () => {
    expect(await shaped(0, 4, 4, 1)).toMatchInlineSnapshot(`
      "error[NRM4015]: …/x.safetensors: \`image\` is [0, 4, 4, 1], the network takes [N, 4, 4, 1]
        = help: there must be at least one sample
        = explain: nrmc explain NRM4015"
    `);
  });

  test('another name among several', async () => {
    const x = { shape: [1, 4, 4, 1], values: new Uint8Array(16) };
    write('x.safetensors', { picture: x, label: x });
    expect(await refused()).toMatchInlineSnapshot(`
      "error[NRM4014]: …/x.safetensors has no tensor \`image\`; it has \`label\`, \`picture\`
        = help: name the tensor after the network's input: \`image\`
        = explain: nrmc explain NRM4014"
    `);
    write('x.safetensors', {});
    expect(await refused()).toMatch(/^error\[NRM4014\]: .*; it is empty\n/);
  });

  test('several inputs with different numbers of samples', async () => {
    const of = (count: number) => ({ shape: [count, 4, 4, 1], values: new Uint8Array(16 * count) });
    write('x.safetensors', { left: of(2), right: of(3) });
    const spec = { dtype: 'float32', shape: [4, 4, 1] } as const;
    const two = {
      ...network,
      inputs: [
        { name: 'left', ...spec },
        { name: 'right', ...spec },
      ],
    };
    const options = { weights: at('run/weights.safetensors'), input: at('x.safetensors'), output: at('y.safetensors') };
    expect(await refusal(() => predictFile(toy, two, options), folder)).toMatchInlineSnapshot(`
      "error[NRM4016]: …/x.safetensors: \`left\` has 2 samples, \`right\` has 3 samples
        = help: the first dimension of all inputs counts the same samples
        = explain: nrmc explain NRM4016"
    `);
  });

  test('files for inputs: of another name, twice, of one that is missing, none for one', async () => {
    const one = { shape: [1, 4, 4, 1], values: new Uint8Array(16) };
    write('a.safetensors', { anything: one });
    write('b.safetensors', { left: one, more: one });
    const spec = { dtype: 'float32', shape: [4, 4, 1] } as const;
    const two = { ...network, inputs: ['left', 'right'].map((name) => ({ name, ...spec })) };
    const of = (...input: readonly (readonly [input: string | null, file: string])[]) =>
      refusal(
        () =>
          predictFile(toy, two, {
            weights: at('run/weights.safetensors'),
            input: input.map(([name, file]) => ({ input: name, file: at(file) })),
            output: at('y.safetensors'),
          }),
        folder,
      );
    expect(
      [
        await of(['left', 'a.safetensors'], ['rigth', 'a.safetensors']),
        await of(['left', 'a.safetensors'], ['left', 'b.safetensors']),
        await of(['left', 'b.safetensors'], ['right', 'b.safetensors']),
        await of(['left', 'a.safetensors']),
        await of([null, 'b.safetensors'], [null, 'a.safetensors']),
      ].map((text) => text.split('\n')[0]),
    ).toEqual([
      'error[NRM4019]: the network has no input `rigth`; it has `left`, `right`',
      'error[NRM4019]: input `left` is given twice',
      'error[NRM4014]: …/b.safetensors has no tensor `right`; it has `left`, `more`',
      'error[NRM4014]: no file is given for input `right`',
      'error[NRM4014]: …/b.safetensors, …/a.safetensors has no tensor `right`; it has `left`, `more`, `anything`',
    ]);
  });

  test('several inputs, called otherwise than in training', async () => {
    const one = { shape: [1, 4, 4, 1], values: new Uint8Array(16) };
    write('x.safetensors', { left: one, right: one });
    const spec = { dtype: 'float32', shape: [4, 4, 1] } as const;
    const two = { ...network, inputs: ['left', 'right'].map((name) => ({ name, ...spec })) };
    const options = { weights: at('run/weights.safetensors'), input: at('x.safetensors'), output: at('y.safetensors') };
    expect(await refusal(() => predictFile(toy, two, options), folder)).toMatchInlineSnapshot(`
      "error[NRM5005]: …/run/weights.safetensors was trained on \`image\`, the network has \`left\`, \`right\`
        = help: preprocessing is stored by input: name the inputs of the network as they were when it was trained
        = explain: nrmc explain NRM5005"
    `);
  });

  test('not a safetensors file; every prefix of one', async () => {
    write('x.safetensors', { image: { shape: [1, 4, 4, 1], values: new Uint8Array(16) } });
    expect(await refused({ weights: at('data/stripes/t10k-labels-idx1-ubyte') })).toMatch(/^error\[NRM5001\]/);
    writeFileSync(at('x.safetensors'), 'nonsense');
    expect(await refused()).toMatch(/^error\[NRM5001\]/);
  });

  test('probabilities of weights that do not say which', async () => {
    const { tensors } = readTensors(at('run/weights.safetensors'));
    writeTensors(at('foreign.safetensors'), { tensors, metadata: {} });
    write('x.safetensors', { image: { shape: [1, 4, 4, 1], values: new Uint8Array(16) } });
    expect((await predicted({ weights: at('foreign.safetensors') })).shape).toEqual([1, 3]);
    expect(await refused({ weights: at('foreign.safetensors'), probabilities: true })).toMatchInlineSnapshot(`
      "error[NRM5004]: …/foreign.safetensors does not say which loss output \`dense\` was trained with, so it has no probabilities
        = help: leave \`--probabilities\` out, or use weights written by \`nrmc train\`
        = explain: nrmc explain NRM5004"
    `);
  });
});
