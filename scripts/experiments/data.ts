/** The tables that two experiments learn from, the same bytes each time. A test compares them with those that are committed. */
import path from 'node:path';
import { folder } from './specs.ts';

/** Texts of tables by path. */
export const tables = (): ReadonlyMap<string, string> =>
  new Map([
    [path.join(folder, 'overfitting/data/points.csv'), points(240)],
    [path.join(folder, 'overfitting/data/curve.csv'), curve(101)],
    [path.join(folder, 'input-noise/data/linear.csv'), linear(200)],
  ]);

/** t = sin 2πx + ε with ε of standard deviation 0.3, for x uniform in [0, 1]. */
function points(count: number): string {
  const random = generator(1);
  return table([...features, 't'], count, () => {
    const x = random();
    return [...polynomialsAt(x), Math.sin(2 * Math.PI * x) + 0.3 * normal(random)];
  });
}

/** The curve itself, without noise. */
const curve = (count: number): string =>
  table([...features, 't'], count, (i) => {
    const x = i / (count - 1);
    return [...polynomialsAt(x), Math.sin(2 * Math.PI * x)];
  });

const degrees = Array.from({ length: 9 }, (_, i) => i + 1);
const features = degrees.map((n) => `p${n}`);

/**
 * Legendre polynomials of degree 1 to 9 over [0, 1], of mean square 1. Every polynomial of degree 9 is a sum of them, as of powers of x;
 * but descent along powers would take for ever, because they all look alike.
 */
export function polynomialsAt(x: number): readonly number[] {
  const z = 2 * x - 1;
  const values = [1, z];
  for (let n = 1; n < 9; n++) values.push(((2 * n + 1) * z * (values[n] ?? 0) - n * (values[n - 1] ?? 0)) / (n + 1));
  return degrees.map((n) => Math.sqrt(2 * n + 1) * (values[n] ?? 0));
}

/** y is linear in eight numbers that belong together in pairs, plus noise. */
function linear(count: number): string {
  const random = generator(2);
  const weights = [1, -1, 0.5, 0.5, -1.5, 0.8, 0.3, -0.6];
  const names = weights.map((_, i) => `x${i + 1}`);
  return table([...names, 'y'], count, () => {
    const pairs = Array.from({ length: weights.length / 2 }, () => {
      const [common, a, b] = [normal(random), normal(random), normal(random)];
      return [0.8 * common + 0.6 * a, 0.8 * common + 0.6 * b];
    }).flat();
    const y = pairs.reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0.7);
    return [...pairs, y + 0.5 * normal(random)];
  });
}

const table = (columns: readonly string[], count: number, row: (index: number) => readonly number[]): string =>
  `${[
    columns.join(),
    ...Array.from({ length: count }, (_, i) =>
      row(i)
        .map((v) => v.toFixed(4))
        .join(),
    ),
  ].join('\n')}\n`;

/** Uniform in [0, 1): mulberry32, whose numbers are the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
