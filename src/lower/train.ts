/** The forward pass of training: the model graph, specialised, with loss and penalties behind it. */
import type { Layer, TrainConfig, Weight } from '../check/model.ts';
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Node, Output, Ref, ValueType } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import type { StepRecipe } from '../ir/recipe.ts';
import { specialize } from '../ir/specialize.ts';
import type { Decay } from '../ir/vocabulary.ts';

/**
 * Outputs: `loss`, with several outputs of the network also `loss.<output>` for each, and `penalty` when the policy has penalties. A
 * target is an input named after its field: `%label`, or `%label.target` where a layer is called `label`.
 */
export function lowerTrain(model: Graph<'model'>, train: TrainConfig): Graph<'train'> {
  const graph = specialize(model, 'train');
  const build = new GraphBuilder(graph);
  const losses = train.losses.map(({ output, target, targetType, loss }): Output => {
    const prediction = graph.outputs.find((o) => o.name === output)?.ref;
    if (prediction === undefined) throw new Error(`no output ${output} in the graph`);
    const ref = loss.def.loss(build, prediction, targetOf(target, targetType, graph, build), loss.args);
    return { name: `loss.${output}`, ref };
  });
  const [only, ...more] = losses;
  const refs = losses.map((l) => l.ref);
  const outputs: Output[] = [{ name: 'loss', ref: total(refs, 'loss', build) }];
  if (only !== undefined && more.length > 0) outputs.push(...losses);
  const penalties = train.model.layers.flatMap((layer) => penaltiesOf(layer, build));
  build.layer = '';
  if (penalties.length > 0) outputs.push({ name: 'penalty', ref: total(penalties, 'penalty', build) });
  return withLossNames(build.finish(model.name, 'train', outputs));
}

/** The input that a field arrives by: that of the network where the field is both, as for a network that gives its input back. */
function targetOf(field: string, type: ValueType, graph: Graph, build: GraphBuilder): Ref {
  const plain: Ref = `%${field}`;
  if (graph.inputs.some((i) => i.ref === plain)) return plain;
  return build.input(build.has(plain) ? build.fresh(`${field}.target`) : plain, type);
}

/** Several losses are called after their outputs, `%loss.label`, and their sum is `%loss`; all of them propose that name. */
function withLossNames(graph: Graph<'train'>): Graph<'train'> {
  const [sum, ...losses] = graph.outputs.filter((o) => o.name === 'loss' || o.name.startsWith('loss.'));
  if (sum === undefined || losses.length === 0) return graph;
  const taken = new Set<Ref>([...graph.inputs, ...graph.nodes.flatMap((n) => n.results)].map((v) => v.ref));
  const names = new Map<Ref, Ref>();
  for (const { name, ref } of losses) if (!taken.has(`%${name}`)) names.set(ref, `%${name}`);
  // The first loss has it, unless a layer is called `loss`.
  if (names.has('%loss')) names.set(sum.ref, '%loss');
  return renamed(graph, names);
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

function renamed<S extends Graph['stage']>(graph: Graph<S>, names: ReadonlyMap<Ref, Ref>): Graph<S> {
  const name = (ref: Ref): Ref => names.get(ref) ?? ref;
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
