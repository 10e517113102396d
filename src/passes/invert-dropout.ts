/**
 * invert-dropout: standard dropout becomes inverted dropout; the factor moves into the next kernel.
 *   before   {form=standard}   train x ⊙ m            infer (1 − rate)·x
 *   after    {form=inverted}   train x ⊙ m/(1 − rate) infer x              next kernel of earlier weights × (1 − rate)
 *
 * Needs       stage model, where both phases are still one node.
 * Guarantees  no standard dropout left that reaches one kernel through positively homogeneous ops alone. Idempotent.
 * Preserves   model: with the migration both phases compute what they did. A training run takes another path: the
 *             kernel that is learned is smaller by 1 − rate, so its steps, penalties and initial values have another
 *             scale relative to it. With `exact` they are rescaled too (`lower/rescale.ts`): the same path.
 * Legal       f(c·x) = c·f(x) for c > 0 and every op f on the way; conv2d and dense are linear in x and in the kernel,
 *             so conv(x/(1−rate), (1−rate)·W) + b = conv(x, W) + b. Zero padding and window averages scale along.
 * Pays        nothing is left to do at inference.
 * Refuses     a value that reaches an output · a batchNorm (its moving statistics are those of the scaled values) · an
 *             activation that is not positively homogeneous, or any other op · a sum or concat (the other paths are not
 *             scaled) · two readers · a kernel that is read twice, or is not trained (its initial value would have to
 *             change), or that DropConnect, noise or a norm stands before · a kernel whose norm a constraint bounds (the
 *             bound would have to change, as with `exact` it does).
 */
import type { Graph, Node, Ref, Stage, Storage } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import { scaledInitial } from '../ir/ops/random/rescaling.ts';
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
  const bounded = new Set(graph.storage.filter((s) => s.bounded === true).map((s) => s.ref));
  const replacements = new Map<Node, readonly Node[]>();
  const rewrites: Note[] = [];
  const refused: Note[] = [];
  const migrations: Migration[] = [];
  /** Of kernels that are to begin smaller too. */
  const factors = new Map<Ref, number>();
  for (const node of graph.nodes) {
    if (!ops.dropout.is(node) || node.attrs.form !== 'standard') continue;
    const [result] = node.results;
    if (result === undefined) continue;
    const { exact } = node.attrs;
    const found = kernelAfter(result.ref, uses, trained, exact ? new Set() : bounded);
    if ('why' in found) {
      refused.push({ layer: titleOf(node), text: found.why });
      continue;
    }
    const factor = 1 - node.attrs.rate;
    if (exact) factors.set(found.kernel, factor * (factors.get(found.kernel) ?? 1));
    replacements.set(node, [{ ...node, attrs: { ...node.attrs, form: 'inverted', exact: false } }]);
    const follows = `${bare(found.kernel)} of weights trained without this pass is scaled by ${numeral(factor)}`;
    const same = exact ? '; its initial value and its training are rescaled too' : '';
    rewrites.push({ layer: titleOf(node), text: `inverted; ${follows}${same}`, ...(exact ? { exact } : {}) });
    migrations.push({ kind: 'scale', target: found.kernel, factor, ...(exact ? { exact } : {}) });
  }
  const storage = graph.storage.map((s): Storage => {
    const factor = factors.get(s.ref);
    return factor === undefined ? s : { ...s, init: scaledInitial(s.init, factor) };
  });
  return { graph: { ...replaceNodes(graph, replacements), storage }, rewrites, refused, migrations };
}

/** The one kernel that the value is multiplied by, or why there is none. */
function kernelAfter(
  value: Ref,
  uses: Uses,
  trained: ReadonlySet<Storage['ref']>,
  bounded: ReadonlySet<Storage['ref']>,
): { readonly kernel: Ref } | { readonly why: string } {
  const reader = soleReader(uses, value);
  if ('why' in reader) return reader;
  const { node, operand } = reader;
  const [result] = node.results;
  // A product scales with either factor; the other one does not depend on the value, which is read once.
  if (isProduct(node) && result !== undefined) return kernelAfter(result.ref, uses, trained, bounded);
  if (isMeeting(node)) return { why: `it reaches ${described(node)}, where it meets values that are not scaled` };
  if (operand !== 0 || result === undefined) return { why: `it reaches ${described(node)} as a weight` };
  if (isHomogeneous(node)) return kernelAfter(result.ref, uses, trained, bounded);
  if (ops.batchNorm.is(node))
    return { why: `it reaches ${described(node)}, whose moving statistics are those of the scaled values` };
  if (!ops.conv2d.is(node) && !ops.dense.is(node))
    return { why: `it reaches ${described(node)}, which is not positively homogeneous` };
  const kernel = node.operands[1];
  const made = kernel == null ? undefined : uses.producer(kernel);
  if (made !== undefined) return { why: `the kernel of ${titleOf(node)} is made by ${made.op}` };
  if (kernel == null || !trained.has(kernel)) return { why: `the kernel of ${titleOf(node)} is not trained` };
  const sole = soleReader(uses, kernel);
  if ('why' in sole) return sole;
  return bounded.has(kernel) ? { why: `a constraint bounds the norm of the kernel of ${titleOf(node)}` } : { kernel };
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
