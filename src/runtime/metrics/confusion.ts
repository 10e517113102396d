/**
 * Metrics of decisions, all from how often each class (rows) is guessed to be each class (columns).
 *   precision of class c  M[c,c]/Σᵣ M[r,c] · recall  M[c,c]/Σₖ M[c,k] · f1  2·M[c,c]/(Σᵣ M[r,c] + Σₖ M[c,k])
 *   macro  the mean over the classes that occur, as labels or as guesses · micro  of all decisions together, which is the accuracy
 * 0/0 is 0. As scikit-learn defines them, with `zero_division=0`.
 */
import { type Chunk, guess, type Measured, type Metric, type Tally } from './metric.ts';

class Counts {
  readonly #of: Measured;
  readonly #classes: number;
  readonly #counts: Float64Array;

  constructor(of: Measured) {
    this.#of = of;
    this.#classes = of.classes ?? 0;
    this.#counts = new Float64Array(this.#classes ** 2);
  }

  add({ values, width, samples, targets }: Chunk): void {
    for (let i = 0; i < samples; i++) {
      const at = (targets[i] ?? 0) * this.#classes + guess(values, i * width, width, this.#of);
      this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    }
  }

  matrix(): readonly (readonly number[])[] {
    const n = this.#classes;
    return Array.from({ length: n }, (_, row) => [...this.#counts.slice(row * n, (row + 1) * n)]);
  }
}

export const confusionMatrix: Metric = {
  share: false,
  begin(of) {
    const counts = new Counts(of);
    return { add: (chunk) => counts.add(chunk), value: () => counts.matrix() };
  },
};

/** Of a class, or of all together: how often it was guessed rightly, was guessed, and was there. */
interface Decisions {
  readonly right: number;
  readonly guessed: number;
  readonly there: number;
}

const decisions = (matrix: readonly (readonly number[])[]): readonly Decisions[] =>
  matrix.map((row, c) => ({
    right: row[c] ?? 0,
    guessed: matrix.reduce((sum, r) => sum + (r[c] ?? 0), 0),
    there: row.reduce((a, b) => a + b, 0),
  }));

const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);

function averaged(of: readonly Decisions[], average: unknown, f: (d: Decisions) => number): number | readonly number[] {
  if (average === 'per_class') return of.map(f);
  if (average === 'micro') {
    const sum = (key: keyof Decisions): number => of.reduce((total, d) => total + d[key], 0);
    return f({ right: sum('right'), guessed: sum('guessed'), there: sum('there') });
  }
  const present = of.filter((d) => d.guessed + d.there > 0);
  return present.reduce((sum, d) => sum + f(d), 0) / present.length;
}

const ofDecisions = (f: (d: Decisions) => number): Metric => ({
  share: true,
  begin(of, { average }): Tally {
    const counts = new Counts(of);
    return { add: (chunk) => counts.add(chunk), value: () => averaged(decisions(counts.matrix()), average, f) };
  },
});

export const precision = ofDecisions(({ right, guessed }) => ratio(right, guessed));
export const recall = ofDecisions(({ right, there }) => ratio(right, there));
export const f1 = ofDecisions(({ right, guessed, there }) => ratio(2 * right, guessed + there));
