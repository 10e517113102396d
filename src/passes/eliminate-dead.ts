/**
 * eliminate-dead: what nothing reads is not computed.
 *
 * Needs       any stage but model.
 * Guarantees  every node writes storage, or has a result that an output needs. Idempotent.
 * Preserves   bits.
 * Legal       ops have no effect but their results and the storage that they declare to write.
 * Pays        gradients that lead to no parameter, pre-activations after fusion, statistics that folding orphaned.
 * Refuses     nothing. Storage stays: it is what weights are read into.
 */
import type { Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { opOf } from '../ir/ops/index.ts';
import { bare, titleOf } from './match.ts';
import type { Note, Pass, PassResult } from './pass.ts';

export const eliminateDead: Pass = {
  name: 'eliminate-dead',
  doc: 'what nothing reads is not computed',
  stages: ['train', 'step', 'infer'],
  preserves: 'bits',
  run,
};

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const live = new Set<Ref>(graph.outputs.map((o) => o.ref));
  const kept: Node[] = [];
  const rewrites: Note[] = [];
  // Values are defined before they are read: one walk from the end sees all readers of a node before the node itself.
  for (const node of graph.nodes.toReversed()) {
    if (opOf(node).writes.length > 0 || node.results.some((r) => live.has(r.ref))) {
      kept.push(node);
      for (const ref of node.operands) if (ref !== null) live.add(ref);
    } else {
      rewrites.push({
        layer: titleOf(node),
        text: `${node.op} removed: nothing reads ${node.results.map((r) => bare(r.ref)).join(', ')}`,
      });
    }
  }
  return {
    graph: { ...graph, nodes: kept.toReversed() },
    rewrites: rewrites.toReversed(),
    refused: [],
    migrations: [],
  };
}
