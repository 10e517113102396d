/** Statistics of looking into training, against plain sums in float64. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ndarray } from '../../src/ir/nd.ts';
import {
  activate,
  activateGrad,
  activationNames,
  flatOf,
  fromOutput,
  withinOf,
} from '../../src/ir/reference/activation.ts';
import { inspect, probeOf } from '../../src/runtime/inspection.ts';
import type { Bounds, Probe, Training } from '../../src/runtime/model.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { variable } from '../../src/runtime/tensors.ts';

beforeAll(() => chooseBackend('cpu'));

const training = (params: object): Training<object, object, object> => ({
  params,
  state: {},
  optimizer: {},
  random: { seed: 1, update: 1 },
  update: 1,
  updates: 1,
  samples: 1,
  perEpoch: 1,
  plateau: 1,
});

/** What is said of one layer that gives these values, [samples, …, units]. */
function seen(values: number[], shape: number[], bounds?: Bounds) {
  const see = (_: unknown, __: unknown, to: Probe): void => {
    const [value, gradient] = [
      tf.tensor(values, shape),
      tf.tensor(
        values.map((v) => v / 2),
        shape,
      ),
    ];
    to.value('layer', value, bounds);
    to.gradient('layer', gradient);
    tf.dispose([value, gradient]);
  };
  const { layer } = inspect(see, training({}), {}, new Map()).layers;
  if (layer === undefined) throw new Error('nothing was seen');
  return layer;
}

describe('dead units', () => {
  const relu = { flat: { to: 0 } };

  test('are those that are 0 for every sample', () => {
    // Units: 0 always, 0 once, never.
    expect(seen([0, 0, 2, 0, 1, 3], [2, 3], relu).dead).toBe(1 / 3);
    expect(seen([0, 0, 0, 0], [2, 2], relu).dead).toBe(1);
    expect(seen([1, 2, 3, 4], [2, 2], relu).dead).toBe(0);
  });

  test('of a convolution are channels: alive at one place of one sample is alive', () => {
    const values = Array.from({ length: 2 * 3 * 3 * 4 }, () => 0);
    values[4 * 7 + 2] = 0.1;
    expect(seen(values, [2, 3, 3, 4], relu).dead).toBe(3 / 4);
  });

  test('may be at the other bound too', () => {
    expect(seen([6, 0, 6, 3, 6, 6], [2, 3], { flat: { to: 0, from: 6 } }).dead).toBe(2 / 3);
  });

  test('are not told of an activation without the notion', () => {
    expect(seen([0, 0], [1, 2])).not.toHaveProperty('dead');
    expect(seen([0, 0], [1, 2])).not.toHaveProperty('saturated');
  });
});

test('saturated values are those outside of the range', () => {
  const tanh = { within: { low: -0.99, high: 0.99 } };
  expect(seen([1, -1, 0.5, -0.98], [2, 2], tanh).saturated).toBe(0.5);
  expect(seen([0.001, 0.5, 0.999, 0.02], [4, 1], { within: { low: 0.01, high: 0.99 } }).saturated).toBe(0.5);
});

test('mean, standard deviation and norm are those of plain sums', () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(numbers, (values) => {
      const { mean, std, units, gradient } = seen(values, [1, values.length]);
      const sum = (f: (v: number) => number): number => values.reduce((total, v) => total + f(v), 0);
      const average = sum((v) => v) / values.length;
      expect(mean).toBeCloseTo(average, 9);
      expect(std).toBeCloseTo(Math.sqrt(sum((v) => (v - average) ** 2) / values.length), 9);
      expect(units).toBe(values.length);
      expect(gradient?.norm).toBeCloseTo(Math.sqrt(sum((v) => (v / 2) ** 2)), 9);
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('the spread of large values costs no digits', () => {
  expect(seen([4096, 4097, 4096, 4097], [4, 1]).std).toBe(0.5);
});

test('what is not finite is null', () => {
  expect(seen([Number.NaN, 1], [1, 2])).toMatchObject({ mean: null, std: null });
  expect(seen([Number.POSITIVE_INFINITY, 1], [1, 2]).gradient).toEqual({ mean: null, std: null, norm: null });
});

test('parameters: norm, gradient, and how far an update has moved them', () => {
  const params = { a: { kernel: variable(tf.tensor1d([3, 4])), bias: variable(tf.tensor1d([1])) } };
  const before = new Map([
    ['a.kernel', tf.tensor1d([3, 3])],
    ['a.bias', tf.tensor1d([0])],
  ]);
  const see = (_: unknown, __: unknown, to: Probe): void => to.parameter('a.kernel', tf.tensor1d([0, 2]));
  const { parameters } = inspect(see, training(params), {}, before);
  expect(parameters['a.kernel']).toEqual({ norm: 5, gradient: 2, moved: Math.sqrt(1 / 18) });
  // Not trained; and a share of nothing is none.
  expect(parameters['a.bias']).toEqual({ norm: 1, moved: null });
  expect(inspect(see, training(params), {}, new Map()).parameters['a.kernel']?.moved).toBeNull();
});

test('NRM5160: code that was not made for it is refused', () => {
  expect(() => probeOf({})).toThrow(expect.objectContaining({ code: 'NRM5160' }));
});

describe('what activations say of themselves', () => {
  const points = Array.from({ length: 401 }, (_, i) => (i - 200) / 20);

  test.each(activationNames)('%s: where it is flat its slope is 0', (fn) => {
    const flat = flatOf(fn, 0.1);
    for (const x of points) {
      const at = ndarray([1], [x]);
      const y = activate(at, fn, 0.1);
      const [value = Number.NaN] = y.data;
      const isFlat =
        value === flat.at ||
        (flat.to !== undefined && value <= flat.to) ||
        (flat.from !== undefined && value >= flat.from);
      const [slope = Number.NaN] = activateGrad(ndarray([1], [1]), fromOutput(fn) ? y : at, fn, 0.1).data;
      if (isFlat && x !== 0) expect(slope, `at ${x}`).toBe(0);
      // hard_swish has a lowest point.
      const isLowest = fn === 'hard_swish' && x === -1.5;
      if (slope === 0 && !isLowest && Object.keys(flat).length > 0) expect(isFlat, `at ${x}`).toBe(true);
    }
  });

  test.each(activationNames)('%s: where it is saturated its slope is small', (fn) => {
    const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = withinOf(fn, 1);
    for (const x of points) {
      const at = ndarray([1], [x]);
      const y = activate(at, fn, 1);
      const [value = Number.NaN] = y.data;
      const [slope = Number.NaN] = activateGrad(ndarray([1], [1]), fromOutput(fn) ? y : at, fn, 1).data;
      // relu6 and hard_sigmoid are straight up to their bounds.
      const most = fn === 'relu6' ? 1 : fn === 'hard_sigmoid' ? 1 / 6 : 0.02;
      if (value < low || value > high) expect(Math.abs(slope), `at ${x}`).toBeLessThanOrEqual(most);
    }
  });

  test('relu, tanh and sigmoid have what their names are known for', () => {
    expect([flatOf('relu', 0), withinOf('tanh', 0), withinOf('sigmoid', 0)]).toEqual([
      { to: 0 },
      { low: -0.99, high: 0.99 },
      { low: 0.01, high: 0.99 },
    ]);
    expect([flatOf('gelu', 0), withinOf('gelu', 0), flatOf('leaky_relu', 0.1)]).toEqual([{}, {}, {}]);
  });
});
