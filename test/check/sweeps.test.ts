/** Sweeps as they are run: their cases, what does not go together, and what is set from outside. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, checkSweep, checkTrain, resolvedSpec } from '../../src/check/index.ts';
import type { TrainOverrides } from '../../src/check/uses.ts';
import { parse } from '../../src/parser/index.ts';

const rest = `
network Net(kernel = 3, inner = 3, pool = 1, width = 4) with Plain {
  input image: float32[12, 12, 1]
  conv(width, kernel: kernel, padding: valid)  norm  act
  maxpool(pool)
  conv(width, kernel: inner, padding: valid)  norm  act
  flatten
  dense(3)
}
policy Plain { norm: batch  act: relu }
policy Other { norm: none  act: tanh }
data Pictures { source: idx("bands")  fields { image: float32[12, 12, 1] = minmax  label: class(3) } }
train t {
  network: Net  data: Pictures  loss: cross_entropy
  optimizer: adam(rate: 1e-3)  batch: 8  epochs: 3  seed: 7
}
`;

function planned(sweep: string, overrides: TrainOverrides = {}) {
  const { tree } = parse(`${sweep}${rest}`, 'spec.nrm');
  const [declaration] = tree.declarations;
  if (declaration?.kind !== 'sweep') throw new Error('no sweep');
  const { plan, diagnostics, refused } = checkSweep(tree, declaration, overrides);
  const spoken = (all: typeof diagnostics) => all.map((d) => `${d.code} ${d.message}`);
  return { tree, plan, errors: spoken(diagnostics.filter((d) => d.severity === 'error')), refused: spoken(refused) };
}

describe('cases', () => {
  test('every value with every other, the last axis first, each as often as it repeats', () => {
    const { plan, errors } = planned(
      'sweep s { train: t  over { policy.norm: [none, batch]  batch: [2, 4] }  repeats: 2 }',
    );
    expect(errors).toEqual([]);
    expect(plan?.cases.map((c) => c.set.join(' '))).toEqual([
      'policy.norm=none batch=2',
      'policy.norm=none batch=2 seed=8',
      'policy.norm=none batch=4',
      'policy.norm=none batch=4 seed=8',
      'policy.norm=batch batch=2',
      'policy.norm=batch batch=2 seed=8',
      'policy.norm=batch batch=4',
      'policy.norm=batch batch=4 seed=8',
    ]);
    expect(plan?.cases.map((c) => c.train?.seed)).toEqual([7, 8, 7, 8, 7, 8, 7, 8]);
  });

  test('repeats count on from the seed that is varied, or set', () => {
    const seeds = planned('sweep s { train: t  over { train.seed: [1, 20] }  repeats: 3 }').plan?.cases;
    expect(seeds?.map((c) => c.train?.seed)).toEqual([1, 2, 3, 20, 21, 22]);
    const set = planned('sweep s { train: t  over { batch: [2] }  repeats: 2 }', { set: ['seed=40'] }).plan?.cases;
    expect(set?.map((c) => c.set)).toEqual([
      ['seed=40', 'batch=2'],
      ['batch=2', 'seed=41'],
    ]);
  });

  test('what is set from outside holds in all of them', () => {
    const { plan } = planned('sweep s { train: t  over { batch: [2, 4] } }', {
      policy: 'Other',
      epochs: 9,
      set: ['Net.width=8'],
    });
    expect(plan?.cases.map((c) => [c.train?.model.policy, c.train?.epochs, c.train?.batch])).toEqual([
      ['Other', 9, 2],
      ['Other', 9, 4],
    ]);
  });

  test('a case is what the same `--set` makes of the train', () => {
    const axes = {
      'policy.norm': ['none', 'batch', 'batch(momentum: 0.9)'],
      'policy.conv.decay': ['1e-4', 'none'],
      batch: ['2', '16'],
      'optimizer.rate': ['1e-2', '3e-4'],
      'Net.width': ['4', '8'],
      policy: ['Plain', '[Plain, Other]'],
    } as const;
    fc.assert(
      fc.property(
        fc.subarray(Object.entries(axes), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (of, repeats) => {
          const over = of.map(([path, values]) => `${path}: [${values.join(', ')}]`).join('  ');
          const { tree, plan } = planned(`sweep s { train: t  over { ${over} }  repeats: ${repeats} }`);
          const count = of.reduce((n, [, values]) => n * values.length, repeats);
          expect(plan?.cases).toHaveLength(count);
          for (const { set, train } of plan?.cases ?? []) {
            const alone = checkTrain(tree, 't', { set }).train;
            expect(train).not.toBeNull();
            expect(train && resolvedSpec(train)).toBe(alone && resolvedSpec(alone));
          }
        },
      ),
      { seed: 3, numRuns: 15 },
    );
  });
});

describe('what does not go together', () => {
  const both = 'sweep s { train: t  over { Net.inner: [3, 8]  batch: [2, 4]  Net.pool: [1, 2] } }';

  test('is told once, of the values that clash, also by `check`', () => {
    const { refused, errors } = planned(both);
    expect(errors).toEqual([]);
    expect(refused).toEqual([
      expect.stringMatching(/^NRM3420 train `t` cannot have `Net.inner: 8` and `Net.pool: 2` together: /),
    ]);
    const told = check(parse(`${both}${rest}`, 'spec.nrm').tree).diagnostics;
    expect(told.filter((d) => d.code.startsWith('NRM3')).map((d) => d.code)).toEqual(['NRM3420']);
    expect(told.find((d) => d.code === 'NRM3420')?.labels.map((l) => l.text)).toEqual([
      'does not work',
      'with this',
      'goes wrong here',
    ]);
  });

  test('is left without a train, the rest is not', () => {
    const without = planned(both).plan?.cases.filter((c) => c.train === null);
    expect(without?.map((c) => c.set.join(' '))).toEqual([
      'Net.inner=8 batch=2 Net.pool=2',
      'Net.inner=8 batch=4 Net.pool=2',
    ]);
    expect(without?.every((c) => c.why !== null)).toBe(true);
  });

  test('three values that clash, though any two go', () => {
    // 12 → 8 → 4 pixels are too few for a kernel of 5; each of the other ways leaves 5 or more.
    const { refused } = planned(
      'sweep s { train: t  over { Net.kernel: [3, 5]  Net.pool: [1, 2]  Net.inner: [3, 5] } }',
    );
    expect(refused).toEqual([expect.stringContaining('`Net.kernel: 5`, `Net.pool: 2` and `Net.inner: 5` together: ')]);
  });

  test('a value that goes nowhere leaves out all of its cases', () => {
    const { plan, refused } = planned('sweep s { train: t  over { Net.width: [4, 0]  batch: [2, 4] }  repeats: 3 }');
    expect(refused.map((r) => r.slice(0, 7))).toEqual(['NRM3402']);
    expect(plan?.cases.filter((c) => c.train === null).map((c) => c.set)).toEqual([
      ['Net.width=0', 'batch=2'],
      ['Net.width=0', 'batch=4'],
    ]);
    expect(plan?.cases).toHaveLength(2 * 3 + 2);
  });
});

describe('refused as a whole', () => {
  test.each([
    ['batch: [2, 4]', { set: ['batch=8'] }, 'NRM3421 `--set batch=8` sets `batch`, which sweep `s` varies'],
    ['train.batch: [2, 4]', { set: ['batch=8'] }, 'NRM3421 `--set batch=8` sets `train.batch`, which sweep `s` varies'],
    ['epochs: [2, 4]', { epochs: 3 }, 'NRM3421 `--epochs 3` sets `epochs`, which sweep `s` varies'],
    ['policy: [Plain, Other]', { policy: 'Other' }, 'NRM3421 `--policy` sets `policy`, which sweep `s` varies'],
  ] as const)('%s under %o', (over, overrides, expected) => {
    const { plan, errors } = planned(`sweep s { train: t  over { ${over} } }`, overrides);
    expect({ plan, errors }).toEqual({ plan: null, errors: [expected] });
  });

  test('more cases than anybody means', () => {
    const numbers = (n: number): string => Array.from({ length: n }, (_, i) => i + 1).join(', ');
    const { plan, errors } = planned(
      `sweep s { train: t  over { batch: [${numbers(101)}]  epochs: [${numbers(20)}] }  repeats: 5 }`,
    );
    expect(plan).toBeNull();
    expect(errors).toEqual(['NRM3424 sweep `s` has 10,100 cases; 10,000 is the most']);
  });

  test('a train that is wrong by itself', () => {
    const { plan, errors } = planned('sweep s { train: t  over { batch: [2, 4] } }', { set: ['optimizer.rate=fast'] });
    expect(plan).toBeNull();
    expect(errors).toHaveLength(1);
  });
});
