/** What has to be known of a sweep's data before it starts: that they are there, and how many samples train. */
import path from 'node:path';
import process from 'node:process';
import type { SweepPlan } from '../../check/index.ts';
import { stepsPerEpoch } from '../../runtime/batches.ts';
import { NrmcError } from '../../runtime/errors.ts';
import { loadData } from '../../runtime/node/data.ts';
import { requireAllowed } from '../allow-extern.ts';
import { compileTrainTarget, showRemarks } from '../compiled.ts';
import { importTrain, withEmitted } from '../emitted.ts';
import type { RunSettings } from '../run-train.ts';
import { findTarget, type Spec } from '../spec.ts';
import { version } from '../version.ts';

interface SampleOptions extends RunSettings {
  readonly overrides: { readonly policy?: string; readonly epochs?: number };
}

/** Samples of the training part by the name of the data; warnings and remarks of the train are shown on the way. */
export async function trainingSamples(
  spec: Spec,
  { train, cases }: SweepPlan,
  { overrides, ...options }: SampleOptions,
  base: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const target = findTarget(spec, train.name, 'train');
  if (target.kind !== 'train') throw new Error('a train was asked for');
  const { emit } = await import('../../codegen/tfjs/index.ts');
  const counts = new Map<string, number>();
  const sets = new Map<string, readonly string[]>([[train.data.name, base]]);
  for (const { train: of, set } of cases) if (of !== null && !sets.has(of.data.name)) sets.set(of.data.name, set);
  for (const [name, set] of sets) {
    const given = { ...overrides, ...(set.length === 0 ? {} : { set }) };
    const { compiled, resolved, diagnostics } = compileTrainTarget(spec, target, given);
    if (set === base) showRemarks(spec, diagnostics);
    const from = path.dirname(spec.path);
    const emitted = emit(compiled, { source: path.basename(spec.path), version: version(), spec: resolved });
    requireAllowed(emitted, from, allowed(options), `training \`${train.name}\``, spec);
    const samples = await withEmitted(
      emitted,
      async (folder) => {
        const { config } = await importTrain(path.join(folder, `${train.name}.train.ts`));
        const beside = [path.dirname(path.resolve(spec.path)), process.cwd()];
        return (await loadData(config, { data: options.data, beside })).train.rows.length;
      },
      from,
    );
    counts.set(name, samples);
  }
  return counts;
}

const allowed = ({ allowExtern }: RunSettings) => (allowExtern === true ? { allowExtern } : {});

/** Updates of a whole training, or why there can be none. */
export function updatesOf(
  { batch, last, epochs }: { readonly batch: number; readonly last: 'keep' | 'drop'; readonly epochs: number },
  samples: number,
): number | string {
  try {
    return epochs * stepsPerEpoch(samples, { batch, last, needsTwoSamples: false });
  } catch (error) {
    if (error instanceof NrmcError) return error.message;
    throw error;
  }
}
