/** Convolution and its gradients over strides, dilations, paddings, groups and odd sizes. */
import { describe, test } from 'vitest';
import { conv2d, conv2dInputGrad, conv2dKernelGrad, type Padding, type Pair } from '../../../src/runtime/index.ts';
import { expectKernel, image, map, type Nd, nd, onBackends, values, vector } from './harness.ts';
import * as reference from './reference.ts';

interface Case {
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly stride?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
  readonly padding?: Padding;
}

const cases: Readonly<Record<string, Case>> = {
  same: { x: [2, 5, 6, 3], kernel: [3, 3, 3, 4] },
  valid: { x: [2, 7, 6, 2], kernel: [3, 3, 2, 5], padding: 'valid' },
  'one channel, 5×5': { x: [3, 8, 7, 1], kernel: [5, 5, 1, 6] },
  'one channel, valid, strided and dilated': {
    x: [2, 11, 12, 1],
    kernel: [3, 2, 1, 3],
    padding: 'valid',
    stride: [2, 3],
    dilation: [2, 1],
  },
  'many channels': { x: [2, 5, 5, 16], kernel: [3, 3, 16, 20] },
  'many channels, stride 2': { x: [3, 8, 8, 16], kernel: [3, 3, 16, 12], stride: [2, 2] },
  'even kernel': { x: [1, 6, 5, 2], kernel: [2, 4, 2, 3] },
  'explicit, lopsided': {
    x: [2, 6, 5, 2],
    kernel: [3, 3, 2, 3],
    padding: [
      [2, 0],
      [1, 3],
    ],
  },
  'explicit, wider than the kernel': {
    x: [1, 4, 4, 2],
    kernel: [2, 2, 2, 2],
    padding: [
      [3, 2],
      [2, 4],
    ],
  },
  'explicit, strided': {
    x: [2, 7, 8, 2],
    kernel: [3, 3, 2, 3],
    padding: [
      [1, 0],
      [0, 2],
    ],
    stride: [2, 3],
  },
  'explicit, no padding at all': {
    x: [1, 5, 5, 1],
    kernel: [3, 3, 1, 2],
    padding: [
      [0, 0],
      [0, 0],
    ],
  },
  'stride 2, odd size': { x: [2, 7, 9, 3], kernel: [3, 3, 3, 4], stride: [2, 2] },
  'stride 2, even size': { x: [2, 8, 6, 3], kernel: [3, 3, 3, 4], stride: [2, 2] },
  'stride 2, pixels left over': { x: [2, 8, 8, 12], kernel: [3, 3, 12, 2], stride: [2, 2], padding: 'valid' },
  'stride larger than the kernel': { x: [2, 9, 8, 12], kernel: [2, 1, 12, 3], stride: [3, 2], padding: 'valid' },
  '1×1, stride 2': { x: [2, 7, 7, 40], kernel: [1, 1, 40, 3], stride: [2, 2] },
  '1×1': { x: [2, 4, 3, 3], kernel: [1, 1, 3, 2] },
  'stride per axis': { x: [2, 9, 7, 2], kernel: [3, 5, 2, 3], stride: [1, 2] },
  'dilation 2': { x: [2, 9, 8, 3], kernel: [3, 3, 3, 2], dilation: [2, 2] },
  'dilation per axis, valid': { x: [2, 9, 8, 6], kernel: [3, 2, 6, 2], dilation: [3, 2], padding: 'valid' },
  'stride and dilation': { x: [2, 11, 10, 6], kernel: [3, 3, 6, 2], stride: [2, 3], dilation: [2, 3] },
  'stride and dilation, explicit': {
    x: [1, 10, 9, 6],
    kernel: [2, 3, 6, 2],
    stride: [3, 2],
    dilation: [3, 2],
    padding: [
      [1, 2],
      [4, 0],
    ],
  },
  'kernel over the whole image': { x: [3, 4, 5, 2], kernel: [4, 5, 2, 3], padding: 'valid' },
  'two groups': { x: [2, 6, 5, 4], kernel: [3, 3, 2, 6], groups: 2 },
  depthwise: { x: [2, 6, 5, 4], kernel: [3, 3, 1, 4], groups: 4 },
  'depthwise, two filters a channel, stride 2': { x: [2, 7, 6, 3], kernel: [3, 3, 1, 6], groups: 3, stride: [2, 2] },
  'groups, strided and dilated': {
    x: [2, 9, 9, 4],
    kernel: [2, 2, 2, 4],
    groups: 2,
    stride: [2, 1],
    dilation: [2, 2],
    padding: 'valid',
  },
  'batch of one': { x: [1, 5, 5, 3], kernel: [3, 3, 3, 2] },
};

/** The options that differ from their defaults, as emitted code has them. */
const options = ({ stride, dilation, groups, padding }: Case) => ({
  ...(stride && { stride }),
  ...(dilation && { dilation }),
  ...(groups && { groups }),
  ...(padding && { padding }),
});

const placement = ({ kernel: [kh = 0, kw = 0], stride = [1, 1], dilation = [1, 1], padding = 'same' }: Case) => ({
  size: [kh, kw] as const,
  stride,
  dilation,
  padding,
});

onBackends(() => {
  describe.each(Object.entries(cases))('%s', (_, c) => {
    const [x, kernel] = [values('x', c.x), values('kernel', c.kernel)];
    const p = placement(c);
    const y = reference.conv2d(x, kernel, p);
    const dy = values('dy', y.shape);

    test('conv2d', () => expectKernel(() => conv2d(image(x), image(kernel), options(c)), y));

    test('conv2dInputGrad', () => {
      const [, height = 0, width = 0] = c.x;
      expectKernel(
        () => conv2dInputGrad(image(dy), image(kernel), { height, width, ...options(c) }),
        reference.conv2dInputGrad(dy, kernel, c.x, p),
      );
      expectKernel(
        () => conv2dInputGrad(image(dy), image(kernel), { like: image(x), ...options(c) }),
        reference.conv2dInputGrad(dy, kernel, c.x, p),
      );
    });

    test('conv2dKernelGrad', () =>
      expectKernel(
        () => conv2dKernelGrad(image(x), image(dy), { size: p.size, ...options(c) }),
        reference.conv2dKernelGrad(x, dy, c.kernel, p),
      ));
  });

  describe('bias and fused activation', () => {
    const c: Case = { x: [2, 6, 5, 4], kernel: [3, 3, 2, 6], groups: 2 };
    const plain: Case = { x: [2, 6, 5, 4], kernel: [3, 3, 4, 6] };
    const bias = values('bias', [6]);
    const functions = {
      linear: (v) => v,
      relu: (v) => Math.max(0, v),
      relu6: (v) => Math.min(6, Math.max(0, v)),
      sigmoid: (v) => 1 / (1 + Math.exp(-v)),
      elu: (v) => (v > 0 ? v : Math.expm1(v)),
    } satisfies Record<string, (v: number) => number>;
    const expected = (of: Case, withBias: boolean, f: (v: number) => number): Nd => {
      const y = reference.conv2d(
        values('x', of.x),
        map(values('kernel', of.kernel), (v) => v * 3),
        placement(of),
      );
      return map(y, (v, i) => f(v + (withBias ? (bias.data[i % 6] ?? 0) : 0)));
    };
    test.each(Object.entries(functions))('%s', (name, f) => {
      // The entries of an object lose the type of its keys.
      const activation = name as keyof typeof functions;
      for (const of of [plain, c]) {
        const x = values('x', of.x);
        const kernel = map(values('kernel', of.kernel), (v) => v * 3);
        const common = { ...options(of), activation };
        expectKernel(() => conv2d(image(x), image(kernel), { ...common, bias: vector(bias) }), expected(of, true, f));
        expectKernel(() => conv2d(image(x), image(kernel), common), expected(of, false, f));
      }
    });
  });
});

test('the reference itself, by hand', () => {
  const x = nd([1, 2, 2, 1], [1, 2, 3, 4]);
  const kernel = nd([2, 2, 1, 1], [1, 10, 100, 1000]);
  expectSame(reference.conv2d(x, kernel, { size: [2, 2], stride: [1, 1], padding: 'same' }), [4321, 402, 43, 4]);
});

function expectSame(actual: Nd, expected: readonly number[]): void {
  if (String([...actual.data]) !== String(expected)) throw new Error(`${actual.data}, expected ${expected}`);
}
