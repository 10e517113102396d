/**
 * `nrmc predict FILE[:NAME] --weights W --input X --output Y`: by the policy, the preprocessing and the loss that the weights were
 * trained under, whatever the spec says now.
 */
import path from 'node:path';
import { Command } from 'commander';
import { weightMigrations } from '../../codegen/programs.ts';
import { parse } from '../../parser/index.ts';
import type { PolicyDeclaration } from '../../parser/tree.ts';
import type { BackendName } from '../../runtime/node/backend.ts';
import { compileTarget } from '../compiled.ts';
import { importNetwork, withEmitted } from '../emitted.ts';
import { backendOption } from '../options.ts';
import { findTarget, policyOption, readSpec, splitTarget } from '../spec.ts';
import { say } from '../terminal.ts';
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
  const policy = policyOption(spec, options.policy) ?? (await carriedPolicy(options.weights));
  const { compiled, resolved } = compileTarget(spec, target, policy === null ? {} : { policy });
  const { emit } = await import('../../codegen/tfjs/index.ts');
  const emitted = emit(compiled, { source: path.basename(file), version: version(), spec: resolved });
  const { model } = compiled;
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
  say(`${options.output}: ${network.output} [${shape.join(', ')}] of ${samples} samples, backend ${backend.name}`);
}

/** The policy of the resolved spec that the weights carry, or an empty one when they were trained under none; null for foreign weights. */
async function carriedPolicy(weights: string): Promise<PolicyDeclaration | null> {
  const [{ readTensors }, { trainedUnder }] = await Promise.all([
    import('../../runtime/node/files.ts'),
    import('../../runtime/weights.ts'),
  ]);
  const { spec } = trainedUnder(readTensors(weights), weights);
  if (spec === null) return null;
  const find = (text: string) => parse(text, weights).tree.declarations.find((d) => d.kind === 'policy');
  return find(spec) ?? find('policy NoPolicy {}') ?? null;
}
