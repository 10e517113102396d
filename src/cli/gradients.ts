/** `nrmc check --gradients`: the layers and losses of a spec's own, one line each, with how far `backward` is from the gradient of `forward`. */
import path from 'node:path';
import { check, checkNetwork, checkTrain } from '../check/index.ts';
import type { Model, TrainConfig } from '../check/model.ts';
import type { Shape } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import { lowerLossOf, lowerModel } from '../lower/index.ts';
import { failure, runtimeErrors } from '../runtime/errors.ts';
import type { GradientCase } from '../runtime/node/gradients.ts';
import { provideRuntime } from './emitted.ts';
import { findTarget, type Spec } from './spec.ts';
import { say } from './terminal.ts';

/** What two ways to the same gradient may differ by, in float32 and over kinks. */
const tolerance = 0.02;
const batch = 2;
/** In place of a size that only the data know. */
const someSize = 6;

/** The layers of each model and the losses of each train, equal ones once. */
export function gradientCases(spec: Spec, name: string | null): readonly GradientCase[] {
  const { models, trains } = checkedOf(spec, name);
  const cases = [...models.flatMap((m) => casesOf(m, spec)), ...trains.flatMap((t) => lossCasesOf(t, spec))];
  return [...new Map(cases.map((c) => [keyOf(c), c])).values()];
}

const keyOf = ({ layer: _, ...rest }: GradientCase): string => JSON.stringify(rest);

export async function checkGradients(cases: readonly GradientCase[]): Promise<void> {
  provideRuntime();
  const { compareGradients } = await import('../runtime/node/gradients.ts');
  const differences = await compareGradients(cases);
  const wrong: string[] = [];
  for (const [i, c] of cases.entries()) {
    const difference = differences[i] ?? Number.NaN;
    const line = `${c.layer}: backward and forward of ${path.relative('.', c.module)} differ by ${difference.toExponential(1)} of the gradient`;
    if (difference <= tolerance) say(line);
    else wrong.push(line);
  }
  if (wrong.length > 0) throw failure(runtimeErrors.externGradient, { layers: wrong });
}

function checkedOf(
  spec: Spec,
  name: string | null,
): { readonly models: readonly Model[]; readonly trains: readonly TrainConfig[] } {
  if (name === null) {
    const { networks, trains } = check(spec.program);
    return {
      models: [...[...trains.values()].map((t) => t.model), ...networks.values()],
      trains: [...trains.values()],
    };
  }
  if (findTarget(spec, name).kind === 'train') {
    const { train } = checkTrain(spec.program, name);
    return train === null ? { models: [], trains: [] } : { models: [train.model], trains: [train] };
  }
  const { model } = checkNetwork(spec.program, name);
  return { models: model === null ? [] : [model], trains: [] };
}

/** A size that only the data know, or the batch. */
const sizesOf = (shape: Shape): readonly number[] => [
  batch,
  ...shape.slice(1).map((size) => (typeof size === 'number' ? size : someSize)),
];

function lossCasesOf(train: TrainConfig, spec: Spec): readonly GradientCase[] {
  const graph = lowerLossOf(train);
  const types = new Map(graph.inputs.map((v) => [v.ref, v.type]));
  return graph.nodes.flatMap((node): readonly GradientCase[] => {
    const prediction = node.operands[0] == null ? undefined : types.get(node.operands[0]);
    if (!ops.externLoss.is(node) || prediction === undefined) return [];
    const { name, module, args } = node.attrs;
    const file = path.resolve(path.dirname(spec.path), module);
    return [{ layer: name, module: file, args: Object.fromEntries(args), x: sizesOf(prediction.shape), shape: 'loss' }];
  });
}

function casesOf(model: Model, spec: Spec): readonly GradientCase[] {
  const graph = lowerModel(model);
  const types = new Map([...graph.inputs, ...graph.nodes.flatMap((n) => n.results)].map((v) => [v.ref, v.type]));
  return graph.nodes.flatMap((node): readonly GradientCase[] => {
    const x = node.operands[0] == null ? undefined : types.get(node.operands[0]);
    // Whole numbers have no gradient.
    if (!ops.extern.is(node) || x === undefined || x.dtype !== 'float32') return [];
    const { module, args, shape } = node.attrs;
    return [
      {
        layer: node.layer,
        module: path.resolve(path.dirname(spec.path), module),
        args: Object.fromEntries(args),
        x: sizesOf(x.shape),
        shape,
      },
    ];
  });
}
