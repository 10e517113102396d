/** `nrmc data FILE[:TRAIN] [--preview [FILE.png]]`: what a train reads, part by part; originals and augmented images side by side. */
import path from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { checkTrain } from '../../check/index.ts';
import type { TrainConfig } from '../../check/model.ts';
import { augmentLiteral, dataLiteral } from '../../codegen/tfjs/data.ts';
import type { PreviewConfig } from '../../runtime/node/data-text.ts';
import { writeWhole } from '../../runtime/node/files.ts';
import { allowImportOption, type ImportOptions } from '../options.ts';
import { type OverrideOptions, policyOption, setOption, withOverrides } from '../overrides.ts';
import { accept, findTarget, readSpec, splitTarget } from '../spec.ts';
import { Refused, say } from '../terminal.ts';

interface Options extends OverrideOptions, ImportOptions {
  readonly data?: string;
  /** True: beside the spec's name in the current folder. */
  readonly preview?: true | string;
  readonly samples: number;
  readonly columns: number;
}

export const dataCommand = (): Command =>
  new Command('data')
    .description('the data of a train: parts, fields, values; a picture of its augmentation')
    .argument('<file>', 'FILE.nrm or FILE.nrm:NAME')
    .argument('[name]', 'the train; not needed when there is only one')
    .option('--data <folder>', 'where data sets are looked for first')
    .option(
      '--preview [file.png]',
      'images as they are and as training sees them (default: <train>.preview.png)',
      pngName,
    )
    .option('--samples <n>', 'rows of the preview', count, 8)
    .option('--columns <n>', 'epochs shown of each sample', count, 7)
    .addOption(allowImportOption())
    .addOption(policyOption('to augment by'))
    .addOption(setOption())
    .action(describeData);

/** What else a name is could be a train or a spec, which must not be written over. */
function pngName(text: string): string {
  if (!/\.png$/i.test(text)) throw new InvalidArgumentError('a name that ends in .png is expected.');
  return text;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > 64)
    throw new InvalidArgumentError('a whole number from 1 to 64 is expected.');
  return value;
}

async function describeData(file: string, name: string | undefined, options: Options): Promise<void> {
  const target = splitTarget(file);
  const { spec, overrides } = withOverrides(readSpec(target.path, options.allowImport), options);
  const found = findTarget(spec, name ?? target.name, 'train');
  const { train, diagnostics } = checkTrain(spec.program, found.name.text, overrides);
  const accepted = accept(spec, diagnostics);
  if (train === null) throw new Refused(accepted, spec.sources);
  const config = configOf(train);
  const { loadData } = await import('../../runtime/node/data.ts');
  const { dataText } = await import('../../runtime/node/data-text.ts');
  const beside = [path.dirname(path.resolve(target.path)), process.cwd()];
  const data = loadData(config, { data: options.data, beside });
  const { chooseBackend } = await import('../../runtime/node/backend.ts');
  // Batches are tensors; a few of them ask for nothing faster.
  await chooseBackend('cpu');
  say([`data ${train.data.name} of train ${train.name}`, ...dataText(config, data)].join('\n'));
  if (options.preview === undefined) return;
  const { previewImages } = await import('../../runtime/node/preview.ts');
  const { augment } = config;
  const field = augment?.images[0] ?? imageOf(train) ?? train.model.inputs[0]?.name ?? '';
  const { seed } = config;
  const png = previewImages(data.train, { field, augment, seed, rows: options.samples, epochs: options.columns });
  const to = options.preview === true ? `${train.name}.preview.png` : options.preview;
  writeWhole(to, png);
  // Of several images one is shown: which is said.
  const several = config.data.fields.filter((f) => f.kind === 'tensor' && f.shape.length === 3).length > 1;
  const shown = several ? `\`${field}\`, ` : '';
  say(
    `\n${to}: ${shown}${augment === null ? 'images as they are; the policy augments none' : 'left as they are, then one epoch after the other'}`,
  );
}

const imageOf = ({ model, data }: TrainConfig): string | undefined =>
  data.fields.find((f) => f.kind === 'tensor' && f.shape.length === 3 && model.inputs.some((i) => i.name === f.name))
    ?.name;

/** What reading and augmenting ask for of a run's configuration: nothing is compiled for that. */
function configOf({ data, seed, model, losses, augment }: TrainConfig): PreviewConfig {
  return {
    // Of the types that emitted entries are held to; `codegen` and `runtime` share them by test, not by import.
    data: dataLiteral(data) as unknown as PreviewConfig['data'],
    augment: augment && (augmentLiteral(augment) as unknown as PreviewConfig['augment']),
    seed,
    inputs: model.inputs.map((i) => i.name),
    outputs: losses.map(({ target }) => ({ target })),
  };
}
