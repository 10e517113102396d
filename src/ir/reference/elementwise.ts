/** Elements one by one, sums, and other shapes of the same values. */
import { map, type NdArray, sizeOf, zeros } from '../nd.ts';

/** Row-major steps of each axis. */
const strides = (shape: readonly number[]): readonly number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** The index along each axis of the element at a flat position. */
const indexOf = (flat: number, shape: readonly number[]): readonly number[] =>
  strides(shape).map((step, axis) => Math.floor(flat / step) % (shape[axis] ?? 1));

/** f(a, b), element by element; axes are aligned at the last one, a missing axis or one of size 1 repeats. */
export function binary(a: NdArray, b: NdArray, f: (a: number, b: number) => number): NdArray {
  const rank = Math.max(a.shape.length, b.shape.length);
  const aligned = (shape: readonly number[]): readonly number[] => [
    ...Array<number>(rank - shape.length).fill(1),
    ...shape,
  ];
  const [sa, sb] = [aligned(a.shape), aligned(b.shape)];
  const shape = sa.map((size, axis) => (size === 1 ? (sb[axis] ?? 1) : size));
  const pick = (x: NdArray, sx: readonly number[], index: readonly number[]): number => {
    const steps = strides(sx);
    return x.data[index.reduce((at, i, axis) => at + (sx[axis] === 1 ? 0 : i) * (steps[axis] ?? 0), 0)] ?? 0;
  };
  return map(zeros(shape), (_, flat) => {
    const index = indexOf(flat, shape);
    return f(pick(a, sa, index), pick(b, sb, index));
  });
}

export const scale = (x: NdArray, by: number): NdArray => map(x, (v) => v * by);

export const rsqrt = (x: NdArray, epsilon: number): NdArray => map(x, (v) => 1 / Math.sqrt(v + epsilon));

export function sum(x: NdArray, axes: readonly number[]): NdArray {
  const y = zeros(x.shape.filter((_, axis) => !axes.includes(axis)));
  const steps = strides(y.shape);
  x.data.forEach((value, flat) => {
    const index = indexOf(flat, x.shape).filter((_, axis) => !axes.includes(axis));
    const at = index.reduce((total, i, axis) => total + i * (steps[axis] ?? 0), 0);
    y.data[at] = (y.data[at] ?? 0) + value;
  });
  return y;
}

/** Values side by side along the last axis. */
export function concat(xs: readonly NdArray[]): NdArray {
  const widths = xs.map((x) => x.shape.at(-1) ?? 1);
  const width = widths.reduce((a, b) => a + b, 0);
  const outer = xs[0]?.shape.slice(0, -1) ?? [];
  const y = zeros([...outer, width]);
  let start = 0;
  xs.forEach((x, i) => {
    const own = widths[i] ?? 1;
    for (let row = 0; row < sizeOf(outer); row++)
      y.data.set(x.data.subarray(row * own, (row + 1) * own), row * width + start);
    start += own;
  });
  return y;
}

/** The part from..from+size of the last axis. */
export function slice(x: NdArray, from: number, size: number): NdArray {
  const width = x.shape.at(-1) ?? 1;
  const outer = x.shape.slice(0, -1);
  const y = zeros([...outer, size]);
  for (let row = 0; row < sizeOf(outer); row++)
    y.data.set(x.data.subarray(row * width + from, row * width + from + size), row * size);
  return y;
}

export const reshape = (x: NdArray, shape: readonly number[]): NdArray => ({
  shape: [...x.shape.slice(0, 1), ...shape],
  data: x.data.slice(),
});
