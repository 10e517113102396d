/**
 * fuse-activations: the conv2d or dense applies the activation after it.
 *   before   c = conv2d(x, W, b)   y = relu(c)        after   y = conv2d(x, W, b) {activation=relu}
 *
 * Needs       stage step or infer; the activation is one of `fusable`: relu, relu6, sigmoid, elu with slope 1.
 * Guarantees  none of these left over a conv2d or dense that it alone reads and that applies no activation. Idempotent.
 * Preserves   values: the fused kernel may round the sum before the activation once less. The reference evaluation
 *             gives the same bits.
 * Legal       in a step the gradient of these functions is taken from y, so nothing else needs c.
 * Pays        one kernel and one intermediate less per layer, in training too.
 * Refuses     a second reader of the conv (in a step: its own gradient, when that is taken from c) · the conv as an
 *             output · an activation that fused kernels do not know.
 */
import type { Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { fusable, ops } from '../ir/ops/index.ts';
import { renameUses, replaceNodes, soleReader, titleOf, type Uses, usesOf } from './match.ts';
import type { Note, Pass, PassResult } from './pass.ts';

export const fuseActivations: Pass = {
  name: 'fuse-activations',
  doc: 'conv and dense apply the activation after them',
  stages: ['step', 'infer'],
  preserves: 'values',
  run,
};

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const uses = usesOf(graph);
  const replacements = new Map<Node, readonly Node[]>();
  const names = new Map<Ref, Ref>();
  const rewrites: Note[] = [];
  const refused: Note[] = [];
  for (const node of graph.nodes) {
    if (!ops.activation.is(node) || node.attrs.fn === 'linear') continue;
    const { x } = ops.activation.operandsOf(node);
    const { fn, slope } = node.attrs;
    const linear = uses.producer(x);
    const [before] = linear?.results ?? [];
    const [after] = node.results;
    if (linear === undefined || before === undefined || after === undefined || !isLinear(linear)) continue;
    const why = refusal(linear, fn, slope, uses);
    if (why !== null) {
      refused.push({ layer: titleOf(node), text: why });
      continue;
    }
    replacements.set(linear, [{ ...linear, attrs: { ...linear.attrs, activation: fn } }]);
    replacements.set(node, []);
    names.set(after.ref, before.ref);
    rewrites.push({ layer: titleOf(node), text: `fused into ${titleOf(linear)}` });
  }
  return { graph: renameUses(replaceNodes(graph, replacements), names), rewrites, refused, migrations: [] };
}

const isLinear = (node: Node): boolean =>
  (ops.conv2d.is(node) || ops.dense.is(node)) && (node.attrs.activation ?? 'linear') === 'linear';

function refusal(linear: Node, fn: string, slope: number, uses: Uses): string | null {
  if (!fusable.some((known) => known === fn)) return `no fused kernel applies ${fn}`;
  if (fn === 'elu' && slope !== 1) return `fused kernels apply elu with alpha 1, not ${slope}`;
  const [result] = linear.results;
  const sole = result === undefined ? { why: 'it has no result' } : soleReader(uses, result.ref);
  return 'why' in sole ? sole.why : null;
}
