/** The kernels of windows in float64, written as their definitions: slow and obvious. */
import type { Padding, Pair } from '../../../src/runtime/index.ts';
import { type Nd, nd, sizeOf } from './harness.ts';

export interface Placement {
  readonly size: Pair;
  readonly stride: Pair;
  readonly dilation?: Pair;
  readonly padding: Padding;
}

/** Output size and padding before, along one axis. */
function axis(
  i: 0 | 1,
  input: number,
  { size, stride, dilation = [1, 1], padding }: Placement,
): { out: number; before: number } {
  const reach = (size[i] - 1) * dilation[i] + 1;
  if (padding === 'same') {
    const out = Math.ceil(input / stride[i]);
    return { out, before: Math.floor(Math.max(0, (out - 1) * stride[i] + reach - input) / 2) };
  }
  const [before, after] = padding === 'valid' ? [0, 0] : padding[i];
  return { out: Math.floor((input + before + after - reach) / stride[i]) + 1, before };
}

export const outputSize = ([, h = 0, w = 0]: readonly number[], p: Placement): Pair => [
  axis(0, h, p).out,
  axis(1, w, p).out,
];

/** Calls `visit` for each window and each of its real pixels, in row-major order. */
function windows(
  [n = 0, h = 0, w = 0]: readonly number[],
  p: Placement,
  visit: (window: number, pixel: number, tap: number) => void,
): void {
  const [rows, columns] = [axis(0, h, p), axis(1, w, p)];
  const [dh, dw] = p.dilation ?? [1, 1];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < rows.out; i++)
      for (let j = 0; j < columns.out; j++)
        for (let k = 0; k < p.size[0]; k++)
          for (let l = 0; l < p.size[1]; l++) {
            const [y, x] = [i * p.stride[0] + k * dh - rows.before, j * p.stride[1] + l * dw - columns.before];
            if (y >= 0 && y < h && x >= 0 && x < w)
              visit((b * rows.out + i) * columns.out + j, (b * h + y) * w + x, k * p.size[1] + l);
          }
}

const at = (a: Nd | Float64Array, i: number): number => ('data' in a ? a.data : a)[i] ?? Number.NaN;

/** Calls `visit` for each product of a convolution: indices into y, x and the kernel. */
function products(
  x: readonly number[],
  kernel: readonly number[],
  p: Placement,
  visit: (y: number, x: number, k: number) => void,
): void {
  const [, , perGroup = 0, f = 0] = kernel;
  const c = x[3] ?? 0;
  const filtersPerGroup = f / (c / perGroup);
  windows(x, p, (window, pixel, tap) => {
    for (let o = 0; o < f; o++) {
      const first = Math.floor(o / filtersPerGroup) * perGroup;
      for (let i = 0; i < perGroup; i++) visit(window * f + o, pixel * c + first + i, (tap * perGroup + i) * f + o);
    }
  });
}

export function conv2d(x: Nd, kernel: Nd, p: Placement): Nd {
  const shape = [x.shape[0] ?? 0, ...outputSize(x.shape, p), kernel.shape[3] ?? 0];
  const y = new Float64Array(sizeOf(shape));
  products(x.shape, kernel.shape, p, (i, j, k) => {
    y[i] = at(y, i) + at(x, j) * at(kernel, k);
  });
  return nd(shape, y);
}

export function conv2dInputGrad(dy: Nd, kernel: Nd, shape: readonly number[], p: Placement): Nd {
  const dx = new Float64Array(sizeOf(shape));
  products(shape, kernel.shape, p, (i, j, k) => {
    dx[j] = at(dx, j) + at(dy, i) * at(kernel, k);
  });
  return nd(shape, dx);
}

export function conv2dKernelGrad(x: Nd, dy: Nd, shape: readonly number[], p: Placement): Nd {
  const dk = new Float64Array(sizeOf(shape));
  products(x.shape, shape, p, (i, j, k) => {
    dk[k] = at(dk, k) + at(dy, i) * at(x, j);
  });
  return nd(shape, dk);
}

/** By output element: the input elements of its window, in order. */
function pooled(
  shape: readonly number[],
  p: Placement,
): { readonly shape: readonly number[]; readonly members: number[][] } {
  const c = shape[3] ?? 0;
  const out = [shape[0] ?? 0, ...outputSize(shape, p), c];
  const members: number[][] = Array.from({ length: sizeOf(out) }, () => []);
  windows(shape, p, (window, pixel) => {
    for (let i = 0; i < c; i++) members[window * c + i]?.push(pixel * c + i);
  });
  return { shape: out, members };
}

/** The first maximum of each window. */
const winners = (x: Nd, p: Placement): readonly number[] =>
  pooled(x.shape, p).members.map((m) => m.reduce((best, i) => (at(x, i) > at(x, best) ? i : best)));

export const maxPool = (x: Nd, p: Placement): Nd =>
  nd(
    pooled(x.shape, p).shape,
    winners(x, p).map((i) => at(x, i)),
  );

export function maxPoolGrad(dy: Nd, x: Nd, p: Placement): Nd {
  const dx = new Float64Array(x.data.length);
  winners(x, p).forEach((i, o) => {
    dx[i] = at(dx, i) + at(dy, o);
  });
  return nd(x.shape, dx);
}

export function avgPool(x: Nd, p: Placement): Nd {
  const { shape, members } = pooled(x.shape, p);
  return nd(
    shape,
    members.map((m) => m.reduce((sum, i) => sum + at(x, i), 0) / m.length),
  );
}

export function avgPoolGrad(dy: Nd, shape: readonly number[], p: Placement): Nd {
  const dx = new Float64Array(sizeOf(shape));
  pooled(shape, p).members.forEach((m, o) => {
    for (const i of m) dx[i] = at(dx, i) + at(dy, o) / m.length;
  });
  return nd(shape, dx);
}
