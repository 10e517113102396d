/**
 * The random numbers: the generator's published answers, independence of streams, distributions, sameness on every
 * backend.
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  dropout,
  glorotNormal,
  glorotUniform,
  kaimingNormal,
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  normal,
  orthogonal,
  permutation,
  randomKey,
  splitOrder,
  truncatedNormal,
  uniform,
  uniforms,
} from '../../src/runtime/index.ts';
import { normalQuantile } from '../../src/runtime/normal-quantile.ts';
import { fnv1a, normals, philox } from '../../src/runtime/random.ts';

describe('philox 4×32-10', () => {
  // Random123's kat_vectors.
  const f = 0xffffffff;
  test.each([
    ['zeros', [0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    ['ones', [f, f, f, f], [f, f], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
    [
      'digits of π',
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('known answer: %s', (_, counter, key, expected) => {
    const out = new Uint32Array(4);
    philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out, 0);
    expect([...out]).toEqual(expected);
  });

  test('elements are words of successive blocks', () => {
    const block = new Uint32Array(4);
    philox(1, 7, 0, 0, 3, fnv1a('drop1'), block, 0);
    const u = uniforms(randomKey(3, 'drop1', 'mask', 7), 7);
    expect([...u.subarray(4)]).toEqual([...block.subarray(0, 3)].map((word) => (word >>> 8) / 2 ** 24));
  });
});

test('fnv-1a, by its published values', () => {
  expect([fnv1a(''), fnv1a('a'), fnv1a('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

test('streams differ by seed, name, update and purpose', () => {
  const keys = [
    randomKey(0, 'a', 'mask', 1),
    randomKey(1, 'a', 'mask', 1),
    randomKey(0, 'b', 'mask', 1),
    randomKey(0, 'a', 'mask', 2),
    randomKey(0, 'a', 'initial', 1),
  ];
  const firsts = keys.map((key) => [...uniforms(key, 4)].join());
  expect(new Set(firsts).size).toBe(keys.length);
  expect([...uniforms(randomKey(0, 'a', 'mask', 1), 3)].join()).toBe(firsts[0]?.split(',').slice(0, 3).join());
});

test('uniform and normal moments', () => {
  const n = 100_000;
  const mean = (x: Float32Array, f: (v: number) => number): number => x.reduce((sum, v) => sum + f(v), 0) / n;
  const u = uniforms(randomKey(5, 'u', 'initial'), n);
  expect(u.every((v) => v >= 0 && v < 1)).toBe(true);
  expect(mean(u, (v) => v)).toBeCloseTo(0.5, 2);
  expect(mean(u, (v) => (v - 0.5) ** 2)).toBeCloseTo(1 / 12, 3);
  const z = normals(randomKey(5, 'z', 'initial'), n);
  expect(z.every(Number.isFinite)).toBe(true);
  expect(mean(z, (v) => v)).toBeCloseTo(0, 1);
  expect(mean(z, (v) => v * v)).toBeCloseTo(1, 1);
  expect(mean(z, (v) => v ** 4)).toBeCloseTo(3, 0);
});

test('normal numbers from anywhere on are those of the whole sequence', () => {
  const key = randomKey(5, 'z', 'mask', 3);
  const whole = normals(key, 50);
  for (let from = 0; from < 12; from++)
    for (const count of [0, 1, 2, 5, 30])
      expect([...normals(key, count, from)]).toEqual([...whole.slice(from, from + count)]);
});

test('orders are permutations of their own', () => {
  const order = permutation(1, 1, 1000);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(String(order)).toBe(String(permutation(1, 1, 1000)));
  expect(new Set([order, permutation(1, 2, 1000), permutation(2, 1, 1000), splitOrder(1, 1000)].map(String)).size).toBe(
    4,
  );
  expect([...permutation(1, 1, 0)]).toEqual([]);
  expect([...permutation(1, 1, 1)]).toEqual([0]);
});

describe.each(['cpu', 'wasm'])('%s', (backend) => {
  const random = { seed: 9, update: 4 };

  test('dropout', async () => {
    await tf.setBackend(backend);
    const x = tf.fill([50, 40], 2);
    const before = tf.memory().numTensors;
    const inverted = dropout(x, random, { rate: 0.3, stream: 'drop1' });
    const standard = dropout(x, random, { rate: 0.3, form: 'standard', stream: 'drop1' });
    expect(tf.memory().numTensors - before).toBe(4);
    const u = uniforms(randomKey(9, 'drop1', 'mask', 4), 2000);
    expect([...standard.mask.dataSync()]).toEqual([...u].map((v) => (v >= 0.3 ? 1 : 0)));
    expect([...standard.y.dataSync()]).toEqual([...u].map((v) => (v >= 0.3 ? 2 : 0)));
    expect([...inverted.mask.dataSync()]).toEqual([...u].map((v) => (v >= 0.3 ? Math.fround(1 / 0.7) : 0)));
    expect([...inverted.y.dataSync()]).toEqual(
      [...u].map((v) => (v >= 0.3 ? Math.fround(2 * Math.fround(1 / 0.7)) : 0)),
    );
    tf.dispose([x, inverted, standard]);
  });

  test('a rate of 0 keeps all', async () => {
    await tf.setBackend(backend);
    const { y, mask } = dropout(tf.fill([9], 2), random, { rate: 0, stream: 'd' });
    expect([...y.dataSync(), ...mask.dataSync()]).toEqual([...Array(9).fill(2), ...Array(9).fill(1)]);
    tf.dispose([y, mask]);
  });

  test('initializers', async () => {
    await tf.setBackend(backend);
    const shape = [5, 5, 8, 16] as const;
    const stream = { seed: 1, stream: 'conv1.kernel' };
    const fans = { ...stream, fan: 200, fanIn: 200, fanOut: 400 };
    const all = {
      glorotUniform: [glorotUniform(shape, fans), Math.sqrt(2 / 600)],
      glorotNormal: [glorotNormal(shape, fans), Math.sqrt(2 / 600)],
      kaimingNormal: [kaimingNormal(shape, fans), Math.sqrt(2 / 200)],
      kaimingUniform: [kaimingUniform(shape, fans), Math.sqrt(2 / 200)],
      lecunNormal: [lecunNormal(shape, fans), Math.sqrt(1 / 200)],
      lecunUniform: [lecunUniform(shape, fans), Math.sqrt(1 / 200)],
      // Without its ends a normal distribution has 0.8796 of its deviation.
      truncatedNormal: [truncatedNormal(shape, { ...stream, sigma: 0.1 }), 0.08796],
      // 200 inputs, 16 units of length 2.
      orthogonal: [orthogonal(shape, { ...stream, gain: 2 }), 2 / Math.sqrt(200)],
      normal: [normal(shape, { ...stream, sigma: 0.05 }), 0.05],
      uniform: [uniform(shape, { ...stream, limit: 0.3 }), 0.3 / Math.sqrt(3)],
    } as const;
    for (const [name, [w, deviation]] of Object.entries(all)) {
      const data = [...w.dataSync()];
      const moment = data.reduce((sum, v) => sum + v * v, 0) / data.length;
      expect(Math.abs(Math.sqrt(moment) / deviation - 1), name).toBeLessThan(0.05);
      expect(w.shape, name).toEqual([...shape]);
    }
    for (const w of all.truncatedNormal[0].dataSync()) expect(Math.abs(w)).toBeLessThanOrEqual(0.2);
    const limit = Math.sqrt(6 / 600);
    const [first] = all.glorotUniform[0].dataSync();
    const [u = 0] = uniforms(randomKey(1, 'conv1.kernel', 'initial'), 1);
    expect(first).toBe(Math.fround((2 * u - 1) * limit));
    tf.dispose(Object.values(all).map(([w]) => w));
  });
});

test('orthogonal: the smaller side has vectors of that length at right angles', () => {
  for (const [rows, columns] of [
    [12, 5],
    [5, 12],
    [7, 7],
    [1, 3],
  ] as const) {
    const w = orthogonal([rows, columns], { seed: 2, stream: 'w', gain: 3 });
    const values = w.dataSync();
    const small = Math.min(rows, columns);
    for (let i = 0; i < small; i++) {
      for (let j = 0; j < small; j++) {
        let product = 0;
        for (let k = 0; k < Math.max(rows, columns); k++)
          product +=
            rows >= columns
              ? (values[k * columns + i] ?? 0) * (values[k * columns + j] ?? 0)
              : (values[i * columns + k] ?? 0) * (values[j * columns + k] ?? 0);
        expect(product).toBeCloseTo(i === j ? 9 : 0, 4);
      }
    }
    w.dispose();
  }
});

test('the quantile function undoes the normal distribution', () => {
  // Of Python's statistics.NormalDist.
  const known = [
    [0.5, 0],
    [0.6, 0.2533471031357998],
    [0.975, 1.9599639845400536],
    [0.022750131948179195, -2],
    [0.001, -3.090232306167813],
    [1e-12, -7.034483825301132],
  ] as const;
  for (const [p, x] of known) expect(normalQuantile(p)).toBeCloseTo(x, 12);
});
