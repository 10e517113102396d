/** Plain float64 arrays for the reference evaluation: slow, obvious, the meaning that everything else is compared with. */
export interface NdArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float64Array;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const ndarray = (shape: readonly number[], data: ArrayLike<number>): NdArray => {
  if (data.length !== sizeOf(shape)) throw new RangeError(`${data.length} values for shape [${shape.join(', ')}]`);
  return { shape, data: Float64Array.from(data) };
};

export const zeros = (shape: readonly number[]): NdArray => ({ shape, data: new Float64Array(sizeOf(shape)) });

export const scalar = (value: number): NdArray => ndarray([], [value]);

export const map = (a: NdArray, f: (value: number, index: number) => number): NdArray => ({
  shape: a.shape,
  data: a.data.map(f),
});
