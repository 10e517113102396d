/**
 * Lints: the table of known traps, one file each. They stand in the checker's room because they judge what it makes: layers with the
 * rule that set each of their settings, which a room behind it could not see the sources of. Pure; what one finds is a diagnostic.
 */
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { SourceFile } from '../../parser/tree.ts';
import type { Model } from '../model.ts';
import type { Program } from '../program.ts';
import { boundedLoss } from './bounded-loss.ts';
import { callsOf } from './calls.ts';
import { deadBias } from './dead-bias.ts';
import { lonelyDropPath } from './drop-path.ts';
import { flowOf } from './flow.ts';
import { frnWithoutTlu } from './frn-without-tlu.ts';
import { idleMethodArguments, idleStepArguments } from './idle-arguments.ts';
import { idleSamples } from './idle-samples.ts';
import { idleSteps } from './idle-steps.ts';
import { labelCase } from './label-case.ts';
import type { FileLint, NetworkLint, TrainLint, TrainView } from './lint.ts';
import { bentLogits } from './logits.ts';
import { decayOffKernels, penaltyAndDecay, penaltyWithAdam } from './penalties.ts';
import { saturation } from './saturation.ts';
import { smallBatch } from './small-batch.ts';
import { unused } from './unused.ts';
import { varianceShift } from './variance-shift.ts';

export { refuseNormOfOne } from './norm-of-one.ts';
export { refuseSlices } from './slices.ts';

/** Of a network under a policy. */
const ofNetworks: readonly NetworkLint[] = [
  varianceShift, // NRM6001
  penaltyAndDecay, // NRM6003
  deadBias, // NRM6006
  decayOffKernels, // NRM6007
  saturation, // NRM6008
  lonelyDropPath, // NRM6009
  idleStepArguments, // NRM6013
  idleMethodArguments, // NRM6013
  idleSamples, // NRM6013
  idleSteps, // NRM6014
  frnWithoutTlu, // NRM6025
];

/** Of a network and how it is trained. */
const ofTrains: readonly TrainLint[] = [
  penaltyWithAdam, // NRM6002
  smallBatch, // NRM6004
  bentLogits, // NRM6015
  boundedLoss, // NRM6016
];

/** Of a file by itself. */
const ofFiles: readonly FileLint[] = [
  unused, // NRM6010, NRM6011
  labelCase, // NRM6012
];

export function lintModel(model: Model, program: Program, report: Report): void {
  const view = { model, flow: flowOf(model), calls: callsOf(() => treesOf(program)) };
  for (const lint of ofNetworks) lint(view, report);
}

/** What is said of a train beside what is said of its model. */
export function lintTrain(train: Omit<TrainView, 'model' | 'flow' | 'calls'>, report: Report): void {
  const { model } = train.train;
  const view: TrainView = { ...train, model, flow: flowOf(model), calls: () => null };
  for (const lint of ofTrains) lint(view, report);
}

export function lintFile(program: Program, report: Report): void {
  const file = program.files.get(program.root.file);
  const view = {
    tree: program.root,
    imported: (from: Parameters<NonNullable<typeof file>['imports']['get']>[0], name: string) => {
      const path = file?.imports.get(from) ?? null;
      const declared = path === null ? [] : (program.files.get(path)?.tree.declarations ?? []);
      return declared.filter((d) => d.kind !== 'import' && d.name.text === name);
    },
  };
  for (const lint of ofFiles) lint(view, report);
}

const treesOf = (program: Program): readonly SourceFile[] => [...program.files.values()].map((f) => f.tree);
