/**
 * remove-dead-bias: a bias right before a norm that subtracts each channel's mean does nothing; it goes with the mean.
 *   before   y = batchNorm(conv(x, W) + b)        after   y = batchNorm(conv(x, W))       mean of earlier weights − b
 * The same for `normalize` over a batch or a sample, each channel by itself (`track: false`, instance); it has no mean to migrate.
 *
 * Needs       stage model.
 * Guarantees  no bias left on a conv2d or dense that only such a norm reads, unless it is shared. Idempotent.
 * Preserves   model: training computes the same values up to rounding, since the batch's mean takes b along; its
 *             gradient was zero. Inference does with the migration. A fresh network whose b does not begin at zero
 *             differs by momentumⁿ·b after n batches, since its moving mean begins at zero and not at −b.
 * Legal       mean(c + b) = mean(c) + b per channel, variance(c + b) = variance(c).
 * Pays        a parameter, its gradient and the optimizer's slots.
 * Refuses     a second reader of the conv · the conv as an output · an activation that the conv applies itself ·
 *             a bias or a moving mean that something else reads too · a norm whose statistics are frozen, which does not
 *             take the batch's mean.
 */
import type { Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import { bare, replaceNodes, soleReader, titleOf, type Uses, usesOf } from './match.ts';
import type { Migration, Note, Pass, PassResult } from './pass.ts';

export const removeDeadBias: Pass = {
  name: 'remove-dead-bias',
  doc: 'a bias that the norm after it subtracts again is removed',
  stages: ['model'],
  preserves: 'model',
  run,
};

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const uses = usesOf(graph);
  const frozen = new Set<Ref | null>(graph.storage.flatMap((s) => (s.frozen === true ? [s.ref] : [])));
  const replacements = new Map<Node, readonly Node[]>();
  const removed = new Set<Ref>();
  const rewrites: Note[] = [];
  const refused: Note[] = [];
  const migrations: Migration[] = [];
  for (const node of graph.nodes) {
    if (!ops.conv2d.is(node) && !ops.dense.is(node)) continue;
    const bias = node.operands[2] ?? null;
    const norm = bias === null ? undefined : normAfter(node, uses);
    if (bias === null || norm === undefined) continue;
    const mean = ops.batchNorm.is(norm) ? ops.batchNorm.operandsOf(norm).mean : null;
    const why = frozen.has(mean) ? `the statistics of ${titleOf(norm)} are frozen` : refusal(node, bias, mean, uses);
    if (why !== null) {
      refused.push({ layer: titleOf(node), text: why });
      continue;
    }
    replacements.set(node, [{ ...node, operands: [...node.operands.slice(0, 2), null] }]);
    removed.add(bias);
    rewrites.push({ layer: titleOf(node), text: `${bare(bias)} removed: ${titleOf(norm)} subtracts the mean` });
    if (mean !== null) migrations.push({ kind: 'absorb', target: mean, source: bias });
  }
  const storage = graph.storage.filter((s) => !removed.has(s.ref));
  return { graph: { ...replaceNodes(graph, replacements), storage }, rewrites, refused, migrations };
}

const normAfter = (node: Node, uses: Uses): Node | undefined => {
  const [result] = node.results;
  return result === undefined
    ? undefined
    : uses.readers(result.ref).find((r) => r.operand === 0 && subtractsMean(r.node))?.node;
};

/** Of each channel by itself. */
const subtractsMean = (node: Node): boolean =>
  ops.batchNorm.is(node) ||
  (ops.normalize.is(node) && node.attrs.centred && node.attrs.groups === null && node.attrs.over !== 'position');

function refusal(node: Node, bias: Ref, mean: Ref | null, uses: Uses): string | null {
  const [result] = node.results;
  if (result === undefined) return 'it has no result';
  const { activation } = node.attrs;
  if (activation !== undefined && activation !== 'linear')
    return `${titleOf(node)} applies ${String(activation)} after the bias`;
  // The mean would move once for each conv that shares it.
  const shared = [result.ref, bias, ...(mean === null ? [] : [mean])].map((ref) => soleReader(uses, ref));
  const why = shared.find((sole) => 'why' in sole);
  return why !== undefined && 'why' in why ? why.why : null;
}
