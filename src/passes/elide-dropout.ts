/**
 * elide-dropout: predictions drop nothing and add no noise.
 *   before   y = dropout(x) {form=inverted}        after   x
 *   before   y = dropout(x) {form=standard rate}   after   y = (1 − rate)·x
 *   before   y = noise(x)                          after   x
 *
 * Needs       stage infer.
 * Guarantees  no dropout left, of elements, channels or samples (`drop_path`), and no noise. Idempotent.
 * Preserves   bits: this is what dropout and noise mean at inference.
 * Legal       inverted dropout divides by 1 − rate in training, so the expectation of y is x already; noise has mean 0.
 * Pays        a handle per dropout; a fold where dropout stood between a conv and its norm.
 * Refuses     nothing. Where they are all there is between an input and an output, a linear activation takes its
 *             place: an output is a value of its own, which its caller disposes of.
 */
import type { Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { withDefaults } from '../ir/op.ts';
import { ops } from '../ir/ops/index.ts';
import { numeral, renameUses, replaceNodes, titleOf, usesOf } from './match.ts';
import type { Note, Pass, PassResult } from './pass.ts';

export const elideDropout: Pass = {
  name: 'elide-dropout',
  doc: 'at inference dropout is its input, or a scale; noise is its input',
  stages: ['infer'],
  preserves: 'bits',
  run,
};

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const uses = usesOf(graph);
  const replacements = new Map<Node, readonly Node[]>();
  const names = new Map<Ref, Ref>();
  const rewrites: Note[] = [];
  for (const node of graph.nodes) {
    const [result] = node.results;
    const [x] = node.operands;
    if ((!ops.dropout.is(node) && !ops.noise.is(node)) || result === undefined || x == null) continue;
    const { rate, form } = ops.dropout.is(node) ? node.attrs : { rate: 0, form: 'inverted' };
    const source = names.get(x) ?? x; // what a dropout elided before this one was
    if (form === 'standard' && rate !== 0) {
      replacements.set(node, [replaced(node, x, ops.scale, { by: 1 - rate })]);
      rewrites.push({ layer: titleOf(node), text: `scales by ${numeral(1 - rate)}, the share that training keeps` });
    } else if (uses.producer(source) === undefined && uses.outputs(result.ref).length > 0) {
      replacements.set(node, [replaced(node, x, ops.activation, { fn: 'linear' })]);
      rewrites.push({ layer: titleOf(node), text: 'a copy of the input, as the output' });
    } else {
      replacements.set(node, []);
      names.set(result.ref, source);
      rewrites.push({ layer: titleOf(node), text: 'elided' });
    }
  }
  return { graph: renameUses(replaceNodes(graph, replacements), names), rewrites, refused: [], migrations: [] };
}

const replaced = (node: Node, x: Ref, op: typeof ops.scale | typeof ops.activation, attrs: Node['attrs']): Node => ({
  ...node,
  op: op.kind,
  operands: [x],
  attrs: withDefaults(op.attrs, attrs),
});
