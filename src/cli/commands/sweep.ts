/** `nrmc sweep FILE [NAME]`, `nrmc sweep --resume SWEEP`: every case of a sweep as an ordinary run, and one table of all of them. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { allowExternOption } from '../allow-extern.ts';
import { allowImportOption, backendOption } from '../options.ts';
import { policyOption, setOption } from '../overrides.ts';
import { splitTarget } from '../spec.ts';
import type { SweepOptions } from '../sweep/options.ts';

export const sweepCommand = (): Command =>
  new Command('sweep')
    .description('train every case of a sweep, and compare them in one table and one page')
    .argument('[file]', 'FILE.nrm or FILE.nrm:NAME')
    .argument('[name]', 'the sweep; not needed when there is only one')
    .option('--dry-run', 'list the cases and how many updates each takes; nothing is trained')
    .option('--skip-invalid', 'leave out cases that the train does not take')
    .option('--jobs <n>', 'how many cases are trained at a time (default: one for each core)', wholeNumber)
    .addOption(backendOption())
    .option('--epochs <n>', "instead of the spec's", wholeNumber)
    .option('--data <folder>', 'where data sets are looked for first')
    .option('--folder <folder>', 'the folder of the sweep: new or empty (default: sweeps/<name>-<n>)')
    .addOption(allowImportOption())
    .addOption(policyOption('to train under'))
    .addOption(setOption())
    .addOption(allowExternOption())
    .addOption(
      new Option('--resume <sweep>', 'go on with a sweep that was stopped').conflicts([
        'folder',
        'policy',
        'set',
        'epochs',
        'dryRun',
        'skipInvalid',
      ]),
    )
    .action(sweep);

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is expected.');
  return value;
}

async function sweep(
  this: Command,
  file: string | undefined,
  name: string | undefined,
  options: SweepOptions,
): Promise<void> {
  if (options.resume !== undefined && file !== undefined)
    this.error('error: --resume takes the spec that the sweep began with; leave out the file', { exitCode: 2 });
  // With what it needs: tensors to know the data, charts for the page.
  const { beginSweep, resumeSweep } = await import('../sweep/sweep.ts');
  if (options.resume !== undefined) return resumeSweep(options.resume, options);
  if (file === undefined) return this.error("error: missing argument 'file', or --resume SWEEP", { exitCode: 2 });
  const target = splitTarget(file);
  return beginSweep(target.path, name ?? target.name, options);
}
