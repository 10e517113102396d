/** Names of cases, and how long the rest will take. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SweepPlan } from '../../src/check/index.ts';
import { caseNames, labelsOf } from '../../src/cli/sweep/names.ts';
import type { CaseRecord } from '../../src/cli/sweep/record.ts';
import { secondsLeft } from '../../src/cli/sweep/view.ts';

type Named = Pick<SweepPlan, 'axes' | 'cases' | 'repeats'>;

/** Names hang on axes, values and repeats alone. */
function named(axes: Readonly<Record<string, readonly string[]>>, repeats: number): readonly string[] {
  const all = Object.entries(axes).map(([path, values]) => ({
    path,
    values: values.map((text) => ({ text, number: null })),
  }));
  const combinations = all.reduce<readonly (readonly { text: string; number: null }[])[]>(
    (before, { values }) => before.flatMap((one) => values.map((value) => one.concat(value))),
    [[]],
  );
  const cases = combinations.flatMap((values) =>
    Array.from({ length: repeats }, (_, repeat) => ({ values, repeat, set: [], train: null, why: null })),
  );
  const plan: Named = { axes: all, cases, repeats };
  return caseNames(plan);
}

test('names say the values', () => {
  expect(named({ 'policy.norm': ['none', 'group(2)'], batch: ['2'] }, 1)).toEqual([
    'norm=none,batch=2',
    'norm=group-2,batch=2',
  ]);
  expect(named({ 'optimizer.rate': ['1e-3', '-0.5'] }, 2)).toEqual([
    'rate=1e-3,repeat=1',
    'rate=1e-3,repeat=2',
    'rate=-0.5,repeat=1',
    'rate=-0.5,repeat=2',
  ]);
  expect(labelsOf([{ path: 'A.width' }, { path: 'B.width' }, { path: 'policy.norm' }])).toEqual([
    'A.width',
    'B.width',
    'norm',
  ]);
});

test('numbers stand for names that are too long, or alike', () => {
  expect(named({ policy: ['[A, B]', 'A(B)'] }, 1)).toEqual(['case-1', 'case-2']);
  expect(named({ policy: ['Plain', 'plain'] }, 1)).toEqual(['case-1', 'case-2']);
  expect(named({ policy: ['x'.repeat(200)] }, 1)).toEqual(['case-1']);
});

test('whatever the values are, names are distinct folders on every system', () => {
  const values = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(values, values, fc.integer({ min: 1, max: 3 }), (a, b, repeats) => {
      const names = named({ 'policy.norm': a, 'Net.width': b }, repeats);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(a.length * b.length * repeats);
      for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9.+_=,-]{0,99}$/);
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('the rest is estimated by cases of as many updates', () => {
  const one = (status: CaseRecord['status'], updates: number, seconds: number): CaseRecord => ({
    name: '',
    values: [],
    repeat: 0,
    seed: 1,
    set: [],
    epochs: 1,
    updates,
    spec: '',
    status,
    seconds,
    code: null,
    why: null,
  });
  expect(secondsLeft([one('waiting', 10, 0)])).toBeNull();
  expect(secondsLeft([one('finished', 100, 10), one('finished', 10, 4), one('waiting', 10, 0)])).toBe(4);
  expect(secondsLeft([one('finished', 100, 10), one('running', 50, 0), one('failed', 50, 1)])).toBe(5);
});
