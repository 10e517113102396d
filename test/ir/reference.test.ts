/** What the float64 evaluation must do where implementations differ. */
import { describe, expect, test } from 'vitest';
import type { Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import type { Evaluated } from '../../src/ir/op.ts';
import { ops } from '../../src/ir/ops/index.ts';
import { activate, erf } from '../../src/ir/reference/activation.ts';
import { clipScale } from '../../src/ir/reference/clips.ts';
import { conv2d } from '../../src/ir/reference/conv2d.ts';
import { binary, sum } from '../../src/ir/reference/elementwise.ts';
import { normalize, normalizeGrad } from '../../src/ir/reference/normalize.ts';
import { adamUpdate, sgdUpdate } from '../../src/ir/reference/optimizers.ts';
import { l1, l1Grad, l2, l2Grad } from '../../src/ir/reference/penalties.ts';
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from '../../src/ir/reference/pooling.ts';
import { constantSchedule, cosineSchedule } from '../../src/ir/reference/schedules.ts';
import { extents } from '../../src/ir/window.ts';
import { awayFromZero } from './graphs.ts';

const list = (a: NdArray): readonly number[] => [...a.data];

describe('windows', () => {
  const along = (size: number, taps: number, stride: number, dilation = 1) => {
    const [rows] = extents(size, size, {
      size: [taps, taps],
      stride: [stride, stride],
      dilation: [dilation, dilation],
      padding: 'same',
    });
    return [rows.out, rows.before, rows.after];
  };
  test('`same` puts the odd pixel after, as TensorFlow', () => {
    expect(along(6, 3, 2)).toEqual([3, 0, 1]);
    expect(along(5, 3, 2)).toEqual([3, 1, 1]);
    expect(along(4, 2, 1)).toEqual([4, 0, 1]);
    expect(along(28, 5, 1)).toEqual([28, 2, 2]);
    expect(along(7, 1, 2)).toEqual([4, 0, 0]);
    expect(along(5, 3, 1, 2)).toEqual([5, 2, 2]);
  });
  test('`valid` loses what does not fill a window', () => {
    const [rows, columns] = extents(7, 8, { size: [3, 2], stride: [2, 3], dilation: [1, 1], padding: 'valid' });
    expect([rows.out, columns.out]).toEqual([3, 3]);
  });
  test('a stride of 2 under `same` starts at the first pixel of an even image', () => {
    const x = ndarray(
      [1, 4, 4, 1],
      Array.from({ length: 16 }, (_, i) => i),
    );
    const first = ndarray([3, 3, 1, 1], [1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const y = conv2d(x, first, null, { stride: [2, 2], dilation: [1, 1], groups: 1, padding: 'same' });
    expect(list(y)).toEqual([0, 2, 8, 10]);
  });
});

describe('pools', () => {
  const attrs = { size: [2, 2], stride: [2, 2], padding: 'same' } as const;
  test('the gradient of a maximum goes to the first of equal ones', () => {
    const x = ndarray([1, 2, 2, 1], [3, 5, 5, 5]);
    const dx = maxPoolGrad(ndarray([1, 1, 1, 1], [7]), x, maxPool(x, attrs), attrs);
    expect(list(dx)).toEqual([0, 7, 0, 0]);
  });
  test('overlapping windows add up', () => {
    const x = ndarray([1, 1, 3, 1], [0, 9, 0]);
    const overlapping = { size: [1, 2], stride: [1, 1], padding: 'valid' } as const;
    expect(list(maxPoolGrad(ndarray([1, 1, 2, 1], [2, 3]), x, maxPool(x, overlapping), overlapping))).toEqual([
      0, 5, 0,
    ]);
  });
  test('padding is no candidate for a maximum, and does not count in a mean', () => {
    const x = ndarray([1, 3, 3, 1], [-1, -2, -3, -4, -5, -6, -7, -8, -9]);
    expect(list(maxPool(x, attrs))).toEqual([-1, -3, -7, -9]);
    expect(list(avgPool(x, attrs))).toEqual([-3, -4.5, -7.5, -9]);
    expect(list(avgPoolGrad(ndarray([1, 2, 2, 1], [4, 4, 4, 4]), 3, 3, attrs))).toEqual([1, 1, 2, 1, 1, 2, 2, 2, 4]);
  });
});

describe('batch norm', () => {
  const batch = (epsilon: number) => ({ over: 'batch', slice: null, groups: null, centred: true, epsilon }) as const;
  const x = awayFromZero([4, 3, 2, 3], 5);
  const dy = awayFromZero([4, 3, 2, 3], 6);
  const gamma = ndarray([3], [1.5, 0, -0.8]);
  const channel = (a: NdArray, c: number): readonly number[] => list(a).filter((_, i) => i % 3 === c);
  const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

  test('has mean beta and variance gamma² but for epsilon', () => {
    const { y } = normalize(x, gamma, ndarray([3], [1, 2, 3]), null, batch(0));
    for (const c of [0, 1, 2]) {
      const values = channel(y, c);
      const mean = total(values) / values.length;
      expect(mean).toBeCloseTo(c + 1, 10);
      expect(total(values.map((v) => (v - mean) ** 2)) / values.length).toBeCloseTo((gamma.data[c] ?? 0) ** 2, 10);
    }
  });
  test('gamma 0 lets nothing through to x; a negative one turns the sign', () => {
    const statistics = normalize(x, gamma, null, null, batch(1e-3));
    const { dx, dgamma } = normalizeGrad(dy, x, statistics, gamma, null, batch(1e-3));
    expect(channel(dx, 1).every((v) => v === 0)).toBe(true);
    expect(dgamma.data[1]).not.toBe(0);
    const plain = normalizeGrad(dy, x, statistics, null, null, batch(1e-3)).dx;
    channel(dx, 2).forEach((v, i) => {
      expect(v).toBeCloseTo(-0.8 * (channel(plain, 2)[i] ?? Number.NaN), 12);
    });
  });
  test('the gradient neither shifts nor scales a channel (Ioffe & Szegedy 2015, section 3.3)', () => {
    const statistics = normalize(x, gamma, null, null, batch(0));
    const { dx } = normalizeGrad(dy, x, statistics, gamma, null, batch(0));
    for (const c of [0, 1, 2]) {
      expect(total(channel(dx, c))).toBeCloseTo(0, 10);
      const centred = channel(x, c).map((v) => v - (statistics.mean.data[c] ?? 0));
      expect(total(channel(dx, c).map((v, i) => v * (centred[i] ?? 0)))).toBeCloseTo(0, 10);
    }
  });
  test('does not cancel where the mean is large', () => {
    const far = normalize({ shape: x.shape, data: x.data.map((v) => v + 1e6) }, null, null, null, batch(1e-3));
    const near = normalize(x, null, null, null, batch(1e-3));
    near.y.data.forEach((v, i) => {
      expect(far.y.data[i]).toBeCloseTo(v, 6);
    });
  });
});

describe('activations', () => {
  test('erf', () => {
    // Abramowitz & Stegun, table 7.1.
    for (const [x, y] of [
      [0, 0],
      [0.5, 0.5204998778],
      [1, 0.8427007929],
      [2, 0.995322265],
      [-1, -0.8427007929],
      [7, 1],
    ] as const) {
      expect(erf(x)).toBeCloseTo(y, 10);
    }
  });
  test('nothing overflows far out', () => {
    const x = ndarray([4], [-1000, -100, 100, 1000]);
    expect(list(activate(x, 'sigmoid', 0))).toEqual([0, expect.closeTo(0, 40), 1, 1]);
    expect(list(activate(x, 'softplus', 0))).toEqual([0, expect.closeTo(0, 40), 100, 1000]);
    expect(list(activate(x, 'mish', 0)).slice(2)).toEqual([100, 1000]);
  });
});

describe('penalties and clipping', () => {
  const w = ndarray([4], [-2, 0, 1, 3]);
  test('l1 and l2', () => {
    expect(l1(w, 0.5).data[0]).toBe(3);
    expect(l2(w, 0.5).data[0]).toBe(7);
    expect(list(l1Grad(w, null, 0.5))).toEqual([-0.5, 0, 0.5, 0.5]);
    expect(list(l2Grad(w, ndarray([], [10]), 0.5))).toEqual([-20, 0, 10, 30]);
  });
  test('the norm is of all gradients together; small and zero gradients are left alone', () => {
    const [a, b] = [ndarray([1], [3]), ndarray([1, 1], [4])];
    expect(clipScale([a, b], 1).data[0]).toBe(0.2);
    expect(clipScale([a, b], 6).data[0]).toBe(1);
    expect(clipScale([ndarray([2], [0, 0])], 1).data[0]).toBe(1);
  });
});

describe('schedules', () => {
  const whole = { rate: 1, length: 0, perEpoch: 1 };
  test('warm-up is linear and ends with the rate', () => {
    const rates = [1, 2, 3, 4, 5].map((update) => constantSchedule(update, { rate: 0.8, warmup: 4, perEpoch: 1 }));
    expect(rates.map((r) => Number(r.toFixed(12)))).toEqual([0.2, 0.4, 0.6, 0.8, 0.8]);
    expect(constantSchedule(1, { rate: 0.8, warmup: 0, perEpoch: 1 })).toBe(0.8);
  });
  test('the cosine goes from the rate to the final one and stays there', () => {
    const rate = (update: number): number => cosineSchedule(update, 10, { ...whole, warmup: 2, final: 0.1 });
    expect([1, 2, 6, 10, 11].map((u) => Number(rate(u).toFixed(12)))).toEqual([0.5, 1, 0.55, 0.1, 0.1]);
  });
  test('a run no longer than its warm-up', () => {
    expect(cosineSchedule(3, 3, { ...whole, warmup: 4, final: 0 })).toBe(0.75);
    expect(cosineSchedule(5, 3, { ...whole, warmup: 4, final: 0.2 })).toBe(0.2);
  });
});

describe('decoupled decay', () => {
  const w = ndarray([2], [2, -4]);
  const g = ndarray([2], [1, 1]);
  const sgd = { momentum: 0, nesterov: false };
  test('per rate it is taken off the old value, times the rate', () => {
    const [after] = sgdUpdate(w, g, 0.1, null, { ...sgd, decay: 0.5, decayPer: 'rate' });
    expect(after && list(after).map((v) => Number(v.toFixed(12)))).toEqual([1.8, -3.9]);
  });
  test('per step it shrinks the new value', () => {
    const [after] = sgdUpdate(w, g, 0.1, null, { ...sgd, decay: 0.5, decayPer: 'step' });
    expect(after && list(after).map((v) => Number(v.toFixed(12)))).toEqual([0.95, -2.05]);
  });
  test('adam: moments see the gradient alone', () => {
    const zero = ndarray([2], [0, 0]);
    const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    const [plain, m] = adamUpdate(w, g, 0.1, 1, zero, zero, { ...adam, decay: 0, decayPer: 'rate' });
    const [decayed, m2] = adamUpdate(w, g, 0.1, 1, zero, zero, { ...adam, decay: 0.5, decayPer: 'step' });
    expect(m2).toEqual(m);
    decayed?.data.forEach((v, i) => {
      expect(v).toBeCloseTo(0.5 * (plain?.data[i] ?? 0), 12);
    });
  });
});

describe('updates with a scale', () => {
  test('take scale·gradient for the gradient', () => {
    const values: Readonly<Record<string, Evaluated>> = {
      '%w': ndarray([2], [2, -4]),
      '%g': ndarray([2], [3, 1]),
      '%half': ndarray([2], [1.5, 0.5]),
      '%scale': ndarray([], [0.5]),
      '%zero': ndarray([2], [0, 0]),
      '%rate': 0.1,
      '%update': 1,
    };
    const valueFor = (ref: Ref): Evaluated => values[ref] ?? Number.NaN;
    const sgd = (g: Ref, scale: Ref | null) =>
      ops.sgdUpdate.erased.evaluate(
        { operands: ['%w', g, '%rate', '%zero', scale], attrs: { momentum: 0.9 } },
        valueFor,
      );
    expect(sgd('%g', '%scale')).toEqual(sgd('%half', null));
    const adam = (g: Ref, scale: Ref | null) =>
      ops.adamUpdate.erased.evaluate(
        { operands: ['%w', g, '%rate', '%update', '%zero', '%zero', scale], attrs: {} },
        valueFor,
      );
    expect(adam('%g', '%scale')).toEqual(adam('%half', null));
  });
});

describe('broadcasting and sums', () => {
  test('axes are aligned at the last one', () => {
    const a = ndarray([2, 1, 2], [1, 2, 3, 4]);
    const b = ndarray([3, 1], [10, 20, 30]);
    const y = binary(a, b, (p, q) => p + q);
    expect(y.shape).toEqual([2, 3, 2]);
    expect(list(y)).toEqual([11, 12, 21, 22, 31, 32, 13, 14, 23, 24, 33, 34]);
  });
  test('sums remove their axes', () => {
    const x = ndarray([2, 3], [1, 2, 3, 4, 5, 6]);
    expect(list(sum(x, [0]))).toEqual([5, 7, 9]);
    expect(list(sum(x, [1]))).toEqual([6, 15]);
    expect(sum(x, [0, 1])).toEqual(ndarray([], [21]));
  });
});
