/**
 * split-accumulation: a step whose gradients are accumulated over several batches becomes two programs.
 *   before   … g → mean = meanGradient(@sum, g, %share) → clip, penalties, update, clearSums(@sum …)
 *   after    batch    … g → accumulate(@sum, g, %share)                 forward, backward, moving statistics: once a batch
 *            update   @sum → clip, penalties, update, clearSums(@sum …)  once an update
 *
 * Needs       stage step, after all of its passes.
 * Preserves   bits, for an update of one batch.
 * Legal       Everything behind the sums reads weights, sums and host values only; weights do not change between the batches. What both
 *             halves need of the weights is computed in each.
 * Refuses     (throws) a value behind the sums that depends on the batch by another way.
 */
import { written } from '../ir/evaluate.ts';
import type { Graph, Node, Ref } from '../ir/graph.ts';
import { opOf, ops } from '../ir/ops/index.ts';

interface SplitStep {
  /** Outputs `loss`, `loss.<output>`. */
  readonly batch: Graph<'step'>;
  /** Outputs `penalty`, `penalty.<rule>`. No input but host values. */
  readonly update: Graph<'step'>;
}

/** Null where gradients are not accumulated. */
export function splitAccumulation(step: Graph<'step'>): SplitStep | null {
  const sums = new Map<Ref, Ref>();
  for (const node of step.nodes) {
    const [mean] = node.results;
    if (isMean(node) && mean !== undefined) sums.set(mean.ref, ops.meanGradient.operandsOf(node).sum);
  }
  if (sums.size === 0) return null;
  const producers = new Map<Ref, Node>(step.nodes.flatMap((n) => n.results.map((r) => [r.ref, n])));
  const outputs = {
    batch: step.outputs.filter((o) => isLoss(o.name)),
    update: step.outputs.filter((o) => !isLoss(o.name)),
  };

  const behind = behindSums(step, sums);
  const before = step.nodes.filter((n) => !behind.has(n) && (isMean(n) || n.results.length === 0));
  const batch = closure(
    before,
    outputs.batch.map((o) => o.ref),
    producers,
    new Map(),
  );
  const update = closure(
    [...behind],
    outputs.update.map((o) => o.ref),
    producers,
    sums,
  );
  const fed = step.inputs.filter((i) => i.type.dtype !== 'host').map((i) => i.ref);
  const wrong = [...update].find((n) => n.operands.some((ref) => ref !== null && fed.includes(ref)));
  if (wrong !== undefined) throw new Error(`${wrong.op} of ${wrong.layer} depends on the batch, not by its gradient`);
  return {
    batch: {
      ...step,
      inputs: readBy(step, batch),
      nodes: step.nodes
        .filter((n) => batch.has(n))
        .map((n) => (isMean(n) ? { ...n, op: ops.accumulate.kind, results: [] } : n)),
      outputs: outputs.batch,
    },
    update: {
      ...step,
      inputs: readBy(step, update).filter((i) => i.type.dtype === 'host'),
      nodes: step.nodes
        .filter((n) => update.has(n))
        .map((n) => ({ ...n, operands: n.operands.map((ref) => (ref === null ? null : (sums.get(ref) ?? ref))) })),
      outputs: outputs.update,
    },
  };
}

const isMean = (node: Node): boolean => node.op === ops.meanGradient.kind;

const isLoss = (output: string): boolean => output === 'loss' || output.startsWith('loss.');

/** Updates of weights and of what is kept beside them, what they read of the sums, and what follows them. */
function behindSums({ nodes, storage }: Graph, sums: ReadonlyMap<Ref, Ref>): ReadonlySet<Node> {
  const statistics = new Set<Ref>(storage.filter((s) => s.kind === 'state').map((s) => s.ref));
  const made = new Set<Ref>([...sums.keys(), ...sums.values()]);
  const behind = new Set<Node>();
  for (const node of nodes) {
    if (isMean(node)) continue;
    const targets = written(opOf(node), node).filter((ref) => !statistics.has(ref));
    if (targets.length === 0 && !node.operands.some((ref) => ref !== null && made.has(ref))) continue;
    behind.add(node);
    for (const ref of [...node.results.map((r) => r.ref), ...targets]) made.add(ref);
  }
  return behind;
}

/** The nodes that some nodes and values need, themselves included; `given` need nothing. */
function closure(
  nodes: readonly Node[],
  values: readonly Ref[],
  producers: ReadonlyMap<Ref, Node>,
  given: ReadonlyMap<Ref, Ref>,
): ReadonlySet<Node> {
  const found = new Set<Node>();
  const open: Node[] = [...nodes, ...values.flatMap((ref) => producers.get(ref) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    for (const ref of node.operands) {
      const producer = ref === null || given.has(ref) ? undefined : producers.get(ref);
      if (producer !== undefined) open.push(producer);
    }
  }
  return found;
}

/** Tensors of the batch stay, host values where they are read. */
function readBy({ inputs }: Graph, nodes: ReadonlySet<Node>): Graph['inputs'] {
  const read = new Set([...nodes].flatMap((n) => n.operands));
  return inputs.filter((i) => i.type.dtype !== 'host' || read.has(i.ref));
}
