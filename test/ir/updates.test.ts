/** Clips and constraints against PyTorch, timm and Keras, and the laws they keep; see scripts/oracle/updates.py. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { AttrValue, AttrValues, Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import { clips } from '../../src/ir/ops/index.ts';
import { dynamicClipScale } from '../../src/ir/reference/clips.ts';
import { maxNorm, nonNegative, projectBall, unitNorm } from '../../src/ir/reference/constraints.ts';
import { distance } from './graphs.ts';
import recorded from './oracle/updates.json' with { type: 'json' };

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const array = ({ shape, data }: Stored): NdArray => ndarray(shape, data);

/** The gradients after a clip, through the nodes that it appends. */
function clipped(name: string, args: AttrValues, weights: readonly NdArray[], gradients: readonly NdArray[]) {
  const def = clips[name];
  if (def === undefined) throw new Error(`no clip ${name}`);
  const build = new GraphBuilder();
  const storage = new Map<Ref, NdArray>();
  const inputs = new Map<Ref, NdArray>();
  const given = weights.map((w, i) => {
    const [parameter, gradient]: [Ref, Ref] = [`@layer${i}.kernel`, `%d.layer${i}.kernel`];
    const type = { dtype: 'float32', shape: w.shape } as const;
    build.store({ ref: parameter, kind: 'param', type, init: { kind: 'zeros', attrs: {} } });
    build.input(gradient, type);
    storage.set(parameter, w);
    inputs.set(gradient, gradients[i] ?? w);
    return { parameter, gradient, last: i === weights.length - 1 };
  });
  const memory = (key: string): Ref => {
    throw new Error(`${name} asks for ${key}`);
  };
  const defaults: Record<string, AttrValue> = {};
  for (const [key, spec] of Object.entries(def.signature)) defaults[key] = spec.default ?? null;
  const refs = def.clip(build, { gradients: given, memory }, { ...defaults, ...args });
  const outputs = refs.map((ref, i) => ({ name: `g${i}`, ref }));
  const { values } = evaluateGraph(build.finish('g', 'step', outputs), { inputs, storage, host: new Map() });
  return refs.map((ref) => values.get(ref) as NdArray);
}

describe(`clips, as of ${recorded.source}`, () => {
  // The file is written by the script, with these very fields.
  test.each(recorded.clips.map((c) => [`${c.clip} ${JSON.stringify(c.args)}`, c] as const))('%s', (_, c) => {
    const found = clipped(c.clip, c.args as AttrValues, c.weights.map(array), c.gradients.map(array));
    c.clipped.forEach((expected, i) => {
      expect(distance(array(expected), found[i] ?? expect.fail())).toBeLessThan(1e-12);
    });
  });

  test('the last layer is left alone unless it is asked for', () => {
    const [w, g] = [ndarray([2, 2], [0.1, 0.2, 0.3, 0.4]), ndarray([2, 2], [1, 2, 3, 4])];
    const [first, last] = clipped('adaptive', {}, [w, w], [g, g]);
    expect(last).toEqual(g);
    expect(first).not.toEqual(g);
    expect(clipped('adaptive', { last: true }, [w, w], [g, g])[1]).toEqual(first);
  });
});

describe(`constraints, as of ${recorded.source}`, () => {
  const projections = {
    maxNorm: (w: NdArray, axes: readonly number[] | null, max: number) => maxNorm(w, max, axes),
    unitNorm,
    nonNegative,
  };
  test.each(recorded.constraints.map((c, i) => [i, c.constraint, c] as const))('%i %s', (_, kind, c) => {
    if (kind !== 'maxNorm' && kind !== 'unitNorm' && kind !== 'nonNegative') throw new Error(`no constraint ${kind}`);
    const found = projections[kind](array(c.weight), c.axes, 'max' in c.args ? (c.args.max ?? 0) : 0);
    // Keras adds 1e-7 to the norm that it divides by.
    expect(distance(array(c.after), found)).toBeLessThan(1e-6);
  });

  test.each(recorded.balls.map((c, i) => [i, c] as const))('ball in l1, %i', (_, c) => {
    const found = projectBall(c.weights.map(array), 'l1', c.radius);
    c.after.forEach((expected, i) => {
      expect(distance(array(expected), found[i] ?? expect.fail())).toBeLessThan(1e-6);
    });
  });
});

const numbers = (count: number) =>
  fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: count, maxLength: count });
const vector = fc.integer({ min: 1, max: 7 }).chain(numbers);
const radius = fc.double({ min: 0.05, max: 6, noNaN: true });
const runs = { numRuns: 200, seed: 5 };

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
const normOf = (norm: 'l1' | 'l2', values: ArrayLike<number>): number =>
  norm === 'l1' ? Array.from(values).reduce((sum, v) => sum + Math.abs(v), 0) : Math.sqrt(dot(values, values));

describe.each(['l1', 'l2'] as const)('the projection onto a ball in %s', (norm) => {
  const project = (values: readonly number[], r: number): Float64Array =>
    projectBall([ndarray([values.length], values)], norm, r)[0]?.data ?? expect.fail();

  test('lands in the ball, and leaves alone what is in it', () => {
    fc.assert(
      fc.property(vector, radius, (w, r) => {
        const p = project(w, r);
        expect(normOf(norm, p)).toBeLessThanOrEqual(r * (1 + 1e-12));
        if (normOf(norm, w) <= r) expect([...p]).toEqual(w);
      }),
      runs,
    );
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(vector, radius, (w, r) => {
        const once = project(w, r);
        const twice = project([...once], r);
        twice.forEach((v, i) => {
          expect(v).toBeCloseTo(once[i] ?? Number.NaN, 12);
        });
      }),
      runs,
    );
  });

  test('is the nearest point: w − p makes no acute angle with the way to any point of the ball', () => {
    const pair = fc.integer({ min: 1, max: 7 }).chain((n) => fc.tuple(numbers(n), numbers(n)));
    fc.assert(
      fc.property(pair, radius, fc.double({ min: 0, max: 1, noNaN: true }), ([w, direction], r, share) => {
        const p = project(w, r);
        const length = normOf(norm, direction);
        if (length < 1e-6) return;
        const other = direction.map((v) => (v / length) * r * share);
        const outward = w.map((v, i) => v - (p[i] ?? 0));
        expect(
          dot(
            outward,
            other.map((v, i) => v - (p[i] ?? 0)),
          ),
        ).toBeLessThanOrEqual(1e-9);
      }),
      runs,
    );
  });

  test('is of all weights together', () => {
    fc.assert(
      fc.property(numbers(3), numbers(4), radius, (a, b, r) => {
        const apart = projectBall([ndarray([3], a), ndarray([2, 2], b)], norm, r);
        const whole = project([...a, ...b], r);
        expect(apart.flatMap((w) => [...w.data])).toEqual([...whole]);
      }),
      runs,
    );
  });
});

describe('norms of units', () => {
  test('max_norm and unit_norm keep directions; 0 stays 0', () => {
    fc.assert(
      fc.property(numbers(12), radius, (values, max) => {
        const w = ndarray([2, 2, 3], values);
        for (const after of [maxNorm(w, max, null), unitNorm(w, null)]) {
          for (let unit = 0; unit < 3; unit++) {
            const of = (a: NdArray) => [0, 1, 2, 3].map((i) => a.data[3 * i + unit] ?? 0);
            const [before, now] = [of(w), of(after)];
            const [was, is] = [normOf('l2', before), normOf('l2', now)];
            if (was < 1e-9) continue;
            expect(dot(before, now)).toBeCloseTo(was * is, 8);
          }
        }
      }),
      runs,
    );
    expect([...unitNorm(ndarray([2, 2], [0, 3, 0, 4]), null).data]).toEqual([0, 0.6, 0, 0.8]);
  });
});

describe('dynamic clipping', () => {
  test('the bound is alpha times the mean of all earlier norms plus beta; the first step is not clipped', () => {
    const positive = fc.double({ min: 0.01, max: 9, noNaN: true });
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 8 }), positive, positive, (norms, alpha, beta) => {
        let [mean, count]: [NdArray, NdArray] = [ndarray([], [0]), ndarray([], [0])];
        norms.forEach((norm, i) => {
          const gradients = [ndarray([2], [0.6 * norm, 0]), ndarray([], [0.8 * norm])];
          const [scale, nextMean, nextCount] = dynamicClipScale(mean, count, gradients, { alpha, beta });
          const before = norms.slice(0, i);
          const bound = alpha * (before.reduce((a, b) => a + b, 0) / i) + beta;
          expect(scale.data[0]).toBeCloseTo(i === 0 ? 1 : Math.min(1, bound / norm), 9);
          [mean, count] = [nextMean, nextCount];
        });
        expect(count.data[0]).toBe(norms.length);
      }),
      runs,
    );
  });
});
