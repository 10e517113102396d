/** Activation functions and their gradients: against their definitions, and against finite differences of these. */
import { describe, expect, test } from 'vitest';
import { type ActivationName, activation, activationGrad } from '../../../src/runtime/index.ts';
import { checked, expectClose, expectKernel, map, nd, onBackends, tensor, values } from './harness.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const relu6 = (x: number): number => Math.min(6, Math.max(0, x));

/** erf by its series, and 1 − erf by its continued fraction where the series would cancel. */
function erf(x: number): number {
  if (Math.abs(x) > 2) {
    let tail = 0;
    for (let n = 100; n > 0; n--) tail = n / 2 / (Math.abs(x) + tail);
    return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (Math.abs(x) + tail)));
  }
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

interface Definition {
  readonly f: (x: number, slope: number) => number;
  readonly from: 'x' | 'y';
  readonly slope?: number;
}

const definitions: Readonly<Record<ActivationName, Definition>> = {
  linear: { f: (x) => x, from: 'y' },
  relu: { f: (x) => Math.max(0, x), from: 'y' },
  relu6: { f: relu6, from: 'y' },
  leaky_relu: { f: (x, slope) => (x > 0 ? x : slope * x), from: 'y', slope: 0.1 },
  elu: { f: (x, slope) => (x > 0 ? x : slope * Math.expm1(x)), from: 'y', slope: 1 },
  selu: { f: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)), from: 'y' },
  sigmoid: { f: sigmoid, from: 'y' },
  tanh: { f: Math.tanh, from: 'y' },
  softplus: { f: softplus, from: 'y' },
  silu: { f: (x) => x * sigmoid(x), from: 'x' },
  gelu: { f: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)), from: 'x' },
  gelu_tanh: { f: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))), from: 'x' },
  hard_sigmoid: { f: (x) => relu6(x + 3) / 6, from: 'x' },
  hard_swish: { f: (x) => (x * relu6(x + 3)) / 6, from: 'x' },
  mish: { f: (x) => x * Math.tanh(softplus(x)), from: 'x' },
};

// The entries of an object lose the type of its keys.
const entries = Object.entries(definitions) as [ActivationName, Definition][];
const shape = [4, 5, 5, 3];
const points = map(values('points', shape, -7, 7), (v, i) => (i === 0 ? 0 : v));
const dy = values('dy', shape);

onBackends(() => {
  test.each(entries)('%s', (fn, { f, slope = 0 }) =>
    expectKernel(
      () => activation(tensor(points), { fn, slope }),
      map(points, (x) => f(x, slope)),
    ),
  );

  test.each(entries)('gradient of %s', (fn, { f, from, slope = 0 }) => {
    const h = 1e-4;
    // A kink between x − h and x + h would blur the difference; at 0 it is one-sided, as the convention has it.
    const slopeAt = (x: number): number => {
      if (x === 0) return (f(0, slope) - f(-h, slope)) / h;
      return (f(x + h, slope) - f(x - h, slope)) / (2 * h);
    };
    const v = from === 'y' ? map(points, (x) => Math.fround(f(x, slope))) : points;
    const expected = map(dy, (d, i) => d * slopeAt(points.data[i] ?? 0));
    checked(
      // Which of x and y goes with fn is checked at compile time where emitted code writes it out.
      () => activationGrad(tensor(dy), { fn, slope, [from]: tensor(v) } as Parameters<typeof activationGrad>[1]),
      ([dx]) => {
        if (dx !== undefined) expectClose(dx, expected, 3e-4);
      },
    );
  });

  describe('alpha of elu', () => {
    const f = (x: number): number => (x > 0 ? x : 0.4 * Math.expm1(x));
    const y = map(points, (x) => Math.fround(f(x)));
    test('forward', () => expectKernel(() => activation(tensor(points), { fn: 'elu', slope: 0.4 }), map(points, f)));
    test('gradient', () =>
      expectKernel(
        () => activationGrad(tensor(dy), { fn: 'elu', slope: 0.4, y: tensor(y) }),
        map(dy, (d, i) => d * ((points.data[i] ?? 0) > 0 ? 1 : (y.data[i] ?? 0) + 0.4)),
      ));
  });

  test('a gradient of relu at 0 is 0, at 6 of relu6 too', () => {
    checked(
      () => ({
        relu: activationGrad(tensor(nd([2], [1, 1])), { fn: 'relu', y: tensor(nd([2], [0, 2])) }),
        relu6: activationGrad(tensor(nd([3], [1, 1, 1])), { fn: 'relu6', y: tensor(nd([3], [0, 2, 6])) }),
      }),
      (results) =>
        expect(results.map((r) => [...r.dataSync()])).toEqual([
          [0, 1],
          [0, 1, 0],
        ]),
    );
  });
});
