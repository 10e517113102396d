/** What a report says of numbers: orders, spreads, and which differences are larger than them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measuresOf } from '../../src/report/sweep/results.ts';
import { cellsOf, gapOf, measured, spreadOf } from '../../src/report/sweep/statistics.ts';
import { viewsOf } from '../../src/report/sweep/views.ts';
import { batchNormAnswer, groundRules, orderings, summaries } from '../../src/report/sweep/words.ts';
import { type Errors, madeUp } from './made-up.ts';

function said(errors: Errors, repeats: number) {
  const results = madeUp(errors, repeats);
  const [view] = viewsOf(results);
  const [measure] = measuresOf(results);
  const panel = view?.panels[0];
  if (view === undefined || panel === undefined || measure === undefined) throw new Error('nothing to see');
  return {
    order: orderings(results, view, panel, measure),
    where: summaries(results, view, panel, measure),
    answer: batchNormAnswer(results, view, panel, measure),
  };
}

const behindAtTwo: Errors = {
  none: { 2: [0.16, 0.17, 0.18], 32: [0.18, 0.19, 0.2] },
  batch: { 2: [0.26, 0.27, 0.28], 32: [0.15, 0.16, 0.17] },
  'group(2)': { 2: [0.14, 0.15, 0.16], 32: [0.145, 0.155, 0.165] },
};

describe('the order at each place', () => {
  test('best first, with the spread; who is behind by more than it, and who is not', () => {
    const { order } = said(behindAtTwo, 3);
    expect(order).toEqual([
      'At batch 2: group(2) 15.00% ± 1.00, none 17.00% ± 1.00, batch 27.00% ± 1.00; behind group(2) by more than the spread: none by 2.00 points (spread 1.00) and batch by 12.00 points (spread 1.00).',
      'At batch 32: group(2) 15.50% ± 1.00, batch 16.00% ± 1.00, none 19.00% ± 1.00; behind group(2) by more than the spread: none by 3.50 points (spread 1.00); by less: batch.',
    ]);
  });

  test('a difference within the spread is none', () => {
    const { order, where, answer } = said({ batch: { 2: [0.1, 0.2], 4: [] }, layer: { 2: [0.12, 0.16], 4: [] } }, 2);
    expect(order[0]).toContain('no difference to layer is larger than the spread.');
    expect(where).toContain('batch: nowhere behind the best by more than the spread.');
    expect(answer).toMatch(/^At batch 2 batch norm is not behind by more than the spread: .*1\.00 points, is within/);
  });

  test('one run of each has no spread to compare with', () => {
    const { order, where, answer } = said({ batch: { 2: [0.2], 4: [0.1] }, layer: { 2: [0.1], 4: [0.2] } }, 1);
    expect(order).toEqual(['At batch 2: layer 10.00%, batch 20.00%.', 'At batch 4: batch 10.00%, layer 20.00%.']);
    expect(where).toEqual([]);
    expect(answer).toMatch(/batch norm is behind by 10\.00 points, in the only run of each/);
    expect(groundRules(madeUp({}, 1))).toContain('run once');
  });

  test('cases of which no run finished are named, not ranked', () => {
    const { order } = said(
      { none: { 2: [], 4: [] }, batch: { 2: [0.2, 0.3], 4: [] }, layer: { 2: [0.1, 0.1], 4: [] } },
      2,
    );
    expect(order[0]).toMatch(/^At batch 2: layer .* No run of none finished\.$/);
    expect(order[1]).toBe('At batch 4: no run finished.');
  });
});

describe('batch norm at the smallest batch', () => {
  test('falls behind', () => {
    expect(said(behindAtTwo, 3).answer).toBe(
      'At batch 2 batch norm falls behind: error 27.00% ± 1.00 with batch, 15.00% ± 1.00 with group(2), the best of the others. The difference, 12.00 points, is larger than the spread (1.00), and goes the same way in 3 of 3 repeats.',
    );
  });

  test('or does not', () => {
    const { answer } = said({ batch: { 2: [0.1, 0.1], 4: [] }, layer: { 2: [0.2, 0.2], 4: [] } }, 2);
    expect(answer).toMatch(/^At batch 2 batch norm does not fall behind: /);
  });

  test('is the least number, not the first one written', () => {
    expect(
      said({ batch: { 32: [0.1, 0.1], 4: [0.3, 0.3] }, frn: { 32: [0.1, 0.1], 4: [0.1, 0.1] } }, 2).answer,
    ).toMatch(/^At batch 4 batch norm falls behind/);
  });

  test('where each falls behind', () => {
    expect(said(behindAtTwo, 3).where).toEqual([
      'none: behind the best by more than the spread at every batch.',
      'batch: behind the best by more than the spread at batch 2, not at 32.',
      'group(2): nowhere behind the best by more than the spread.',
    ]);
  });
});

describe('numbers', () => {
  const several = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 });

  test('a spread does not see the order, and moves with its numbers', () => {
    fc.assert(
      fc.property(several, fc.double({ min: -1, max: 1, noNaN: true }), (numbers, shift) => {
        const [a, b, c] = [numbers, numbers.toReversed(), numbers.map((n) => n + shift)].map(spreadOf);
        expect(b?.mean).toBeCloseTo(a?.mean ?? Number.NaN, 10);
        expect(c?.mean).toBeCloseTo((a?.mean ?? Number.NaN) + shift, 10);
        expect(c?.deviation).toBeCloseTo(a?.deviation ?? Number.NaN, 8);
      }),
      { seed: 1, numRuns: 100 },
    );
    expect(spreadOf([1, 2, 3])).toEqual({ count: 3, mean: 2, deviation: 1 });
    expect(spreadOf([4])).toEqual({ count: 1, mean: 4, deviation: null });
    expect(spreadOf([])).toBeNull();
  });

  test('a gap is larger than the spread exactly when it is larger than both deviations', () => {
    fc.assert(
      fc.property(several, several, (a, b) => {
        const n = Math.min(a.length, b.length);
        const results = madeUp({ a: { 2: a.slice(0, n) }, b: { 2: b.slice(0, n) } }, n);
        const [measure] = measuresOf(results);
        const cells = cellsOf(results);
        if (measure === undefined) throw new Error('no measure');
        const [x, y] = cells.toSorted((p, q) => (measured(p, measure)?.mean ?? 0) - (measured(q, measure)?.mean ?? 0));
        if (x === undefined || y === undefined) throw new Error('no cells');
        const [p, q] = [measured(x, measure), measured(y, measure)];
        const gap = gapOf(x, y, measure);
        const difference = (q?.mean ?? 0) - (p?.mean ?? 0);
        expect(gap?.difference).toBe(difference);
        expect(gap?.larger).toBe(difference > (p?.deviation ?? 0) && difference > (q?.deviation ?? 0));
        expect(gap?.pairs).toBe(n);
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});
