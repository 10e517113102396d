/** `nrmc evaluate RUN`: the test part once more, by the weights and the emitted code that the run kept. */
import path from 'node:path';
import { Command } from 'commander';
import type { EvaluateOptions } from '../../runtime/node/evaluate.ts';
import { codeIn } from '../../runtime/node/externs.ts';
import { readRun } from '../../runtime/node/run-folder.ts';
import { type AllowOptions, allowExternOption, requireAllowed } from '../allow-extern.ts';
import { importTrain } from '../emitted.ts';
import { backendOption } from '../options.ts';

export const evaluateCommand = (): Command =>
  new Command('evaluate')
    .description('loss and metrics of a run on its test part, unfolded and folded')
    .argument('<run>', 'a run folder')
    .addOption(backendOption())
    .addOption(allowExternOption())
    .option('--data <folder>', 'other data than those the run was trained on')
    .action(async (folder: string, options: Pick<EvaluateOptions, 'backend' | 'data'> & AllowOptions) => {
      const { info } = readRun(folder);
      requireAllowed(codeIn(folder, info.train), folder, options, `evaluating ${folder}`);
      const { module, config } = await importTrain(path.join(folder, `${info.train}.train.ts`));
      const { evaluateRun } = await import('../../runtime/node/evaluate.ts');
      await evaluateRun(module, config, folder, options);
    });
