/**
 * Sharpness-aware minimization: the gradients of a step are taken at weights that are a way up the first gradients.
 *   g = ∂loss/∂w   s = ascentScale(g₁, …)   w' = w + s·g   g' = ∂loss/∂w at w'
 *
 * The forward pass stands in the graph a second time, of values that depend on a trained weight; the others are read again. Weights are
 * not touched: w' are values.
 *
 * Names       %conv1.kernel.ascent is w' of @conv1.kernel, %conv1.ascent what %conv1 is there. %d.conv1.kernel.here is the first gradient.
 * Left alone  the loss that is reported and moving statistics: those of the first pass. Random masks are the same in both.
 */
import type { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Node, Ref, Storage } from '../ir/graph.ts';
import { opOf, ops } from '../ir/ops/index.ts';
import type { Ascent } from '../ir/recipe.ts';
import { bare } from './match.ts';

/** By parameter. */
type Gradients = ReadonlyMap<Ref, Ref>;

interface SecondPass {
  /** What is differentiated: nodes of the second pass, and its loss. */
  readonly train: Graph<'train'>;
  /** Those with a gradient, as they are there; each with the name it is stored by. */
  readonly parameters: readonly { readonly of: Ref; readonly moved: Storage }[];
}

/** Appends the way up and the forward pass there; null when no parameter has a gradient. */
export function secondPass(
  build: GraphBuilder,
  train: Graph<'train'>,
  gradients: Gradients,
  trained: readonly Storage[],
  { def, args }: Ascent,
): SecondPass | null {
  const own = trained.flatMap((parameter) => {
    const gradient = gradients.get(parameter.ref);
    return gradient === undefined ? [] : [{ parameter, gradient }];
  });
  if (own.length === 0) return null;
  build.layer = '';
  const scale = def.scale(
    build,
    own.map((o) => o.gradient),
    args,
  );
  const names = new Map<Ref, Ref>();
  const parameters = own.map(({ parameter, gradient }) => {
    const { ref } = parameter;
    build.layer = bare(ref).split('.').slice(0, -1).join('.');
    const up = build.one(ops.mul, [gradient, scale], {}, `${bare(ref)}.up`);
    const moved = build.one(ops.add, [ref, up], {}, `${bare(ref)}.ascent`);
    names.set(ref, moved);
    return { of: ref, moved: { ...parameter, ref: moved } };
  });
  const nodes = train.nodes.flatMap((node) => again(build, node, names));
  const outputs = train.outputs.filter((o) => o.name === 'loss').map((o) => ({ ...o, ref: names.get(o.ref) ?? o.ref }));
  return { train: { ...train, nodes, outputs }, parameters };
}

/** The node once more where it reads something that has moved; what it writes is written once. */
function again(build: GraphBuilder, node: Node, names: Map<Ref, Ref>): readonly Node[] {
  if (!node.operands.some((ref) => ref !== null && names.has(ref))) return [];
  const op = opOf(node);
  if (op.writes.length > 0) {
    if (node.results.length > 0) throw new Error(`${op.kind} writes and has results: it cannot stand in a step twice`);
    return [];
  }
  build.layer = node.layer;
  const operands = node.operands.map((ref) => (ref === null ? null : (names.get(ref) ?? ref)));
  const results = build.emit(
    op,
    operands,
    node.attrs,
    node.results.map((r) => `${bare(r.ref)}.ascent`),
  );
  node.results.forEach((r, i) => {
    const ref = results[i];
    if (ref !== undefined) names.set(r.ref, ref);
  });
  return [
    {
      ...node,
      operands,
      results: node.results.map((r) => ({ ...r, ref: names.get(r.ref) ?? r.ref })),
    },
  ];
}
