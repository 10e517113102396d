/** What a sweep has found, as its table and its page read it. */

export interface SweepResults {
  readonly name: string;
  readonly train: string;
  readonly axes: readonly ResultAxis[];
  readonly repeats: number;
  readonly runs: readonly RunResult[];
  /** From the beginning to the end, without the time that it stood still. */
  readonly seconds: number;
  readonly jobs: number;
  readonly backend: string;
  readonly version: string;
  /** When it began: `2026-01-31 12:00 UTC`. */
  readonly began: string;
  /** The sweep as it is declared, and its train with every default written out. */
  readonly declared: string;
  readonly resolved: string;
}

export interface ResultAxis {
  /** `policy.norm` */
  readonly path: string;
  /** `norm` where no other axis is called so. */
  readonly label: string;
  readonly values: readonly { readonly text: string; readonly number: number | null }[];
}

export interface RunResult {
  /** Its folder in the sweep's. */
  readonly name: string;
  /** Of each axis which value. */
  readonly values: readonly number[];
  /** From 0. */
  readonly repeat: number;
  readonly seed: number | null;
  readonly status: 'finished' | 'failed' | 'skipped';
  /** Of a run that is not finished. */
  readonly why: string | null;
  readonly seconds: number;
  /** `accuracy`, `loss`, of several outputs `label accuracy`: on the test part. */
  readonly measures: Readonly<Record<string, number>>;
  readonly curve: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly epoch: number;
  readonly training: number;
  /** Null without a validation part. */
  readonly validation: number | null;
}

/** What is compared: the less, the better. */
export interface Measure {
  /** `error`, `label error`, `loss` */
  readonly name: string;
  readonly format: 'percent' | 'number';
  readonly of: (run: RunResult) => number | undefined;
}

/** A measure that is written in percent, and of which more is better. */
export const isShare = (name: string): boolean => name === 'accuracy' || name.endsWith(' accuracy');

/** Errors where accuracy is known, and the loss. */
export function measuresOf({ runs }: SweepResults): readonly Measure[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.measures)))];
  const errors = names.filter(isShare).map((name): Measure => {
    const of = ({ measures }: RunResult): number | undefined => {
      const value = measures[name];
      return value === undefined ? undefined : 1 - value;
    };
    return { name: name.replace(/accuracy$/, 'error'), format: 'percent', of };
  });
  return [...errors, { name: 'loss', format: 'number', of: ({ measures }) => measures.loss }];
}
