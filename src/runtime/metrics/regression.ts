/**
 * mean_absolute_error and mean_squared_error: means over all numbers. r2: 1 − Σ(p − t)²/Σ(t − mean t)², the mean over the outputs of a
 * sample; of targets that are all equal 1 where p is t throughout, else 0, as scikit-learn has it.
 */
import type { Metric } from './metric.ts';

const meanOf = (f: (difference: number) => number): Metric => ({
  share: false,
  begin() {
    let [sum, count] = [0, 0];
    return {
      add({ values, targets }) {
        for (let i = 0; i < values.length; i++) sum += f((values[i] ?? Number.NaN) - (targets[i] ?? Number.NaN));
        count += values.length;
      },
      value: () => sum / count,
    };
  },
});

export const meanAbsoluteError = meanOf(Math.abs);
export const meanSquaredError = meanOf((d) => d * d);

export const r2: Metric = {
  share: false,
  begin() {
    /** Of each output: how many, the mean and the squared deviations of its targets so far, and the squared errors. */
    const columns: { count: number; mean: number; spread: number; error: number }[] = [];
    return {
      add({ values, width, samples, targets }) {
        for (let c = 0; c < width; c++) columns[c] ??= { count: 0, mean: 0, spread: 0, error: 0 };
        for (let i = 0; i < samples * width; i++) {
          const column = columns[i % width];
          if (column === undefined) continue;
          const [p, t] = [values[i] ?? Number.NaN, targets[i] ?? Number.NaN];
          column.count++;
          // Deviations are summed from a moving mean, so that large targets of small spread lose nothing.
          const before = t - column.mean;
          column.mean += before / column.count;
          column.spread += before * (t - column.mean);
          column.error += (p - t) ** 2;
        }
      },
      value: () =>
        columns.reduce((sum, { spread, error }) => sum + (spread > 0 ? 1 - error / spread : error === 0 ? 1 : 0), 0) /
        columns.length,
    };
  },
};
