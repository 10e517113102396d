import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadOf } from '../../src/runtime/spread.ts';

test('mean and standard deviation of draws, however large they are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 2, max: 30 }),
      fc.constantFrom(0, 1e6),
      fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
      (size, draws, offset, stream) => {
        const rows = Array.from({ length: draws }, () =>
          Array.from({ length: size }, () => offset + (stream.next().value ?? 0)),
        );
        const spread = spreadOf(size);
        for (const row of rows) spread.add(row);
        for (let i = 0; i < size; i++) {
          const column = rows.map((r) => r[i] ?? 0);
          const mean = column.reduce((a, b) => a + b, 0) / draws;
          const squares = column.reduce((a, b) => a + (b - mean) ** 2, 0);
          expect(Math.abs((spread.mean[i] ?? 0) - mean)).toBeLessThan(1e-9);
          expect(Math.abs((spread.deviation()[i] ?? 0) - Math.sqrt(squares / (draws - 1)))).toBeLessThan(1e-8);
        }
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

test('draws that do not differ have no spread', () => {
  const spread = spreadOf(2);
  for (let i = 0; i < 9; i++) spread.add([0.1, -7]);
  expect([...spread.mean]).toEqual([0.1, -7]);
  expect([...spread.deviation()]).toEqual([0, 0]);
  expect(() => spread.add([1])).toThrow('a draw of 1 values, 2 were expected');
});
