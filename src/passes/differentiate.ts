/**
 * differentiate: the training graph becomes one step of training, by reverse mode.
 *   forward     the nodes of the training graph as they are, moving statistics included
 *   backward    from the output `loss` towards the parameters; cotangents of a value that is read twice are added
 *   update      the gradients of the loss clipped · those of `penalty` added · the learning rate · one update a parameter
 *
 * Names       %d.conv1 is the gradient of %conv1, %d.conv1.kernel that of @conv1.kernel; with a penalty the sum of both
 *             is %d.conv1.kernel.total. The learning rate is %rate.
 * Order       Every parameter is updated after everything that reads any parameter, so no gradient sees a half-updated
 *             network.
 * Left alone  Frozen parameters; values that no parameter influences; parameters that do not influence the loss or a penalty get no
 *             update.
 * Clipping    is of the gradient of the loss; penalties are added after it.
 * Errors      NotDifferentiable, where an op on the way from a parameter to the loss has no gradient.
 */
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Ref, Storage } from '../ir/graph.ts';
import { isNone } from '../ir/op.ts';
import { opOf, ops } from '../ir/ops/index.ts';
import type { StepRecipe } from '../ir/recipe.ts';
import { bare, described, renameValues } from './match.ts';

/** An op on the way from a parameter to the loss has no gradient. */
export class NotDifferentiable extends Error {
  /** Path of the layer. */
  readonly layer: string;
  constructor(node: string, layer: string, reason: string) {
    super(`no gradient through ${node}: ${reason}`);
    this.name = 'NotDifferentiable';
    this.layer = layer;
  }
}

const host = { dtype: 'host', shape: [] } as const;

export function differentiate(train: Graph<'train'>, recipe: StepRecipe): Graph<'step'> {
  const build = new GraphBuilder(train);
  for (const ref of ['%update', '%updates'] as const) if (!build.has(ref)) build.input(ref, host);
  const wanted = new Map<Ref, string>();
  const parameters = train.storage.filter((s) => s.kind === 'param' && s.frozen !== true);

  const seed = build.one(ops.constant, [], { value: 1 }, 'one');
  const gradients = backward(build, train, { output: 'loss', seed, suffix: '' }, parameters, wanted);
  if (gradients === null) throw new Error(`${train.name} has no output loss to differentiate`);
  const clipped = clip(build, gradients, parameters, recipe);
  const penalties = backward(build, train, { output: 'penalty', seed, suffix: '.penalty' }, parameters, wanted);
  const totals = parameters.flatMap((parameter) => {
    const gradient = total(build, parameter, clipped, penalties ?? new Map(), wanted);
    return gradient === null ? [] : [{ parameter, gradient }];
  });
  build.layer = '';
  const rate = learningRate(build, recipe);
  wanted.set(rate, 'rate');
  for (const { parameter, gradient } of totals) update(build, parameter, gradient, rate, recipe);

  return withoutUnreadHosts(named(build.finish(train.name, 'step', train.outputs), train, wanted));
}

/** What is differentiated, the constant one that its gradient starts from, and what names of gradients end in. */
interface Target {
  readonly output: string;
  readonly seed: Ref;
  readonly suffix: string;
}

/**
 * Appends the nodes that compute the gradient of an output with respect to each parameter; null when there is no such
 * output. `wanted` learns how the gradients are to be called: of the values on the way only those without a suffix are
 * named.
 */
function backward(
  build: GraphBuilder,
  train: Graph<'train'>,
  { output, seed, suffix }: Target,
  parameters: readonly Storage[],
  wanted: Map<Ref, string>,
): ReadonlyMap<Ref, Ref> | null {
  const from = train.outputs.find((o) => o.name === output)?.ref;
  if (from === undefined) return null;
  const active = influencedBy(train, parameters);
  if (!active.has(from)) return new Map();
  const cotangents = new Map<Ref, Ref>([[from, seed]]);
  for (const node of train.nodes.toReversed()) {
    const own = node.results.map((r) => cotangents.get(r.ref) ?? null);
    if (own.every((c) => c === null) || !node.operands.some((ref) => ref !== null && active.has(ref))) continue;
    build.layer = node.layer;
    const rule = opOf(node).erased.gradient(node, build, own, own[0] === seed);
    if (isNone(rule)) throw new NotDifferentiable(described(node), node.layer, rule.none);
    for (const { operand, gradient } of rule) {
      if (!active.has(operand)) continue;
      const known = cotangents.get(operand);
      cotangents.set(
        operand,
        known === undefined ? gradient : build.one(ops.add, [known, gradient], {}, `d.${bare(operand)}`),
      );
    }
  }
  // Parameters first: a gradient that is passed on unchanged has one name only.
  const gradients = new Map(parameters.flatMap(({ ref }) => entry(ref, cotangents.get(ref))));
  const named = suffix === '' ? [...gradients, ...cotangents] : gradients;
  for (const [ref, gradient] of named)
    if (gradient !== seed && !wanted.has(gradient)) wanted.set(gradient, `d.${bare(ref)}${suffix}`);
  return gradients;
}

const entry = (ref: Ref, gradient: Ref | undefined): readonly (readonly [Ref, Ref])[] =>
  gradient === undefined ? [] : [[ref, gradient]];

/** Tensors of floats that depend on a parameter, parameters included. */
function influencedBy(train: Graph<'train'>, parameters: readonly Storage[]): ReadonlySet<Ref> {
  const active = new Set<Ref>(parameters.map((s) => s.ref));
  for (const node of train.nodes) {
    if (!node.operands.some((ref) => ref !== null && active.has(ref))) continue;
    for (const result of node.results) if (result.type.dtype === 'float32') active.add(result.ref);
  }
  return active;
}

/** The gradients as the policy clips them, all together and in the order of storage. */
function clip(
  build: GraphBuilder,
  gradients: ReadonlyMap<Ref, Ref>,
  parameters: readonly Storage[],
  recipe: StepRecipe,
): ReadonlyMap<Ref, Ref> {
  if (recipe.clip === null || gradients.size === 0) return gradients;
  const { def, args } = recipe.clip;
  const order = parameters.map((s) => s.ref).filter((ref) => gradients.has(ref));
  build.layer = '';
  const clipped = def.clip(
    build,
    order.flatMap((ref) => gradients.get(ref) ?? []),
    args,
  );
  if (clipped.length !== order.length)
    throw new Error(`clip ${def.name} made ${clipped.length} gradients of ${order.length}`);
  return new Map(order.flatMap((ref, i) => entry(ref, clipped[i])));
}

/** What a parameter is updated by: the gradient of the loss, that of the penalty, or their sum. */
function total(
  build: GraphBuilder,
  { ref }: Storage,
  clipped: ReadonlyMap<Ref, Ref>,
  penalties: ReadonlyMap<Ref, Ref>,
  wanted: Map<Ref, string>,
): Ref | null {
  const gradient = clipped.get(ref);
  const penalty = penalties.get(ref);
  if (gradient === undefined || penalty === undefined) return gradient ?? penalty ?? null;
  build.layer = layerOf(ref);
  const sum = build.one(ops.add, [gradient, penalty], {}, `d.${bare(ref)}.total`);
  wanted.set(sum, `d.${bare(ref)}.total`);
  return sum;
}

/** `stem.conv1` of `@stem.conv1.kernel`. */
const layerOf = (parameter: Ref): string => bare(parameter).split('.').slice(0, -1).join('.');

function learningRate(build: GraphBuilder, { optimizer, schedule }: StepRecipe): Ref {
  // Every optimizer's signature has `rate`.
  const rate = Number(optimizer.args.rate);
  return schedule.def.rate(build, { step: '%update', steps: '%updates', rate }, schedule.args);
}

function update(
  build: GraphBuilder,
  { ref, type }: Storage,
  gradient: Ref,
  rate: Ref,
  { optimizer, decay }: StepRecipe,
): void {
  const { def, args } = optimizer;
  build.layer = layerOf(ref);
  const slots = new Map(
    def
      .slots(args)
      .map((name): [string, Ref] => [
        name,
        build.store({ ref: `${ref}.${name}`, kind: 'slot', type, init: { kind: 'zeros', attrs: {} } }),
      ]),
  );
  const slot = (name: string): Ref => {
    const found = slots.get(name);
    if (found === undefined) throw new Error(`${def.name} asks for a slot ${name} that it did not declare`);
    return found;
  };
  def.update(build, { parameter: ref, gradient, slot, rate, step: '%update', decay: decay.get(ref) ?? null }, args);
}

/** The graph with the wanted names. A partial sum that has one of them changes places with the value that should. */
function named(step: Graph<'step'>, train: Graph<'train'>, wanted: ReadonlyMap<Ref, string>): Graph<'step'> {
  const given = new Set<Ref>(
    [...train.inputs, ...step.storage, ...train.nodes.flatMap((n) => n.results)].map((v) => v.ref),
  );
  /** By name: the value that is called so. */
  const holders = new Map<Ref, Ref>(step.nodes.flatMap((n) => n.results.map((r) => [r.ref, r.ref])));
  const names = new Map<Ref, Ref>();
  for (const [ref, name] of wanted) {
    const want: Ref = `%${name}`;
    const has = names.get(ref) ?? ref;
    const holder = holders.get(want);
    // A layer of the network may be called `d`; then its values keep their names.
    if (given.has(ref) || given.has(want) || has === want) continue;
    names.set(ref, want);
    holders.set(want, ref);
    holders.delete(has);
    if (holder === undefined) continue;
    names.set(holder, has);
    holders.set(has, holder);
  }
  return renameValues(step, names);
}

/** The numbers of the update are inputs only where something reads them. */
function withoutUnreadHosts(step: Graph<'step'>): Graph<'step'> {
  const read = new Set<Ref | null>(step.nodes.flatMap((n) => n.operands));
  return { ...step, inputs: step.inputs.filter((i) => i.type.dtype !== 'host' || read.has(i.ref)) };
}
