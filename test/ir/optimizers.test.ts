/**
 * Optimizers and schedules of the vocabulary, by the nodes that they append: against values recorded from Keras and PyTorch
 * (scripts/oracle/optimizers.py), and laws of each.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { AttrValues, Ref, ValueType } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import { isOpKind, ops, optimizers, schedules } from '../../src/ir/ops/index.ts';
import type { ArgumentsOf, Signature } from '../../src/ir/signature.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import type { Decay, Entry } from '../../src/ir/vocabulary.ts';
import oracleOptimizers from './oracle/optimizers.json' with { type: 'json' };
import oracleSchedules from './oracle/schedules.json' with { type: 'json' };

const host: ValueType = { dtype: 'host', shape: [] };
const vector: ValueType = { dtype: 'float32', shape: [4] };
const parameter: Ref = '@a.kernel';

const entryOf = <T>(table: Readonly<Record<string, T>>, name: string): T => {
  const found = table[name];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

/** Arguments with the defaults of the signature. */
const bound = (def: Entry, args: AttrValues): ArgumentsOf<Signature> => ({
  ...Object.fromEntries(Object.entries(def.signature).map(([key, spec]) => [key, spec.default ?? null])),
  ...args,
});

/** Every step has a loss. */
const finished = (build: GraphBuilder) =>
  build.finish('Net', 'step', [{ name: 'loss', ref: build.one(ops.constant, [], { value: 0 }, 'loss') }]);

/** One update of a vector as a graph, and how its storage begins. */
function updateOf(name: string, args: AttrValues, decay: Decay | null, withScale = false) {
  const def = entryOf(optimizers, name);
  const all = bound(def, args);
  const build = new GraphBuilder();
  build.store({ ref: parameter, kind: 'param', type: vector, init: { kind: 'zeros', attrs: {} } });
  const begins = new Map<Ref, NdArray>();
  for (const { name: slot, start } of def.slots(all)) {
    const ref: Ref = `${parameter}.${slot}`;
    build.store({ ref, kind: 'slot', type: vector, init: { kind: 'zeros', attrs: {} } });
    begins.set(
      ref,
      ndarray(
        [4],
        Array.from({ length: 4 }, () => start),
      ),
    );
  }
  const gradient = build.input('%gradient', vector);
  const step = build.input('%update', host);
  const rate = build.one(ops.constantSchedule, [step, null], { rate: Number(all.rate) }, 'rate');
  const context = { parameter, gradient, slot: (slot: string): Ref => `${parameter}.${slot}`, rate, step, decay };
  if (withScale) build.input('%scale', { dtype: 'float32', shape: [] });
  def.update(build, context, all);
  const graph = finished(build);
  const scaled = graph.nodes.map((node) =>
    node.results.length > 0 ? node : { ...node, operands: [...node.operands.slice(0, -1), '%scale' as const] },
  );
  return { graph: withScale ? { ...graph, nodes: scaled } : graph, begins };
}

/** The vector after each update; `from` counts the updates that were made before. */
function trajectory(
  { graph, begins }: ReturnType<typeof updateOf>,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  { scale, storage, from = 0 }: { scale?: number; storage?: ReadonlyMap<Ref, NdArray>; from?: number } = {},
) {
  let current: ReadonlyMap<Ref, NdArray> = storage ?? new Map([...begins, [parameter, ndarray([4], start)]]);
  const after = gradients.map((gradient, i) => {
    const inputs = new Map<Ref, NdArray>([['%gradient', ndarray([4], gradient)]]);
    if (scale !== undefined) inputs.set('%scale', ndarray([], [scale]));
    const hosts = new Map([['%update', from + i + 1]]);
    current = evaluateGraph(graph, { inputs, storage: current, host: hosts }).storage;
    return [...(current.get(parameter)?.data ?? [])];
  });
  return { after, storage: current };
}

const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((v, i) => Math.abs(v - (b[i] ?? Number.NaN)) / Math.max(1, Math.abs(v))));

const decayOf = (amount: unknown): Decay | null => (typeof amount === 'number' ? { amount, per: 'rate' } : null);

describe('20 updates', () => {
  const cases = oracleOptimizers.cases.map((c) => [`${c.optimizer} ${JSON.stringify(c.args)}`, c] as const);

  test.each(cases)(`%s (${oracleOptimizers.source})`, (_, { optimizer, args: written, start, gradients, after }) => {
    const { decay, ...args } = { decay: undefined, ...written };
    const update = updateOf(optimizer, args, decayOf(decay));
    expect(verifyGraph(update.graph)).toEqual([]);
    expect(gradients.length).toBe(20);
    const found = trajectory(update, start, gradients).after;
    found.forEach((values, i) => {
      expect(farthest(values, after[i] ?? []), `update ${i + 1}`).toBeLessThan(1e-10);
    });
  });

  test('every optimizer is among them, with its defaults and with each of its options', () => {
    for (const [name, def] of Object.entries(optimizers)) {
      const given = oracleOptimizers.cases.filter((c) => c.optimizer === name).map((c) => Object.keys(c.args));
      // The defaults of adamw are adam's, with a decay.
      if (name !== 'adamw') expect(given, name).toContainEqual([]);
      const missing = Object.keys(def.signature).filter((key) => !given.some((keys) => keys.includes(key)));
      expect(missing, name).toEqual(name === 'adamw' ? ['beta1', 'beta2', 'epsilon'] : []);
    }
  });
});

/** An optimizer with all of its memory. */
const variants: readonly (readonly [string, AttrValues])[] = [
  ['sgd', {}],
  ['sgd', { momentum: 0.9, nesterov: true }],
  ['rmsprop', { momentum: 0.5, centered: true }],
  ['adagrad', {}],
  ['adadelta', { rate: 1 }],
  ['adam', {}],
  ['adam', { amsgrad: true }],
  ['adamax', {}],
  ['nadam', {}],
  ['lion', {}],
];

describe.each(variants.map(([name, args]) => [`${name} ${JSON.stringify(args)}`, name, args] as const))(
  '%s',
  (_, name, args) => {
    const number = fc.double({ min: -4, max: 4, noNaN: true });
    const vectors = fc.array(fc.tuple(number, number, number, number), { minLength: 2, maxLength: 6 });
    const runs = { numRuns: 30, seed: 5 };
    const start = [1, -2, 0.5, 3];

    test('going on from what it keeps is the same as not stopping', () => {
      fc.assert(
        fc.property(vectors, fc.nat(5), (gradients, cut) => {
          const update = updateOf(name, args, null);
          const at = cut % gradients.length;
          const first = trajectory(update, start, gradients.slice(0, at));
          const rest = { storage: first.storage, from: at };
          const second = trajectory(update, start, gradients.slice(at), at === 0 ? {} : rest);
          expect([...first.after, ...second.after]).toEqual(trajectory(update, start, gradients).after);
        }),
        runs,
      );
    });

    test('a scale is a factor of the gradient', () => {
      fc.assert(
        fc.property(vectors, (gradients) => {
          const halves = gradients.map((g) => g.map((v) => v / 2));
          const scaled = trajectory(updateOf(name, args, null, true), start, gradients, { scale: 0.5 });
          expect(scaled.after).toEqual(trajectory(updateOf(name, args, null), start, halves).after);
        }),
        runs,
      );
    });

    test('what it keeps sees the gradient alone, never the decay', () => {
      fc.assert(
        fc.property(vectors, fc.constantFrom('rate' as const, 'step' as const), (gradients, per) => {
          const plain = trajectory(updateOf(name, args, null), start, gradients);
          const decayed = trajectory(updateOf(name, args, { amount: 0.3, per }), start, gradients);
          for (const [ref, value] of plain.storage)
            if (ref !== parameter) expect(decayed.storage.get(ref), ref).toEqual(value);
        }),
        runs,
      );
    });

    test('without a gradient nothing moves from the start', () => {
      expect(trajectory(updateOf(name, args, null), start, [[0, 0, 0, 0]]).after).toEqual([start]);
    });
  },
);

describe('single optimizers', () => {
  const gradients = [
    [1, -3, 0.5, 2],
    [0.1, 2, -0.5, -2],
    [0.01, 1, 4, 0],
  ];

  test('lion moves every element by its rate', () => {
    const { after } = trajectory(updateOf('lion', { rate: 0.25 }, null), [0, 0, 0, 0], [[3, -1e-3, 0, 7]]);
    expect(after).toEqual([[-0.25, 0.25, 0, -0.25]]);
  });

  test('the mean square that amsgrad divides by never falls', () => {
    const update = updateOf('adam', { amsgrad: true, beta2: 0.5 }, null);
    let greatest = [0, 0, 0, 0];
    gradients.forEach((_, i) => {
      const { storage } = trajectory(update, [0, 0, 0, 0], gradients.slice(0, i + 1));
      const now = [...(storage.get(`${parameter}.vMax`)?.data ?? [])];
      expect(now.every((v, j) => v >= (greatest[j] ?? 0))).toBe(true);
      greatest = now;
    });
  });

  test('the accumulator of adagrad begins where it is told', () => {
    const update = updateOf('adagrad', { accumulator: 3, rate: 1, epsilon: 1e-12 }, null);
    const [after] = trajectory(update, [0, 0, 0, 0], [[1, -1, 1, 1]]).after;
    expect(farthest(after ?? [], [-0.5, 0.5, -0.5, -0.5])).toBeLessThan(1e-10);
  });

  test('rmsprop, centered: gradients that do not change give large steps, and stay finite', () => {
    const same = Array.from({ length: 400 }, () => [1e3, -1e3, 1, 1e-3]);
    const { after } = trajectory(updateOf('rmsprop', { centered: true }, null), [0, 0, 0, 0], same);
    expect(after.flat().every(Number.isFinite)).toBe(true);
  });
});

describe('schedules', () => {
  const rateOf = (
    kind: string,
    attrs: AttrValues,
    update: number,
    updates: number,
    perEpoch: number | null,
  ): number => {
    if (!isOpKind(kind)) throw new Error(`no op ${kind}`);
    const values = new Map<string, number>([
      ['%update', update],
      ['%updates', updates],
      ...(perEpoch === null ? [] : [['%perEpoch', perEpoch] as const]),
      ['%plateau', 0.25],
    ]);
    const operands = ops[kind].operands.map((spec): Ref | null => {
      const ref: Ref = `%${spec.replace('?', '')}`;
      return values.has(ref) ? ref : null;
    });
    const [rate] = ops[kind].erased.evaluate({ operands, attrs }, (ref) => values.get(ref) ?? Number.NaN);
    return Number(rate);
  };

  test.each(oracleSchedules.cases.map((c) => [`${c.source} ${JSON.stringify(c.attrs)}`, c] as const))('%s', (_, c) => {
    expect(c.rates.length).toBeGreaterThanOrEqual(20);
    c.rates.forEach((rate, i) => {
      expect(Math.abs(rateOf(c.op, c.attrs, i + 1, c.updates, c.perEpoch) - rate), `update ${i + 1}`).toBeLessThan(
        1e-7,
      );
    });
  });

  const attrs: Readonly<Record<string, AttrValues>> = {
    constantSchedule: {},
    stepSchedule: { every: 3 },
    exponentialSchedule: { factor: 0.7, every: 3 },
    polynomialSchedule: { power: 2, final: 0.01 },
    cosineSchedule: { final: 0.01 },
    plateauSchedule: {},
  };

  test.each(Object.entries(attrs))(
    '%s: warm-up is linear, ends with the rate, and nothing rises after it',
    (kind, more) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 60 }), (warmup, updates) => {
          const at = (update: number) => rateOf(kind, { rate: 0.5, warmup, ...more }, update, updates, null);
          const left = kind === 'plateauSchedule' ? 0.25 : 1;
          for (let update = 1; update <= warmup; update++)
            expect(at(update)).toBeCloseTo((left * 0.5 * update) / warmup, 12);
          for (let update = warmup + 1; update < updates + 5; update++)
            expect(at(update)).toBeLessThanOrEqual(at(update - 1));
        }),
        { numRuns: 40, seed: 3 },
      );
    },
  );

  test.each([...Object.entries(attrs), ['oneCycleSchedule', { length: 4 }] as const])(
    '%s: counts of epochs are counts of so many updates',
    (kind, more) => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 }), (warmup, perEpoch) => {
          const updates = 8 * perEpoch;
          const times = (v: unknown) => (typeof v === 'number' ? v * perEpoch : v);
          const own = { rate: 0.5, ...(kind === 'oneCycleSchedule' ? {} : { warmup }), ...more };
          const scaled: AttrValues = Object.fromEntries(
            Object.entries(own).map(([key, v]) => [
              key,
              ['warmup', 'every', 'length'].includes(key) ? Number(times(v)) : v,
            ]),
          );
          for (let update = 1; update <= updates; update++) {
            const [a, b] = [rateOf(kind, own, update, updates, perEpoch), rateOf(kind, scaled, update, updates, null)];
            expect(a).toBeCloseTo(b, 12);
          }
        }),
        { numRuns: 20, seed: 4 },
      );
    },
  );

  test('one cycle: within its bounds, once up and once down, for runs of any length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (updates, rise) => {
          const rates = Array.from({ length: updates + 3 }, (_, i) =>
            rateOf('oneCycleSchedule', { rate: 0.5, rise }, i + 1, updates, null),
          );
          const last = 0.5 / 25 / 1e4;
          expect(rates.every((r) => r >= last - 1e-15 && r <= 0.5)).toBe(true);
          expect(rates.slice(updates - 1).every((r) => Math.abs(r - last) < 1e-15)).toBe(true);
          const turns = rates.filter(
            (r, i) => i > 0 && i < rates.length - 1 && r > (rates[i - 1] ?? 0) && r > (rates[i + 1] ?? 0),
          );
          expect(turns.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60, seed: 6 },
    );
  });

  test('a schedule asks for the updates of an epoch only where it counts epochs', () => {
    const read = (name: string, args: AttrValues): readonly string[] => {
      const def = entryOf(schedules, name);
      const build = new GraphBuilder();
      const context = {
        step: build.input('%update', host),
        steps: build.input('%updates', host),
        perEpoch: build.input('%perEpoch', host),
        plateau: build.input('%plateau', host),
        rate: 0.5,
      };
      def.rate(build, context, bound(def, args));
      const graph = finished(build);
      expect(verifyGraph(graph)).toEqual([]);
      return graph.nodes.flatMap((n) => n.operands.flatMap((ref) => ref ?? []));
    };
    expect(read('cosine', { per: 'epoch' })).toEqual(['%update', '%updates']);
    expect(read('cosine', { per: 'epoch', warmup: 2 })).toEqual(['%update', '%updates', '%perEpoch']);
    expect(read('polynomial', { per: 'epoch', length: 2 })).toEqual(['%update', '%updates', '%perEpoch']);
    expect(read('constant', { per: 'epoch' })).toEqual(['%update']);
    expect(read('step', { every: 2 })).toEqual(['%update']);
    expect(read('step', { at: [2, 3], per: 'epoch' })).toEqual(['%update', '%perEpoch']);
    expect(read('exponential', { factor: 0.5, every: 2, per: 'epoch' })).toEqual(['%update', '%perEpoch']);
    expect(read('one_cycle', { length: 2, per: 'epoch' })).toEqual(['%update', '%updates', '%perEpoch']);
    expect(read('reduce_on_plateau', {})).toEqual(['%update', '%plateau']);
  });
});
