/** Kernels that draw, and those of kernels for each sample: against the float64 meaning of their ops, with the same bits on every backend. */
import type * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { AttrValues } from '../../../src/ir/graph.ts';
import { type AnyOp, isNone } from '../../../src/ir/op.ts';
import { ops } from '../../../src/ir/ops/index.ts';
import * as runtime from '../../../src/runtime/index.ts';
import { arrayOf, evaluateNode } from '../../ir/graphs.ts';
import {
  checked,
  expectClose,
  image,
  map,
  matrix,
  type Nd,
  nd,
  onBackends,
  tensor,
  values,
  vector,
} from './harness.ts';

const random = { seed: 9, update: 4 };
const host = {
  uniform: (stream: string, count: number) =>
    Float64Array.from(runtime.uniforms(runtime.randomKey(random.seed, stream, 'mask', random.update), count)),
};

/** What an op means, result by result; operands without a name of a batch have their sizes as they are. */
function meaning(
  op: AnyOp,
  attrs: AttrValues,
  operands: Readonly<Record<string, Nd | typeof host | null>>,
): readonly Nd[] {
  const { results, values: found } = evaluateNode(op, attrs, operands, null, {
    ...Object.fromEntries(
      Object.entries(operands).flatMap(([name, value]) =>
        value !== null && 'data' in value ? [[name, value.shape]] : [],
      ),
    ),
  });
  return results.map((ref) => arrayOf(found.get(ref)));
}

const agree = (kernel: () => tf.Tensor | Readonly<Record<string, tf.Tensor>>, expected: readonly Nd[]): void =>
  checked(kernel, (results) => {
    expect(results.length).toBe(expected.length);
    for (const [i, wanted] of expected.entries()) {
      const found = results[i];
      if (found === undefined) throw new Error(`no result ${i}`);
      expectClose(found, wanted);
    }
  });

/** Bits of what each backend drew, by the name of the draw. */
const drawn = new Map<string, string>();
const sameEverywhere = (name: string, bits: Float32Array | Int32Array | Uint8Array): void => {
  const text = [...new Uint32Array(Float32Array.from(bits).buffer)].join();
  expect(text).toBe(drawn.get(name) ?? text);
  drawn.set(name, text);
};

onBackends(() => {
  test.each(['element', 'channel', 'sample'] as const)('dropout per %s', (per) => {
    for (const form of ['inverted', 'standard'] as const)
      for (const shape of [
        [3, 4, 2, 5],
        [4, 6],
        [2, 7, 3],
      ]) {
        const x = values('x', shape);
        const attrs = { rate: 0.3, form, per, stream: 'drop1' };
        agree(() => runtime.dropout(tensor(x), random, attrs), meaning(ops.dropoutTrain, attrs, { x, random: host }));
      }
  });

  test('noise', () => {
    for (const shape of [[3, 4, 2, 5], [7], [1], [2, 3]]) {
      const x = values('x', shape);
      const attrs = { deviation: 0.3, stream: 'conv1.noise' };
      agree(() => runtime.noise(tensor(x), random, attrs), meaning(ops.noiseTrain, attrs, { x, random: host }));
    }
  });

  test('a mask for each sample', () => {
    const [kernel, like] = [values('w', [4, 3]), values('x', [5, 4])];
    const attrs = { rate: 0.4, stream: 'dense1.kernel' };
    agree(
      () => runtime.dropConnect(matrix(kernel), matrix(like), random, attrs),
      meaning(ops.dropConnectTrain, attrs, { kernel, like, random: host }),
    );
  });

  test.each([1, 5])('a kernel for each of %i samples, and its gradients', (n) => {
    const [x, dy, kernels, bias] = [
      values('x', [n, 4]),
      values('dy', [n, 3]),
      values('w', [n, 4, 3]),
      values('b', [3]),
    ];
    const each = (): tf.Tensor3D => tensor<tf.Rank.R3>(kernels);
    agree(() => runtime.denseEach(matrix(x), each()), meaning(ops.denseEach, {}, { x, kernels, bias: null }));
    agree(
      () => runtime.denseEach(matrix(x), each(), { bias: vector(bias) }),
      meaning(ops.denseEach, {}, { x, kernels, bias }),
    );
    agree(() => runtime.denseEachInputGrad(matrix(dy), each()), meaning(ops.denseEachInputGrad, {}, { dy, kernels }));
    agree(() => runtime.outerEach(matrix(x), matrix(dy)), meaning(ops.outerEach, {}, { a: x, b: dy }));
  });

  test.each(['relu', 'tanh', 'gelu'] as const)('the mean of %s over normal samples', (fn) => {
    const mean = values('m', [3, 2, 2, 4], -2, 2);
    // Rounding may make a variance negative: then it is none.
    const variance = map(values('v', [3, 2, 2, 4], -0.2, 2), (v) => v);
    const attrs = { fn, samples: 6, stream: 'dense1.kernel' };
    agree(
      () => runtime.sampledActivation(image(mean), image(variance), random, attrs),
      meaning(ops.sampledActivation, { ...attrs, slope: 0 }, { mean, variance, random: host }),
    );
  });

  test('the same bits on every backend', () => {
    const [ones, zeros] = [map(values('x', [40, 5]), () => 1), map(values('x', [40, 5]), () => 0)];
    const masks = {
      element: () => runtime.dropout(matrix(ones), random, { rate: 0.3, stream: 'a' }).mask,
      channel: () => runtime.dropout(matrix(ones), random, { rate: 0.3, per: 'channel', stream: 'a' }).mask,
      sample: () => runtime.dropout(matrix(ones), random, { rate: 0.3, per: 'sample', stream: 'a' }).mask,
      noise: () => runtime.noise(matrix(zeros), random, { deviation: 1, stream: 'a' }),
      connections: () => runtime.dropConnect(matrix(ones), matrix(ones), random, { rate: 0.3, stream: 'a' }).mask,
    };
    for (const [name, draw] of Object.entries(masks)) sameEverywhere(name, draw().dataSync());
  });
});

test('whatever reads the random key says which stream it draws from', () => {
  const drawing = Object.values<AnyOp>(ops).filter((op) => op.operands.includes('random'));
  expect(drawing.map((op) => op.kind).toSorted()).toEqual([
    'dropConnectTrain',
    'dropoutTrain',
    'noiseTrain',
    'sampledActivation',
  ]);
  for (const op of drawing) {
    expect(Object.keys(op.attrs)).toContain('stream');
    expect(isNone(op.kernel)).toBe(false);
  }
});

test('mask and noise statistics', () => {
  const n = 60_000;
  const one = nd([n / 10, 10], new Float64Array(n).fill(1));
  const [, mask] = meaning(
    ops.dropoutTrain,
    { rate: 0.3, form: 'standard', per: 'element', stream: 's' },
    { x: one, random: host },
  );
  const kept = (mask?.data ?? new Float64Array()).reduce((a, b) => a + b, 0);
  // Four standard deviations of a binomial count.
  expect(Math.abs(kept - 0.7 * n)).toBeLessThan(4 * Math.sqrt(n * 0.3 * 0.7));
  const [noisy] = meaning(ops.noiseTrain, { deviation: 0.5, stream: 's' }, { x: map(one, () => 0), random: host });
  const data = noisy?.data ?? new Float64Array();
  expect(Math.abs(data.reduce((a, b) => a + b, 0) / n)).toBeLessThan((4 * 0.5) / Math.sqrt(n));
  expect(data.reduce((a, b) => a + b * b, 0) / n).toBeCloseTo(0.25, 2);
});
