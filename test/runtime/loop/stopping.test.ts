import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwatched, type Verdict, type Watch, watching } from '../../../src/runtime/loop/stopping.ts';
import type { StopConfig } from '../../../src/runtime/model.ts';

const rule = (changes: Partial<StopConfig> = {}): StopConfig => ({
  monitor: 'loss',
  mode: 'min',
  patience: 3,
  minDelta: 0,
  restore: 'best',
  ...changes,
});

/** Watches a curve until it stops; what was said after each epoch. */
function follow(config: StopConfig, curve: readonly number[]): readonly Verdict[] {
  const said: Verdict[] = [];
  let watch: Watch = unwatched;
  for (const [i, value] of curve.entries()) {
    const verdict = watching(config, watch, { epoch: i + 1, update: 10 * (i + 1), value });
    watch = verdict.watch;
    said.push(verdict);
    if (verdict.stop) break;
  }
  return said;
}

const curves = fc.array(
  fc.integer({ min: -50, max: 50 }).map((n) => n / 8),
  { minLength: 1, maxLength: 30 },
);
const rules = fc.record({
  mode: fc.constantFrom('min', 'max'),
  patience: fc.option(fc.integer({ min: 1, max: 6 })),
  minDelta: fc.constantFrom(0, 0.25, 2),
});
const property = { seed: 11, numRuns: 300 } as const;

describe('early stopping', () => {
  test('keeps the best of what it saw, the first of equals', () => {
    fc.assert(
      fc.property(rules, curves, (changes, curve) => {
        const config = rule(changes);
        const said = follow(config, curve);
        const seen = curve.slice(0, said.length);
        const best = config.mode === 'min' ? Math.min(...seen) : Math.max(...seen);
        expect(said.at(-1)?.watch.best).toEqual({
          epoch: seen.indexOf(best) + 1,
          update: 10 * (seen.indexOf(best) + 1),
          value: best,
        });
        // The copy that is kept is that of the last epoch called the best.
        expect(said.findLastIndex((v) => v.isBest)).toBe(seen.indexOf(best));
      }),
      property,
    );
  });

  test('stops as soon as the last epochs have not improved, and not before', () => {
    fc.assert(
      fc.property(rules, curves, (changes, curve) => {
        const config = rule(changes);
        const said = follow(config, curve);
        const sign = config.mode === 'min' ? 1 : -1;
        // By the definition: the epochs that improve on the last improvement by more than `minDelta`.
        let reference = Number.POSITIVE_INFINITY;
        let waited = 0;
        for (const [i, value] of curve.slice(0, said.length).entries()) {
          if (sign * value < reference - config.minDelta) [reference, waited] = [sign * value, 0];
          else waited++;
          expect(said[i]?.stop, `epoch ${i + 1}`).toBe(config.patience !== null && waited >= config.patience);
        }
        if (said.length < curve.length) expect(said.at(-1)?.stop).toBe(true);
      }),
      property,
    );
  });

  test('a maximum is the minimum of the negative', () => {
    fc.assert(
      fc.property(rules, curves, (changes, curve) => {
        const up = follow(rule({ ...changes, mode: 'max' }), curve);
        const down = follow(
          rule({ ...changes, mode: 'min' }),
          curve.map((v) => -v),
        );
        expect(up.map((v) => [v.isBest, v.stop])).toEqual(down.map((v) => [v.isBest, v.stop]));
      }),
      property,
    );
  });

  test('what goes on from its state as JSON goes on as if nothing had been', () => {
    fc.assert(
      fc.property(rules, curves, fc.nat(29), (changes, curve, cut) => {
        const config = rule(changes);
        const whole = follow(config, curve);
        let watch: Watch = unwatched;
        const said = whole.map((_, i) => {
          if (i === cut) watch = JSON.parse(JSON.stringify(watch)) as Watch;
          const verdict = watching(config, watch, { epoch: i + 1, update: 10 * (i + 1), value: curve[i] ?? 0 });
          watch = verdict.watch;
          return verdict;
        });
        expect(said).toEqual(whole);
      }),
      property,
    );
  });

  test('a value that is not a number is never the best', () => {
    const said = follow(rule({ patience: 2 }), [Number.NaN, 3, Number.NaN, 2, Number.NaN, Number.NaN, 1]);
    expect(said.map((v) => v.isBest)).toEqual([false, true, false, true, false, false]);
    expect(said.at(-1)).toMatchObject({ stop: true, watch: { best: { epoch: 4, value: 2 } } });
  });
});
