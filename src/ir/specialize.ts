/**
 * specialize: the graph of a model becomes that of its forward pass in training, or of inference, by each op's train or infer rule.
 *   train   batchNorm → normalizeTrain and the updates of its moving statistics; dropout → dropoutTrain, which reads %random
 *   infer   batchNorm and normalize as they are; dropout stays for the pass elide-dropout
 *   infer, sampling   dropout and dropConnect as in training, all else as in inference: one draw of Monte Carlo prediction
 *
 * A node that reads frozen statistics takes its infer rule in both: a frozen norm uses them in training too, and they do not move.
 * Results keep their names. Storage stays, read or not.
 */
import { GraphBuilder } from './builder.ts';
import type { Graph, Node, Ref, Result } from './graph.ts';
import { isNone } from './op.ts';
import { opOf } from './ops/index.ts';
import { host } from './ops/rules.ts';

const random: Ref = '%random';

/** A rule before may have taken a name for a result of its own; then the node gets another. */
function appendAsIs(build: GraphBuilder, node: Node): readonly Ref[] {
  const results = node.results.map((r): Result => (build.has(r.ref) ? { ...r, ref: build.fresh(r.ref.slice(1)) } : r));
  build.append({ ...node, results });
  return results.map((r) => r.ref);
}

const readsFrozen = (node: Node, frozen: ReadonlySet<Ref>): boolean =>
  node.operands.some((ref) => ref !== null && frozen.has(ref));

/** What stays random in prediction by sampling: ops whose mean is what prediction otherwise takes. Noise does not. */
const sampled: ReadonlySet<string> = new Set(['dropout', 'dropConnect']);

export function specialize<S extends 'train' | 'infer'>(
  model: Graph<'model'>,
  stage: S,
  { sampling = false }: { readonly sampling?: boolean } = {},
): Graph<S> {
  const build = new GraphBuilder({ ...model, nodes: [] });
  if ((stage === 'train' || sampling) && !build.has(random)) build.input(random, host);
  const replaced = new Map<Ref, Ref>();
  const frozen = new Set(model.storage.flatMap((s) => (s.kind === 'state' && s.frozen === true ? [s.ref] : [])));
  const now = (ref: Ref): Ref => replaced.get(ref) ?? ref;

  for (const before of model.nodes) {
    const node: Node = { ...before, operands: before.operands.map((ref) => ref && now(ref)) };
    build.layer = node.layer;
    const phase = sampling && sampled.has(node.op) ? 'train' : readsFrozen(node, frozen) ? 'infer' : stage;
    const outcome = opOf(node).erased.phase(phase, node, build);
    if (isNone(outcome))
      throw new Error(`\`${node.op}\` of ${node.layer} cannot stand in stage ${stage}: ${outcome.none}`);
    const refs = outcome === 'same' ? appendAsIs(build, node) : outcome;
    for (const [i, result] of before.results.entries()) replaced.set(result.ref, refs[i] ?? result.ref);
  }

  const graph = build.finish(
    model.name,
    stage,
    model.outputs.map((o) => ({ ...o, ref: now(o.ref) })),
  );
  const isRead = graph.nodes.some((node) => node.operands.includes(random));
  const added = !model.inputs.some((input) => input.ref === random);
  return added && !isRead ? { ...graph, inputs: graph.inputs.filter((input) => input.ref !== random) } : graph;
}
