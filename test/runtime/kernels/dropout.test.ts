/** Masks of elements and of samples. Which numbers they are made of is tested with the random streams. */
import { describe, expect, test } from 'vitest';
import { dropout, mul, randomKey, uniforms } from '../../../src/runtime/index.ts';
import { checked, expectClose, expectKernel, map, nd, onBackends, tensor, values } from './harness.ts';

const random = { seed: 9, update: 4 };

onBackends(() => {
  describe.each([[[12, 3, 2, 5]], [[9, 7]], [[5]], [[1, 4, 4, 2]]])('a sample of %j at a time', (shape) => {
    const [n = 1, ...inner] = shape;
    const perSample = inner.reduce((a, b) => a * b, 1);
    const u = uniforms(randomKey(random.seed, 'drop1', 'mask', random.update), n);
    const x = values('x', shape);
    const masked = (kept: number) => map(x, (v, i) => ((u[Math.floor(i / perSample)] ?? 0) >= 0.4 ? v * kept : 0));
    const mask = (kept: number) =>
      nd(
        [n, ...inner.map(() => 1)],
        [...u].map((v) => (v >= 0.4 ? kept : 0)),
      );

    test.each([['inverted', 1 / 0.6] as const, ['standard', 1] as const])('%s', (form, kept) => {
      checked(
        () => dropout(tensor(x), random, { rate: 0.4, form, per: 'sample', stream: 'drop1' }),
        ([y, m]) => {
          if (y === undefined || m === undefined) throw new Error('dropout has two results');
          expectClose(y, masked(kept));
          expectClose(m, mask(kept));
        },
      );
    });

    test('the gradient goes the same way', () => {
      expectKernel(() => mul(tensor(x), tensor(mask(1 / 0.6))), masked(1 / 0.6));
    });
  });

  test('some samples are dropped whole, some kept', () => {
    const x = map(values('x', [64, 3]), () => 1);
    checked(
      () => dropout(tensor(x), random, { rate: 0.5, per: 'sample', stream: 'drop1' }),
      ([y]) => {
        const data = [...(y?.dataSync() ?? [])];
        const rows = Array.from({ length: 64 }, (_, i) => data.slice(3 * i, 3 * i + 3).join());
        expect([...new Set(rows)].toSorted()).toEqual(['0,0,0', '2,2,2']);
      },
    );
  });
});
