/** Norms over some axes of an array. */
import type { NdArray } from '../nd.ts';

/** The axes over which the weights of one output unit lie: all but the last; of a vector its only one. */
export const unitAxes = (shape: readonly unknown[]): readonly number[] =>
  shape.length < 2 ? shape.map((_, i) => i) : shape.slice(0, -1).map((_, i) => i);

/** The norm over `axes` of the group that an element belongs to, by the element's place. */
export function norms(x: NdArray, axes: readonly number[]): { readonly at: (element: number) => number } {
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  /** An element's place without its coordinates along the axes: the same for all of its group. */
  const groupOf = (element: number): number =>
    axes.reduce((rest, axis) => {
      const stride = strides[axis] ?? 1;
      return rest - (Math.floor(element / stride) % (x.shape[axis] ?? 1)) * stride;
    }, element);
  const squares = new Map<number, number>();
  x.data.forEach((v, i) => {
    squares.set(groupOf(i), (squares.get(groupOf(i)) ?? 0) + v * v);
  });
  return { at: (element) => Math.sqrt(squares.get(groupOf(element)) ?? 0) };
}
