/**
 * differentiate: the training graph becomes one step of training, by reverse mode.
 *   forward     the nodes of the training graph as they are, moving statistics included
 *   backward    from the output `loss` towards the parameters; cotangents of a value that is read twice are added
 *   update      gradients clipped, penalties added, one update a parameter, constraints: `update.ts`; what goes on over
 *               several batches and updates: `over-updates.ts`
 *
 * Names       %d.conv1 is the gradient of %conv1, %d.conv1.kernel that of @conv1.kernel.
 * Left alone  Frozen parameters; values that no parameter influences; parameters that do not influence the loss or a penalty get no
 *             update.
 * Errors      NotDifferentiable, where an op on the way from a parameter to the loss has no gradient.
 */
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Ref, Storage } from '../ir/graph.ts';
import { isNone } from '../ir/op.ts';
import { opOf, ops } from '../ir/ops/index.ts';
import type { Ascent, StepRecipe } from '../ir/recipe.ts';
import { secondPass } from './ascent.ts';
import { bare, described, renameValues } from './match.ts';
import { accumulated, appendAverages } from './over-updates.ts';
import { appendUpdates, combined, type UpdateContext } from './update.ts';

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
  for (const ref of ['%update', '%updates', '%perEpoch', '%plateau', '%share'] as const)
    if (!build.has(ref)) build.input(ref, host);
  const wanted = new Map<Ref, string>();
  const parameters = train.storage.filter((s) => s.kind === 'param' && s.frozen !== true);

  const seed = build.one(ops.constant, [], { value: 1 }, 'one');
  const suffix = recipe.ascent === undefined ? '' : '.here';
  const here = backward(build, train, { output: 'loss', seed, suffix }, parameters, wanted);
  if (here === null) throw new Error(`${train.name} has no output loss to differentiate`);
  const gradients =
    recipe.ascent === undefined ? here : nearby(build, train, seed, here, parameters, recipe.ascent, wanted);
  const context: UpdateContext = { build, parameters, recipe, wanted };
  const penalties = () =>
    backward(build, train, { output: 'penalty', seed, suffix: '.penalty' }, parameters, wanted) ?? new Map();
  const means = accumulated(context, gradients);
  const updating = combined(context, means, penalties);
  appendUpdates(context, updating);
  appendAverages(context, updating, means);

  return withoutUnreadHosts(named(build.finish(train.name, 'step', train.outputs), train, wanted));
}

/** The gradients of a second forward pass, with the names that gradients have. */
function nearby(
  build: GraphBuilder,
  train: Graph<'train'>,
  seed: Ref,
  here: ReadonlyMap<Ref, Ref>,
  parameters: readonly Storage[],
  ascent: Ascent,
  wanted: Map<Ref, string>,
): ReadonlyMap<Ref, Ref> {
  const second = secondPass(build, train, here, parameters, ascent);
  if (second === null) return here;
  const moved = second.parameters.map((p) => p.moved);
  const found = backward(build, second.train, { output: 'loss', seed, suffix: '' }, moved, wanted) ?? new Map();
  const gradients = new Map(second.parameters.flatMap(({ of, moved }) => entry(of, found.get(moved.ref))));
  for (const [ref, gradient] of gradients) wanted.set(gradient, `d.${bare(ref)}`);
  return gradients;
}

/** What is differentiated, the constant one that its gradient starts from, and what names of gradients end in. */
interface Target {
  readonly output: string;
  readonly seed: Ref;
  readonly suffix: string;
}

/**
 * The training graph, with the gradient of its loss with respect to each value that a parameter influences; nothing is updated. Values
 * that a gradient is passed on through unchanged share it.
 */
export function withGradients(train: Graph<'train'>): {
  readonly graph: Graph<'step'>;
  readonly gradients: ReadonlyMap<Ref, Ref>;
} {
  const build = new GraphBuilder(train);
  const parameters = train.storage.filter((s) => s.kind === 'param' && s.frozen !== true);
  const seed = build.one(ops.constant, [], { value: 1 }, 'one');
  const gradients = cotangentsOf(build, train, { output: 'loss', seed }, parameters);
  return { graph: build.finish(train.name, 'step', train.outputs), gradients: gradients ?? new Map() };
}

/**
 * Appends the nodes that compute the gradient of an output with respect to each parameter; null when there is no such
 * output. `wanted` learns how the gradients are to be called: of the values on the way only those without a suffix are
 * named.
 */
function backward(
  build: GraphBuilder,
  train: Graph<'train'>,
  target: Target,
  parameters: readonly Storage[],
  wanted: Map<Ref, string>,
): ReadonlyMap<Ref, Ref> | null {
  const cotangents = cotangentsOf(build, train, target, parameters);
  if (cotangents === null) return null;
  const { seed, suffix } = target;
  // Parameters first: a gradient that is passed on unchanged has one name only.
  const gradients = new Map(parameters.flatMap(({ ref }) => entry(ref, cotangents.get(ref))));
  const named = suffix === '' ? [...gradients, ...cotangents] : gradients;
  for (const [ref, gradient] of named)
    if (gradient !== seed && !wanted.has(gradient)) wanted.set(gradient, `d.${bare(ref)}${suffix}`);
  return gradients;
}

/** Of the output, and of everything on the way from it to a parameter; null when there is no such output. */
function cotangentsOf(
  build: GraphBuilder,
  train: Graph<'train'>,
  { output, seed }: Pick<Target, 'output' | 'seed'>,
  parameters: readonly Storage[],
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
  return cotangents;
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
