/**
 * Layers and losses of the user's own. A module is imported whole, by the path from the folder of the spec:
 *   import * as gate from './gate.ts';
 *   const gate1 = extern(gate, conv1, { layer: 'gate1', args: { rate: 0.5 } });
 */
import type { Graph, Node } from '../../ir/graph.ts';
import type { AnyOp } from '../../ir/op.ts';
import { ops } from '../../ir/ops/index.ts';
import { initialKinds } from '../../ir/ops/initializers.ts';
import type { Imports } from './imports.ts';
import { object } from './lines.ts';
import { literal, property, text } from './literal.ts';
import { camel, reserved } from './names.ts';

/** Types that an emitted module declares or imports. */
const types = [
  ...[
    'Params',
    'State',
    'OptimizerState',
    'Frozen',
    'Batch',
    'Outputs',
    'Training',
    'Report',
    'Losses',
    'Look',
    'Targets',
  ],
  ...['Tensor', 'Scalar', 'Variable', 'Rank', ...[1, 2, 3, 4, 5, 6].map((rank) => `Tensor${rank}D`)],
];
/** Of the runtime, beside the kernels of ops. */
const helpers = ['dispose', 'keep', 'snapshot', 'variable'];

/** The names of the modules that a graph uses; `outer` are names that the emitted module has for itself. */
export const moduleNames = (graph: Graph, imports: Imports, outer: readonly string[]): readonly string[] =>
  graph.nodes.flatMap((node) => {
    if (!isExtern(node)) return [];
    const { name, module } = node.attrs;
    const kernels = [...Object.values<AnyOp>(ops), ...Object.values(initialKinds)].map(({ kernel }) => kernel);
    const taken = new Set<unknown>([...reserved, ...outer, ...types, ...helpers, ...kernels]);
    return [imports.module(module, camel(property(name)), (alias) => !taken.has(alias))];
  });

/** What goes before the operands of a node, and its options; null for a node that is none. */
export function externCall(
  node: Node,
  imports: Imports,
): { readonly module: string; readonly options: readonly (readonly [string, string])[] } | null {
  if (!isExtern(node)) return null;
  const { name, module, args } = node.attrs;
  const shape = ops.extern.is(node) ? node.attrs.shape : null;
  const plain = args.map(([key, value]): [string, string] => [property(key), literal(value)]);
  return {
    module: imports.module(module, camel(property(name))),
    options: [
      // A loss stands in no layer.
      ['layer', text(isLoss(node) ? name : node.layer)],
      ['args', object(plain)],
      // Its gradient has the shape of x.
      ...(shape === null ? [] : [['shape', literal(shape)] as const]),
    ],
  };
}

const isLoss = (node: Node): boolean => ops.externLoss.is(node) || ops.externLossGrad.is(node);
const isExtern = (node: Node) =>
  ops.extern.is(node) || ops.externGrad.is(node) || ops.externLoss.is(node) || ops.externLossGrad.is(node);
