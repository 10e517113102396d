/** Pooling and its gradients: side by side, overlapping and gappy windows, all paddings, ties. */
import { describe, test } from 'vitest';
import {
  avgPool,
  avgPoolGrad,
  globalAvgPool,
  globalAvgPoolGrad,
  maxPool,
  maxPoolGrad,
  type Padding,
  type Pair,
} from '../../../src/runtime/index.ts';
import { expectKernel, image, map, matrix, nd, onBackends, ties, values } from './harness.ts';
import * as reference from './reference.ts';

interface Case {
  readonly x: readonly number[];
  readonly size: Pair;
  readonly stride?: Pair;
  readonly padding?: Padding;
}

const cases: Readonly<Record<string, Case>> = {
  '2×2': { x: [2, 6, 8, 3], size: [2, 2] },
  '2×2, odd size, same': { x: [2, 5, 7, 3], size: [2, 2] },
  '2×2, odd size, valid': { x: [2, 5, 7, 3], size: [2, 2], padding: 'valid' },
  '3×2': { x: [1, 7, 7, 2], size: [3, 2] },
  '3×3, same: padding on both sides': { x: [2, 7, 5, 2], size: [3, 3] },
  'explicit, side by side': {
    x: [2, 6, 5, 2],
    size: [2, 2],
    padding: [
      [1, 1],
      [0, 1],
    ],
  },
  '3×3 stride 2, same': { x: [2, 8, 7, 2], size: [3, 3], stride: [2, 2] },
  '3×3 stride 2, valid': { x: [2, 8, 7, 2], size: [3, 3], stride: [2, 2], padding: 'valid' },
  '3×3 stride 1, same': { x: [1, 5, 6, 2], size: [3, 3], stride: [1, 1] },
  '3×3 stride 2, explicit': {
    x: [2, 7, 8, 2],
    size: [3, 3],
    stride: [2, 2],
    padding: [
      [1, 0],
      [2, 1],
    ],
  },
  'stride larger than the window': { x: [2, 8, 9, 2], size: [2, 1], stride: [3, 2], padding: 'valid' },
  '1×1 stride 2': { x: [2, 5, 6, 2], size: [1, 1], stride: [2, 2] },
  '1×1': { x: [2, 3, 4, 2], size: [1, 1] },
  'the whole image': { x: [2, 4, 5, 3], size: [4, 5], padding: 'valid' },
  'one channel': { x: [3, 4, 4, 1], size: [2, 2] },
};

const options = ({ size, stride, padding }: Case) => ({ size, ...(stride && { stride }), ...(padding && { padding }) });
const placement = ({ size, stride = size, padding = 'same' }: Case) => ({ size, stride, padding });

onBackends(() => {
  describe.each(Object.entries(cases))('%s', (_, c) => {
    const p = placement(c);
    const x = values('x', c.x);
    const dy = values('dy', reference.maxPool(x, p).shape);

    test('maxPool', () => expectKernel(() => maxPool(image(x), options(c)), reference.maxPool(x, p)));
    test('avgPool', () => expectKernel(() => avgPool(image(x), options(c)), reference.avgPool(x, p)));
    test('avgPoolGrad', () => {
      const [, height = 0, width = 0] = c.x;
      expectKernel(() => avgPoolGrad(image(dy), { height, width, ...options(c) }), reference.avgPoolGrad(dy, c.x, p));
      expectKernel(() => avgPoolGrad(image(dy), { like: image(x), ...options(c) }), reference.avgPoolGrad(dy, c.x, p));
    });

    const inputs = {
      'distinct values': x,
      'many ties': ties('t', c.x),
      'all the same': map(x, () => 0),
      'far from zero': map(x, (v) => v - 100),
    };
    test.each(Object.entries(inputs))('maxPoolGrad, %s', (_name, input) => {
      // Float32 is what the kernel compares.
      const x32 = nd(input.shape, Float32Array.from(input.data));
      expectKernel(
        () => maxPoolGrad(image(dy), image(x32), image(reference.maxPool(x32, p)), options(c)),
        reference.maxPoolGrad(dy, x32, p),
      );
    });
  });

  describe.each([[[2, 3, 4, 5]], [[1, 1, 1, 3]], [[3, 1, 6, 2]], [[2, 14, 9, 33]]])(
    'over all pixels of %j',
    (shape) => {
      const [n = 0, height = 0, width = 0, channels = 0] = shape;
      const whole = { size: [height, width], stride: [1, 1], padding: 'valid' } as const;
      const x = values('x', shape, -1, 3);
      const dy = values('dy', [n, channels]);
      const dx = reference.avgPoolGrad(nd([n, 1, 1, channels], dy.data), shape, whole);
      test('globalAvgPool', () =>
        expectKernel(() => globalAvgPool(image(x)), nd([n, channels], reference.avgPool(x, whole).data)));
      test('globalAvgPoolGrad', () => {
        expectKernel(() => globalAvgPoolGrad(matrix(dy), { height, width }), dx);
        expectKernel(() => globalAvgPoolGrad(matrix(dy), { like: image(x) }), dx);
      });
    },
  );
});
