/**
 * What the kernel tests share: backends, seeded values, comparison with a float64 reference, and a count of tensors.
 */
import process from 'node:process';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect } from 'vitest';
import { randomKey, uniforms } from '../../../src/runtime/index.ts';
import { type BackendName, chooseBackend } from '../../../src/runtime/node/backend.ts';

/** A row-major array in float64. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const nd = (shape: readonly number[], data: ArrayLike<number>): Nd => ({ shape, data: Float64Array.from(data) });
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Numbers in [low, high) that float32 holds exactly; the same for one name. */
export const values = (name: string, shape: readonly number[], low = -1, high = 1): Nd =>
  nd(
    shape,
    uniforms(randomKey(0, name, 'initial'), sizeOf(shape)).map((u) => low + (high - low) * u),
  );

/** Numbers of which many are equal: multiples of a half. */
export const ties = (name: string, shape: readonly number[]): Nd => {
  const { data } = values(name, shape, -2, 3);
  return nd(
    shape,
    data.map((v) => Math.round(v) / 2),
  );
};

export const map = (a: Nd, f: (value: number, i: number) => number): Nd => nd(a.shape, a.data.map(f));

/** Operands made since the last check: they are not the kernel's to free. */
const operands: tf.Tensor[] = [];

export function tensor<R extends tf.Rank>({ shape, data }: Nd, dtype: 'float32' | 'int32' = 'float32'): tf.Tensor<R> {
  const made = tf.tensor(dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data), [...shape], dtype);
  operands.push(made);
  // The rank is that of the array; a test that mixes them up fails at once.
  return made as tf.Tensor<R>;
}
export const image = (a: Nd): tf.Tensor4D => tensor<tf.Rank.R4>(a);
export const matrix = (a: Nd): tf.Tensor2D => tensor<tf.Rank.R2>(a);
export const vector = (a: Nd): tf.Tensor1D => tensor<tf.Rank.R1>(a);

/**
 * TFJS_NODE names a folder with a working tfjs-node (scripts/build-tfjs-node.sh makes one); without it that backend is
 * left out.
 */
const tfjsNode = process.env.TFJS_NODE;
const backends: readonly BackendName[] = tfjsNode === undefined ? ['cpu', 'wasm'] : ['cpu', 'wasm', 'node'];

/** A block of tests on each backend. */
export function onBackends(body: (backend: BackendName) => void): void {
  describe.each(backends)('%s', (backend) => {
    beforeAll(async () => {
      await chooseBackend(backend, tfjsNode === undefined ? {} : { from: [tfjsNode] });
    });
    body(backend);
  });
}

/** |actual − expected| ≤ tolerance · (1 + |expected|), element by element, and the shape. */
export function expectClose(actual: tf.Tensor, expected: Nd, tolerance = 1e-5): void {
  expect(actual.shape).toEqual([...expected.shape]);
  const data = actual.dataSync();
  for (let i = 0; i < data.length; i++) {
    const [a, e] = [data[i] ?? Number.NaN, expected.data[i] ?? Number.NaN];
    if (!(Math.abs(a - e) <= tolerance * (1 + Math.abs(e)))) throw new Error(`element ${i}: ${a}, expected ${e}`);
  }
}

/**
 * Makes operands and runs a kernel; what it leaves behind beside its results is an error. Operands and results are
 * freed afterwards.
 */
export function checked(
  kernel: () => tf.Tensor | Readonly<Record<string, tf.Tensor>>,
  check: (results: readonly tf.Tensor[]) => void,
): void {
  tf.dispose(operands.splice(0));
  const before = tf.memory().numTensors;
  const made = kernel();
  const results = made instanceof tf.Tensor ? [made] : Object.values(made);
  expect(tf.memory().numTensors - before - operands.length, 'tensors left behind').toBe(results.length);
  for (const operand of operands) expect(operand.isDisposed).toBe(false);
  check(results);
  tf.dispose([...results, ...operands.splice(0)]);
  expect(tf.memory().numTensors).toBe(before);
}

/** A kernel with one result, against its reference. */
export const expectKernel = (kernel: () => tf.Tensor, expected: Nd, tolerance?: number): void =>
  checked(kernel, ([y]) => {
    if (y !== undefined) expectClose(y, expected, tolerance);
  });
