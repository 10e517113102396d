/** Results of sweeps that nobody ran, with the errors that a test asks for. */
import type { SweepResults } from '../../src/report/sweep/index.ts';

/** Errors of each norm at each batch size, one a repeat; an empty list is a case of which no run finished. */
export type Errors = Readonly<Record<string, Readonly<Record<number, readonly number[]>>>>;

export function madeUp(errors: Errors, repeats: number): SweepResults {
  const norms = Object.keys(errors);
  const batches = [...new Set(Object.values(errors).flatMap((of) => Object.keys(of).map(Number)))];
  return {
    name: 'norms',
    train: 'lenet',
    axes: [
      { path: 'policy.norm', label: 'norm', values: norms.map((text) => ({ text, number: null })) },
      { path: 'batch', label: 'batch', values: batches.map((n) => ({ text: String(n), number: n })) },
    ],
    repeats,
    runs: norms.flatMap((norm, n) =>
      batches.flatMap((batch, b) =>
        Array.from({ length: repeats }, (_, repeat) => {
          const error = errors[norm]?.[batch]?.[repeat];
          const base = {
            name: `norm=${norm},batch=${batch},repeat=${repeat + 1}`,
            values: [n, b],
            repeat,
            seed: repeat,
          };
          return error === undefined
            ? { ...base, status: 'failed' as const, why: 'NRM5101: <NaN> & more', seconds: 1, measures: {}, curve: [] }
            : {
                ...base,
                status: 'finished' as const,
                why: null,
                seconds: 10,
                measures: { accuracy: 1 - error, loss: 3 * error },
                curve: [1, 2, 3].map((epoch) => ({ epoch, training: 1 / epoch, validation: 1.5 / epoch })),
              };
        }),
      ),
    ),
    seconds: 125,
    jobs: 2,
    backend: 'wasm',
    version: '0.1.0',
    began: '2026-01-31 12:00 UTC',
    declared: 'sweep norms {\n  train: lenet\n}',
    resolved: 'nrm 1\n',
  };
}
