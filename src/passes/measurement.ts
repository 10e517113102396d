/**
 * The forward pass of training for measuring: moving statistics become the mean, over the batches that are shown to it, of what each
 * batch has; nothing else changes. Run over the training data once the weights are trained, it leaves the statistics of the population.
 *   before   updateMoving moving value        after   updatePopulation moving value %batches of
 *
 * `of` is the value that a variance was taken of, so that it counts unbiased. Nothing is computed that no statistic depends on. Statistics
 * that are not measured stay as they are.
 * Source  Ioffe & Szegedy 2015, algorithm 2.
 */
import type { Graph, Node, Ref } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import { eliminateDead } from './eliminate-dead.ts';
import { usesOf } from './match.ts';

/** Null where there are no statistics that move. `isMeasured`: of which; default all. */
export function forMeasurement(
  train: Graph<'train'>,
  isMeasured: (statistic: Ref) => boolean = () => true,
): Graph<'train'> | null {
  const uses = usesOf(train);
  const moving = train.nodes.filter((node) => ops.updateMoving.is(node));
  const moves = moving.filter((node) => isMeasured(ops.updateMoving.operandsOf(node).moving));
  if (moves.length === 0) return null;
  const targets = moves.map((node) => ops.updateMoving.operandsOf(node).moving);
  const population = new Map(
    moves.map((node, i): [Node, Node] => {
      const { moving, value } = ops.updateMoving.operandsOf(node);
      const use = targets.slice(0, i + 1).filter((t) => t === moving).length;
      const norm = uses.producer(value);
      const isVariance = norm !== undefined && norm.results[variance]?.ref === value;
      const of = isVariance ? (norm.operands[0] ?? null) : null;
      const attrs = { use, uses: targets.filter((t) => t === moving).length };
      return [node, { ...node, op: ops.updatePopulation.kind, operands: [moving, value, batches, of], attrs }];
    }),
  );
  const left = new Set<Node>(moving.filter((node) => !population.has(node)));
  const nodes = train.nodes.filter((node) => !left.has(node)).map((node) => population.get(node) ?? node);
  const inputs = [...train.inputs, { ref: batches, type: { dtype: 'host', shape: [] } as const }];
  const { graph } = eliminateDead.run({ ...train, inputs, nodes, outputs: [] });
  const read = new Set<Ref | null>(graph.nodes.flatMap((node) => node.operands));
  return { ...graph, inputs: graph.inputs.filter((i) => read.has(i.ref)) };
}

/** Counts the batches shown, from 1. */
const batches: Ref = '%batches';

/** Where the variance stands among the results of normalizeTrain. */
const variance = ops.normalizeTrain.results.indexOf('variance');
