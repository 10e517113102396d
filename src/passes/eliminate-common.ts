/**
 * eliminate-common: what has been computed once is not computed again.
 *   before   a = op(x, y) {k}   b = op(x, y) {k}        after   a = op(x, y) {k}, read in b's place
 *
 * Needs       stage step or infer.
 * Guarantees  no two pure nodes of the same op, operands and attributes. Idempotent.
 * Preserves   bits.
 * Legal       ops are functions of operands and attributes. Storage is numbered by its writes: a read before an update
 *             is not the same value as a read after it.
 * Pays        the scale that folding computes for kernel and bias alike; repeated gradients' constants.
 * Refuses     nothing. Nodes that write storage and nodes that draw random numbers are never merged.
 */
import { written } from '../ir/evaluate.ts';
import type { AttrValues, Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { withDefaults } from '../ir/op.ts';
import { opOf } from '../ir/ops/index.ts';
import { bare, renameUses, replaceNodes, titleOf } from './match.ts';
import type { Note, Pass, PassResult } from './pass.ts';

export const eliminateCommon: Pass = {
  name: 'eliminate-common',
  doc: 'what has been computed once is not computed again',
  stages: ['step', 'infer'],
  preserves: 'bits',
  run,
};

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const seen = new Map<string, Node>();
  const names = new Map<Ref, Ref>();
  const writes = new Map<Ref, number>();
  const replacements = new Map<Node, readonly Node[]>();
  const rewrites: Note[] = [];
  /** A value by number: the ref it was first computed as, and how often storage has been written. */
  const numbered = (ref: Ref | null): string => {
    if (ref === null) return '_';
    const first = names.get(ref) ?? ref;
    return `${first}#${writes.get(first) ?? 0}`;
  };
  for (const node of graph.nodes) {
    const op = opOf(node);
    for (const ref of written(op, node)) writes.set(ref, (writes.get(ref) ?? 0) + 1);
    if (op.writes.length > 0 || node.operands.includes('%random')) continue;
    const key = [node.op, ...node.operands.map(numbered), attributes(withDefaults(op.attrs, node.attrs))].join(' ');
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, node);
      continue;
    }
    replacements.set(node, []);
    node.results.forEach((result, i) => {
      const same = first.results[i];
      if (same !== undefined) names.set(result.ref, same.ref);
    });
    const [mine, theirs] = [node, first].map((n) => bare(n.results[0]?.ref ?? '%'));
    rewrites.push({ layer: titleOf(node), text: `${mine} is ${theirs}` });
  }
  return { graph: renameUses(replaceNodes(graph, replacements), names), rewrites, refused: [], migrations: [] };
}

/** Attributes in one order, as text; JSON writes −0 as 0. */
const attributes = (attrs: AttrValues): string =>
  JSON.stringify(
    Object.entries(attrs).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    (_, value: unknown) => (Object.is(value, -0) ? '-0' : value),
  );
