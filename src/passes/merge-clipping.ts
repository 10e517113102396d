/**
 * merge-clipping: the factor of clipping is applied inside the update.
 *   before   s = clipScale(g₁, …)   c = mul(g, s)   adamUpdate(w, c, …)          [also dynamicClipScale]
 *   after    s = clipScale(g₁, …)                   adamUpdate(w, g, …, scale = s)
 *
 * Needs       stage step.
 * Guarantees  no product of a gradient and a clipping factor that an update alone reads. Idempotent.
 * Preserves   bits: the kernel multiplies by the same factor first.
 * Legal       an update reads its gradient once, as scale·gradient.
 * Pays        one name and one disposal less per parameter; a backend with an update kernel of its own may fuse the product.
 * Refuses     a product that something else reads too, such as the sum with a penalty · an update that is scaled already ·
 *             a factor that is not clipping's.
 */
import type { Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { opOf, ops } from '../ir/ops/index.ts';
import { bare, replaceNodes, soleReader, titleOf, usesOf } from './match.ts';
import type { Note, Pass, PassResult } from './pass.ts';

export const mergeClipping: Pass = {
  name: 'merge-clipping',
  doc: 'the factor of clipping is applied inside the update',
  stages: ['step'],
  preserves: 'bits',
  run,
};

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const uses = usesOf(graph);
  const replacements = new Map<Node, readonly Node[]>();
  const rewrites: Note[] = [];
  const refused: Note[] = [];
  for (const product of graph.nodes) {
    const [gradient, scale] = product.operands;
    const value = product.results[0]?.ref;
    if (!ops.mul.is(product) || gradient == null || scale == null || value === undefined) continue;
    const factor = uses.producer(scale);
    if (factor === undefined || !isScale(factor)) continue;
    const reader = soleReader(uses, value);
    const why = 'why' in reader ? reader.why : refusal(reader.node, value);
    if (why !== null || 'why' in reader) {
      refused.push({
        layer: 'why' in reader ? titleOf(product) : titleOf(reader.node),
        text: `${bare(gradient)}: ${why ?? ''}`,
      });
      continue;
    }
    replacements.set(product, []);
    replacements.set(reader.node, [{ ...reader.node, operands: scaledBy(reader.node, gradient, scale) }]);
    rewrites.push({ layer: titleOf(reader.node), text: `${bare(gradient)} is scaled inside its update` });
  }
  return { graph: replaceNodes(graph, replacements), rewrites, refused, migrations: [] };
}

const isScale = (node: Node): boolean => ops.clipScale.is(node) || ops.dynamicClipScale.is(node);

/** Updates are the ops that take a gradient and, last, what to scale it by. */
function refusal(update: Node, gradient: Ref): string | null {
  const { operands } = opOf(update);
  if (operands[1] !== 'gradient' || operands.at(-1) !== 'scale?') return `${update.op} reads it, not an update`;
  return (update.operands[operands.length - 1] ?? null) === null && update.operands[1] === gradient
    ? null
    : 'its update is scaled already';
}

/** The update with another gradient and a factor. */
const scaledBy = (update: Node, gradient: Ref, scale: Ref): Node['operands'] =>
  opOf(update).operands.map((_, i, all) =>
    i === 1 ? gradient : i === all.length - 1 ? scale : (update.operands[i] ?? null),
  );
