/** The forward pass of training: the model graph, specialised, with loss and penalties behind it. */
import { lastWeights } from '../check/last-weights.ts';
import type { TrainConfig, Weight } from '../check/model.ts';
import { priorDivisor } from '../check/priors.ts';
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Node, Output, Ref, ValueType } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import type { Bound, Constraining, StepRecipe } from '../ir/recipe.ts';
import { specialize } from '../ir/specialize.ts';
import type { ConstraintDef, PriorDef } from '../ir/vocabulary.ts';

/**
 * Outputs: `loss`, with several outputs of the network also `loss.<output>` for each, and `penalty` when the policy has penalties, with
 * several rules that set some also `penalty.<rule>` for each. A target is an input named after its field: `%label`, or `%label.target` where a layer is called `label`.
 */
export function lowerTrain(model: Graph<'model'>, train: TrainConfig): Graph<'train'> {
  const graph = specialize(model, 'train');
  const build = new GraphBuilder(graph);
  const outputs = [
    ...lowerLosses(train, build, (of) => {
      const prediction = graph.outputs.find((o) => o.name === of.output)?.ref;
      if (prediction === undefined) throw new Error(`no output ${of.output} in the graph`);
      return { prediction, type: of.targetType, given: graph.inputs };
    }),
  ];
  outputs.push(...penaltiesOf(train, build));
  return withLossNames(build.finish(model.name, 'train', outputs));
}

type Compared = TrainConfig['losses'][number];

/** Each loss of a prediction and its target, and their sum as `loss`. */
function lowerLosses(
  { losses }: Pick<TrainConfig, 'losses'>,
  build: GraphBuilder,
  compared: (of: Compared) => {
    readonly prediction: Ref;
    readonly type: ValueType;
    /** What arrives anyway. */
    readonly given: Graph['inputs'];
  },
): readonly Output[] {
  // Several losses may count samples by one field.
  const counts = new Map<string, Ref>();
  const countOf = ({ field, type }: NonNullable<Compared['sample']>, given: Graph['inputs']): Ref => {
    const known = counts.get(field);
    if (known !== undefined) return known;
    const arrived = targetOf(field, type, given, build);
    const made = build.one(ops.reshape, [arrived], { shape: [] }, `${field}.each`);
    counts.set(field, made);
    return made;
  };
  const each = losses.map((of): Output => {
    const { prediction, type, given } = compared(of);
    const target = targetOf(of.target, type, given, build);
    const sample = of.sample && countOf(of.sample, given);
    const ref = of.loss.def.loss(build, { prediction, target, field: of.field, sample }, of.loss.args);
    return { name: `loss.${of.output}`, ref };
  });
  const sum = total(
    each.map((l) => l.ref),
    'loss',
    build,
  );
  return [{ name: 'loss', ref: sum }, ...(each.length > 1 ? each : [])];
}

/**
 * The losses by themselves, of what the network has given: how it is measured. Inputs are the outputs of the network, by their names,
 * and the targets.
 */
export function lowerLossOf({ model, losses }: Pick<TrainConfig, 'model' | 'losses'>): Graph<'train'> {
  const build = new GraphBuilder();
  const predictions = new Map(model.outputs.map((o) => [o.name, build.input(`%${o.name}`, o.type)]));
  const outputs = lowerLosses({ losses }, build, (of) => {
    const prediction = predictions.get(of.output);
    if (prediction === undefined) throw new Error(`no output ${of.output} in the network`);
    return { prediction, type: of.measuredType, given: [] };
  });
  return withLossNames(build.finish(model.network, 'train', outputs));
}

/** The input that a field arrives by: that of the network where the field is both, as for a network that gives its input back. */
function targetOf(field: string, type: ValueType, given: Graph['inputs'], build: GraphBuilder): Ref {
  const plain: Ref = `%${field}`;
  if (given.some((i) => i.ref === plain)) return plain;
  return build.input(build.has(plain) ? build.fresh(`${field}.target`) : plain, type);
}

/** Several losses are called after their outputs, `%loss.label`, and their sum is `%loss`; all of them propose that name. */
function withLossNames(graph: Graph<'train'>): Graph<'train'> {
  const [sum, ...losses] = graph.outputs.filter((o) => o.name === 'loss' || o.name.startsWith('loss.'));
  if (sum === undefined) return graph;
  const taken = new Set<Ref>([...graph.inputs, ...graph.nodes.flatMap((n) => n.results)].map((v) => v.ref));
  if (losses.length === 0) return taken.has('%loss') ? graph : renamed(graph, new Map([[sum.ref, '%loss']]));
  const names = new Map<Ref, Ref>();
  for (const { name, ref } of losses) if (!taken.has(`%${name}`)) names.set(ref, `%${name}`);
  // The first loss has it, unless a layer is called `loss`.
  if (names.has('%loss')) names.set(sum.ref, '%loss');
  return renamed(graph, names);
}

/** The sum of penalties, and what each rule adds to it where there are several. */
function penaltiesOf({ model, losses }: TrainConfig, build: GraphBuilder): readonly Output[] {
  const divisor = priorDivisor(model, losses) ?? 1;
  const byRule = new Map<string, Ref[]>();
  const add = (rule: string | null, term: Ref): void => {
    const key = nameOfRule(rule ?? '');
    byRule.set(key, [...(byRule.get(key) ?? []), term]);
  };
  for (const layer of model.layers) {
    build.layer = layer.path;
    for (const weight of layer.weights) {
      const ref = refOf(weight);
      // A pass may have removed a dead bias.
      if (!build.has(ref)) continue;
      for (const { def, args } of weight.penalties) add(weight.rules.penalty, def.term(build, ref, args));
      if (weight.prior !== null) add(weight.rules.prior, priorTerm(build, ref, weight.prior, divisor));
    }
  }
  build.layer = '';
  const [only, ...more] = byRule;
  if (only === undefined) return [];
  if (more.length === 0) return [{ name: 'penalty', ref: total(only[1], 'penalty', build) }];
  const each = [only, ...more].map(([rule, terms]): Output => {
    const name = `penalty.${rule}`;
    return { name, ref: total(terms, name, build) };
  });
  const refs = each.map((o) => o.ref);
  return [{ name: 'penalty', ref: total(refs, 'penalty', build) }, ...each];
}

/** How many samples there are is known when the data are. */
function priorTerm(build: GraphBuilder, parameter: Ref, { def, args }: Bound<PriorDef>, divisor: number): Ref {
  const samples: Ref = '%samples';
  if (!build.has(samples)) build.input(samples, { dtype: 'host', shape: [] });
  const lambda = def.weight(args) / divisor;
  return build.one(ops[def.penalty], [parameter, samples], { lambda }, `${def.name}.${parameter.slice(1)}`);
}

/** Selectors as a name: `conv, dense` → `conv_dense`. */
const nameOfRule = (selectors: string): string => selectors.replace(/\W+/g, '_').replace(/^_+|_+$/g, '') || 'policy';

const paramOf = (name: string): Ref => `@${name}`;
const refOf = (weight: Weight): Ref => paramOf(weight.name);

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

/** Optimizer, schedule, clipping, and what is so for each parameter. */
export function recipeOf(train: TrainConfig): StepRecipe {
  const { layers, sections } = train.model;
  const trained = layers.flatMap((layer) => layer.weights.filter((weight) => weight.trainable));
  const { clip = null, of = 'data', at: ascent } = sections.gradient;
  return {
    optimizer: train.optimizer,
    schedule: train.schedule,
    clip: clip && { ...clip, of, last: new Set([...lastWeights(train.model)].map(paramOf)) },
    decay: new Map(trained.flatMap((w) => (w.decay === null ? [] : [[refOf(w), w.decay] as const]))),
    rateScale: new Map(trained.flatMap((w) => (w.rateScale === 1 ? [] : [[refOf(w), w.rateScale] as const]))),
    constraints: constraintsOf(trained),
    accumulates: train.accumulate > 1,
    ...(ascent === undefined ? {} : { ascent }),
    ...(train.average === null ? {} : { average: train.average }),
  };
}

/** One constraint a weight, or one for all weights that have it together; those are found by the constraint being the same object. */
function constraintsOf(weights: readonly Weight[]): readonly Constraining[] {
  const together = new Map<Bound<ConstraintDef>, Ref[]>();
  const found: Constraining[] = [];
  for (const weight of weights) {
    const { constraint } = weight;
    if (constraint === null) continue;
    const ref = refOf(weight);
    const known = together.get(constraint);
    if (known !== undefined) {
      known.push(ref);
      continue;
    }
    const parameters = [ref];
    if (constraint.def.of === 'together') together.set(constraint, parameters);
    found.push({ ...constraint, parameters });
  }
  return found;
}
