/** `nrmc train FILE [NAME]`, `nrmc train --resume RUN`: emits the code of a train and runs exactly that. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { imports } from '../../diagnostics/catalog/imports.ts';
import { inspectConfig } from '../../runtime/inspect-config.ts';
import { codeIn } from '../../runtime/node/externs.ts';
import type { TrainOptions } from '../../runtime/node/run.ts';
import { readRun, runFiles } from '../../runtime/node/run-folder.ts';
import { type AllowOptions, allowExternOption, requireAllowed } from '../allow-extern.ts';
import { showRemarks } from '../compiled.ts';
import { importTrain } from '../emitted.ts';
import { allowImportOption, backendOption, type ImportOptions } from '../options.ts';
import { type OverrideOptions, policyOption, setOption } from '../overrides.ts';
import { runTrain, type TrainRequest } from '../run-train.ts';
import { readSpec, splitTarget } from '../spec.ts';
import { showNote } from '../terminal.ts';

interface Options extends OverrideOptions, AllowOptions, ImportOptions {
  readonly backend?: TrainOptions['backend'];
  readonly epochs?: number;
  readonly data?: string;
  readonly run?: string;
  readonly resume?: string;
  readonly inspect?: true;
  readonly inspectEvery?: number;
}

export const trainCommand = (): Command =>
  new Command('train')
    .description('train into a run folder that is never overwritten')
    .argument('[file]', 'FILE.nrm or FILE.nrm:NAME')
    .argument('[name]', 'the train; not needed when there is only one')
    .addOption(backendOption())
    .option('--epochs <n>', "instead of the spec's", wholeNumber)
    .option('--data <folder>', 'where data sets are looked for first')
    .option('--run <folder>', 'the run folder: new or empty (default: runs/<train>-<n>)')
    .addOption(allowImportOption())
    .addOption(policyOption('to train under'))
    .addOption(setOption())
    .addOption(allowExternOption())
    .option(
      '--inspect',
      'look into training after each epoch: dead and saturated units, spread of values and gradients',
    )
    .option('--inspect-every <n>', 'look into it after every n updates instead', wholeNumber)
    .addOption(
      new Option('--resume <run>', 'go on with a run that was stopped').conflicts([
        'run',
        'policy',
        'set',
        'epochs',
        'inspect',
        'inspectEvery',
      ]),
    )
    .action(train);

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is expected.');
  return value;
}

async function train(
  this: Command,
  file: string | undefined,
  name: string | undefined,
  options: Options,
): Promise<void> {
  if (options.resume !== undefined) {
    if (file !== undefined)
      this.error('error: --resume takes the spec that the run began with; leave out the file', { exitCode: 2 });
    return resume(options.resume, options);
  }
  if (file === undefined) return this.error("error: missing argument 'file', or --resume RUN", { exitCode: 2 });
  const target = splitTarget(file);
  return compileAndRun(
    { file: target.path, name: name ?? target.name, given: options, epochs: options.epochs },
    options,
  );
}

/** The spec is compiled again, so that a change of it is seen; a run of emitted code goes on with the code that it kept. */
async function resume(folder: string, options: Options): Promise<void> {
  const { info } = readRun(folder);
  const gone = info.kind === 'spec' ? missingFile(info.source, options) : null;
  if (info.kind === 'spec' && gone === null) {
    const { epochs, ...given } = info.overrides;
    const request = { file: path.relative(process.cwd(), info.source), name: info.train, given, epochs };
    return compileAndRun(request, options, info.inspect);
  }
  if (gone !== null) showNote(`${gone} is gone; going on with the code that the run kept, of its ${runFiles.spec}`);
  requireAllowed(codeIn(folder, info.train), folder, options, `resuming ${folder}`);
  const { module, config } = await importTrain(path.join(folder, `${info.train}.train.ts`));
  const { runTraining } = await import('../../runtime/node/run.ts');
  return end(await runTraining(module, config, { ...settings(options), kind: info.kind, source: info.source }));
}

/** The spec that a run began with, or a file that it imports, when that is there no longer. */
function missingFile(source: string, options: Options): string | null {
  const file = path.relative(process.cwd(), source);
  if (!existsSync(source)) return file;
  const { program } = readSpec(file, options.allowImport);
  const missing = program.diagnostics.find((d) => d.code === imports.missing.code)?.labels[0]?.span;
  if (missing === undefined) return null;
  const written = program.texts.get(missing.file)?.slice(missing.start, missing.end) ?? '';
  return path.join(path.dirname(missing.file), written.replaceAll('"', ''));
}

const compileAndRun = async (
  request: TrainRequest,
  options: Options,
  inspect = inspectConfig(options.inspect, options.inspectEvery),
): Promise<void> => {
  const { allowExtern, allowImport } = options;
  const given = { ...settings(options), ...(allowExtern === undefined ? {} : { allowExtern }), allowImport, inspect };
  return end(await runTrain(request, given, showRemarks));
};

const settings = ({ backend, data, run, resume: folder }: Options) => ({ backend, data, run, resume: folder });

/** A run that a signal stopped ends as a process that the signal ended. */
function end({ signal }: { readonly signal: NodeJS.Signals | null }): void {
  if (signal !== null) process.exitCode = signal === 'SIGINT' ? 130 : 143;
}
