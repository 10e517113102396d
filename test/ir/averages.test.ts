/** Averages of weights against PyTorch and Keras (scripts/oracle/averages.py) and their closed forms, on both sides: IR and kernels. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ndarray } from '../../src/ir/nd.ts';
import * as reference from '../../src/ir/reference/averages.ts';
import * as kernels from '../../src/runtime/kernels/averages.ts';
import recorded from './oracle/averages.json' with { type: 'json' };

const updates = recorded.weights.length;
const { perEpoch } = recorded;

/** The averages after each update of weights, one number each. */
function averages(weights: readonly number[], share: (update: number) => number): readonly number[] {
  let average = ndarray([1], [Number.NaN]);
  return weights.map((w, i) => {
    const part = share(i + 1);
    average = part === 1 ? ndarray([1], [w]) : reference.updateAverage(average, ndarray([1], [w]), part);
    return average.data[0] ?? Number.NaN;
  });
}

const column = (rows: readonly (readonly number[])[], c: number): readonly number[] => rows.map((row) => row[c] ?? 0);

test.each(recorded.cases.map((c) => [`${c.kind} ${JSON.stringify(c.arguments)} (${c.source})`, c] as const))(
  '%s',
  (_, c) => {
    const { decay = 0, debias = true, start = 0, every = null } = c.arguments;
    const share = (update: number): number =>
      c.kind === 'ema'
        ? reference.emaShare(update, { decay, debias })
        : reference.swaShare(update, updates, perEpoch, { start, every });
    for (let w = 0; w < 4; w++) {
      const expected = column(c.averages, w);
      for (const [i, found] of averages(column(recorded.weights, w), share).entries())
        expect(found, `update ${i + 1}`).toBeCloseTo(expected[i] ?? Number.NaN, 6);
    }
  },
);

const property = { seed: 21, numRuns: 200 } as const;
const weights = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 40 });
const decays = fc.constantFrom(0.5, 0.9, 0.999);

describe('closed forms', () => {
  test('ema: (1 − d)·Σ dᵗ⁻ⁱwᵢ / (1 − dᵗ)', () => {
    fc.assert(
      fc.property(weights, decays, (w, decay) => {
        const found = averages(w, (update) => reference.emaShare(update, { decay, debias: true }));
        const t = w.length;
        const sum = w.reduce((s, value, i) => s + decay ** (t - 1 - i) * value, 0);
        expect(found.at(-1)).toBeCloseTo(((1 - decay) * sum) / (1 - decay ** t), 8);
      }),
      property,
    );
  });

  test('an average of weights that stay is those weights', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 50 }), decays, (w, t, decay) => {
        const all = Array.from({ length: t }, () => w);
        expect(averages(all, (u) => reference.emaShare(u, { decay, debias: true })).at(-1)).toBeCloseTo(w, 10);
        expect(averages(all, (u) => reference.swaShare(u, t, 1, { start: 0.3, every: null })).at(-1)).toBeCloseTo(
          w,
          10,
        );
      }),
      property,
    );
  });

  test('swa: the mean of the weights that are taken', () => {
    fc.assert(
      fc.property(
        weights,
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(0.01, 0.3, 0.75, 1, 2),
        fc.option(fc.integer({ min: 1, max: 7 })),
        (w, epoch, start, every) => {
          const found = averages(w, (u) => reference.swaShare(u, w.length, epoch, { start, every }));
          const from = start < 1 ? start * w.length : start * epoch;
          const taken = w.filter((_, i) => (i + 1) % (every ?? epoch) === 0 && i + 1 >= from - 1e-9);
          const mean = taken.length === 0 ? (w.at(-1) ?? 0) : taken.reduce((a, b) => a + b) / taken.length;
          expect(found.at(-1)).toBeCloseTo(mean, 8);
        },
      ),
      property,
    );
  });

  test('accumulated by size, gradients of parts are the gradient of the whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 5 }), {
          minLength: 1,
          maxLength: 6,
        }),
        (parts) => {
          const all = parts.flat();
          const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
          const sum = parts.reduce(
            (s, part) => reference.accumulate(s, ndarray([1], [mean(part)]), part.length / all.length),
            ndarray([1], [0]),
          );
          expect(sum.data[0]).toBeCloseTo(mean(all), 10);
        },
      ),
      property,
    );
  });
});

test('a share of the run that is a whole number of epochs begins at the end of that epoch', () => {
  for (let epochs = 1; epochs <= 100; epochs++)
    for (let percent = 1; percent < 100; percent++) {
      const epoch = (percent * epochs) / 100;
      if (!Number.isInteger(epoch)) continue;
      for (const perEpoch of [1, 3, 469])
        expect(
          kernels.swaTaken(epoch * perEpoch, epochs * perEpoch, perEpoch, { start: percent / 100 }),
          `${percent}% of ${epochs} epochs`,
        ).toBe(1);
    }
  expect(reference.swaShare(8, 25, 1, { start: 0.28, every: null })).toBe(0.5);
});

test('the kernels share out as the reference does', () => {
  for (let update = 1; update <= 30; update++) {
    for (const debias of [true, false])
      expect(kernels.emaShare(update, { decay: 0.95, debias })).toBe(
        reference.emaShare(update, { decay: 0.95, debias }),
      );
    for (const [start, every] of [
      [0.4, null],
      [2, null],
      [0.4, 4],
      [3, 1],
    ] as const)
      expect(kernels.swaShare(update, 30, 7, { start, every })).toBe(
        reference.swaShare(update, 30, 7, { start, every }),
      );
  }
});
