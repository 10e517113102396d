/** `nrmc evaluate RUN`: the test part once more, by the weights and the emitted code that the run kept. */
import path from 'node:path';
import { Command, Option } from 'commander';
import { backendNames } from '../../runtime/node/backend.ts';
import { type EvaluateOptions, evaluateRun } from '../../runtime/node/evaluate.ts';
import { readRun } from '../../runtime/node/run-folder.ts';
import { importTrain } from '../emitted.ts';

export const evaluateCommand = (): Command =>
  new Command('evaluate')
    .description('test accuracy of a run, unfolded and folded')
    .argument('<run>', 'a run folder')
    .addOption(new Option('--backend <name>', 'what computes').choices(['auto', ...backendNames]))
    .option('--data <folder>', 'other data than those the run was trained on')
    .action(async (folder: string, options: Pick<EvaluateOptions, 'backend' | 'data'>) => {
      const { info } = readRun(folder);
      const { module, config } = await importTrain(path.join(folder, `${info.train}.train.ts`));
      await evaluateRun(module, config, folder, options);
    });
