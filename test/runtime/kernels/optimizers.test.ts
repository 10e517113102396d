/** The updates of all optimizers and the schedules, against the float64 evaluation of their ops. */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttrValues, Ref } from '../../../src/ir/graph.ts';
import type { Evaluated } from '../../../src/ir/op.ts';
import { type OpKind, ops } from '../../../src/ir/ops/index.ts';
import * as runtime from '../../../src/runtime/index.ts';
import { checked, expectClose, expectKernel, map, matrix, type Nd, nd, onBackends, tensor, values } from './harness.ts';

interface Case {
  readonly kind: OpKind;
  /** Slots that are passed together, and those that are options. */
  readonly slots: readonly string[];
  readonly optional?: readonly string[];
  readonly attrs?: AttrValues;
}

const cases: readonly Case[] = [
  { kind: 'sgdUpdate', slots: [] },
  { kind: 'sgdUpdate', slots: [], optional: ['velocity'], attrs: { momentum: 0.9 } },
  { kind: 'sgdUpdate', slots: [], optional: ['velocity'], attrs: { momentum: 0.9, nesterov: true } },
  { kind: 'rmspropUpdate', slots: ['square'], attrs: { rho: 0.8, epsilon: 1e-3 } },
  { kind: 'rmspropUpdate', slots: ['square'], optional: ['velocity'], attrs: { momentum: 0.7 } },
  { kind: 'rmspropUpdate', slots: ['square'], optional: ['mean'], attrs: { epsilon: 1e-2 } },
  { kind: 'rmspropUpdate', slots: ['square'], optional: ['mean', 'velocity'], attrs: { momentum: 0.7, epsilon: 1e-2 } },
  { kind: 'adagradUpdate', slots: ['accumulator'] },
  { kind: 'adadeltaUpdate', slots: ['square', 'delta'], attrs: { rho: 0.8, epsilon: 1e-3 } },
  { kind: 'adamUpdate', slots: ['m', 'v'], attrs: { beta1: 0.8, epsilon: 1e-3 } },
  { kind: 'amsgradUpdate', slots: ['m', 'v', 'vMax'], attrs: { beta2: 0.5, epsilon: 1e-3 } },
  { kind: 'adamaxUpdate', slots: ['m', 'u'], attrs: { beta2: 0.7 } },
  { kind: 'nadamUpdate', slots: ['m', 'v'], attrs: { beta1: 0.8, epsilon: 1e-3 } },
  { kind: 'lionUpdate', slots: ['m'], attrs: { beta1: 0.7 } },
];

/** Kernels take what their ops say: required operands, slots together, then options. */
type Update = (...args: readonly unknown[]) => void;
const kernelOf = (kind: OpKind): Update => {
  const name = ops[kind].kernel;
  const found = new Map<string, unknown>(Object.entries(runtime)).get(String(name));
  if (typeof found !== 'function') throw new Error(`no kernel of ${kind}`);
  return (...args) => Reflect.apply(found, null, args);
};

const shape = [3, 5];
const w0 = values('w', shape);
const gradients = ['g1', 'g2', 'g3', 'g4'].map((name) => values(name, shape, -2, 2));
const zero = map(w0, () => 0);
const variable = (value: Nd): Variable<Rank.R2> => runtime.variable(matrix(value));

onBackends(() => {
  describe.each([{}, { decay: 0.1 }, { decay: 0.1, decayPer: 'step' }])('decay %j', (decay) => {
    test.each(cases.map((c) => [`${c.kind} ${JSON.stringify(c.attrs ?? {})} ${c.optional ?? ''}`, c] as const))(
      '%s',
      (_, { kind, slots, optional = [], attrs = {} }) => {
        const op = ops[kind];
        const start = kind === 'adagradUpdate' ? map(w0, () => 0.1) : zero;
        const written = [
          'parameter',
          ...op.operands.map((o) => o.replace('?', '')).filter((o) => [...slots, ...optional].includes(o)),
        ];
        const own = new Map<string, Variable<Rank.R2>>(
          written.map((name) => [name, variable(name === 'parameter' ? w0 : start)]),
        );
        const held = (name: string): Variable<Rank.R2> => own.get(name) ?? expect.fail(`no ${name}`);
        const group = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, held(name)]));
        let expected = new Map<string, Nd>(written.map((name) => [name, name === 'parameter' ? w0 : start]));
        const first: Tensor = runtime.snapshot(held('parameter'));
        const parameters = op.operands.map((o) => o.replace('?', ''));

        gradients.forEach((gradient, i) => {
          const [rate, update] = [0.02 * (i + 1), i + 1];
          // Every second update is of a clipped gradient.
          const scale = i % 2 === 1 ? 0.5 : null;
          checked(
            () => {
              const options = {
                ...attrs,
                ...decay,
                ...group(optional),
                ...(scale === null ? {} : { scale: tensor<Rank.R0>(nd([], [scale])) }),
              };
              kernelOf(kind)(
                held('parameter'),
                matrix(gradient),
                rate,
                ...(parameters.includes('update') ? [update] : []),
                ...(slots.length === 0 ? [] : [group(slots)]),
                options,
              );
              return {};
            },
            () => undefined,
          );
          const given = new Map<string, Evaluated>([
            ...expected,
            ['gradient', gradient],
            ['rate', rate],
            ['update', update],
            ...(scale === null ? [] : [['scale', nd([], [scale])] as const]),
          ]);
          const operands = parameters.map((name): Ref | null => (given.has(name) ? `%${name}` : null));
          const after = op.erased.evaluate(
            { operands, attrs: { ...attrs, ...decay } },
            (ref) => given.get(ref.slice(1)) ?? Number.NaN,
          );
          expected = new Map(
            written.map((name, j) => {
              const value = after[j];
              return [name, typeof value === 'object' && 'data' in value ? value : expect.fail(`no new ${name}`)];
            }),
          );
          // The sign of a sum that is nearly 0 may differ.
          for (const [name, value] of expected) expectClose(held(name), value, 2e-5);
        });
        // An update in place must not reach what was kept of the old value.
        expectClose(first, w0);
        for (const x of [first, ...own.values()]) x.dispose();
      },
    );
  });

  test('rmsprop, centered, stays finite where rounding would make a variance negative', () => {
    const [w, square, mean] = [variable(zero), variable(zero), variable(zero)];
    const large = map(zero, (_, i) => 10 ** (i % 5) * (1 + i / 7));
    for (let i = 0; i < 200; i++)
      checked(
        () => {
          runtime.rmspropUpdate(w, matrix(large), 0.01, { square }, { mean });
          return {};
        },
        () => undefined,
      );
    expect([...w.dataSync()].every(Number.isFinite)).toBe(true);
    for (const x of [w, square, mean]) x.dispose();
  });
});

describe('schedules', () => {
  const number = (min: number, max: number) => fc.integer({ min, max });
  const share = fc.constantFrom(0.05, 0.1, 0.5, 0.9);
  const kinds: readonly (readonly [OpKind, fc.Arbitrary<AttrValues>])[] = [
    ['constantSchedule', fc.record({ warmup: number(0, 9) })],
    ['stepSchedule', fc.record({ warmup: number(0, 3), every: number(1, 9), factor: share })],
    [
      'stepSchedule',
      fc.record({ warmup: number(0, 3), at: fc.uniqueArray(number(4, 40), { minLength: 1, maxLength: 3 }) }),
    ],
    ['exponentialSchedule', fc.record({ warmup: number(0, 9), every: number(1, 9), factor: share })],
    [
      'polynomialSchedule',
      fc.record({
        warmup: number(0, 9),
        length: number(0, 40),
        final: fc.constantFrom(0, 0.1),
        power: fc.constantFrom(0.5, 1, 2),
      }),
    ],
    ['cosineSchedule', fc.record({ warmup: number(0, 9), length: number(0, 40), final: fc.constantFrom(0, 0.1) })],
    [
      'oneCycleSchedule',
      fc.record({
        rise: share,
        length: number(0, 40),
        divFactor: number(1, 30),
        finalDivFactor: number(1, 1e4),
        anneal: fc.constantFrom('cosine', 'linear'),
      }),
    ],
    ['plateauSchedule', fc.record({ warmup: number(0, 9) })],
  ];

  test.each(kinds.map(([kind, attrs], i) => [`${kind} ${i}`, kind, attrs] as const))('%s', (_, kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, number(1, 60), number(10, 60), number(1, 7), (attrs, update, updates, perEpoch) => {
        const all = { rate: 0.5, ...attrs };
        const host = new Map([
          ['update', update],
          ['updates', updates],
          ['plateau', 0.25],
          ['perEpoch', perEpoch],
        ]);
        const names = ops[kind].operands.map((o) => o.replace('?', ''));
        const [expected] = ops[kind].erased.evaluate(
          { operands: names.map((name): Ref => `%${name}`), attrs: all },
          (ref) => host.get(ref.slice(1)) ?? Number.NaN,
        );
        const kernel = new Map<string, unknown>(Object.entries(runtime)).get(String(ops[kind].kernel));
        if (typeof kernel !== 'function') throw new Error(`no kernel of ${kind}`);
        const required = names.filter((name) => name !== 'perEpoch').map((name) => host.get(name));
        expect(Reflect.apply(kernel, null, [...required, { ...all, perEpoch }])).toBeCloseTo(Number(expected), 12);
      }),
      { numRuns: 100, seed: 2 },
    );
  });
});

onBackends(() => {
  test('ascentScale', () => {
    const gradients = [nd([2, 1], [3, 0]), nd([], [4])];
    const scale = (attrs: { readonly rho?: number }) => (): Tensor =>
      runtime.ascentScale(
        gradients.map((g) => tensor(g)),
        attrs,
      );
    expectKernel(scale({}), nd([], [0.01]));
    expectKernel(scale({ rho: 2 }), nd([], [0.4]));
  });

  test('the way up of no gradient is none', () =>
    checked(
      () => runtime.ascentScale([matrix(zero)]),
      ([scale]) => expect((scale?.dataSync()[0] ?? Number.NaN) * 0).toBe(0),
    ));
});
