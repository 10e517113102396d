/** What a sweep left in its folder. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readRecord } from '../../src/cli/sweep/record.ts';
import { resultsOf } from '../../src/cli/sweep/results.ts';
import type { RunResult, SweepResults } from '../../src/report/sweep/results.ts';
import { valueText } from '../../src/report/sweep/views.ts';
import { runFiles } from '../../src/runtime/node/run-folder.ts';
import { decodeSafetensors } from '../../src/runtime/safetensors.ts';

export interface Found {
  readonly folder: string;
  readonly results: SweepResults;
  readonly seeds: readonly number[];
}

export function found(folder: string): Found {
  const record = readRecord(folder);
  const seeds = [...new Set(record.cases.flatMap((c) => c.seed ?? []))].sort((a, b) => a - b);
  return { folder, results: resultsOf(folder, record, ''), seeds };
}

/** Weights that a run ended with, by name. */
export function weightsOf({ folder }: Found, run: RunResult): ReadonlyMap<string, readonly number[]> {
  const file = path.join(folder, run.name, runFiles.weights);
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  return new Map([...tensors].map(([name, { values }]) => [name, [...values]]));
}

/** Finished runs by the values of the axes. */
export const runsWith = ({ results }: Found, ...values: readonly string[]): readonly RunResult[] =>
  results.runs.filter(
    (run) => run.status === 'finished' && values.every((value, axis) => valueText(results, run, axis) === value),
  );
