/**
 * Mean and spread of draws, in float64, a draw at a time.   Source  Welford 1962.
 * The spread is the standard deviation √(Σ(x − mean)²/(n − 1)) of n draws.
 */
export interface Spread {
  /** One more draw of every value. */
  add(values: ArrayLike<number>): void;
  readonly mean: Float64Array;
  /** Of two draws or more. */
  deviation(): Float64Array;
}

export function spreadOf(size: number): Spread {
  const mean = new Float64Array(size);
  /** Σ(x − mean)² so far. */
  const squares = new Float64Array(size);
  let count = 0;
  return {
    mean,
    add(values) {
      if (values.length !== size) throw new RangeError(`a draw of ${values.length} values, ${size} were expected`);
      count++;
      for (let i = 0; i < size; i++) {
        const value = values[i] ?? 0;
        const before = mean[i] ?? 0;
        const after = before + (value - before) / count;
        mean[i] = after;
        squares[i] = (squares[i] ?? 0) + (value - before) * (value - after);
      }
    },
    deviation: () => squares.map((sum) => Math.sqrt(sum / (count - 1))),
  };
}
