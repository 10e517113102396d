/** Pooling and its gradients. */
import type { Padding, Pair } from '../attributes.ts';
import { map, type NdArray, zeros } from '../nd.ts';
import { taps } from './taps.ts';

interface Attrs {
  readonly size: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

/** Flat positions in x of the pixels of each window, in row-major order, by the window's flat position in y; and the shape of y. */
function windows(
  [n = 0, h = 0, w = 0, c = 0]: readonly number[],
  attrs: Attrs,
): { readonly shape: readonly number[]; readonly pixels: readonly (readonly number[])[] } {
  const { rows, columns, positions } = taps(h, w, { ...attrs, dilation: [1, 1] });
  const shape = [n, rows, columns, c];
  const pixels: number[][] = Array.from({ length: n * rows * columns * c }, () => []);
  for (let b = 0; b < n; b++) {
    for (const { row, column, y, x } of positions) {
      for (let channel = 0; channel < c; channel++) {
        pixels[((b * rows + row) * columns + column) * c + channel]?.push(((b * h + y) * w + x) * c + channel);
      }
    }
  }
  return { shape, pixels };
}

export function maxPool(x: NdArray, attrs: Attrs): NdArray {
  const { shape, pixels } = windows(x.shape, attrs);
  return { shape, data: Float64Array.from(pixels, (window) => Math.max(...window.map((i) => x.data[i] ?? 0))) };
}

export function avgPool(x: NdArray, attrs: Attrs): NdArray {
  const { shape, pixels } = windows(x.shape, attrs);
  return {
    shape,
    data: Float64Array.from(
      pixels,
      (window) => window.reduce((total, i) => total + (x.data[i] ?? 0), 0) / window.length,
    ),
  };
}

export function maxPoolGrad(dy: NdArray, x: NdArray, y: NdArray, attrs: Attrs): NdArray {
  const dx = zeros(x.shape);
  windows(x.shape, attrs).pixels.forEach((window, o) => {
    const first = window.find((i) => x.data[i] === y.data[o]);
    if (first !== undefined) dx.data[first] = (dx.data[first] ?? 0) + (dy.data[o] ?? 0);
  });
  return dx;
}

export function avgPoolGrad(dy: NdArray, height: number, width: number, attrs: Attrs): NdArray {
  const dx = zeros([dy.shape[0] ?? 0, height, width, dy.shape[3] ?? 0]);
  windows(dx.shape, attrs).pixels.forEach((window, o) => {
    for (const i of window) dx.data[i] = (dx.data[i] ?? 0) + (dy.data[o] ?? 0) / window.length;
  });
  return dx;
}

export function globalAvgPool({ shape: [n = 0, height = 0, width = 0, channels = 0], data }: NdArray): NdArray {
  const y = zeros([n, channels]);
  data.forEach((value, flat) => {
    const at = Math.floor(flat / (height * width * channels)) * channels + (flat % channels);
    y.data[at] = (y.data[at] ?? 0) + value / (height * width);
  });
  return y;
}

export function globalAvgPoolGrad(dy: NdArray, height: number, width: number): NdArray {
  const [n = 0, channels = 0] = dy.shape;
  const pixels = height * width;
  return map(zeros([n, height, width, channels]), (_, flat) => {
    const sample = Math.floor(flat / (pixels * channels));
    return (dy.data[sample * channels + (flat % channels)] ?? 0) / pixels;
  });
}
