/** Dense layers, products, arithmetic, sums and shapes. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  add,
  concat,
  constant,
  dense,
  div,
  matMul,
  mul,
  reshape,
  rsqrt,
  scale,
  slice,
  sub,
  sum,
  zeros,
} from '../../../src/runtime/index.ts';
import {
  checked,
  expectKernel,
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

const product = (a: Nd, b: Nd): Nd => {
  const [m = 0, k = 0] = a.shape;
  const n = b.shape[1] ?? 0;
  return nd(
    [m, n],
    Array.from({ length: m * n }, (_, i) => {
      let total = 0;
      for (let j = 0; j < k; j++) total += (a.data[Math.floor(i / n) * k + j] ?? 0) * (b.data[j * n + (i % n)] ?? 0);
      return total;
    }),
  );
};

const transpose = ({ shape: [m = 0, n = 0], data }: Nd): Nd =>
  nd(
    [n, m],
    Array.from({ length: m * n }, (_, i) => data[(i % m) * n + Math.floor(i / m)] ?? 0),
  );

onBackends(() => {
  describe('dense', () => {
    const [x, kernel, bias] = [values('x', [5, 7], -3, 3), values('kernel', [7, 4], -3, 3), values('bias', [4])];
    const plain = product(x, kernel);
    const biased = map(plain, (v, i) => v + (bias.data[i % 4] ?? 0));
    const run = (options?: Parameters<typeof dense>[2]) => () => dense(matrix(x), matrix(kernel), options);
    test('plain', () => expectKernel(run(), plain));
    test('bias', () => expectKernel(() => dense(matrix(x), matrix(kernel), { bias: vector(bias) }), biased));
    test('activation alone', () =>
      expectKernel(
        run({ activation: 'relu' }),
        map(plain, (v) => Math.max(0, v)),
      ));
    test.each([
      ['relu', (v: number) => Math.max(0, v)],
      ['relu6', (v: number) => Math.min(6, Math.max(0, v))],
      ['sigmoid', (v: number) => 1 / (1 + Math.exp(-v))],
      ['elu', (v: number) => (v > 0 ? v : Math.expm1(v))],
    ] as const)('bias and %s', (activation, f) =>
      expectKernel(() => dense(matrix(x), matrix(kernel), { bias: vector(bias), activation }), map(biased, f)),
    );
  });

  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('matMul, transposeA %s, transposeB %s', (transposeA, transposeB) => {
    const [a, b] = [values('a', [3, 6]), values('b', [6, 4])];
    expectKernel(
      () =>
        matMul(matrix(transposeA ? transpose(a) : a), matrix(transposeB ? transpose(b) : b), {
          transposeA,
          transposeB,
        }),
      product(a, b),
    );
  });

  describe('arithmetic with broadcasting', () => {
    const kernels = {
      add: [add, (a: number, b: number) => a + b],
      sub: [sub, (a: number, b: number) => a - b],
      mul: [mul, (a: number, b: number) => a * b],
      div: [div, (a: number, b: number) => a / b],
    } as const;
    test.each(Object.entries(kernels))('%s', (_, [kernel, f]) => {
      const [x, y, channels, single] = [
        values('x', [2, 3, 4]),
        values('y', [2, 3, 4], 1, 2),
        values('c', [4], 1, 2),
        values('s', [], 1, 2),
      ];
      const over = (b: Nd): Nd => map(x, (v, i) => f(v, b.data[i % b.data.length] ?? 0));
      expectKernel(() => kernel(tensor(x), tensor(y)), over(y));
      expectKernel(() => kernel(tensor(x), tensor(channels)), over(channels));
      expectKernel(() => kernel(tensor(x), tensor(single)), over(single));
      expectKernel(
        () => kernel(tensor(single), tensor(y)),
        map(y, (v) => f(single.data[0] ?? 0, v)),
      );
    });
  });

  test('scale, rsqrt, zeros, constant', () => {
    const x = values('x', [3, 5], 0.1, 2);
    expectKernel(
      () => scale(tensor(x), { by: 0.3 }),
      map(x, (v) => v * 0.3),
    );
    expectKernel(
      () => rsqrt(tensor(x)),
      map(x, (v) => 1 / Math.sqrt(v)),
    );
    expectKernel(
      () => rsqrt(tensor(x), { epsilon: 0.5 }),
      map(x, (v) => 1 / Math.sqrt(v + 0.5)),
    );
    expectKernel(() => zeros({ shape: [2, 3] }), nd([2, 3], [0, 0, 0, 0, 0, 0]));
    expectKernel(() => constant({ value: 1.5 }), nd([], [1.5]));
  });

  describe('sum', () => {
    const x = values('x', [3, 4, 5, 2]);
    const over = (axes: readonly number[]): Nd => {
      const kept = [0, 1, 2, 3].filter((a) => !axes.includes(a));
      const shape = kept.map((a) => x.shape[a] ?? 1);
      const total = new Float64Array(shape.reduce((a, b) => a * b, 1));
      x.data.forEach((v, i) => {
        let rest = i;
        const index = [...x.shape].reverse().map((size) => {
          const at = rest % size;
          rest = Math.floor(rest / size);
          return at;
        });
        index.reverse();
        const o = kept.reduce((at, a) => at * (x.shape[a] ?? 1) + (index[a] ?? 0), 0);
        total[o] = (total[o] ?? 0) + v;
      });
      return nd(shape, total);
    };
    test.each([[[0, 1, 2]], [[0]], [[3]], [[1, 2]], [[2, 0]], [[2, 1, 0]], [[0, 1, 2, 3]]])('axes %j', (axes) =>
      expectKernel(() => sum(image(x), { axes }), over(axes)),
    );
    test.each([[[64, 10]], [[1, 10]], [[64, 1]], [[1, 1, 1, 3]], [[1, 7, 9, 5]], [[40, 14, 14, 33]]])(
      'over all but the channels of %j',
      (shape) => {
        const y = values('y', shape);
        const c = shape.at(-1) ?? 1;
        const total = new Float64Array(c);
        y.data.forEach((v, i) => {
          total[i % c] = (total[i % c] ?? 0) + v;
        });
        expectKernel(() => sum(tensor(y), { axes: shape.slice(1).map((_, i) => i) }), nd([c], total), 1e-4);
      },
    );
  });

  describe('concat and slice', () => {
    const widths = [3, 1, 4];
    const parts = (outer: readonly number[]): readonly Nd[] => widths.map((w, i) => values(`part${i}`, [...outer, w]));
    const joined = (xs: readonly Nd[], outer: readonly number[]): Nd => {
      const rows = outer.reduce((a, b) => a * b, 1);
      const data = Array.from({ length: rows }, (_, row) =>
        xs.flatMap(({ data, shape }) => [...data.slice(row * (shape.at(-1) ?? 0), (row + 1) * (shape.at(-1) ?? 0))]),
      ).flat();
      return nd([...outer, 8], data);
    };
    test.each([[[5]], [[2, 3]], [[2, 3, 4]], [[1]]])('along the last axis of %j', (outer) => {
      const xs = parts(outer);
      const whole = joined(xs, outer);
      expectKernel(() => concat(xs.map((x) => tensor(x))), whole, 0);
      const ends = [0, 3, 4];
      for (const [i, x] of xs.entries())
        expectKernel(() => slice(tensor(whole), { from: ends[i] ?? 0, size: widths[i] ?? 1 }), x, 0);
      const [first = whole] = xs;
      expectKernel(() => slice(tensor(whole), { size: 3 }), first, 0);
    });
    test('one value alone is a handle of its own, and a value may come twice', () => {
      const x = values('x', [2, 3]);
      expectKernel(() => concat([tensor(x)]), x, 0);
      checked(
        () => {
          const one = matrix(x);
          return concat([one, one]);
        },
        ([y]) => expect(y?.shape).toEqual([2, 6]),
      );
    });
  });

  test('reshape with a size left open, and as another value', () => {
    const x = values('x', [3, 2, 4]);
    const like = tensor<tf.Rank.R4>(values('like', [3, 4, 1, 2]));
    const shapes = [
      reshape(tensor(x), { shape: [-1] }),
      reshape(tensor(x), { shape: [-1, 2] }),
      reshape(tensor(x), { like }),
      reshape(tensor(values('one', [3, 1]))),
    ];
    expect(shapes.map((y) => y.shape)).toEqual([[3, 8], [3, 4, 2], [3, 4, 1, 2], [3]]);
    expect([...(shapes[2]?.dataSync() ?? [])]).toEqual([...x.data]);
    tf.dispose(shapes);
  });

  test('reshape is a handle of its own', () => {
    const x = values('x', [3, 2, 2]);
    checked(
      () => reshape(tensor(x), { shape: [4] }),
      ([y]) => expect(y?.shape).toEqual([3, 4]),
    );
    const whole = tensor(x);
    const flat = reshape(whole, { shape: [4] });
    whole.dispose();
    expect([...flat.dataSync()]).toEqual([...x.data]);
    flat.dispose();
  });
});
