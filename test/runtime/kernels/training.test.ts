/** Loss, penalties, clipping, schedules, optimizers. */
import type { Rank } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  adamUpdate,
  clipScale,
  constantSchedule,
  cosineSchedule,
  l1,
  l1Grad,
  l2,
  l2Grad,
  sgdUpdate,
  snapshot,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  variable,
} from '../../../src/runtime/index.ts';
import {
  checked,
  expectClose,
  expectKernel,
  map,
  matrix,
  type Nd,
  nd,
  onBackends,
  tensor,
  values,
  vector,
} from './harness.ts';

onBackends(() => {
  describe('softmaxCrossEntropy', () => {
    const labels = nd([6], [0, 3, 1, 2, 3, 3]);
    const label = () => tensor<Rank.R1>(labels, 'int32');
    const logits = {
      usual: values('logits', [6, 4], -3, 3),
      'so large that exponentials overflow': map(values('logits', [6, 4]), (v) => v * 1000),
      'so small that they vanish': map(values('logits', [6, 4]), (v) => v - 1000),
    };
    const softmax = (z: Nd): Nd => {
      const [, c = 1] = z.shape;
      const row = (i: number): Float64Array => z.data.subarray(Math.floor(i / c) * c, Math.floor(i / c) * c + c);
      return map(z, (v, i) => {
        const top = Math.max(...row(i));
        return Math.exp(v - top) / row(i).reduce((sum, w) => sum + Math.exp(w - top), 0);
      });
    };
    const lossOf = (z: Nd): number =>
      labels.data.reduce((sum, k, n) => {
        const row = z.data.subarray(n * 4, n * 4 + 4);
        const top = Math.max(...row);
        return sum + (top + Math.log(row.reduce((s, w) => s + Math.exp(w - top), 0)) - (row[k] ?? 0)) / 6;
      }, 0);

    test.each(Object.entries(logits))('%s', (_, z) => {
      const z32 = map(z, Math.fround);
      expectKernel(() => softmaxCrossEntropy(matrix(z32), label()), nd([], [lossOf(z32)]));
      const gradient = map(softmax(z32), (p, i) => (p - (labels.data[Math.floor(i / 4)] === i % 4 ? 1 : 0)) / 6);
      expectKernel(() => softmaxCrossEntropyGrad(matrix(z32), label()), gradient);
      expectKernel(
        () => softmaxCrossEntropyGrad(matrix(z32), label(), { dLoss: tensor(nd([], [0.25])) }),
        map(gradient, (v) => v / 4),
      );
    });
  });

  test('penalties and their gradients', () => {
    const w = map(values('w', [3, 4, 2]), (v, i) => (i === 5 ? 0 : v));
    const total = (f: (v: number) => number): Nd => nd([], [w.data.reduce((sum, v) => sum + f(v), 0)]);
    const lambda = 0.3;
    expectKernel(
      () => l1(tensor(w), { lambda }),
      total((v) => lambda * Math.abs(v)),
    );
    expectKernel(
      () => l2(tensor(w), { lambda }),
      total((v) => lambda * v * v),
    );
    const dy = () => tensor<Rank.R0>(nd([], [2]));
    expectKernel(
      () => l1Grad(tensor(w), { lambda }),
      map(w, (v) => lambda * Math.sign(v)),
    );
    expectKernel(
      () => l1Grad(tensor(w), { lambda, dy: dy() }),
      map(w, (v) => 2 * lambda * Math.sign(v)),
    );
    expectKernel(
      () => l2Grad(tensor(w), { lambda }),
      map(w, (v) => 2 * lambda * v),
    );
    expectKernel(
      () => l2Grad(tensor(w), { lambda, dy: dy() }),
      map(w, (v) => 4 * lambda * v),
    );
  });

  test.each([
    ['clips', 1, 1 / 5],
    ['leaves short gradients alone', 10, 1],
  ])('clipScale %s', (_, maxNorm, expected) =>
    expectKernel(() => clipScale([tensor(nd([2, 1], [3, 0])), tensor(nd([], [4]))], { maxNorm }), nd([], [expected])),
  );

  test('clipScale of zeros is 1', () =>
    expectKernel(() => clipScale([vector(nd([2], [0, 0]))], { maxNorm: 1 }), nd([], [1])));

  describe('optimizers', () => {
    const [w0, shape] = [values('w', [3, 5]), [3, 5]];
    const gradients = [values('g1', shape), values('g2', shape), values('g3', shape)];
    const decays = [{}, { decay: 0.1 }, { decay: 0.1, decayPer: 'step' }] as const;
    const decayed = (w: number, rate: number, d: { decay?: number; decayPer?: 'step' }, down: number): number =>
      d.decayPer === 'step' ? (w - down) * (1 - (d.decay ?? 0)) : w - rate * (d.decay ?? 0) * w - down;

    /** Runs one update that only writes. */
    const update = (f: () => void): void =>
      checked(
        () => {
          f();
          return {};
        },
        () => undefined,
      );

    test.each(decays)('adamUpdate %j', (decay) => {
      const [w, m, v] = [variable(matrix(w0)), variable(matrix(map(w0, () => 0))), variable(matrix(map(w0, () => 0)))];
      // An update in place must not reach what was kept of the old value.
      const first = snapshot(w);
      let state = w0.data.map((x) => x);
      const [ms, vs] = [new Float64Array(15), new Float64Array(15)];
      gradients.forEach((g, step) => {
        const rate = 0.01 * (step + 1);
        const scale = () => tensor<Rank.R0>(nd([], [0.5]));
        const doubled = () => matrix(map(g, (x) => 2 * x));
        const settings = { beta1: 0.8, epsilon: 1e-3, ...decay };
        update(() =>
          step === 1
            ? adamUpdate(w, doubled(), rate, step + 1, { m, v }, { ...settings, scale: scale() })
            : adamUpdate(w, matrix(g), rate, step + 1, { m, v }, settings),
        );
        const alpha = (rate * Math.sqrt(1 - 0.999 ** (step + 1))) / (1 - 0.8 ** (step + 1));
        state = state.map((x, i) => {
          const gi = g.data[i] ?? 0;
          ms[i] = 0.8 * (ms[i] ?? 0) + 0.2 * gi;
          vs[i] = 0.999 * (vs[i] ?? 0) + 0.001 * gi * gi;
          return decayed(x, rate, decay, (alpha * (ms[i] ?? 0)) / (Math.sqrt(vs[i] ?? 0) + 1e-3));
        });
        expectClose(w, nd(shape, state));
        expectClose(m, nd(shape, ms));
        expectClose(v, nd(shape, vs));
      });
      expectClose(first, w0);
      for (const x of [first, w, m, v]) x.dispose();
    });

    test.each(decays)('sgdUpdate %j', (decay) => {
      const w = variable(matrix(w0));
      let state = w0.data.map((x) => x);
      for (const g of gradients) {
        const scale = () => tensor<Rank.R0>(nd([], [0.5]));
        update(() => sgdUpdate(w, matrix(map(g, (x) => 2 * x)), 0.1, { ...decay, scale: scale() }));
        state = state.map((x, i) => decayed(x, 0.1, decay, 0.1 * (g.data[i] ?? 0)));
        expectClose(w, nd(shape, state));
      }
      w.dispose();
    });

    test.each([false, true])('sgdUpdate with momentum, nesterov %s', (nesterov) => {
      const [w, velocity] = [variable(matrix(w0)), variable(matrix(map(w0, () => 0)))];
      let state = w0.data.map((x) => x);
      const speed = new Float64Array(15);
      for (const g of gradients) {
        update(() => sgdUpdate(w, matrix(g), 0.1, { velocity, momentum: 0.9, nesterov, decay: 0.2 }));
        state = state.map((x, i) => {
          const down = 0.1 * (g.data[i] ?? 0);
          speed[i] = 0.9 * (speed[i] ?? 0) - down;
          return x - 0.02 * x + (nesterov ? 0.9 * (speed[i] ?? 0) - down : (speed[i] ?? 0));
        });
        expectClose(w, nd(shape, state));
        expectClose(velocity, nd(shape, speed));
      }
      for (const x of [w, velocity]) x.dispose();
    });
  });
});

describe('schedules', () => {
  test('constant', () => {
    expect([1, 2, 4, 5].map((u) => constantSchedule(u, { rate: 0.8, warmup: 4 }))).toEqual([0.2, 0.4, 0.8, 0.8]);
    expect(constantSchedule(1, { rate: 0.8 })).toBe(0.8);
  });
  test('cosine', () => {
    const at = (u: number) => cosineSchedule(u, 10, { rate: 1, final: 0.2 });
    expect(at(5)).toBeCloseTo(0.6, 12);
    expect([at(10), at(11)]).toEqual([0.2, 0.2]);
    expect(cosineSchedule(2, 10, { rate: 1, warmup: 4 })).toBe(0.5);
    expect(cosineSchedule(4, 10, { rate: 1, warmup: 4 })).toBe(1);
    expect(cosineSchedule(7, 10, { rate: 1, warmup: 4 })).toBeCloseTo(0.5, 12);
    expect(cosineSchedule(4, 4, { rate: 1, warmup: 4 })).toBe(1);
  });
});
