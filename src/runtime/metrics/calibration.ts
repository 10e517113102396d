/**
 * Expected calibration error: samples are put into bins of equal width by how sure the network is of its guess, the probability p of
 * it; the error is Σ over bins of (share of the samples) · |mean p − share of right guesses|. A bin takes its upper end.
 * Source  Guo et al. 2017.
 */
import { guess, type Measured, type Metric } from './metric.ts';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** The probability of the guess. */
function confidence(values: ArrayLike<number>, from: number, width: number, own: number, of: Measured): number {
  const z = values[from + (width === 1 ? 0 : own)] ?? Number.NaN;
  if (of.probabilities === 'sigmoid') return width === 1 && own === 0 ? 1 - sigmoid(z) : sigmoid(z);
  let sum = 0;
  for (let c = 0; c < width; c++) sum += Math.exp((values[from + c] ?? 0) - z);
  return 1 / sum;
}

export const calibrationError: Metric = {
  share: true,
  begin(of, { bins }) {
    const count = Number(bins);
    const sums = Array.from({ length: count }, () => ({ sure: 0, right: 0, samples: 0 }));
    let all = 0;
    return {
      add({ values, width, samples, targets }) {
        for (let i = 0; i < samples; i++) {
          const own = guess(values, i * width, width, of);
          const p = confidence(values, i * width, width, own, of);
          const bin = sums[Math.min(count - 1, Math.max(0, Math.ceil(p * count) - 1))];
          if (bin === undefined) continue;
          bin.sure += p;
          bin.right += own === targets[i] ? 1 : 0;
          bin.samples++;
        }
        all += samples;
      },
      // A p that is NaN makes no bin's sum; the loss is NaN then, and says so.
      value: () => sums.reduce((sum, bin) => sum + Math.abs(bin.sure - bin.right) / all, 0),
    };
  },
};
