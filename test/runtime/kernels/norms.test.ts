/** The family of norms on every backend against the float64 evaluation: each grouping, with and without scale, shift, learned epsilon. */
import type { Rank, Variable } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Grouping } from '../../../src/ir/ops/norm/grouping.ts';
import * as reference from '../../../src/ir/reference/normalize.ts';
import {
  batchNorm,
  normalize,
  normalizeGrad,
  normalizeTrain,
  updateMoving,
  updatePopulation,
  variable,
} from '../../../src/runtime/index.ts';
import { checked, expectClose, expectKernel, map, type Nd, nd, onBackends, tensor, values, vector } from './harness.ts';

const epsilon = 1e-3;

const each: Grouping = { over: 'batch', slice: null, groups: null, centred: true };
const groupings: Readonly<Record<string, Grouping>> = {
  batch: each,
  'slices of 2': { ...each, slice: 2 },
  layer: { ...each, over: 'sample', groups: 1 },
  'channels of a position': { ...each, over: 'position', groups: 1 },
  '3 groups': { ...each, over: 'sample', groups: 3 },
  instance: { ...each, over: 'sample' },
  frn: { ...each, over: 'sample', centred: false },
  rms: { ...each, over: 'position', groups: 1, centred: false },
};

const shapes: Readonly<Record<string, readonly number[]>> = {
  features: [4, 6],
  sequence: [4, 7, 6],
  image: [4, 5, 3, 6],
  'image of 1×1': [4, 1, 1, 6],
  volume: [2, 3, 2, 4, 6],
  'far from zero': [4, 5, 3, 6],
};

/** As a kernel is given them: without what is left out. */
const options = ({ over, slice, groups, centred }: Grouping) => ({
  over,
  ...(slice === null ? {} : { slice }),
  ...(groups === null ? {} : { groups }),
  centred,
  epsilon,
});

const rows = Object.entries(shapes).flatMap(([name, shape]) =>
  Object.entries(groupings).map(([title, grouping]) => [name, title, shape, grouping] as const),
);

onBackends(() => {
  test.each(rows)('%s, %s', (name, _, shape, grouping) => {
    const channels = shape.at(-1) ?? 1;
    const far = name === 'far from zero';
    const x = map(values('x', shape, -2, 3), (v) => Math.fround(v + (far ? 100 : 0)));
    const dy = values('dy', shape);
    const [gamma, beta, learned] = [values('gamma', [channels]), values('beta', [channels]), nd([1], [-0.25])];
    const tolerance = far ? 1e-4 : 2e-5;
    const settings: readonly (readonly [Nd | null, Nd | null, Nd | null])[] = [
      [gamma, beta, null],
      [null, null, null],
      [gamma, null, learned],
    ];
    for (const [g, b, l] of settings) {
      const given = () => ({
        ...options(grouping),
        ...(g && { gamma: vector(g) }),
        ...(l && { learned: vector(l) }),
      });
      const shifted = () => ({ ...given(), ...(b && { beta: vector(b) }) });
      const full = { ...grouping, epsilon };
      const want = reference.normalize(x, g, b, l, full);
      expectKernel(() => normalize(tensor(x), shifted()), want.y, tolerance);
      checked(
        () => {
          const made: Readonly<Record<string, ReturnType<typeof tensor>>> = normalizeTrain(tensor(x), shifted());
          expect(Object.keys(made).toSorted()).toEqual(
            grouping.centred ? ['mean', 'variance', 'y'] : ['variance', 'y'],
          );
          return made;
        },
        ([y, variance, mean]) => {
          if (y === undefined || variance === undefined) throw new Error('a result is missing');
          expectClose(y, want.y, tolerance);
          expectClose(variance, want.variance);
          if (mean !== undefined) expectClose(mean, want.mean);
        },
      );
      const statistics = { variance: want.variance, mean: grouping.centred ? want.mean : null };
      const gradient = reference.normalizeGrad(dy, x, statistics, g, l, full);
      checked(
        () =>
          normalizeGrad(tensor(dy), tensor(x), tensor(want.variance), {
            ...given(),
            ...(grouping.centred && { mean: tensor(want.mean) }),
          }),
        (results) => {
          const wanted = [gradient.dx, gradient.dgamma, gradient.dbeta, gradient.dlearned].filter((v) => v !== null);
          expect(results.length).toBe(wanted.length);
          // A variance of 0, as of one value, makes 1/√ε of every rounding.
          results.forEach((result, i) => {
            expectClose(result, wanted[i] ?? nd([], []), tolerance * (far ? 10 : 3));
          });
        },
      );
    }
  });

  test.each(Object.entries(shapes))('by given statistics, %s', (_, shape) => {
    const channels = shape.at(-1) ?? 1;
    const x = values('x', shape, -2, 3);
    const [gamma, beta] = [values('gamma', [channels]), values('beta', [channels])];
    const [mean, variance] = [values('mean', [channels]), values('variance', [channels], 0.1, 2)];
    for (const [g, b] of [
      [gamma, beta],
      [null, beta],
      [gamma, null],
      [null, null],
    ] as const)
      expectKernel(
        () =>
          batchNorm(tensor(x), {
            ...(g && { gamma: vector(g) }),
            ...(b && { beta: vector(b) }),
            mean: vector(mean),
            variance: vector(variance),
            epsilon,
          }),
        reference.batchNorm(x, g, b, mean, variance, epsilon),
      );
  });

  test('slices that do not divide the batch', () => {
    const x = tensor(values('x', [3, 2, 2, 4]));
    expect(() => normalize(x, { slice: 2, epsilon })).toThrow('slices of 2 samples do not divide a batch of 3');
    x.dispose();
  });

  describe('statistics', () => {
    const moved = (update: (moving: Variable<Rank.R1>) => void): readonly number[] => {
      const moving = variable(vector(nd([2], [1, 2])));
      checked(
        () => {
          update(moving);
          return {};
        },
        () => expect(moving.isDisposed).toBe(false),
      );
      const found = [...moving.dataSync()];
      moving.dispose();
      return found;
    };
    const value = () => vector(nd([2], [3, -2]));
    const slices = () => tensor(nd([2, 2], [3, -2, 5, 2]));

    test('move by a momentum that weighs the old value', () => {
      expect(moved((m) => updateMoving(m, value(), { momentum: 0.75 }))).toEqual([1.5, 1]);
    });
    test('of slices, by their mean', () => {
      expect(moved((m) => updateMoving(m, slices(), { momentum: 0.75 }))).toEqual([1.75, 1.5]);
    });
    test('of a variance, unbiased where the value is given', () => {
      // 5 values a channel: 5/4 of the biased variance; of two slices 10 values each.
      const of = () => tensor(values('x', [5, 2]));
      expect(moved((m) => updateMoving(m, value(), { momentum: 0, of: of() }))).toEqual([3.75, -2.5]);
      const sliced = () => tensor(values('x', [4, 5, 2]));
      const found = moved((m) => updateMoving(m, slices(), { momentum: 0, of: sliced() }));
      expect(found[0]).toBeCloseTo((4 * 10) / 9, 5);
    });
    test('of a single value no more than it is', () => {
      const one = () => tensor(values('x', [1, 2]));
      expect(moved((m) => updateMoving(m, value(), { momentum: 0, of: one() }))).toEqual([3, -2]);
    });
    test('become their mean over batches; the first begins anew', () => {
      const seen = [
        [4, 0],
        [8, 1],
        [0, 5],
      ] as const;
      const found = moved((m) => {
        seen.forEach((v, i) => {
          updatePopulation(m, vector(nd([2], v)), i + 1);
        });
      });
      expect(found[0]).toBeCloseTo(4, 5);
      expect(found[1]).toBeCloseTo(2, 5);
    });
    test('that a shared norm measures twice a batch count twice', () => {
      const found = moved((m) => {
        [4, 8, 1, 3].forEach((v, i) => {
          updatePopulation(m, vector(nd([2], [v, v])), Math.floor(i / 2) + 1, { use: (i % 2) + 1, uses: 2 });
        });
      });
      expect(found[0]).toBeCloseTo(4, 5);
    });
  });
});
