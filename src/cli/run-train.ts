/** From a spec to a run: compile, emit, import what was emitted, and train exactly that. */
import path from 'node:path';
import type { Model } from '../check/model.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { TrainOptions } from '../runtime/node/run.ts';
import type { TrainOutcome } from '../runtime/node/session.ts';
import { type AllowOptions, requireAllowed } from './allow-extern.ts';
import { compileTrainTarget } from './compiled.ts';
import { importTrain, withEmitted } from './emitted.ts';
import type { ImportOptions } from './options.ts';
import { type OverrideOptions, withOverrides } from './overrides.ts';
import { findTarget, readSpec, type Spec } from './spec.ts';
import { version } from './version.ts';

/** What to compile: from the command line, or as a run recorded it. */
export interface TrainRequest {
  readonly file: string;
  readonly name: string | null;
  readonly given: OverrideOptions;
  readonly epochs: number | undefined;
}

/** What the run is told beside that. */
export type RunSettings = AllowOptions &
  ImportOptions &
  Pick<TrainOptions, 'backend' | 'data' | 'run' | 'resume' | 'output' | 'inspect'>;

/** In a report, many layers are drawn with blocks that repeat drawn once. */
export const reportPicture = ({ layers }: Model): { readonly fold: boolean } => ({ fold: layers.length > 60 });

/** `seen` gets the resolved spec, warnings and remarks before anything is run. */
export async function runTrain(
  { file, name, given, epochs }: TrainRequest,
  { allowExtern, allowImport, backend, data, run: folder, resume, output, inspect }: RunSettings,
  seen: (spec: Spec, diagnostics: readonly Diagnostic[], resolved: string) => void,
): Promise<TrainOutcome> {
  const { spec, overrides: said } = withOverrides(readSpec(file, allowImport), given);
  const target = findTarget(spec, name, 'train');
  if (target.kind !== 'train') throw new Error('findTarget was asked for a train');
  const overrides = { ...said, ...(epochs === undefined ? {} : { epochs }) };
  const { compiled, resolved, diagnostics } = compileTrainTarget(spec, target, overrides, {
    probing: inspect !== undefined,
  });
  seen(spec, diagnostics, resolved);
  const { emit } = await import('../codegen/tfjs/index.ts');
  const emitted = emit(compiled, { source: path.basename(file), version: version(), spec: resolved });
  const from = path.dirname(file);
  requireAllowed(
    emitted,
    from,
    allowExtern === true ? { allowExtern } : {},
    `training \`${compiled.train.name}\``,
    spec,
  );
  // The library that lays pictures out is loaded when there is something to draw.
  const picture = async (): Promise<string> =>
    (await import('../picture/index.ts')).drawModel(compiled.model, reportPicture(compiled.model));
  const told = { backend, data, run: folder, resume, output, inspect, picture };
  const run = async (place: string): Promise<TrainOutcome> => {
    const { module, config } = await importTrain(path.join(place, `${compiled.train.name}.train.ts`));
    const { runTraining } = await import('../runtime/node/run.ts');
    return await runTraining(module, config, { ...told, kind: 'spec', source: file, overrides, emitted });
  };
  return withEmitted(emitted, run, from);
}
