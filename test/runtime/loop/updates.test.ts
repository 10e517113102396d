import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partOf, planEpoch, together } from '../../../src/runtime/loop/updates.ts';
import { refusal } from '../node/helpers.ts';

const plans = fc
  .record({
    samples: fc.integer({ min: 1, max: 200 }),
    batch: fc.integer({ min: 1, max: 20 }),
    last: fc.constantFrom('keep' as const, 'drop' as const),
    accumulate: fc.integer({ min: 1, max: 12 }),
  })
  .filter(({ samples, batch, last, accumulate }) => {
    const batches = last === 'keep' ? Math.ceil(samples / batch) : Math.floor(samples / batch);
    return batches >= accumulate;
  })
  .map(({ samples, ...config }) => planEpoch(samples, { ...config, needsTwoSamples: false }));
const property = { seed: 12, numRuns: 300 } as const;

describe('batches of an update', () => {
  test('there are ⌈batches/k⌉ updates, and the shares of each add up to one', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const parts = Array.from({ length: plan.batches }, (_, i) => partOf(i, plan));
        expect(parts.filter((p) => p.isLast)).toHaveLength(plan.updates);
        expect(plan.updates).toBe(Math.ceil(plan.batches / plan.accumulate));
        expect(parts.at(-1)?.isLast).toBe(true);
        let [share, samples, total] = [0, 0, 0];
        for (const part of parts) {
          share += part.share;
          samples += part.share * part.samples;
          if (!part.isLast) continue;
          expect(share).toBeCloseTo(1, 12);
          expect(samples).toBeCloseTo(part.samples, 9);
          total += part.samples;
          [share, samples] = [0, 0];
        }
        // Every sample of the epoch counts once.
        expect(total).toBe(Math.min(plan.samples, plan.batches * plan.batch));
      }),
      property,
    );
  });

  test('one batch an update is all of it', () => {
    const plan = planEpoch(10, { batch: 4, last: 'keep', needsTwoSamples: false });
    expect(plan).toMatchObject({ batches: 3, updates: 3, accumulate: 1 });
    expect(partOf(2, plan)).toEqual({ share: 1, samples: 2, isLast: true });
  });

  test('a smaller last batch has a smaller share', () => {
    const plan = planEpoch(10, { batch: 4, last: 'keep', needsTwoSamples: false, accumulate: 3 });
    expect([0, 1, 2].map((i) => partOf(i, plan).share)).toEqual([0.4, 0.4, 0.2]);
  });

  test('more than there are is refused', async () => {
    const config = { batch: 4, last: 'drop', needsTwoSamples: false, accumulate: 3 } as const;
    expect(await refusal(() => planEpoch(10, config))).toMatchInlineSnapshot(`
      "error[NRM5120]: \`accumulate: 3\` takes 3 batches an update, and 10 samples in batches of 4 are 2
        = help: write \`accumulate: 2\` or less: no update crosses the end of an epoch
        = explain: nrmc explain NRM5120"
    `);
  });
});

describe('training and validation part together', () => {
  test('are all rows, in the order of the files', () => {
    const samples = { columns: [], rows: Uint32Array.of(1, 3, 4) };
    expect([...together(samples, { ...samples, rows: Uint32Array.of(0, 2) }).rows]).toEqual([0, 1, 2, 3, 4]);
    expect(together(samples, null)).toBe(samples);
  });

  test('of different columns there is no whole', () => {
    const rows = Uint32Array.of(0);
    expect(() => together({ columns: [], rows }, { columns: [], rows })).toThrow('rows of the same columns');
  });
});
