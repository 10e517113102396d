/** `nrmc report RUN`: writes the page of a run again, from what its folder has. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { checkTrain } from '../../check/index.ts';
import { drawModel } from '../../picture/index.ts';
import { writeReport } from '../../runtime/node/report/write.ts';
import { readRun, runFiles } from '../../runtime/node/run-folder.ts';
import { allowImportOption, type ImportOptions } from '../options.ts';
import { reportPicture } from '../run-train.ts';
import { readSpec } from '../spec.ts';
import { say, showNote } from '../terminal.ts';

export const reportCommand = (): Command =>
  new Command('report')
    .description('write the report of a run again: report.html in its folder')
    .argument('<run>', 'a run folder, such as runs/lenet-1; also of a run that goes on, or has failed')
    .addOption(allowImportOption())
    .action(report);

async function report(folder: string, options: ImportOptions): Promise<void> {
  const { info } = readRun(folder);
  const file = path.join(folder, runFiles.spec);
  say(await writeReport(folder, await picture(file, info.train, options)));
}

/** Of the resolved spec; a language that has moved on since may not know it any more. */
async function picture(file: string, name: string, { allowImport }: ImportOptions): Promise<string | null> {
  const { train } = existsSync(file) ? checkTrain(readSpec(file, allowImport).program, name) : { train: null };
  if (train === null) showNote(`${file} is not a spec to this nrmc: the report has no picture of the network`);
  return train === null ? null : drawModel(train.model, reportPicture(train.model));
}
