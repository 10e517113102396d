/** The forward pass of training: the model graph, specialised, with loss and penalties behind it. */
import type { Layer, TrainConfig, Weight } from '../check/model.ts';
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Node, Output, Ref } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import type { StepRecipe } from '../ir/recipe.ts';
import { specialize } from '../ir/specialize.ts';
import type { Decay } from '../ir/vocabulary.ts';

/** Outputs: `loss`, and `penalty` when the policy has penalties. The target is an input named after its field. */
export function lowerTrain(model: Graph<'model'>, train: TrainConfig): Graph<'train'> {
  const targets = train.losses.map((l): Ref => `%${l.target}`);
  const graph = yieldNames(specialize(model, 'train'), targets);
  const build = new GraphBuilder(graph);
  const losses = train.losses.map(({ output, target, targetType, loss }) => {
    const prediction = graph.outputs.find((o) => o.name === output)?.ref;
    if (prediction === undefined) throw new Error(`no output ${output} in the graph`);
    return loss.def.loss(build, prediction, build.input(`%${target}`, targetType), loss.args);
  });
  const outputs: Output[] = [{ name: 'loss', ref: total(losses, 'loss', build) }];
  const penalties = train.model.layers.flatMap((layer) => penaltiesOf(layer, build));
  build.layer = '';
  if (penalties.length > 0) outputs.push({ name: 'penalty', ref: total(penalties, 'penalty', build) });
  return build.finish(model.name, 'train', outputs);
}

/** Penalties of the weights that are still there: a pass may have removed a dead bias. */
function penaltiesOf(layer: Layer, build: GraphBuilder): readonly Ref[] {
  build.layer = layer.path;
  return layer.weights.flatMap((weight) =>
    build.has(refOf(weight)) ? weight.penalties.map((p) => p.def.term(build, refOf(weight), p.args)) : [],
  );
}

const refOf = (weight: Weight): Ref => `@${weight.name}`;

/** Left-folded sum; a single term stays as it is. */
function total(terms: readonly Ref[], name: string, build: GraphBuilder): Ref {
  const [first, ...rest] = terms;
  if (first === undefined) throw new Error(`nothing to add up for ${name}`);
  return rest.reduce(
    (sum, term, i) => build.one(ops.add, [sum, term], {}, i === rest.length - 1 ? name : `${name}.sum`),
    first,
  );
}

/** Renames values of layers that carry the name of a target: fields of a batch are read by name. */
function yieldNames<S extends Graph['stage']>(graph: Graph<S>, wanted: readonly Ref[]): Graph<S> {
  const taken = new Set<Ref>([
    ...graph.inputs.map((i) => i.ref),
    ...graph.nodes.flatMap((n) => n.results.map((r) => r.ref)),
  ]);
  const renamed = new Map<Ref, Ref>();
  for (const ref of wanted) {
    if (!taken.has(ref)) continue;
    let free: Ref = `${ref}_layer`;
    for (let i = 2; taken.has(free); i++) free = `${ref}_layer${i}`;
    taken.add(free);
    renamed.set(ref, free);
  }
  if (renamed.size === 0) return graph;
  const name = (ref: Ref): Ref => renamed.get(ref) ?? ref;
  const node = (n: Node): Node => ({
    ...n,
    operands: n.operands.map((ref) => ref && name(ref)),
    results: n.results.map((r) => ({ ...r, ref: name(r.ref) })),
  });
  return { ...graph, nodes: graph.nodes.map(node), outputs: graph.outputs.map((o) => ({ ...o, ref: name(o.ref) })) };
}

/** Optimizer, schedule, clipping, and the decay of each parameter. */
export function recipeOf(train: TrainConfig): StepRecipe {
  const decay = new Map<Ref, Decay>();
  for (const layer of train.model.layers) {
    for (const weight of layer.weights)
      if (weight.trainable && weight.decay !== null) decay.set(refOf(weight), weight.decay);
  }
  return { optimizer: train.optimizer, schedule: train.schedule, clip: train.model.clip, decay };
}
