/** Clipping and constraints where single precision, zeros and equal values could go wrong. What they compute is compared step by step elsewhere. */
import type { Rank, Variable } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import * as reference from '../../../src/ir/reference/constraints.ts';
import {
  adaptiveClip,
  clipValue,
  dynamicClipScale,
  maxNorm,
  nonNegative,
  projectBall,
  unitNorm,
  variable,
  zeros,
} from '../../../src/runtime/index.ts';
import {
  checked,
  expectClose,
  expectKernel,
  matrix,
  type Nd,
  nd,
  onBackends,
  tensor,
  ties,
  values,
} from './harness.ts';

onBackends(() => {
  /** Weights after something that only writes, and frees all it made. */
  function projected(weights: readonly Nd[], project: (variables: readonly Variable[]) => void): readonly Nd[] {
    const variables = weights.map((w) => variable(tensor(w).clone()));
    checked(
      () => {
        project(variables);
        return {};
      },
      () => undefined,
    );
    const found = variables.map((v) => nd(v.shape, Float64Array.from(v.dataSync())));
    for (const v of variables) v.dispose();
    return found;
  }
  const one = (w: Nd, project: (variable: Variable<Rank>) => void): Nd =>
    projected([w], ([v]) => (v === undefined ? undefined : project(v)))[0] ?? expect.fail();

  test('clipValue', () =>
    expectKernel(() => clipValue(matrix(nd([1, 3], [-3, 0.2, 5])), { max: 1 }), nd([1, 3], [-1, 0.2, 1])));

  describe('adaptiveClip', () => {
    test('weights of zero count with eps, gradients of zero stay zero', () =>
      expectKernel(
        () =>
          adaptiveClip(matrix(nd([2, 3], [0, 3, 3, 0, 4, 4])), matrix(nd([2, 3], [3, 0, 3, 4, 0, 4])), {
            lambda: 0.1,
            eps: 0.5,
          }),
        // 0.1·0.5/5 of the first, 0.1·5/5 of the last.
        nd([2, 3], [0.03, 0, 0.3, 0.04, 0, 0.4]),
      ));
    test('a vector is one unit', () =>
      expectKernel(
        () => adaptiveClip(tensor(nd([2], [0, 5])), tensor(nd([2], [3, 4])), { lambda: 0.1 }),
        nd([2], [0.3, 0.4]),
      ));
  });

  test('dynamicClipScale: the first is 1, zeros give numbers, what it remembers moves on', () => {
    const memory = { mean: variable(zeros([])), count: variable(zeros([])) };
    const next = (norm: number, alpha: number, beta: number): number => {
      let found = Number.NaN;
      checked(
        () => dynamicClipScale(memory, [tensor(nd([2], [0.6 * norm, 0.8 * norm]))], { alpha, beta }),
        ([scale]) => {
          found = scale?.dataSync()[0] ?? Number.NaN;
        },
      );
      return found;
    };
    expect(next(8, 1, 0.1)).toBe(1);
    expect(next(16, 1, 0)).toBeCloseTo(0.5, 6);
    expect(next(24, 0.5, 1)).toBeCloseTo(7 / 24, 6);
    expect(memory.mean.dataSync()[0]).toBeCloseTo(16, 5);
    expect(next(0, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(memory.count.dataSync()[0]).toBe(4);
    memory.mean.dispose();
    memory.count.dispose();
    const fresh = { mean: variable(zeros([])), count: variable(zeros([])) };
    checked(
      () => dynamicClipScale(fresh, [tensor(nd([2], [0, 0]))], { alpha: 1, beta: 0 }),
      ([scale]) => expect(Number.isFinite(scale?.dataSync()[0])).toBe(true),
    );
    fresh.mean.dispose();
    fresh.count.dispose();
  });

  describe('norms', () => {
    test('what is within the bound keeps its bits', () => {
      const w = values('w', [7, 3], -0.2, 0.2);
      expect(one(w, (v) => maxNorm(v, { max: 5 }))).toEqual(w);
    });
    test('zeros stay zeros, and nothing so small is blown up', () => {
      expect([...one(nd([2, 2], [0, 1e-30, 0, 0]), unitNorm).data].every((v) => v <= 1)).toBe(true);
      expect([...one(nd([2, 2], [0, 3, 0, 4]), unitNorm).data]).toEqual([0, Math.fround(0.6), 0, Math.fround(0.8)]);
      expect([...one(nd([3], [0, 0, 0]), (v) => maxNorm(v, { max: 1 })).data]).toEqual([0, 0, 0]);
    });
    test('over given axes', () => {
      const w = values('w', [3, 4]);
      expectClose(tensor(one(w, (v) => maxNorm(v, { max: 0.3, axes: [1] }))), reference.maxNorm(w, 0.3, [1]));
      expectClose(tensor(one(w, (v) => unitNorm(v, { axes: [0, 1] }))), reference.unitNorm(w, [0, 1]));
    });
    test('non-negative', () => {
      expect([...one(nd([4], [-1, 0, 2, -0.5]), nonNegative).data]).toEqual([0, 0, 2, 0]);
    });
  });

  describe.each(['l1', 'l2'] as const)('a ball in %s', (norm) => {
    test.each([0.3, 4, 1000])('of radius %d, with many equal weights', (radius) => {
      const weights = [ties('a', [5, 4]), ties('b', [6])];
      const expected = reference.projectBall(weights, norm, radius);
      const found = projected(weights, (v) => projectBall(v, { norm, radius }));
      found.forEach((w, i) => {
        expectClose(tensor(w), expected[i] ?? expect.fail());
      });
    });
    test('what is within keeps its bits', () => {
      const w = values('w', [9], -0.1, 0.1);
      expect(projected([w], (v) => projectBall(v, { norm, radius: 3 }))).toEqual([w]);
    });
  });
});
