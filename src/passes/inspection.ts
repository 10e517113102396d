/**
 * The forward pass of training for looking at: finds where a value stops being finite.
 *
 * Only the output `loss` is left. Moving statistics are not updated, penalties are not computed, and nothing is fused,
 * so that each layer's value is there to be looked at.
 */
import type { Graph } from '../ir/graph.ts';
import { opOf } from '../ir/ops/index.ts';
import { eliminateDead } from './eliminate-dead.ts';

export function forInspection(train: Graph<'train'>): Graph<'train'> {
  const pure = train.nodes.filter((node) => opOf(node).writes.length === 0);
  const outputs = train.outputs.filter((o) => o.name === 'loss');
  return eliminateDead.run({ ...train, nodes: pure, outputs }).graph;
}
