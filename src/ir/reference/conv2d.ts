/** Convolution and its two gradients: the same sum of products, accumulated into another of the three arrays. */
import type { Padding, Pair } from '../attributes.ts';
import { map, type NdArray, zeros } from '../nd.ts';
import { taps } from './taps.ts';

interface Attrs {
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly padding: Padding;
}

/** Flat positions in x [N,H,W,C], kernel [kh,kw,C/groups,F] and y [N,H′,W′,F] of every product of the sum. */
type Visit = (x: number, kernel: number, y: number) => void;

/** Visits every product x·kernel that y sums. */
function products(
  [n = 0, h = 0, w = 0, c = 0]: readonly number[],
  [kh = 0, kw = 0, cIn = 0, f = 0]: readonly number[],
  attrs: Attrs,
  visit: Visit,
): void {
  const { rows, columns, positions } = taps(h, w, { ...attrs, size: [kh, kw] });
  const perGroup = f / attrs.groups;
  for (let b = 0; b < n; b++) {
    for (const { row, column, tapRow, tapColumn, y, x } of positions) {
      for (let filter = 0; filter < f; filter++) {
        const firstChannel = Math.floor(filter / perGroup) * cIn;
        for (let channel = 0; channel < cIn; channel++) {
          visit(
            ((b * h + y) * w + x) * c + firstChannel + channel,
            ((tapRow * kw + tapColumn) * cIn + channel) * f + filter,
            ((b * rows + row) * columns + column) * f + filter,
          );
        }
      }
    }
  }
}

const outShape = (x: readonly number[], kernel: readonly number[], attrs: Attrs): readonly number[] => {
  const { rows, columns } = taps(x[1] ?? 0, x[2] ?? 0, { ...attrs, size: [kernel[0] ?? 0, kernel[1] ?? 0] });
  return [x[0] ?? 0, rows, columns, kernel[3] ?? 0];
};

export function conv2d(x: NdArray, kernel: NdArray, bias: NdArray | null, attrs: Attrs): NdArray {
  const filters = kernel.shape[3] ?? 0;
  const y = map(zeros(outShape(x.shape, kernel.shape, attrs)), (_, i) => bias?.data[i % filters] ?? 0);
  products(x.shape, kernel.shape, attrs, (i, k, o) => {
    y.data[o] = (y.data[o] ?? 0) + (x.data[i] ?? 0) * (kernel.data[k] ?? 0);
  });
  return y;
}

export function conv2dInputGrad(
  dy: NdArray,
  kernel: NdArray,
  { height, width, ...attrs }: Attrs & { readonly height: number; readonly width: number },
): NdArray {
  const dx = zeros([dy.shape[0] ?? 0, height, width, (kernel.shape[2] ?? 0) * attrs.groups]);
  products(dx.shape, kernel.shape, attrs, (i, k, o) => {
    dx.data[i] = (dx.data[i] ?? 0) + (dy.data[o] ?? 0) * (kernel.data[k] ?? 0);
  });
  return dx;
}

export function conv2dKernelGrad(x: NdArray, dy: NdArray, size: Pair, attrs: Attrs): NdArray {
  const dkernel = zeros([...size, (x.shape[3] ?? 0) / attrs.groups, dy.shape[3] ?? 0]);
  products(x.shape, dkernel.shape, attrs, (i, k, o) => {
    dkernel.data[k] = (dkernel.data[k] ?? 0) + (x.data[i] ?? 0) * (dy.data[o] ?? 0);
  });
  return dkernel;
}
