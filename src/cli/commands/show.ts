/**
 * `nrmc show FILE[:NAME] [--json] [--svg [FILE.svg]]`: the network as it will be built: layers, shapes, counts, and what the policy
 * gave each; as a table or a picture.
 */
import path from 'node:path';
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { dataText } from '../../check/data/text.ts';
import { firstPath } from '../../check/first-path.ts';
import { checkNetwork, checkTrain, printValue } from '../../check/index.ts';
import type { Layer, Model, Source, TrainConfig } from '../../check/model.ts';
import { methods } from '../../check/reference.ts';
import { sectionSettings } from '../../check/sections/index.ts';
import type { Dim, Shape } from '../../ir/graph.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { Entry } from '../../ir/vocabulary.ts';
import { printExpression } from '../../parser/print-expression.ts';
import { countsOf, countsText, drawModel, modelTable, otherPathMark, policyText } from '../../picture/index.ts';
import { writeWhole } from '../../runtime/node/files.ts';
import { methodsText } from '../methods.ts';
import { allowImportOption, type ImportOptions } from '../options.ts';
import { type OverrideOptions, policyOption, setOption, withOverrides } from '../overrides.ts';
import { accept, findTarget, readSpec, splitTarget } from '../spec.ts';
import { Refused, say } from '../terminal.ts';

interface Options extends OverrideOptions, ImportOptions {
  readonly json?: true;
  /** True: to stdout. */
  readonly svg?: true | string;
  readonly fold?: true;
  readonly methods?: true;
}

export const showCommand = (): Command =>
  new Command('show')
    .description('the network as it will be built: layers, shapes, parameters, policy')
    .argument('[file]', 'FILE.nrm or FILE.nrm:NAME')
    .addOption(new Option('--json', 'print JSON').conflicts('svg'))
    .option('--svg [file]', 'draw a picture: to a file, or to stdout')
    .option('--fold', 'in the picture, draw blocks that repeat once, with how many they are')
    .addOption(new Option('--methods', 'every method that there is, a line each').conflicts(['svg', 'fold']))
    .addOption(allowImportOption())
    .addOption(policyOption('to show it under'))
    .addOption(setOption())
    .action(show);

async function show(this: Command, argument: string | undefined, options: Options): Promise<void> {
  const { svg } = options;
  if (options.methods === true) return say(options.json === true ? JSON.stringify(methods(), null, 2) : methodsText());
  if (argument === undefined) return this.error("error: missing argument 'file', or --methods", { exitCode: 2 });
  if (options.fold === true && svg === undefined) this.error('error: --fold goes with --svg', { exitCode: 2 });
  // A spec named by mistake must not be written over.
  if (typeof svg === 'string' && path.extname(svg).toLowerCase() !== '.svg')
    this.error(`error: --svg takes a file that ends in .svg, not ${svg}`, { exitCode: 2 });
  const { model, train } = modelOf(argument, options);
  if (svg === undefined)
    return say(options.json === true ? JSON.stringify(asJson(model), null, 2) : asText(model, train));
  const picture = await drawModel(model, { fold: options.fold === true });
  if (svg === true) return say(picture.trimEnd());
  writeWhole(svg, picture);
  say(svg);
}

function modelOf(argument: string, options: Options): { readonly model: Model; readonly train: TrainConfig | null } {
  const { path: file, name } = splitTarget(argument);
  const { spec, overrides } = withOverrides(readSpec(file, options.allowImport), options);
  const target = findTarget(spec, name);
  const checked =
    target.kind === 'train'
      ? checkTrain(spec.program, target.name.text, overrides)
      : checkNetwork(spec.program, target.name.text, overrides);
  const diagnostics = accept(spec, checked.diagnostics);
  const train = 'train' in checked ? checked.train : null;
  const model = 'train' in checked ? checked.train?.model : checked.model;
  if (model == null) throw new Refused(diagnostics, spec.sources);
  return { model: train === null ? model : asStarted(model, train), train };
}

/** Where the train begins with a file, nothing else says how weights begin. */
const asStarted = (model: Model, { start }: TrainConfig): Model =>
  start === null
    ? model
    : { ...model, layers: model.layers.map((l) => ({ ...l, settings: l.settings.filter((s) => s.key !== 'init') })) };

/** The batch dimension, and any other symbolic one, is null. */
const numeric = (shape: Shape): readonly (number | null)[] => shape.map((d: Dim) => (typeof d === 'number' ? d : null));

/** An input by its name, a layer by its path. */
const named = (source: Source) => (source.kind === 'input' ? { input: source.name } : { layer: source.path });

const layerJson = (l: Layer) => ({
  name: l.path,
  op: l.def.name,
  arguments: l.args,
  sources: l.sources.map(named),
  output: numeric(l.output.shape),
  trainable: countsOf([l]).trained,
  shares: l.shares,
  settings: l.settings.map((s) => ({
    key: s.key,
    weight: s.weight,
    value: printValue(s.value),
    from: s.from.text,
  })),
});

const asJson = (model: Model, chosen: ReadonlySet<Layer> = new Set(firstPath(model))) => ({
  network: model.network,
  policy: model.policy,
  trainable: countsOf([...chosen]).trained,
  ...(model.choices.length === 0 ? {} : { choices: model.choices.length }),
  inputs: model.inputs.map((i) => ({ name: i.name, dtype: i.type.dtype, shape: numeric(i.type.shape) })),
  outputs: model.outputs.map((o) => ({ name: o.name, source: named(o.source), shape: numeric(o.type.shape) })),
  groups: model.groups.map(({ kind, path: at, word }) => ({ kind, path: at, word })),
  layers: model.layers.map((l) => ({ ...layerJson(l), ...(chosen.has(l) ? {} : { otherPath: true }) })),
  parameters: model.layers.flatMap((l) =>
    l.weights.map((w) => ({ name: w.name, shape: w.shape, trainable: w.trainable })),
  ),
});

/** A file or a pipe is read on screens of any width. */
const widthOf = (columns: number | undefined): number => {
  const told = Number.parseInt(process.env.COLUMNS ?? '', 10);
  // What another program reads is not cut.
  return Math.max(80, columns ?? (Number.isNaN(told) ? Number.POSITIVE_INFINITY : told));
};

function asText(model: Model, train: TrainConfig | null): string {
  const table = modelTable(model, widthOf(process.stdout.columns));
  const parts = [
    `network ${model.network}, ${policyText(model)}`,
    '',
    pc.bold(table.head),
    ...table.rows,
    '',
    `${countsText(model)}${model.choices.length === 0 ? '' : ' on the first path of each choice'}`,
    ...(model.choices.length === 0
      ? []
      : [`${otherPathMark} on another path of a \`choose\`: a network has one of them`]),
  ];
  return [...parts, ...(train === null ? [] : trainText(train))].join('\n');
}

/** Every setting of the train, defaults included. */
function trainText(train: TrainConfig): readonly string[] {
  const bound = (b: {
    readonly def: { readonly name: string };
    readonly args: Readonly<Record<string, unknown>>;
  }): string =>
    `${b.def.name}(${Object.entries(b.args)
      .filter(([, v]) => v !== null)
      .map(([k, v]) => `${k}: ${String(v)}`)
      .join(', ')})`;
  return [
    '',
    `train ${train.name}`,
    `  data       ${dataText(train.data)}`,
    `  loss       ${train.losses.map((l) => `${shown(l.loss)} of ${l.output} against ${l.target}`).join(', ')}`,
    `  optimizer  ${bound(train.optimizer)}`,
    `  schedule   ${bound(train.schedule)}`,
    ...sectionSettings(train.model.sections).map(({ key, value }) => `  ${key.padEnd(11)}${printExpression(value)}`),
    `  batch      ${train.batch}, the last one of an epoch: ${train.last}`,
    `  epochs     ${train.epochs}`,
    `  metrics    ${[...new Set(train.metrics.map((m) => m.metric))].map(shown).join(', ')}`,
    `  seed       ${train.seed}`,
    ...(train.start === null ? [] : [`  start      ${JSON.stringify(train.start)}`]),
  ];
}

/** `cross_entropy`, `top_k(k: 5)`: with the arguments that are not as they are by default. */
function shown({ def, args }: Bound<Entry>): string {
  const own = Object.entries(args).filter(([key, value]) => !isDeepStrictEqual(value, def.signature[key]?.default));
  const text = (value: unknown): string => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value));
  return own.length === 0 ? def.name : `${def.name}(${own.map(([key, value]) => `${key}: ${text(value)}`).join(', ')})`;
}
