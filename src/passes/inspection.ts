/**
 * Programs for looking at training, which change nothing:
 *   inspection   the forward pass alone: finds where a value stops being finite
 *   probing      forward and backward pass: what each layer gives, the gradient with respect to that, and those of the parameters
 *
 * Of both only the output `loss` is differentiated: moving statistics are not updated, penalties are not computed, and nothing is
 * fused, so that each layer's value is there to be looked at.
 */
import type { Graph, Node, Ref, Result } from '../ir/graph.ts';
import { opOf, ops } from '../ir/ops/index.ts';
import { type Flat, flatOf, type Within, withinOf } from '../ir/reference/activation.ts';
import { withGradients } from './differentiate.ts';
import { eliminateDead } from './eliminate-dead.ts';
import { bare } from './match.ts';

export function forInspection(train: Graph<'train'>): Graph<'train'> {
  const pure = train.nodes.filter((node) => opOf(node).writes.length === 0);
  const outputs = train.outputs.filter((o) => o.name === 'loss');
  return eliminateDead.run({ ...train, nodes: pure, outputs }).graph;
}

/** A value of a probing program that is to be looked at. */
export interface Probed {
  readonly of: 'value' | 'gradient' | 'parameter';
  /** Path of the layer; of a `parameter` its name. */
  readonly name: string;
  /** The value of a layer, the gradient with respect to it, or that of a parameter. */
  readonly ref: Ref;
  /** Of the value of an activation: where it stops learning. */
  readonly flat?: Flat;
  readonly within?: Within;
}

/** Gradients are those of the loss at the present weights, by one batch; whatever else makes an update of them is left out. */
export function forProbing(train: Graph<'train'>): {
  readonly graph: Graph<'step'>;
  readonly probed: readonly Probed[];
} {
  const pure = forInspection(train);
  const { graph, gradients } = withGradients(pure);
  const given = new Set<Ref | undefined>([...graph.inputs, ...graph.storage].map((v) => v.ref));
  const known = (of: Probed['of'], name: string, ref: Ref | undefined): readonly Probed[] =>
    ref === undefined || given.has(ref) ? [] : [{ of, name, ref }];
  const probed = [
    ...layersOf(pure).flatMap(({ node, value }): readonly Probed[] => [
      { of: 'value', name: node.layer, ref: value.ref, ...boundsOf(node) },
      ...known('gradient', node.layer, gradients.get(value.ref)),
    ]),
    ...train.storage.flatMap((s) => (s.kind === 'param' ? known('parameter', bare(s.ref), gradients.get(s.ref)) : [])),
  ];
  const outputs = probed.map(({ of, name, ref }) => ({ name: `${of} ${name}`, ref }));
  const live = eliminateDead.run({ ...graph, outputs }).graph;
  return { graph: { ...live, outputs: [] }, probed };
}

/** The last value of each layer, in order; numbers and single values are none. */
function layersOf(graph: Graph): readonly { readonly node: Node; readonly value: Result }[] {
  const last = new Map<string, { readonly node: Node; readonly value: Result }>();
  for (const node of graph.nodes) {
    const [value] = node.results;
    if (node.layer === '' || value?.type.dtype !== 'float32' || value.type.shape.length < 2) continue;
    last.delete(node.layer);
    last.set(node.layer, { node, value });
  }
  return [...last.values()];
}

function boundsOf(node: Node): Pick<Probed, 'flat' | 'within'> {
  if (!ops.activation.is(node)) return {};
  const { fn, slope } = node.attrs;
  const [flat, within] = [flatOf(fn, slope), withinOf(fn, slope)];
  return {
    ...(Object.keys(flat).length === 0 ? {} : { flat }),
    ...(Object.keys(within).length === 0 ? {} : { within }),
  };
}
