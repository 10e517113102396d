/** Variables, handles and nested objects of tensors; and the types that emitted code relies on. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import {
  activation,
  add,
  constant,
  conv2d,
  dispose,
  disposeAll,
  dropout,
  flattenTensors,
  mul,
  normalizeGrad,
  ones,
  reshape,
  snapshot,
  sum,
  variable,
  zeros,
} from '../../src/runtime/index.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('a variable takes its first value over, a snapshot outlives updates', () => {
  const before = tf.memory().numTensors;
  const w = variable(ones([2]));
  expect(tf.memory().numTensors - before).toBe(1);
  const old = snapshot(w);
  const next = zeros([2]);
  w.assign(next);
  next.dispose();
  expect([...old.dataSync(), ...w.dataSync()]).toEqual([1, 1, 0, 0]);
  dispose(old, w);
  expect(tf.memory().numTensors).toBe(before);
});

test('nested objects are flattened by path and freed whole', () => {
  const before = tf.memory().numTensors;
  const params = {
    stem: { conv1: { kernel: variable(ones([1, 1, 1, 2])) } },
    dense1: { bias: variable(zeros([3])) },
    nothing: {},
  };
  expect([...flattenTensors(params)].map(([name, t]) => [name, t.shape])).toEqual([
    ['stem.conv1.kernel', [1, 1, 1, 2]],
    ['dense1.bias', [3]],
  ]);
  disposeAll(params);
  expect(tf.memory().numTensors).toBe(before);
});

describe('types', () => {
  // Only checked by the compiler: nothing here runs.
  const unused = (
    x: tf.Tensor4D,
    kernel: tf.Variable<tf.Rank.R4>,
    gamma: tf.Variable<tf.Rank.R1>,
    s: tf.Scalar,
    any: tf.Tensor,
    axes: number[],
  ): void => {
    expectTypeOf(conv2d(x, kernel)).toEqualTypeOf<tf.Tensor4D>();
    expectTypeOf(activation(x, { fn: 'relu' })).toEqualTypeOf<tf.Tensor4D>();
    expectTypeOf(activation(kernel, { fn: 'relu' })).toEqualTypeOf<tf.Tensor4D>();
    expectTypeOf(reshape(x, { shape: [784] })).toEqualTypeOf<tf.Tensor2D>();
    expectTypeOf(reshape(any, { shape: [7, 7, 64] })).toEqualTypeOf<tf.Tensor4D>();
    expectTypeOf(reshape(x, { shape: axes })).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(sum(x, { axes: [0, 1, 2] })).toEqualTypeOf<tf.Tensor1D>();
    expectTypeOf(sum(x, { axes: [0, 1, 2, 3] })).toEqualTypeOf<tf.Scalar>();
    expectTypeOf(sum(x, { axes })).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(sum(any, { axes: [0] })).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(mul(x, gamma)).toEqualTypeOf<tf.Tensor4D>();
    expectTypeOf(mul(s, x)).toEqualTypeOf<tf.Tensor4D>();
    expectTypeOf(add(gamma, gamma)).toEqualTypeOf<tf.Tensor1D>();
    expectTypeOf(add(any, gamma)).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(zeros([3])).toEqualTypeOf<tf.Tensor1D>();
    expectTypeOf(zeros({ shape: [] })).toEqualTypeOf<tf.Scalar>();
    expectTypeOf(constant({ value: 1 })).toEqualTypeOf<tf.Scalar>();
    expectTypeOf(constant([2, 2], { value: 1 })).toEqualTypeOf<tf.Tensor2D>();
    expectTypeOf(dropout(x, { seed: 0, update: 1 }, { rate: 0.5, stream: 'd' }).mask).toEqualTypeOf<tf.Tensor4D>();
    expectTypeOf(normalizeGrad(x, x, gamma, { mean: gamma, epsilon: 1e-3 }).dgamma).toEqualTypeOf<tf.Tensor1D>();
    expectTypeOf(variable(zeros([5, 5, 1, 6]))).toEqualTypeOf<tf.Variable<tf.Rank.R4>>();
  };
  test('are those of the shapes', () => expect(unused).toBeTypeOf('function'));
});
