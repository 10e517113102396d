/** What a finished run is worth, for machines (summary.json) and for people. */
import path from 'node:path';
import pc from 'picocolors';
import type { BestEpoch } from '../checkpoint.ts';
import type { Comparison } from '../comparison.ts';
import { lossesOf, metricsOf, type Scores } from '../metrics.ts';
import type { RunConfig } from '../model.ts';
import type { Backend } from './backend.ts';
import { runFiles } from './run-folder.ts';
import { percent } from './screen.ts';

export interface Summary {
  readonly train: string;
  readonly network: string;
  readonly policy: string | null;
  /** Of a single output. */
  readonly testAccuracy?: number;
  /** Of several outputs the sum. */
  readonly testLoss: number;
  /** Of several outputs: losses by output, and metrics by name, such as `label_accuracy`. */
  readonly testLosses?: Readonly<Record<string, number>>;
  readonly testMetrics?: Readonly<Record<string, number>>;
  readonly testSamples: number;
  /** The largest difference between unfolded and folded outputs over the test part. */
  readonly foldedMaxDifference: number;
  /** Milliseconds for 256 samples: median. */
  readonly predictMs: number;
  readonly foldedPredictMs: number;
  readonly backend: string;
  readonly seed: number;
  readonly epochs: number;
  readonly updates: number;
  /** The epoch with the lowest validation loss; null without a validation part. */
  readonly best: BestEpoch | null;
  /** Nodes of each program. */
  readonly programs: RunConfig['programs'];
  /** How often each pass rewrote something, and how often it refused to. */
  readonly passes: readonly {
    readonly name: string;
    readonly program: string;
    readonly rewrites: number;
    readonly refused: number;
  }[];
  readonly version: string;
}

export const summaryOf = (
  config: RunConfig,
  { scores, ...figures }: Comparison,
  run: { readonly backend: Backend; readonly updates: number; readonly best: BestEpoch | null },
): Summary => ({
  train: config.train,
  network: config.network,
  policy: config.policy,
  ...testOf(scores),
  testSamples: scores.samples,
  ...figures,
  backend: run.backend.name,
  seed: config.seed,
  epochs: config.epochs,
  updates: run.updates,
  best: run.best,
  programs: config.programs,
  passes: config.passes.map(({ name, program, rewrites, refused }) => ({
    name,
    program,
    rewrites: rewrites.length,
    refused: refused.length,
  })),
  version: config.version,
});

function testOf(scores: Scores): Pick<Summary, 'testAccuracy' | 'testLoss' | 'testLosses' | 'testMetrics'> {
  const metrics = metricsOf(scores);
  return metrics.accuracy === undefined
    ? { testLoss: scores.loss, testLosses: lossesOf(scores), testMetrics: metrics }
    : { testAccuracy: metrics.accuracy, testLoss: scores.loss };
}

const row = (name: string, text: string): string => `${pc.bold(name.padEnd(20))}${text}`;

/** Accuracy, sizes, rewrites, difference and speeds. */
export function figuresText(config: RunConfig, { scores, ...figures }: Comparison): readonly string[] {
  const { step, evaluate, freeze, predict } = config.programs;
  return [
    ...testRows(scores),
    row('train program', `${step} nodes a step: forward, backward, update`),
    row('infer program', `${predict} nodes, and ${freeze} once to fold the weights; ${evaluate} unfolded`),
    ...['fold-batchnorm', 'elide-dropout'].map((name) => row(name, passText(config, name))),
    row('largest difference', `${figures.foldedMaxDifference.toExponential(2)} between unfolded and folded outputs`),
    row(
      'speed',
      `${figures.predictMs.toFixed(2)} ms unfolded, ${figures.foldedPredictMs.toFixed(2)} ms folded, for 256 samples`,
    ),
  ];
}

function testRows(scores: Scores): readonly string[] {
  const outputs = Object.entries(scores.outputs);
  const samples = `of ${scores.samples.toLocaleString('en-US')} samples`;
  const rows = outputs.map(([name, { accuracy, loss }]) =>
    row(
      outputs.length === 1 ? 'test accuracy' : `${name} accuracy`,
      `${percent(accuracy)} ${samples}, loss ${loss.toFixed(4)}`,
    ),
  );
  return outputs.length === 1 ? rows : [...rows, row('test loss', `${scores.loss.toFixed(4)}, the sum`)];
}

/** What a pass did to the program that predicts. */
function passText(config: RunConfig, name: string): string {
  const pass = config.passes.find((p) => p.name === name && p.program === 'predict');
  const did = pass === undefined || pass.rewrites.length === 0 ? 'nothing to do' : shortList(pass.rewrites);
  const refused = pass?.refused ?? [];
  return refused.length === 0 ? did : `${did} (refused: ${refused.join('; ')})`;
}

const contents: Readonly<Record<string, string>> = {
  [runFiles.weights]: 'the trained weights',
  [runFiles.summary]: 'these figures',
  [runFiles.history]: 'losses by epoch and update',
  [runFiles.spec]: 'the resolved spec',
  [runFiles.checkpoint]: 'everything to go on from',
  [runFiles.info]: 'what was run, on which data',
};

/** The paths of what was written. */
export function filesText(folder: string, emitted: readonly string[]): readonly string[] {
  const near = path.relative('', folder);
  const shown = (file: string): string => path.join(near.startsWith('..') ? folder : near, file);
  const rows = [...Object.entries(contents), ...emitted.map((file) => [file, 'the code that was run'] as const)];
  const width = Math.max(...rows.map(([file]) => shown(file).length)) + 2;
  return rows.map(([file, what]) => `${shown(file).padEnd(width)}${pc.dim(what)}`);
}

/** The first few of many; `nrmc passes` lists all. */
const shortList = (items: readonly string[]): string =>
  items.length <= 3 ? items.join('; ') : `${items.slice(0, 2).join('; ')}; and ${items.length - 2} more`;
