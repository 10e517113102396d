/** `nrmc show FILE[:NAME] [--json]`: the network as it will be built: layers, shapes, counts, and what the policy gave each. */
import { Command } from 'commander';
import pc from 'picocolors';
import { checkNetwork, checkTrain, printValue } from '../../check/index.ts';
import type { EffectiveSetting, Layer, Model, TrainConfig } from '../../check/model.ts';
import type { Dim, Shape } from '../../ir/graph.ts';
import { accept, findTarget, policyOption, readSpec, splitTarget } from '../spec.ts';
import { Refused, say } from '../terminal.ts';

interface Options {
  readonly json?: true;
  readonly policy?: string;
}

export const showCommand = (): Command =>
  new Command('show')
    .description('the network as it will be built: layers, shapes, parameters, policy')
    .argument('<file>', 'FILE.nrm or FILE.nrm:NAME')
    .option('--json', 'print JSON')
    .option('--policy <name>', 'the policy to show it under')
    .action((argument: string, options: Options) => {
      const { path, name } = splitTarget(argument);
      const spec = readSpec(path);
      const policy = policyOption(spec, options.policy);
      const overrides = policy === undefined ? {} : { policy };
      const target = findTarget(spec, name);
      const checked =
        target.kind === 'train'
          ? checkTrain(spec.tree, target.name.text, overrides)
          : checkNetwork(spec.tree, target.name.text, overrides);
      const diagnostics = accept(spec, checked.diagnostics);
      const train = 'train' in checked ? checked.train : null;
      const model = 'train' in checked ? checked.train?.model : checked.model;
      if (model == null) throw new Refused(diagnostics, spec.sources);
      say(options.json === true ? JSON.stringify(asJson(model), null, 2) : asText(model, train));
    });

const sizeOf = (shape: Shape): number => shape.reduce<number>((n, d) => n * (typeof d === 'number' ? d : 1), 1);
const trainableIn = (layer: Layer): number =>
  layer.weights.filter((w) => w.trainable).reduce((n, w) => n + sizeOf(w.shape), 0);
const trainableOf = (model: Model): number => model.layers.reduce((n, layer) => n + trainableIn(layer), 0);

/** The batch dimension, and any other symbolic one, is null. */
const numeric = (shape: Shape): readonly (number | null)[] => shape.map((d: Dim) => (typeof d === 'number' ? d : null));

const asJson = (model: Model) => ({
  network: model.network,
  policy: model.policy,
  trainable: trainableOf(model),
  layers: model.layers.map((l) => ({
    name: l.path,
    op: l.def.name,
    output: numeric(l.output.shape),
    trainable: trainableIn(l),
  })),
  parameters: model.layers.flatMap((l) =>
    l.weights.map((w) => ({ name: w.name, shape: w.shape, trainable: w.trainable })),
  ),
});

function asText(model: Model, train: TrainConfig | null): string {
  const grouped = (n: number): string => n.toLocaleString('en-US');
  const shape = (s: Shape): string => `[${s.join(', ')}]`;
  const rows = [
    ['layer', 'op', 'output', 'trainable', 'from the policy'],
    ...model.inputs.map((i) => [i.name, 'input', shape(i.type.shape), '', '']),
    ...model.layers.map((l) => [
      l.path,
      l.def.name,
      shape(l.output.shape),
      trainableIn(l) === 0 ? '' : grouped(trainableIn(l)),
      l.settings
        .filter((s) => s.from.kind !== 'default')
        .map(settingText)
        .join(' · '),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((c) => Math.max(...rows.map((r) => (r[c] ?? '').length)));
  const line = (r: readonly string[]): string =>
    r
      .map((cell, c) => (c === 3 ? cell.padStart(widths[c] ?? 0) : c === 4 ? cell : cell.padEnd(widths[c] ?? 0)))
      .join('  ')
      .trimEnd();
  const [head, ...body] = rows;
  const parts = [
    `network ${model.network}${model.policy === null ? ', no policy' : `, policy ${model.policy}`}`,
    '',
    pc.bold(line(head ?? [])),
    ...body.map(line),
    '',
    `${grouped(trainableOf(model))} trainable numbers, ${grouped(model.layers.flatMap((l) => l.weights.filter((w) => !w.trainable)).reduce((n, w) => n + sizeOf(w.shape), 0))} moving statistics`,
  ];
  return [...parts, ...(train === null ? [] : trainText(train))].join('\n');
}

const settingText = (s: EffectiveSetting): string =>
  `${s.weight === null ? '' : `${s.weight}.`}${s.key}: ${printValue(s.value)} (${s.from.text})`;

/** Every setting of the train, defaults included. */
function trainText(train: TrainConfig): readonly string[] {
  const bound = (b: {
    readonly def: { readonly name: string };
    readonly args: Readonly<Record<string, unknown>>;
  }): string =>
    `${b.def.name}(${Object.entries(b.args)
      .map(([k, v]) => `${k}: ${String(v)}`)
      .join(', ')})`;
  return [
    '',
    `train ${train.name}`,
    `  data       ${train.data.name} (${train.data.source.kind} "${train.data.source.name}", validation ${train.data.validation * 100}%)`,
    `  loss       ${train.losses.map((l) => `${l.loss.def.name} of ${l.output} against ${l.target}`).join(', ')}`,
    `  optimizer  ${bound(train.optimizer)}`,
    `  schedule   ${bound(train.schedule)}`,
    ...(train.model.clip === null ? [] : [`  clip       ${bound(train.model.clip)}`]),
    `  batch      ${train.batch}, the last one of an epoch: ${train.last}`,
    `  epochs     ${train.epochs}`,
    `  metrics    ${train.metrics.join(', ')}`,
    `  seed       ${train.seed}`,
  ];
}
