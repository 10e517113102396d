/** `reduce_on_plateau` between epochs: against Keras's callback (scripts/oracle/optimizers.py), and its laws. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderError } from '../../src/runtime/errors.ts';
import { afterEpoch, beginPlateau, isPlateauState, type PlateauSettings } from '../../src/runtime/plateau.ts';
import { requireScheduleFits } from '../../src/runtime/schedule-length.ts';
import oracle from '../ir/oracle/plateaus.json' with { type: 'json' };

const defaults: PlateauSettings = {
  monitor: 'validation_loss',
  factor: 0.1,
  patience: 10,
  minDelta: 1e-4,
  cooldown: 0,
  floor: 0,
};

/** The factor after each of these values. */
const factors = (settings: PlateauSettings, values: readonly number[]): readonly number[] => {
  let state = beginPlateau;
  return values.map((value) => {
    state = afterEpoch(settings, state, value);
    return state.factor;
  });
};

describe('reduce_on_plateau', () => {
  test.each(oracle.cases.map((c) => [`${c.curve} ${JSON.stringify(c.settings)} (${oracle.source})`, c] as const))(
    '%s',
    (_, { settings: { min, ...settings }, rate, losses, rates }) => {
      const found = factors({ ...defaults, ...settings, floor: min / rate }, losses);
      expect(found.map((f) => Number((f * rate).toPrecision(12)))).toEqual(rates.map((r) => Number(r.toPrecision(12))));
    },
  );

  test('some of the recorded curves are reduced, some are not', () => {
    const reduced = oracle.cases.filter((c) => (c.rates.at(-1) ?? 0) < c.rate).length;
    expect(reduced).toBeGreaterThan(4);
    expect(reduced).toBeLessThan(oracle.cases.length);
  });

  const settings = fc.record({
    monitor: fc.constant('loss' as const),
    factor: fc.constantFrom(0.1, 0.5, 0.9),
    patience: fc.integer({ min: 1, max: 4 }),
    minDelta: fc.constantFrom(0, 0.01, 0.5),
    cooldown: fc.integer({ min: 0, max: 3 }),
    floor: fc.constantFrom(0, 0.01, 0.3),
  });
  const losses = fc.array(fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.constant(Number.NaN)), {
    maxLength: 40,
  });
  const runs = { numRuns: 200, seed: 8 };

  test('the factor never rises, never falls below its floor, and falls at most once in `patience` epochs', () => {
    fc.assert(
      fc.property(settings, losses, (given, values) => {
        const found = [1, ...factors(given, values)];
        const falls = found.flatMap((f, i) => (i > 0 && f < (found[i - 1] ?? 0) ? [i] : []));
        for (const [i, f] of found.entries()) {
          expect(f).toBeLessThanOrEqual(found[i - 1] ?? 1);
          expect(f).toBeGreaterThanOrEqual(given.floor);
        }
        for (const [i, at] of falls.entries())
          expect(at - (falls[i - 1] ?? 0)).toBeGreaterThanOrEqual(
            i === 0 ? given.patience : Math.max(given.patience, given.cooldown),
          );
      }),
      runs,
    );
  });

  test('a value that falls by more than min_delta each time is never reduced', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 40 }), (given, count) => {
        const values = Array.from({ length: count }, (_, i) => 100 - i * (given.minDelta + 0.1));
        expect(new Set(factors(given, values))).toEqual(new Set([1]));
      }),
      runs,
    );
  });

  test('going on from the text of a checkpoint is the same as not stopping', () => {
    fc.assert(
      fc.property(settings, losses, fc.nat(40), (given, values, cut) => {
        let state = beginPlateau;
        const found = values.map((value, i) => {
          if (i === cut) {
            const read: unknown = JSON.parse(JSON.stringify(state));
            if (!isPlateauState(read)) throw new Error('not a state');
            state = read;
          }
          state = afterEpoch(given, state, value);
          return state.factor;
        });
        expect(found).toEqual(factors(given, values));
      }),
      runs,
    );
  });

  test.each([
    null,
    3,
    {},
    { ...beginPlateau, factor: 2 },
    { ...beginPlateau, waited: 0.5 },
    { ...beginPlateau, best: 'x' },
  ])('%j is no state of a plateau', (value) => expect(isPlateauState(value)).toBe(false));
});

describe('the length of a run', () => {
  const run = { updates: 300, epochs: 5, perEpoch: 60 };
  const span = (count: number, per: 'update' | 'epoch', past = false) => ({
    name: 'cosine',
    per,
    spans: [{ argument: 'warmup', count, past }],
  });

  test.each([
    [300, 'update', false, true],
    [301, 'update', false, false],
    [299, 'update', true, true],
    [300, 'update', true, false],
    [5, 'epoch', false, true],
    [5, 'epoch', true, false],
    [6, 'epoch', false, false],
  ] as const)('%d %ss, with an end beyond it %s: fits %s', (count, per, past, fits) => {
    const ask = () => requireScheduleFits(span(count, per, past), run);
    if (fits) expect(ask).not.toThrow();
    else expect(ask).toThrow('the run makes 300 updates (5 epochs of 60)');
  });

  test('a run without counts fits', () => expect(() => requireScheduleFits(undefined, run)).not.toThrow());

  test('NRM5130 says how long the run is, and what would fit', () => {
    const said = (count: number, past: boolean, length = run): string => {
      try {
        requireScheduleFits(span(count, 'update', past), length);
      } catch (error) {
        return renderError(error as Parameters<typeof renderError>[0]);
      }
      return 'fits';
    };
    expect(said(2000, true)).toBe(
      [
        'error[NRM5130]: `warmup` of schedule `cosine` is 2,000 updates, and the run makes 300 updates (5 epochs of 60)',
        '  = help: nothing comes after it: write at most `warmup: 299`, or train longer',
        '  = explain: nrmc explain NRM5130',
      ].join('\n'),
    );
    expect(said(400, false)).toContain('the run does not get there: write at most `warmup: 300`, or train longer');
    expect(said(2, true, { updates: 1, epochs: 1, perEpoch: 1 })).toContain('train longer, or with another schedule');
  });
});
