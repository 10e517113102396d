/** Runs that differ in nothing but the seed, as one number with a spread. */
import type { Measure, RunResult, SweepResults } from './results.ts';

export interface Cell {
  /** Of each axis which value. */
  readonly values: readonly number[];
  readonly runs: readonly RunResult[];
}

/** Of several numbers. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** The standard deviation, of a sample (n − 1); null for a single number. */
  readonly deviation: number | null;
}

/** One cell a combination of values, in the order of the sweep. */
export function cellsOf({ runs }: Pick<SweepResults, 'runs'>): readonly Cell[] {
  const cells = new Map<string, RunResult[]>();
  for (const run of runs) {
    const key = run.values.join();
    cells.set(key, [...(cells.get(key) ?? []), run]);
  }
  return [...cells.values()].map((of) => ({ values: of[0]?.values ?? [], runs: of }));
}

/** Null without a number. */
export function spreadOf(numbers: readonly number[]): Spread | null {
  const count = numbers.length;
  if (count === 0) return null;
  const mean = numbers.reduce((a, b) => a + b, 0) / count;
  const squares = numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { count, mean, deviation: count === 1 ? null : Math.sqrt(squares / (count - 1)) };
}

export const finished = ({ runs }: Cell): readonly RunResult[] => runs.filter((run) => run.status === 'finished');

export const measured = (cell: Cell, { of }: Measure): Spread | null =>
  spreadOf(finished(cell).flatMap((run) => of(run) ?? []));

/** How two cells compare; the first has the smaller mean. */
export interface Gap {
  readonly difference: number;
  /** The larger of both deviations; null where one of them has a single run. */
  readonly spread: number | null;
  /** Whether the difference is larger; null where there is no spread. */
  readonly larger: boolean | null;
  /** Of the repeats that both have finished, those in which the first is the better one. */
  readonly wins: number;
  readonly pairs: number;
}

export function gapOf(better: Cell, worse: Cell, measure: Measure): Gap | null {
  const [a, b] = [measured(better, measure), measured(worse, measure)];
  if (a === null || b === null) return null;
  const difference = b.mean - a.mean;
  const spread = a.deviation === null || b.deviation === null ? null : Math.max(a.deviation, b.deviation);
  const theirs = new Map(finished(worse).map((run) => [run.repeat, measure.of(run)]));
  const pairs = finished(better).flatMap((run): readonly (readonly [number, number])[] => {
    const [x, y] = [measure.of(run), theirs.get(run.repeat)];
    return x === undefined || y === undefined ? [] : [[x, y]];
  });
  return {
    difference,
    spread,
    larger: spread === null ? null : difference > spread,
    wins: pairs.filter(([x, y]) => x < y).length,
    pairs: pairs.length,
  };
}
