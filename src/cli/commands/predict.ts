/**
 * `nrmc predict FILE[:NAME] --weights W --input X --output Y`: by the policy, the preprocessing and the loss that the weights were
 * trained under, whatever the spec says now.
 */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkData } from '../../check/data/index.ts';
import type { DataConfig } from '../../check/model.ts';
import { type CompiledNetwork, weightMigrations } from '../../codegen/programs.ts';
import { files } from '../../diagnostics/catalog/files.ts';
import { parse } from '../../parser/index.ts';
import { printDeclaration } from '../../parser/print.ts';
import type { PolicyDeclaration, SourceFile } from '../../parser/tree.ts';
import type { Program } from '../../passes/lifetimes.ts';
import { NrmcError, runtimeErrors } from '../../runtime/errors.ts';
import type { BackendName } from '../../runtime/node/backend.ts';
import { differenceOf } from '../../runtime/node/difference.ts';
import type { Reading } from '../../runtime/node/inputs.ts';
import type { InputFile } from '../../runtime/node/predict.ts';
import { runFiles } from '../../runtime/node/run-folder.ts';
import { type AllowOptions, allowExternOption, requireAllowed } from '../allow-extern.ts';
import { compileTarget } from '../compiled.ts';
import { importNetwork, withEmitted } from '../emitted.ts';
import { allowImportOption, backendOption, type ImportOptions } from '../options.ts';
import { policyOption, withOverrides } from '../overrides.ts';
import { findTarget, readSpec, type Spec, splitTarget, type Target } from '../spec.ts';
import { Refused, say, showDiagnostics } from '../terminal.ts';
import { version } from '../version.ts';

interface Options extends AllowOptions, ImportOptions {
  readonly weights: string;
  readonly input: readonly string[];
  readonly output: string;
  readonly probabilities?: true;
  readonly fold: boolean;
  readonly policy?: string;
  readonly backend?: 'auto' | BackendName;
  readonly samples?: number;
  readonly seed?: number;
}

export const predictCommand = (): Command =>
  new Command('predict')
    .description('what the network gives for files of raw inputs')
    .argument('<file>', 'FILE.nrm or FILE.nrm:NAME')
    .requiredOption('--weights <file>', 'weights.safetensors of a run, or the folder of the run')
    .requiredOption(
      '--input <file>',
      'raw inputs by name, [N, …]: safetensors, npz, npy, csv, or images; `name=file` for one of several inputs, as often as needed',
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .requiredOption('--output <file>', 'where the outputs go, by name, safetensors')
    .option('--probabilities', 'what the loss implies of the outputs, such as their softmax')
    .option('--no-fold', 'compute as trained, nothing folded')
    .addOption(
      new Option(
        '--samples <n>',
        'Monte Carlo prediction: n draws with dropout kept; writes their mean and, as `<output>.std`, their standard deviation',
      ).argParser(wholeNumber(2)),
    )
    .addOption(new Option('--seed <n>', 'what is drawn in prediction; default 0').argParser(wholeNumber(0)))
    .addOption(allowImportOption())
    .addOption(policyOption('to predict by, instead of the one the weights carry'))
    .addOption(backendOption())
    .addOption(allowExternOption())
    .action(predict);

async function predict(argument: string, given: Options): Promise<void> {
  const options = { ...given, weights: weightsIn(given.weights) };
  const { path: file, name } = splitTarget(argument);
  const { spec, overrides } = withOverrides(
    readSpec(file, options.allowImport),
    options.policy === undefined ? {} : { policy: options.policy },
  );
  const target = findTarget(spec, name);
  const carried = await carriedBy(options.weights);
  const named = options.policy;
  const sampling = options.samples !== undefined;
  const { compiled, resolved } =
    named !== undefined || carried === null
      ? compileTarget(spec, target, overrides, { sampling })
      : compileUnder(spec, target, carried, options.weights, sampling);
  const { model } = compiled;
  requireDraws(compiled, options);
  const { emit } = await import('../../codegen/tfjs/index.ts');
  const emitted = emit(compiled, { source: path.basename(file), version: version(), spec: resolved });
  const network = {
    network: model.network,
    inputs: model.inputs.map(({ name: input, type }) => ({
      name: input,
      dtype: type.dtype === 'int32' ? ('int32' as const) : ('float32' as const),
      shape: type.shape.slice(1),
    })),
    outputs: model.outputs.map((o) => o.name),
    migrations: weightMigrations(compiled),
    reading: readingOf(carried === null ? null : dataOf(carried.tree)),
  };
  const { predictFile } = await import('../../runtime/node/predict.ts');
  const from = path.dirname(file);
  requireAllowed(emitted, from, options, `predicting by \`${model.network}\``, spec);
  const run = async (folder: string) =>
    predictFile(await importNetwork(path.join(folder, emitted[0]?.path ?? '')), network, {
      ...options,
      draws: options.samples,
      input: options.input.map(inputFile),
    });
  const { backend, samples, shapes } = await fitting(() => withEmitted(emitted, run, from), options.weights);
  // Only of weights that fit: else that is what is told.
  if (carried !== null) warnOfChange(carried, resolved, model.network, options.weights);
  const policy = named !== undefined ? `policy ${named} of ${file}` : `policy ${model.policy ?? 'none'} of the weights`;
  const outputs = Object.entries(shapes).map(([output, shape]) => `${output} [${shape.join(', ')}]`);
  const draws = options.samples === undefined ? '' : `, ${options.samples} draws`;
  say(`${options.output}: ${outputs.join(', ')} of ${samples} samples${draws}, ${policy}, backend ${backend.name}`);
}

/** The data that weights were trained on. Their spec was checked when it was resolved. */
function dataOf(tree: SourceFile): DataConfig | null {
  const declaration = tree.declarations.find((d) => d.kind === 'data');
  return declaration === undefined ? null : checkData(declaration, () => {});
}

/** What the data say of their files holds for files of inputs too. */
function readingOf(data: DataConfig | null): Reading {
  if (data === null) return {};
  const { separator, header, resize } = data.source.args;
  return {
    columns: data.columns,
    single: data.fields.flatMap((f) => (f.kind === 'class' || f.shape.every((d) => d === 1) ? [f.name] : [])),
    ...(typeof separator === 'string' ? { separator } : {}),
    ...(typeof header === 'boolean' ? { header } : {}),
    ...(typeof resize === 'boolean' ? { resize } : {}),
  };
}

/** What draws nothing has no samples, and no use for a seed. */
function requireDraws({ model, sample, evaluate }: CompiledNetwork, { samples, seed }: Options): void {
  const draws = (program: Program | null): boolean =>
    program?.graph.nodes.some((node) => node.operands.includes('%random')) ?? false;
  const option =
    samples !== undefined && !draws(sample)
      ? '--samples'
      : seed !== undefined && !draws(sample) && !draws(evaluate)
        ? '--seed'
        : null;
  if (option === null) return;
  const { network, policy } = model;
  throw new Refused([files.nothingDrawn.at(null, { option, network, policy })]);
}

/** A number of the command line, whole and from `least`. */
const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`a whole number from ${least} is expected.`);
  };

/** The weights of a run, where its folder is given. */
const weightsIn = (given: string): string =>
  statSync(given, { throwIfNoEntry: false })?.isDirectory() === true ? path.join(given, runFiles.weights) : given;

/** Weights that do not fit are told with the spec that they do fit, where it lies beside them. */
async function fitting<T>(use: () => Promise<T>, weights: string): Promise<T> {
  try {
    return await use();
  } catch (error) {
    const spec = path.join(path.dirname(weights), runFiles.spec);
    if (!(error instanceof NrmcError) || error.code !== runtimeErrors.weightsDoNotFit.code || !existsSync(spec))
      throw error;
    const help = `nothing was loaded; use the spec that these weights were trained as: \`nrmc predict ${spec} …\``;
    throw new NrmcError({ code: error.code, message: error.message, help }, error.place);
  }
}

/** `image=x.safetensors`, or `x.safetensors`. A file may have an equals sign in its own name. */
function inputFile(text: string): InputFile {
  const [, input, file] = /^([A-Za-z_]\w*)=(.+)$/.exec(text) ?? [];
  return input === undefined || file === undefined || existsSync(text) ? { input: null, file: text } : { input, file };
}

/** What weights carry: the resolved spec they were trained as, and its policy; an empty one when there was none. */
interface Carried {
  readonly network: string;
  readonly tree: SourceFile;
  readonly policy: PolicyDeclaration;
}

/** Null for weights that nrmc did not write. */
async function carriedBy(weights: string): Promise<Carried | null> {
  const [{ readTensors }, { trainedUnder }] = await Promise.all([
    import('../../runtime/node/files.ts'),
    import('../../runtime/weights.ts'),
  ]);
  const { spec } = trainedUnder(readTensors(weights), weights);
  if (spec === null) return null;
  const { tree } = parse(spec, weights);
  const policyOf = (file: SourceFile) => file.declarations.find((d) => d.kind === 'policy');
  const policy = policyOf(tree) ?? policyOf(parse('policy NoPolicy {}', weights).tree);
  const network = networkOf(tree)?.name.text;
  return policy === undefined || network === undefined ? null : { network, tree, policy };
}

const networkOf = (file: SourceFile) => file.declarations.find((d) => d.kind === 'network');

/** Errors of a policy that is not in the user's file point nowhere: they are put as what they mean. */
function compileUnder(
  spec: Spec,
  target: Target,
  { network, policy }: Carried,
  weights: string,
  sampling: boolean,
): ReturnType<typeof compileTarget> {
  try {
    return compileTarget(spec, target, { policy }, { sampling });
  } catch (error) {
    if (!(error instanceof Refused) || !error.diagnostics.some((d) => d.labels[0]?.span.file === weights)) throw error;
    const trained = `\`${network}\` under policy \`${policy.name.text}\``;
    throw new Refused([files.otherNetwork.at(null, { weights, trained, network: target.name.text, file: spec.path })]);
  }
}

/** Weights may fit a network that has changed since. A network that was compiled without a train has no resolved spec to compare. */
function warnOfChange({ tree }: Carried, resolved: string, network: string, weights: string): void {
  const now = networkOf(parse(resolved, '').tree);
  const then = networkOf(tree);
  if (now === undefined || then === undefined) return;
  // Which policy is in force is told anyway.
  const text = (declared: typeof now): string => printDeclaration({ ...declared, with: null });
  const difference = differenceOf(text(then), text(now));
  if (difference.length > 0)
    showDiagnostics([files.changedNetwork.at(null, { weights, network, difference })], new Map());
}
