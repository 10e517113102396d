/** Laws of the family of norms, in float64 on random values. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { map, type NdArray, ndarray, sizeOf } from '../../src/ir/nd.ts';
import type { Grouping } from '../../src/ir/ops/norm/grouping.ts';
import { dense, matMul } from '../../src/ir/reference/dense.ts';
import { normalize, normalizeGrad, updateMoving } from '../../src/ir/reference/normalize.ts';
import { awayFromZero, distance } from './graphs.ts';

const runs = { seed: 11, numRuns: 40 };

const each: Grouping = { over: 'batch', slice: null, groups: null, centred: true };
const of = (grouping: Partial<Grouping>, epsilon = 1e-3) => ({ ...each, ...grouping, epsilon });

interface Sample {
  readonly x: NdArray;
  readonly dy: NdArray;
  readonly gamma: NdArray;
  readonly beta: NdArray;
}

/** Ranks 2 to 5, four samples of six channels. */
const sample = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), fc.integer({ min: 1, max: 1e6 }))
  .map(([inside, seed]): Sample => {
    const shape = [4, ...inside, 6];
    return {
      x: awayFromZero(shape, seed),
      dy: awayFromZero(shape, seed + 1),
      gamma: awayFromZero([6], seed + 2),
      beta: awayFromZero([6], seed + 3),
    };
  });

const both = ({ x, dy, gamma, beta }: Sample, options: ReturnType<typeof of>) => {
  const forward = normalize(x, gamma, beta, null, options);
  const gradient = normalizeGrad(
    dy,
    x,
    { ...forward, mean: options.centred ? forward.mean : null },
    gamma,
    null,
    options,
  );
  return [forward.y, gradient.dx, gradient.dgamma, gradient.dbeta];
};

const expectSame = (a: readonly NdArray[], b: readonly NdArray[], within = 1e-10): void => {
  a.forEach((value, i) => {
    expect(distance(value, b[i] ?? ndarray([0], []))).toBeLessThan(within);
  });
};

describe('points of the family that are one', () => {
  test.each([
    ['slices as large as the batch are the batch', of({}), of({ slice: 4 }), 4],
    ['a group for each channel is instance', of({ over: 'sample', groups: 6 }), of({ over: 'sample' }), 5],
  ])('%s', (_, a, b) => {
    fc.assert(
      fc.property(sample, (s) => expectSame(both(s, a), both(s, b), 1e-12)),
      runs,
    );
  });

  test('one group of features is a position; of images, layer is a position of all values', () => {
    fc.assert(
      fc.property(sample, (s) => {
        const size = sizeOf(s.x.shape) / 4;
        const flat = (a: NdArray): NdArray => ndarray([4, size], a.data);
        const plain = { x: s.x, dy: s.dy };
        const ones = (n: number): NdArray => ndarray([n], new Float64Array(n).fill(1));
        const layer = normalize(plain.x, null, null, null, of({ over: 'sample', groups: 1 }));
        const rows = normalize(flat(plain.x), ones(size), null, null, of({ over: 'position', groups: 1 }));
        expect(distance(flat(layer.y), rows.y)).toBeLessThan(1e-12);
      }),
      runs,
    );
  });

  test('a slice is a batch by itself', () => {
    fc.assert(
      fc.property(sample, (s) => {
        const half = (a: NdArray, i: number): NdArray =>
          ndarray([2, ...a.shape.slice(1)], a.data.slice((i * a.data.length) / 2, ((i + 1) * a.data.length) / 2));
        const whole = normalize(s.x, s.gamma, s.beta, null, of({ slice: 2 })).y;
        for (const i of [0, 1])
          expect(distance(half(whole, i), normalize(half(s.x, i), s.gamma, s.beta, null, of({})).y)).toBeLessThan(
            1e-12,
          );
      }),
      runs,
    );
  });
});

const groupings: readonly (readonly [string, Partial<Grouping>])[] = [
  ['batch', {}],
  ['slices', { slice: 2 }],
  ['layer', { over: 'sample', groups: 1 }],
  ['channels of a position', { over: 'position', groups: 1 }],
  ['groups', { over: 'sample', groups: 3 }],
  ['instance', { over: 'sample' }],
  ['frn', { over: 'sample', centred: false }],
  ['rms', { over: 'position', groups: 1, centred: false }],
];

/** The gradient by the chain rule, step by step, as it is derived from x̂ = (x − mean)/√(variance + ε). */
function composed({ x, dy, gamma }: Sample, options: ReturnType<typeof of>): NdArray {
  const plain = normalize(x, null, null, null, options);
  const groupOf = (i: number): number => groupIndex(x.shape, i, options);
  const count = x.data.length / plain.variance.data.length;
  const at = (a: NdArray, i: number): number => a.data[i] ?? 0;
  const centred = (i: number): number => at(x, i) - (options.centred ? at(plain.mean, groupOf(i)) : 0);
  const root = (k: number): number => (at(plain.variance, k) + options.epsilon) ** -0.5;
  const g = map(dy, (v, i) => v * at(gamma, i % 6));
  const droot = new Float64Array(plain.variance.data.length);
  g.data.forEach((v, i) => {
    droot[groupOf(i)] = (droot[groupOf(i)] ?? 0) + v * centred(i);
  });
  const dvariance = droot.map((v, k) => v * -0.5 * root(k) ** 3);
  const dcentred = map(g, (v, i) => v * root(groupOf(i)) + ((dvariance[groupOf(i)] ?? 0) * 2 * centred(i)) / count);
  if (!options.centred) return dcentred;
  const dmean = new Float64Array(droot.length);
  dcentred.data.forEach((v, i) => {
    dmean[groupOf(i)] = (dmean[groupOf(i)] ?? 0) - v;
  });
  return map(dcentred, (v, i) => v + (dmean[groupOf(i)] ?? 0) / count);
}

function groupIndex(shape: readonly number[], i: number, { over, slice, groups }: Grouping): number {
  const [channel, n] = [i % 6, Math.floor(i / (sizeOf(shape) / 4))];
  if (over === 'position') return Math.floor(i / 6);
  if (over === 'sample') return n * (groups ?? 6) + Math.floor(channel / (6 / (groups ?? 6)));
  return slice === null ? channel : Math.floor(n / slice) * 6 + channel;
}

describe.each(groupings)('%s', (_, grouping) => {
  test('the closed form is the derivative that the chain rule gives', () => {
    fc.assert(
      fc.property(sample, (s) => {
        const options = of(grouping, 0.05);
        const [, dx] = both(s, options);
        expectSame([dx ?? s.x], [composed(s, options)], 1e-10);
      }),
      runs,
    );
  });

  test('as epsilon vanishes, what is scaled comes out the same, and its gradient is divided', () => {
    fc.assert(
      fc.property(sample, fc.double({ min: 0.1, max: 20, noNaN: true }), (s, a) => {
        // One value alone, or all of a group equal, has nothing that epsilon could vanish against.
        const { variance } = normalize(s.x, null, null, null, of(grouping));
        fc.pre(variance.data.every((v) => v > 0.05));
        const options = of(grouping, 1e-14);
        const [y, dx, dgamma, dbeta] = both(s, options);
        const [ya, dxa, dgammaA, dbetaA] = both({ ...s, x: map(s.x, (v) => a * v) }, options);
        if (y === undefined || dx === undefined || dgamma === undefined || dbeta === undefined)
          throw new Error('no values');
        expectSame(
          [ya ?? y, map(dxa ?? dx, (v) => a * v), dgammaA ?? dgamma, dbetaA ?? dbeta],
          [y, dx, dgamma, dbeta],
          1e-8,
        );
      }),
      runs,
    );
  });
});

test('BN(aWu) = BN(Wu) for a > 0 as epsilon vanishes; the same gradient for u, that for aW divided by a (Ioffe & Szegedy 2015, 3.3)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.1, max: 20, noNaN: true }), (seed, a) => {
      const [u, w, dy] = [awayFromZero([7, 5], seed), awayFromZero([5, 3], seed + 1), awayFromZero([7, 3], seed + 2)];
      const gamma = awayFromZero([3], seed + 3);
      const options = of({}, 1e-14);
      const through = (kernel: NdArray) => {
        const z = dense(u, kernel, null);
        const forward = normalize(z, gamma, null, null, options);
        fc.pre(forward.variance.data.every((v) => v > 1e-3));
        const { dx } = normalizeGrad(dy, z, forward, gamma, null, options);
        return { y: forward.y, du: matMul(dx, kernel, false, true), dw: matMul(u, dx, true, false) };
      };
      const [one, scaled] = [through(w), through(map(w, (v) => a * v))];
      expectSame([scaled.y, scaled.du, map(scaled.dw, (v) => a * v)], [one.y, one.du, one.dw], 1e-8);
    }),
    runs,
  );
});

test('a variance of slices that is fed unbiased is unbiased: its mean over all ways to draw is that of the whole', () => {
  // All samples of two out of four values, with replacement: the mean of their unbiased variances is the variance.
  const values = [1, 4, 4, 9];
  const mean = 4.5;
  const whole = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 4;
  const found = values.flatMap((a) =>
    values.map((b) => {
      const x = ndarray([2, 1], [a, b]);
      const { variance } = normalize(x, null, null, null, of({}));
      return updateMoving(ndarray([1], [0]), variance, x, 0).data[0] ?? 0;
    }),
  );
  expect(found.reduce((a, b) => a + b, 0) / 16).toBeCloseTo(whole, 12);
});
