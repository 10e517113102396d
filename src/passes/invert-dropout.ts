/**
 * invert-dropout: standard dropout becomes inverted dropout; the factor moves into the next kernel.
 *   before   {form=standard}   train x ⊙ m            infer (1 − rate)·x
 *   after    {form=inverted}   train x ⊙ m/(1 − rate) infer x              next kernel of earlier weights × (1 − rate)
 *
 * Needs       stage model, where both phases are still one node.
 * Guarantees  no standard dropout left that reaches one kernel through positively homogeneous ops alone. Idempotent.
 * Preserves   model: with the migration both phases compute what they did. A training run takes another path: the
 *             kernel that is learned is smaller by 1 − rate, so its steps, penalties and initial values have another
 *             scale relative to it.
 * Legal       f(c·x) = c·f(x) for c > 0 and every op f on the way; conv2d and dense are linear in x and in the kernel,
 *             so conv(x/(1−rate), (1−rate)·W) + b = conv(x, W) + b. Zero padding and window averages scale along.
 * Pays        nothing is left to do at inference.
 * Refuses     a value that reaches an output · a batchNorm (its moving statistics are those of the scaled values) · an
 *             activation that is not positively homogeneous, or any other op · a sum or concat (the other paths are not
 *             scaled) · two readers · a kernel that is read twice, or is not trained (its initial value would have to
 *             change).
 */
import type { Graph, Node, Ref, Stage, Storage } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import { bare, described, numeral, replaceNodes, soleReader, titleOf, type Uses, usesOf } from './match.ts';
import type { Migration, Note, Pass, PassResult } from './pass.ts';

export const invertDropout: Pass = {
  name: 'invert-dropout',
  doc: 'standard dropout becomes inverted, so that predictions need no factor',
  stages: ['model'],
  preserves: 'model',
  run,
};

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const uses = usesOf(graph);
  const trained = new Set(graph.storage.filter((s) => s.kind === 'param' && s.frozen !== true).map((s) => s.ref));
  const replacements = new Map<Node, readonly Node[]>();
  const rewrites: Note[] = [];
  const refused: Note[] = [];
  const migrations: Migration[] = [];
  for (const node of graph.nodes) {
    if (!ops.dropout.is(node) || node.attrs.form !== 'standard') continue;
    const [result] = node.results;
    if (result === undefined) continue;
    const found = kernelAfter(result.ref, uses, trained);
    if ('why' in found) {
      refused.push({ layer: titleOf(node), text: found.why });
      continue;
    }
    const factor = 1 - node.attrs.rate;
    replacements.set(node, [{ ...node, attrs: { ...node.attrs, form: 'inverted' } }]);
    const follows = `${bare(found.kernel)} of weights trained without this pass is scaled by ${numeral(factor)}`;
    rewrites.push({ layer: titleOf(node), text: `inverted; ${follows}` });
    migrations.push({ kind: 'scale', target: found.kernel, factor });
  }
  return { graph: replaceNodes(graph, replacements), rewrites, refused, migrations };
}

/** The one kernel that the value is multiplied by, or why there is none. */
function kernelAfter(
  value: Ref,
  uses: Uses,
  trained: ReadonlySet<Storage['ref']>,
): { readonly kernel: Ref } | { readonly why: string } {
  const reader = soleReader(uses, value);
  if ('why' in reader) return reader;
  const { node, operand } = reader;
  const [result] = node.results;
  // A product scales with either factor; the other one does not depend on the value, which is read once.
  if (isProduct(node) && result !== undefined) return kernelAfter(result.ref, uses, trained);
  if (isMeeting(node)) return { why: `it reaches ${described(node)}, where it meets values that are not scaled` };
  if (operand !== 0 || result === undefined) return { why: `it reaches ${described(node)} as a weight` };
  if (isHomogeneous(node)) return kernelAfter(result.ref, uses, trained);
  if (ops.batchNorm.is(node))
    return { why: `it reaches ${described(node)}, whose moving statistics are those of the scaled values` };
  if (!ops.conv2d.is(node) && !ops.dense.is(node))
    return { why: `it reaches ${described(node)}, which is not positively homogeneous` };
  const kernel = node.operands[1];
  if (kernel == null || !trained.has(kernel)) return { why: `the kernel of ${titleOf(node)} is not trained` };
  const sole = soleReader(uses, kernel);
  return 'why' in sole ? sole : { kernel };
}

const isProduct = (node: Node): boolean => ops.mul.is(node);
const isMeeting = (node: Node): boolean => ops.add.is(node) || ops.sub.is(node) || ops.concat.is(node);

/** f(c·x) = c·f(x) for every c > 0, in both phases. */
function isHomogeneous(node: Node): boolean {
  if (ops.activation.is(node)) return homogeneous.has(node.attrs.fn);
  return (
    ops.maxPool.is(node) ||
    ops.avgPool.is(node) ||
    ops.globalAvgPool.is(node) ||
    ops.reshape.is(node) ||
    ops.scale.is(node) ||
    ops.dropout.is(node)
  );
}

const homogeneous: ReadonlySet<string> = new Set(['linear', 'relu', 'leaky_relu']);
