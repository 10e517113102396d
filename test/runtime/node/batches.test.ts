import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  disposeBatch,
  epochBatches,
  prefetched,
  type Samples,
  split,
  stepsPerEpoch,
  take,
} from '../../../src/runtime/batches.ts';
import { chooseBackend } from '../../../src/runtime/node/backend.ts';
import { applying, fitPreprocessing } from '../../../src/runtime/preprocessing.ts';
import { refusal } from './helpers.ts';

beforeAll(() => chooseBackend('cpu'));

const samples: Samples = {
  columns: [
    {
      kind: 'tensor',
      name: 'x',
      dtype: 'float32',
      shape: [2],
      values: Uint8Array.from({ length: 20 }, (_, i) => i),
      preprocessing: { kind: 'minmax', min: 0, max: 10 },
    },
    { kind: 'class', name: 'label', classes: 10, values: Int32Array.from({ length: 10 }, (_, i) => i) },
  ],
  rows: Uint32Array.of(9, 7, 5, 3, 1),
};
const options = { batch: 2, last: 'keep', needsTwoSamples: false, seed: 7 } as const;

async function labelsOf(epoch: number, from = 0, last: 'keep' | 'drop' = 'keep'): Promise<number[][]> {
  const found: number[][] = [];
  for await (const batch of epochBatches(samples, { ...options, last, epoch, from })) {
    found.push([...((await batch.fields.label?.data()) ?? [])]);
    disposeBatch(batch);
  }
  return found;
}

describe('split', () => {
  test('is a function of the seed; both parts together are everything, in order', () => {
    const { train, validation } = split(7, 100, 0.25);
    expect(split(7, 100, 0.25)).toEqual({ train, validation });
    expect(split(8, 100, 0.25).validation).not.toEqual(validation);
    expect(validation).toHaveLength(25);
    expect(train).toEqual(train.toSorted());
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    // As it was when runs were recorded: a change would break resuming them.
    expect([...split(7, 20, 0.25).validation]).toMatchInlineSnapshot(`
      [
        0,
        5,
        13,
        14,
        18,
      ]
    `);
    expect(split(7, 100, 0.29).validation).toHaveLength(29);
    expect(split(7, 100, 0).validation).toHaveLength(0);
  });

  test('takes as many samples as the limit says, a smaller one some of what a larger one takes', async () => {
    const used = (limit: number, share = 0, seed = 7): number[] => {
      const { train, validation } = split(seed, 100, share, limit);
      return [...train, ...validation].sort((a, b) => a - b);
    };
    expect(used(40, 0.25)).toEqual(used(40));
    expect(split(7, 100, 0.25, 40).validation).toHaveLength(10);
    // The same for every seed; what is held out of them is not.
    expect(used(40, 0.25, 8)).toEqual(used(40));
    expect(split(8, 100, 0.25, 40).validation).not.toEqual(split(7, 100, 0.25, 40).validation);
    expect(used(100)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(used(60)).toEqual(expect.arrayContaining(used(40)));
    // Chosen from all of the file: its first samples may be of one class.
    expect(Math.max(...used(20))).toBeGreaterThan(60);
    expect(await refusal(() => split(7, 100, 0, 101))).toMatchInlineSnapshot(`
      "error[NRM5060]: \`limit\` asks for 101 samples to train on, there are 100
        = help: write 100 or less, or leave it out to use all
        = explain: nrmc explain NRM5060"
    `);
  });
});

describe('batches of an epoch', () => {
  test('hold every sample once, in an order of the epoch’s own', async () => {
    const first = await labelsOf(1);
    expect(first.map((b) => b.length)).toEqual([2, 2, 1]);
    expect(first.flat().sort()).toEqual([1, 3, 5, 7, 9]);
    expect(await labelsOf(1)).toEqual(first);
    expect(await labelsOf(2)).not.toEqual(first);
  });

  test('are in the order of the file when they are not shuffled', async () => {
    const ordered: Samples = { ...samples, ordered: true };
    for (const epoch of [1, 2]) {
      const found: number[] = [];
      for await (const batch of epochBatches(ordered, { ...options, epoch, from: 0 })) {
        found.push(...((await batch.fields.label?.data()) ?? []));
        disposeBatch(batch);
      }
      expect(found).toEqual([9, 7, 5, 3, 1]);
    }
  });

  test('are whitened as a whole, and leave no tensor behind', async () => {
    const [x] = samples.columns;
    if (x?.kind !== 'tensor') expect.fail();
    const matrix = Float32Array.of(2, 0, 0, 1);
    const preprocessing = { kind: 'zca', epsilon: 0, mean: Float32Array.of(1, 1), matrix } as const;
    const before = tf.memory().numTensors;
    const batch = take({ ...samples, columns: [{ ...x, preprocessing }] }, [0, 4]);
    expect([...((await batch.fields.x?.data()) ?? [])]).toEqual([34, 18, 2, 2]);
    disposeBatch(batch);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('go on from any place', async () => {
    const all = await labelsOf(3);
    for (let from = 0; from <= 3; from++) expect(await labelsOf(3, from)).toEqual(all.slice(from));
  });

  test('leave the last, smaller one out when it is dropped', async () => {
    expect((await labelsOf(1, 0, 'drop')).map((b) => b.length)).toEqual([2, 2]);
  });

  test('hold preprocessed values and labels as tensors', async () => {
    const { fields, size } = take(samples, [1, 4]);
    expect(size).toBe(2);
    expect(fields.x?.shape).toEqual([2, 2]);
    expect(await fields.x?.data()).toEqual(Float32Array.of(1.4, 1.5, 0.2, 0.3));
    expect([fields.label?.dtype, await fields.label?.data()]).toEqual(['int32', Int32Array.of(7, 1)]);
    expect(Object.keys(take(samples, [0], ['x']).fields)).toEqual(['x']);
  });

  test('leave no tensors behind, also when one stops early', async () => {
    const before = tf.memory().numTensors;
    await labelsOf(1);
    for await (const batch of epochBatches(samples, { ...options, epoch: 1, from: 0 })) {
      disposeBatch(batch);
      break;
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('one item is prefetched, an error comes in its turn, what nobody took is discarded', async () => {
  const log: string[] = [];
  async function* source() {
    for (const item of ['a', 'b', 'c']) {
      log.push(`make ${item}`);
      yield item;
    }
    throw new Error('broken');
  }
  const discard = (item: string) => log.push(`discard ${item}`);
  await expect(async () => {
    for await (const item of prefetched(source(), discard)) log.push(`use ${item}`);
  }).rejects.toThrow('broken');
  expect(log).toEqual(['make a', 'make b', 'use a', 'make c', 'use b', 'use c']);
  log.length = 0;
  for await (const _ of prefetched(source(), discard)) break;
  expect(log).toEqual(['make a', 'make b', 'discard b']);
});

describe('steps of an epoch', () => {
  const keep = { batch: 16, last: 'keep', needsTwoSamples: true } as const;
  test('count the last batch when it is kept', () => {
    expect(stepsPerEpoch(50, keep)).toBe(4);
    expect(stepsPerEpoch(50, { ...keep, last: 'drop' })).toBe(3);
    expect(stepsPerEpoch(5, keep)).toBe(1);
    expect(stepsPerEpoch(49, { ...keep, last: 'drop' })).toBe(3);
    expect(stepsPerEpoch(49, { ...keep, needsTwoSamples: false })).toBe(4);
  });

  test('a last batch of one has no batch statistics', async () => {
    expect(await refusal(() => stepsPerEpoch(49, keep))).toMatchInlineSnapshot(`
      "error[NRM4013]: 49 training samples in batches of 16 leave a last batch of one sample, which has no batch statistics
        = help: \`last: drop\` leaves it out; or choose another \`batch\`
        = explain: nrmc explain NRM4013"
    `);
    expect(await refusal(() => stepsPerEpoch(48, { ...keep, batch: 1 }))).toMatchInlineSnapshot(`
      "error[NRM4013]: batches of one sample have no batch statistics
        = help: use a larger \`batch\`
        = explain: nrmc explain NRM4013"
    `);
  });

  test('too few samples', async () => {
    expect(await refusal(() => stepsPerEpoch(15, { ...keep, last: 'drop' }))).toMatchInlineSnapshot(`
      "error[NRM4011]: 15 samples are left to train on, less than one batch of 16
        = help: use \`batch: 15\` or less, or \`last: keep\`
        = explain: nrmc explain NRM4011"
    `);
    expect(await refusal(() => stepsPerEpoch(0, keep))).toMatchInlineSnapshot(`
      "error[NRM4011]: no samples are left to train on
        = help: use more data, or a smaller \`validation\` share
        = explain: nrmc explain NRM4011"
    `);
  });
});

describe('preprocessing', () => {
  const rows = Uint32Array.of(0, 2);
  const values = Uint8Array.of(10, 20, 200, 250, 30, 60);
  const applied = (by: Parameters<typeof applying>[0], x: Uint8Array | Float32Array | Int32Array): Float32Array => {
    const target = new Float32Array(x.length);
    applying(by)(x, 0, x.length, target, 0);
    return target;
  };

  test('is fitted to the given rows over all values', () => {
    expect(fitPreprocessing('none', values, [2], rows)).toEqual({ kind: 'none' });
    expect(fitPreprocessing('minmax', values, [2], rows)).toEqual({ kind: 'minmax', min: 10, max: 60 });
    expect(fitPreprocessing('standardize', values, [2], rows)).toEqual({
      kind: 'standardize',
      mean: 30,
      std: Math.sqrt(350),
    });
  });

  test('gives the same numbers for bytes, integers and floats', () => {
    for (const kind of ['none', 'minmax', 'standardize'] as const) {
      const by = fitPreprocessing(kind, values, [2], rows);
      const bytes = applied(by, values);
      expect(applied(by, Float32Array.from(values))).toEqual(bytes);
      expect(applied(by, Int32Array.from(values))).toEqual(bytes);
    }
    expect(applied({ kind: 'minmax', min: 10, max: 60 }, values)).toEqual(Float32Array.of(0, 0.2, 3.8, 4.8, 0.4, 1));
  });

  test('makes a constant 0', () => {
    const same = new Uint8Array(6).fill(9);
    for (const kind of ['minmax', 'standardize'] as const) {
      expect(applied(fitPreprocessing(kind, same, [2], rows), same)).toEqual(new Float32Array(6));
    }
  });
});
