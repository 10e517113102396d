/** accuracy: share of samples whose guess is their class. top_k: whose class is among the k largest values, of equals the first ones. */
import { type Chunk, guess, type Metric } from './metric.ts';

/** The share of samples for which something holds. */
const shareOf = (holds: (chunk: Chunk, sample: number) => boolean) => {
  let [right, all] = [0, 0];
  return {
    add(chunk: Chunk): void {
      for (let i = 0; i < chunk.samples; i++) if (holds(chunk, i)) right++;
      all += chunk.samples;
    },
    value: (): number => right / all,
  };
};

export const accuracy: Metric = {
  share: true,
  begin: (of) => shareOf(({ values, width, targets }, i) => guess(values, i * width, width, of) === targets[i]),
};

export const topK: Metric = {
  share: true,
  begin(_, { k, show }) {
    const tally = shareOf(({ values, width, targets }, i) => {
      const label = targets[i] ?? 0;
      const own = values[i * width + label] ?? Number.NaN;
      let before = 0;
      for (let c = 0; c < width; c++) {
        const other = values[i * width + c] ?? Number.NaN;
        if (other > own || (other === own && c < label)) before++;
      }
      // A NaN is before nothing, and nothing is before it.
      return before < Number(k) && !Number.isNaN(own);
    });
    return show === 'error' ? { add: tally.add, value: () => 1 - tally.value() } : tally;
  },
};
