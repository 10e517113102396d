/** Preprocessing: steps in order, by channel, and whitening. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PreprocessingConfig } from '../../src/runtime/model.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { applying, fitPreprocessing, type Values, whiteningOf } from '../../src/runtime/preprocessing.ts';
import { preprocessingFrom, preprocessingTensors, preprocessingText } from '../../src/runtime/stored-preprocessing.ts';
import { whiten } from '../../src/runtime/whitening.ts';

beforeAll(() => chooseBackend('cpu'));

const rowsOf = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

/** Everything after the steps before whitening. */
function applied(config: PreprocessingConfig, values: Values, shape: readonly number[]): readonly number[] {
  const size = shape.reduce((a, b) => a * b, 1);
  const by = fitPreprocessing(config, values, shape, rowsOf(values.length / size));
  const target = new Float32Array(values.length);
  applying(by)(values, 0, values.length, target, 0);
  return [...target];
}

describe('steps', () => {
  const bytes = Uint8Array.of(0, 10, 50, 20, 100, 30);

  test('into another range', () => {
    expect(applied([{ kind: 'minmax', low: -1, high: 1, per: 'all' }], bytes, [2])).toEqual([
      ...Float32Array.of(-1, -0.8, 0, -0.6, 1, -0.4),
    ]);
  });

  test('for each channel by itself', () => {
    const minmax = [{ kind: 'minmax', low: 0, high: 1, per: 'channel' }] as const;
    expect(applied(minmax, bytes, [2])).toEqual([0, 0, 0.5, 0.5, 1, 1]);
    expect(applied(minmax, bytes, [3, 1, 2])).toEqual([0, 0, 0.5, 0.5, 1, 1]);
    const [first = 0, ...others] = applied([{ kind: 'standardize', per: 'channel' }], Float32Array.from(bytes), [1, 2]);
    expect(first).toBeCloseTo(-Math.sqrt(1.5), 6);
    expect(others.reduce((a, b) => a + b, first)).toBeCloseTo(0, 6);
  });

  test('one after the other, the same whatever type the values have', () => {
    const config = [
      { kind: 'minmax', low: 0, high: 4, per: 'channel' },
      { kind: 'standardize', per: 'all' },
    ] as const;
    const once = applied(config, bytes, [2]);
    expect(applied(config, Float32Array.from(bytes), [2])).toEqual(once);
    expect(applied(config, Int32Array.from(bytes), [2])).toEqual(once);
    expect(once[0]).toBeCloseTo(-Math.sqrt(1.5), 6);
    // Channels of the first step, one mean of the second.
    expect(fitPreprocessing(config, bytes, [2], rowsOf(3))).toEqual({
      kind: 'steps',
      steps: [
        { kind: 'minmax', min: [0, 10], max: [100, 30], low: 0, high: 4 },
        { kind: 'standardize', mean: 2, std: Math.sqrt(8 / 3) },
      ],
    });
  });

  test('a channel without spread becomes its lowest value', () => {
    const config = [{ kind: 'minmax', low: -1, high: 1, per: 'channel' }] as const;
    expect(applied(config, Uint8Array.of(7, 1, 7, 3), [2])).toEqual([-1, -1, -1, 1]);
    expect(applied([{ kind: 'standardize', per: 'channel' }], Uint8Array.of(7, 1, 7, 3), [2])).toEqual([0, -1, 0, 1]);
  });
});

interface Recorded {
  readonly samples: readonly number[];
  readonly size: number;
  readonly cases: readonly { epsilon: number; matrix: readonly number[]; whitened: readonly number[] }[];
}
const recorded: Recorded = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'node/fixtures/whitening.json'), 'utf8'),
);

async function whitened(epsilon: number, values: Float32Array, size: number): Promise<Float32Array> {
  const by = whiteningOf(fitPreprocessing([{ kind: 'zca', epsilon }], values, [size], rowsOf(values.length / size)));
  const result = whiten(tensor2d(values, [values.length / size, size]), by ?? expect.fail());
  const numbers = Float32Array.from(await result.data());
  result.dispose();
  return numbers;
}

describe('whitening', () => {
  test.each(recorded.cases)('with ε = $epsilon, as NumPy does it', async ({ epsilon, ...c }) => {
    const values = Float32Array.from(recorded.samples);
    const { size } = recorded;
    const by = whiteningOf(fitPreprocessing([{ kind: 'zca', epsilon }], values, [size], rowsOf(values.length / size)));
    c.matrix.forEach((w, i) => void expect(by?.matrix[i]).toBeCloseTo(w, 5));
    const found = await whitened(epsilon, values, size);
    c.whitened.forEach((w, i) => void expect(found[i]).toBeCloseTo(w, 4));
  });

  test('leaves no correlation as ε goes to 0, in as many directions as there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 6 }),
        fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 120, maxLength: 240 }),
        fc.boolean(),
        async (size, numbers, copied) => {
          const count = Math.floor(numbers.length / size);
          const values = Float32Array.from(numbers.slice(0, count * size), (x) => x / 16);
          // Two numbers that are always alike span one direction.
          if (copied) for (let i = 0; i < count; i++) values[i * size + 1] = values[i * size] ?? 0;
          const x = await whitened(0, values, size);
          const covariance = (a: number, b: number): number =>
            rowsOf(count).reduce((sum, i) => sum + (x[i * size + a] ?? 0) * (x[i * size + b] ?? 0), 0) / count;
          for (let a = 0; a < size; a++) {
            for (let b = 0; b < size; b++) {
              const pair = copied && a < 2 && b < 2;
              expect(covariance(a, b)).toBeCloseTo(pair ? 0.5 : a === b ? 1 : 0, 3);
            }
          }
        },
      ),
      { seed: 7, numRuns: 40 },
    );
  });

  test('comes after other steps, and is fitted to what they leave', async () => {
    const values = Float32Array.from(recorded.samples);
    const { size } = recorded;
    const rows = rowsOf(values.length / size);
    const by = fitPreprocessing(
      [
        { kind: 'standardize', per: 'channel' },
        { kind: 'zca', epsilon: 0.1 },
      ],
      values,
      [size],
      rows,
    );
    const standardized = new Float32Array(values.length);
    applying(by)(values, 0, values.length, standardized, 0);
    const alone = fitPreprocessing([{ kind: 'zca', epsilon: 0.1 }], standardized, [size], rows);
    expect(whiteningOf(by)).toEqual(alone);
  });

  test('more samples than are added at once: repeated, they have the same matrix', () => {
    const { size } = recorded;
    const once = Float32Array.from(recorded.samples);
    const times = Math.ceil(300 / (once.length / size));
    const often = new Float32Array(times * once.length);
    for (let i = 0; i < times; i++) often.set(once, i * once.length);
    const matrix = (values: Float32Array) =>
      whiteningOf(fitPreprocessing([{ kind: 'zca', epsilon: 0.1 }], values, [size], rowsOf(values.length / size)))
        ?.matrix ?? expect.fail();
    const expected = matrix(once);
    matrix(often).forEach((w, i) => void expect(w).toBeCloseTo(expected[i] ?? 0, 5));
  });

  test('is stored beside the weights and read back', () => {
    const values = Float32Array.from(recorded.samples);
    const rows = rowsOf(values.length / recorded.size);
    const config = [
      { kind: 'minmax', low: 0, high: 1, per: 'all' },
      { kind: 'zca', epsilon: 0.1 },
    ] as const;
    const fitted = { x: fitPreprocessing(config, values, [recorded.size], rows), y: { kind: 'none' } } as const;
    const tensors = preprocessingTensors(fitted);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['preprocessing:x.mean', [6]],
      ['preprocessing:x.matrix', [6, 6]],
    ]);
    const text = preprocessingText(fitted);
    expect(text.length).toBeLessThan(250);
    expect(preprocessingFrom(JSON.parse(text), tensors)).toEqual(fitted);
    expect(preprocessingFrom(JSON.parse(text), new Map())).toBeNull();
  });
});
