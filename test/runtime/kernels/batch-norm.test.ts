/** Batch normalization: both phases, the gradient against finite differences, with and without scale and shift. */
import { describe, expect, test } from 'vitest';
import { batchNorm, batchNormGrad, batchNormTrain, updateMoving, variable } from '../../../src/runtime/index.ts';
import {
  checked,
  expectClose,
  expectKernel,
  map,
  type Nd,
  nd,
  onBackends,
  sizeOf,
  tensor,
  values,
  vector,
} from './harness.ts';

const epsilon = 1e-3;
const channel = (c: number, i: number): number => i % c;

function statistics(x: Nd): { mean: Nd; variance: Nd } {
  const c = x.shape.at(-1) ?? 1;
  const count = x.data.length / c;
  const mean = new Float64Array(c);
  const variance = new Float64Array(c);
  x.data.forEach((v, i) => {
    mean[i % c] = (mean[i % c] ?? 0) + v / count;
  });
  x.data.forEach((v, i) => {
    variance[i % c] = (variance[i % c] ?? 0) + (v - (mean[i % c] ?? 0)) ** 2 / count;
  });
  return { mean: nd([c], mean), variance: nd([c], variance) };
}

const normalized = (x: Nd, { mean, variance }: { mean: Nd; variance: Nd }, gamma: Nd | null, beta: Nd | null): Nd =>
  map(x, (v, i) => {
    const k = channel(mean.data.length, i);
    const z = (v - (mean.data[k] ?? 0)) / Math.sqrt((variance.data[k] ?? 0) + epsilon);
    return z * (gamma?.data[k] ?? 1) + (beta?.data[k] ?? 0);
  });

const shapes = {
  image: [4, 5, 3, 6],
  'image of 1×1': [5, 1, 1, 4],
  rows: [7, 5],
  'one sample': [1, 6, 5, 3],
  'far from zero': [4, 5, 3, 6],
};

onBackends(() => {
  describe.each(Object.entries(shapes))('%s', (name, shape) => {
    const c = shape.at(-1) ?? 1;
    const x = map(values('x', shape, -2, 3), (v) => Math.fround(v + (name === 'far from zero' ? 100 : 0)));
    const [gamma, beta, dy] = [values('gamma', [c]), values('beta', [c]), values('dy', shape)];
    const tolerance = name === 'far from zero' ? 1e-4 : 1e-5;
    const affines: readonly (readonly [string, Nd | null, Nd | null])[] = [
      ['scale and shift', gamma, beta],
      ['no scale', null, beta],
      ['no shift', gamma, null],
      ['neither', null, null],
    ];
    const given = (g: Nd | null, b: Nd | null) => ({
      ...(g && { gamma: vector(g) }),
      ...(b && { beta: vector(b) }),
      epsilon,
    });

    test.each(affines)('%s', (_, g, b) => {
      const population = { mean: values('mean', [c]), variance: values('variance', [c], 0.1, 2) };
      expectKernel(
        () =>
          batchNorm(tensor(x), {
            ...given(g, b),
            mean: vector(population.mean),
            variance: vector(population.variance),
            momentum: 0.9,
          }),
        normalized(x, population, g, b),
      );
      const batch = statistics(x);
      checked(
        () => batchNormTrain(tensor(x), given(g, b)),
        ([y, mean, variance]) => {
          if (y === undefined || mean === undefined || variance === undefined) throw new Error('a result is missing');
          expectClose(y, normalized(x, batch, g, b), tolerance);
          expectClose(mean, batch.mean);
          expectClose(variance, batch.variance);
        },
      );
    });

    test.each([['scale', gamma] as const, ['no scale', null] as const])('gradient, %s', (_, g) => {
      const batch = statistics(x);
      const loss = (at: Nd): number =>
        normalized(at, statistics(at), g, null).data.reduce((sum, v, i) => sum + v * (dy.data[i] ?? 0), 0);
      const h = 1e-4;
      const dx = map(x, (v, i) => {
        const moved = (by: number): number => loss(map(x, (w, j) => (i === j ? v + by : w)));
        return (moved(h) - moved(-h)) / (2 * h);
      });
      const z = normalized(x, batch, null, null);
      const sums = (of: (i: number) => number): Nd => {
        const total = new Float64Array(c);
        for (let i = 0; i < sizeOf(shape); i++) total[i % c] = (total[i % c] ?? 0) + of(i);
        return nd([c], total);
      };
      checked(
        () =>
          batchNormGrad(tensor(dy), tensor(x), vector(batch.mean), vector(batch.variance), {
            epsilon,
            ...(g && { gamma: vector(g) }),
          }),
        ([dxs, dgamma, dbeta]) => {
          if (dxs === undefined || dgamma === undefined || dbeta === undefined) throw new Error('a result is missing');
          expectClose(dxs, dx, tolerance);
          expectClose(
            dgamma,
            sums((i) => (dy.data[i] ?? 0) * (z.data[i] ?? 0)),
            tolerance,
          );
          expectClose(
            dbeta,
            sums((i) => dy.data[i] ?? 0),
          );
        },
      );
    });
  });

  test('updateMoving', () => {
    const moving = variable(vector(nd([2], [1, 2])));
    checked(
      () => {
        updateMoving(moving, vector(nd([2], [3, -2])), { momentum: 0.75 });
        return {};
      },
      () => expectClose(moving, nd([2], [1.5, 1])),
    );
    moving.dispose();
    expect(moving.isDisposed).toBe(true);
  });
});
