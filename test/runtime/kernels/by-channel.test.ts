/** Activations with a weight per channel, and local response normalization, on every backend against the float64 evaluation. */
import { expect, test } from 'vitest';
import * as activations from '../../../src/ir/reference/channel-activation.ts';
import * as responses from '../../../src/ir/reference/local-response.ts';
import {
  channelActivation,
  channelActivationGrad,
  localResponse,
  localResponseGrad,
} from '../../../src/runtime/index.ts';
import { checked, expectClose, expectKernel, nd, onBackends, tensor, ties, values, vector } from './harness.ts';

const shapes: readonly (readonly number[])[] = [
  [5, 6],
  [2, 5, 6],
  [2, 4, 3, 6],
  [2, 2, 3, 2, 6],
];

onBackends(() => {
  test.each(shapes.flatMap((shape) => (['tlu', 'prelu'] as const).map((fn) => [fn, shape] as const)))(
    '%s of %j',
    (fn, shape) => {
      // Many values that stand at the threshold.
      const x = ties('x', shape);
      const [weight, dy] = [nd([6], [0, 0.5, -0.5, 1, -1, 0.25]), values('dy', shape)];
      expectKernel(
        () => channelActivation(tensor(x), vector(weight), { fn }),
        activations.channelActivation(x, weight, fn),
      );
      const want = activations.channelActivationGrad(dy, x, weight, fn);
      checked(
        () => channelActivationGrad(tensor(dy), tensor(x), vector(weight), { fn }),
        ([dx, dweight]) => {
          if (dx === undefined || dweight === undefined) throw new Error('a result is missing');
          expectClose(dx, want.dx);
          expectClose(dweight, want.dweight, 2e-5);
        },
      );
    },
  );

  const options = [
    { k: 2, alpha: 1e-4, beta: 0.75, size: 5 },
    { k: 1, alpha: 0.5, beta: 0.5, size: 3 },
    { k: 0.5, alpha: 0.3, beta: 1.5, size: 11 },
  ];
  test.each(shapes.flatMap((shape) => options.map((o) => [shape, o] as const)))(
    'local response of %j, %j',
    (shape, o) => {
      const [x, dy] = [values('x', shape, -3, 3), values('dy', shape)];
      expectKernel(() => localResponse(tensor(x), o), responses.localResponse(x, o));
      expectKernel(() => localResponseGrad(tensor(dy), tensor(x), o), responses.localResponseGrad(dy, x, o), 3e-5);
    },
  );
});

test('one channel alone is its own neighbour', () => {
  const y = responses.localResponse(nd([1, 1], [3]), { k: 1, alpha: 1, beta: 0.5, size: 1 });
  expect(y.data[0]).toBeCloseTo(3 / Math.sqrt(10), 12);
});
