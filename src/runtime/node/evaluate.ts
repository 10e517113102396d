/** The test part once more, with the weights of a run. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Comparison, compareFolded } from '../comparison.ts';
import { failure, runtimeErrors } from '../errors.ts';
import type { RunConfig } from '../model.ts';
import type { AnyTrain } from '../modules.ts';
import { disposeAll } from '../tensors.ts';
import { loadInto, trainedUnder } from '../weights.ts';
import { type BackendName, chooseBackend } from './backend.ts';
import { loadTest } from './data.ts';
import { changedModules, codeIn, hashesOf, modulesOf } from './externs.ts';
import { readTensors } from './files.ts';
import { readRun, runFiles } from './run-folder.ts';
import { createScreen, type Output } from './screen.ts';
import { figuresText } from './summary.ts';

export interface EvaluateOptions {
  readonly backend?: 'auto' | BackendName | undefined;
  /** Other data than those the run was trained on. */
  readonly data?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly output?: Output | undefined;
}

/** Evaluates the last weights of a run, finished or not; writes nothing. */
export async function evaluateRun(
  module: AnyTrain,
  config: RunConfig,
  folder: string,
  options: EvaluateOptions = {},
): Promise<Comparison> {
  const { info } = readRun(folder);
  // While a run goes on its checkpoint is the newer one; weights may be there of a session that failed before.
  const done = info.status === 'finished' || info.status === 'failed';
  const file = (done ? [runFiles.weights, runFiles.checkpoint] : [runFiles.checkpoint, runFiles.weights])
    .map((name) => path.join(folder, name))
    .find((f) => existsSync(f));
  if (file === undefined) throw failure(runtimeErrors.noWeights, { folder });
  const weights = readTensors(file);
  const { preprocessing } = trainedUnder(weights, file);
  const where = { data: options.data ?? info.data.folder, beside: [process.cwd()] };
  const test = loadTest(config, where, preprocessing);
  const screen = createScreen(options.quiet === true, options.output);
  const backend = await chooseBackend(options.backend);
  screen.line(`backend ${backend.name}: ${backend.why}`);
  const modules = hashesOf(modulesOf(codeIn(folder, info.train), folder), folder);
  for (const changed of changedModules(info.modules ?? {}, modules))
    screen.line(`${changed} has changed since the run began: this is what it computes now`);
  const { params, state } = module.init(config.seed);
  try {
    loadInto(params, state, weights, file, config);
    const comparison = await compareFolded(module, { params, state }, test, config);
    for (const line of figuresText(config, comparison)) screen.line(line);
    return comparison;
  } finally {
    disposeAll({ params, state });
    screen.end();
  }
}
