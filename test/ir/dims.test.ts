/** Named sizes: equal computations give equal names, and every name means what it was computed as. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ceilOf, floorOf, plus, quotient, symbolsOf, times } from '../../src/ir/dims.ts';
import type { Dim } from '../../src/ir/graph.ts';

describe('names', () => {
  test.each<[string, Dim, Dim]>([
    ['numbers stay numbers', plus(2, times(3, 4), floorOf(7, 2), ceilOf(7, 2)), 21],
    ['a symbol', plus('H', 0), 'H'],
    ['less', plus('H', -2), 'H−2'],
    ['more', plus('H', 3), 'H+3'],
    ['nothing left', plus('H', times('H', -1), 4), 4],
    ['half, rounded up', ceilOf('H', 2), '⌈H/2⌉'],
    ['half, rounded down', floorOf('H', 2), '⌊H/2⌋'],
    ['something between', floorOf(plus('H', 1), 3), '⌊(H+1)/3⌋'],
    ['rounded up is rounded down by one unit more', floorOf(plus('H', 1), 2), '⌈H/2⌉'],
    ['whole parts come out', floorOf(plus('H', -3), 2), '⌈H/2⌉−2'],
    ['whole multiples come out', floorOf(plus(times('H', 4), 3), 2), 'H·2+1'],
    ['common factors cancel', floorOf(plus(times('H', 2), 1), 4), '⌊H/2⌋'],
    ['a half of a half', ceilOf(ceilOf('H', 2), 2), '⌈H/4⌉'],
    ['a half of less than a half', floorOf(plus(floorOf('H', 2), -2), 2), '⌊H/4⌋−1'],
    ['a product', times('W', 6, 'H'), 'H·W·6'],
    ['a product of divisions', times(ceilOf('W', 2), ceilOf('H', 2), 6), '⌈H/2⌉·⌈W/2⌉·6'],
    ['a product of sums is multiplied out', times(plus('H', -2), plus('W', 1)), 'H+H·W−W·2−2'],
    ['a sum of two symbols halved', ceilOf(plus('T', 'U'), 2), '⌈(T+U)/2⌉'],
    ['sums and products of names', plus(times('H', 'W'), times('W', 'H')), 'H·W·2'],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected);
  });

  test('exact quotients', () => {
    expect(quotient(times('H', 'W', 6), 6)).toBe('H·W');
    expect(quotient(plus(times('H', 6), 4), 2)).toBe('H·3+2');
    expect(quotient('H', 2)).toBeNull();
    expect(quotient(12, 4)).toBe(3);
  });

  test('symbols', () => {
    expect(symbolsOf(times(ceilOf('H', 2), 'W', 6))).toEqual(['H', 'W']);
    expect(symbolsOf(plus('H', times('H', 'H')))).toEqual(['H']);
    expect(symbolsOf(5)).toEqual([]);
  });
});

/** A computation over H and W, and what it is for given numbers. */
interface Computation {
  readonly dim: Dim;
  readonly at: (h: number, w: number) => number;
}

const leaf: fc.Arbitrary<Computation> = fc.oneof(
  fc.constant<Computation>({ dim: 'H', at: (h) => h }),
  fc.constant<Computation>({ dim: 'W', at: (_, w) => w }),
  fc.integer({ min: -4, max: 4 }).map((n): Computation => ({ dim: n, at: () => n })),
);
const { computation } = fc.letrec<{ computation: Computation }>((tie) => ({
  computation: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'dims' },
    leaf,
    fc
      .tuple(tie('computation'), tie('computation'))
      .map(([a, b]): Computation => ({ dim: plus(a.dim, b.dim), at: (h, w) => a.at(h, w) + b.at(h, w) })),
    fc
      .tuple(tie('computation'), tie('computation'))
      .map(([a, b]): Computation => ({ dim: times(a.dim, b.dim), at: (h, w) => a.at(h, w) * b.at(h, w) })),
    fc
      .tuple(tie('computation'), fc.integer({ min: 1, max: 4 }))
      .map(([a, by]): Computation => ({ dim: floorOf(a.dim, by), at: (h, w) => Math.floor(a.at(h, w) / by) })),
    fc
      .tuple(tie('computation'), fc.integer({ min: 1, max: 4 }))
      .map(([a, by]): Computation => ({ dim: ceilOf(a.dim, by), at: (h, w) => Math.ceil(a.at(h, w) / by) })),
  ),
}));

/** The value of a name, by the letter. */
const value = (dim: Dim, h: number, w: number): number => {
  if (typeof dim === 'number') return dim;
  const code = dim
    .replaceAll('−', '-')
    .replaceAll('·', '*')
    .replaceAll('⌊', 'Math.floor(')
    .replaceAll('⌈', 'Math.ceil(')
    .replaceAll(/[⌋⌉]/g, ')');
  return Number(new Function('H', 'W', `return ${code}`)(h, w));
};

describe('laws', () => {
  const runs = { numRuns: 400, seed: 11 };
  const size = fc.integer({ min: 1, max: 60 });

  test('a name means what it was computed as', () => {
    fc.assert(
      fc.property(computation, size, size, ({ dim, at }, h, w) => {
        // A product that is zero is plain zero, of either sign.
        expect(value(dim, h, w) + 0).toBe(at(h, w) + 0);
      }),
      runs,
    );
  });

  test('names are in normal form: reading one and computing nothing changes nothing', () => {
    fc.assert(
      fc.property(computation, ({ dim }) => {
        expect(plus(dim, 0)).toBe(dim);
        expect(times(dim, 1)).toBe(dim);
        expect(floorOf(dim, 1)).toBe(dim);
      }),
      runs,
    );
  });

  test('equal computations have equal names', () => {
    const by = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(computation, computation, by, by, fc.integer({ min: -5, max: 5 }), (a, b, m, n, c) => {
        expect(plus(a.dim, b.dim)).toBe(plus(b.dim, a.dim));
        expect(times(a.dim, b.dim)).toBe(times(b.dim, a.dim));
        expect(plus(a.dim, times(b.dim, m), times(b.dim, -m))).toBe(a.dim);
        expect(floorOf(times(a.dim, m), m)).toBe(a.dim);
        expect(floorOf(plus(a.dim, times(m, c)), m)).toBe(plus(floorOf(a.dim, m), c));
        expect(ceilOf(a.dim, m)).toBe(floorOf(plus(a.dim, m - 1), m));
        // Of one symbol: the chain of strided layers.
        const half = plus(floorOf(plus('H', c), m), c);
        expect(floorOf(half, n)).toBe(floorOf(plus('H', c, times(m, c)), m * n));
      }),
      runs,
    );
  });
});
