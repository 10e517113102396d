/**
 * `nrmc predict FILE[:NAME] --weights W --input X --output Y`: by the policy, the preprocessing and the loss that the weights were
 * trained under, whatever the spec says now.
 */
import path from 'node:path';
import { Command } from 'commander';
import { weightMigrations } from '../../codegen/programs.ts';
import { files } from '../../diagnostics/catalog/files.ts';
import { parse } from '../../parser/index.ts';
import { printDeclaration } from '../../parser/print.ts';
import type { PolicyDeclaration, SourceFile } from '../../parser/tree.ts';
import type { BackendName } from '../../runtime/node/backend.ts';
import { differenceOf } from '../../runtime/node/difference.ts';
import { compileTarget } from '../compiled.ts';
import { importNetwork, withEmitted } from '../emitted.ts';
import { backendOption } from '../options.ts';
import { findTarget, policyOption, readSpec, type Spec, splitTarget, type Target } from '../spec.ts';
import { Refused, say, showDiagnostics } from '../terminal.ts';
import { version } from '../version.ts';

interface Options {
  readonly weights: string;
  readonly input: string;
  readonly output: string;
  readonly probabilities?: true;
  readonly fold: boolean;
  readonly policy?: string;
  readonly backend?: 'auto' | BackendName;
}

export const predictCommand = (): Command =>
  new Command('predict')
    .description("the network's output for a file of raw inputs")
    .argument('<file>', 'FILE.nrm or FILE.nrm:NAME')
    .requiredOption('--weights <file>', 'weights.safetensors of a run')
    .requiredOption('--input <file>', 'raw inputs by name, [N, …], safetensors')
    .requiredOption('--output <file>', 'where the outputs go, safetensors')
    .option('--probabilities', 'what the loss implies of the outputs, such as their softmax')
    .option('--no-fold', 'compute as trained, nothing folded')
    .option('--policy <name>', 'a policy of the file instead of the one the weights carry')
    .addOption(backendOption())
    .action(predict);

async function predict(argument: string, options: Options): Promise<void> {
  const { path: file, name } = splitTarget(argument);
  const spec = readSpec(file);
  const target = findTarget(spec, name);
  const carried = await carriedBy(options.weights);
  const named = policyOption(spec, options.policy);
  const { compiled, resolved } =
    named !== undefined || carried === null
      ? compileTarget(spec, target, named === undefined ? {} : { policy: named })
      : compileUnder(spec, target, carried, options.weights);
  const { model } = compiled;
  if (carried !== null) warnOfChange(carried, resolved, model.network, options.weights);
  const { emit } = await import('../../codegen/tfjs/index.ts');
  const emitted = emit(compiled, { source: path.basename(file), version: version(), spec: resolved });
  const network = {
    network: model.network,
    inputs: model.inputs.map(({ name: input, type }) => ({
      name: input,
      dtype: type.dtype === 'int32' ? ('int32' as const) : ('float32' as const),
      shape: type.shape.slice(1).map(Number),
    })),
    output: model.outputs[0]?.name ?? 'output',
    migrations: weightMigrations(compiled),
  };
  const { predictFile } = await import('../../runtime/node/predict.ts');
  const { backend, samples, shape } = await withEmitted(emitted, async (folder) =>
    predictFile(await importNetwork(path.join(folder, emitted[0]?.path ?? '')), network, options),
  );
  const policy = named !== undefined ? `policy ${named} of ${file}` : `policy ${model.policy ?? 'none'} of the weights`;
  say(
    `${options.output}: ${network.output} [${shape.join(', ')}] of ${samples} samples, ${policy}, backend ${backend.name}`,
  );
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
): ReturnType<typeof compileTarget> {
  try {
    return compileTarget(spec, target, { policy });
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
  const difference = differenceOf(printDeclaration(then), printDeclaration(now));
  if (difference.length > 0)
    showDiagnostics([files.changedNetwork.at(null, { weights, network, difference })], new Map());
}
