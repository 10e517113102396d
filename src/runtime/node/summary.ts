/** What a finished run is worth, for machines (summary.json) and for people. */
import path from 'node:path';
import pc from 'picocolors';
import type { BestEpoch } from '../checkpoint.ts';
import type { Comparison } from '../comparison.ts';
import type { Reached } from '../loop/progress.ts';
import type { MeasureReport, Progress } from '../loop.ts';
import { outputRow, shown, tableLines } from '../metrics/text.ts';
import { lossesOf, type MetricValue, metricsOf, type Scores, tablesOf } from '../metrics.ts';
import type { MetricConfig, RunConfig } from '../model.ts';
import type { Backend } from './backend.ts';
import { runFiles } from './run-folder.ts';

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
  /** Metrics that are more than a number: one a class, or the confusion matrix. */
  readonly testTables?: Readonly<Record<string, Exclude<MetricValue, number>>>;
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
  /** Early stopping: why and when training ended, and which epoch the weights are of. */
  readonly stopped?: {
    readonly why: 'patience' | 'epochs';
    readonly epoch: number;
    readonly update: number;
    readonly monitor: string;
    /** Of `weights`. */
    readonly value: number | null;
    readonly weights: number;
  };
  /** What became of the validation part then. */
  readonly reused?:
    | { readonly kind: 'retrain'; readonly updates: number }
    | ({ readonly kind: 'continue'; readonly target: number | null } & Reached);
  /** Statistics measured over the training data, and how far they are from the moving ones. */
  readonly statistics?: MeasureReport;
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
  run: { readonly backend: Backend; readonly progress: Progress; readonly best: BestEpoch | null },
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
  updates: run.progress.update,
  best: run.best,
  ...endOf(run.progress, config),
  programs: config.programs,
  passes: config.passes.map(({ name, program, rewrites, refused }) => ({
    name,
    program,
    rewrites: rewrites.length,
    refused: refused.length,
  })),
  version: config.version,
});

/** How training ended, where that is more than its last epoch. */
function endOf(
  { found, reached, measured }: Progress,
  { stop, reuse }: RunConfig,
): Pick<Summary, 'stopped' | 'reused' | 'statistics'> {
  return {
    ...(found === null || stop === undefined
      ? {}
      : {
          stopped: {
            why: found.why,
            epoch: found.epoch,
            update: found.update,
            monitor: stop.monitor,
            value: found.kept.value,
            weights: found.kept.epoch,
          },
        }),
    ...(found === null || reuse?.kind !== 'retrain'
      ? {}
      : { reused: { kind: 'retrain', updates: found.kept.update } as const }),
    ...(found === null || reached === null
      ? {}
      : { reused: { kind: 'continue', target: found.target, ...reached } as const }),
    ...(measured === null ? {} : { statistics: measured }),
  };
}

/** Of a single output the accuracy stands by itself. */
function testOf(
  scores: Scores,
): Pick<Summary, 'testAccuracy' | 'testLoss' | 'testLosses' | 'testMetrics' | 'testTables'> {
  const several = Object.keys(scores.outputs).length > 1;
  const { accuracy, ...others } = metricsOf(scores);
  const metrics = several ? metricsOf(scores) : others;
  const tables = tablesOf(scores);
  return {
    ...(several || accuracy === undefined ? {} : { testAccuracy: accuracy }),
    testLoss: scores.loss,
    ...(several ? { testLosses: lossesOf(scores) } : {}),
    ...(Object.keys(metrics).length === 0 ? {} : { testMetrics: metrics }),
    ...(Object.keys(tables).length === 0 ? {} : { testTables: tables }),
  };
}

const row = (name: string, text: string): string => `${pc.bold(`${name.padEnd(19)} `)}${text}`;

/** Accuracy, sizes, rewrites, difference and speeds. */
export function figuresText(config: RunConfig, { scores, ...figures }: Comparison): readonly string[] {
  const { step, evaluate, freeze, predict } = config.programs;
  return [
    ...testRows(scores, config.metrics),
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

function testRows(scores: Scores, metrics: readonly MetricConfig[]): readonly string[] {
  const outputs = Object.entries(scores.outputs);
  // The accuracy stands in the row of its output.
  const others = shown(
    scores,
    metrics.filter((m) => m.as !== 'accuracy'),
  );
  return [
    ...outputs.map(([name, output]) => row(...outputRow(name, output, scores))),
    ...(outputs.length === 1 ? [] : [row('test loss', `${scores.loss.toFixed(4)}, the sum`)]),
    ...others.flatMap((metric) => {
      if (metric.text !== null) return [row(metric.label, metric.text)];
      const [about = '', ...lines] = tableLines(metric);
      return [row(metric.label, about), ...lines.map((line) => `    ${line}`)];
    }),
  ];
}

/** What a pass did to the program that predicts. */
function passText(config: RunConfig, name: string): string {
  const pass = config.passes.find((p) => p.name === name && p.program === 'predict');
  const did = pass === undefined || pass.rewrites.length === 0 ? 'nothing to do' : shortList(pass.rewrites);
  const refused = pass?.refused ?? [];
  return refused.length === 0 ? did : `${did} (refused: ${refused.join('; ')})`;
}

const contents: Readonly<Record<string, string>> = {
  [runFiles.report]: 'all of it as a page',
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
