/** Evaluates a graph in float64, node by node: the meaning that passes, gradients and emitted code are compared with. */
import type { Graph, Node, Ref } from './graph.ts';
import type { NdArray } from './nd.ts';
import type { AnyOp, Evaluated, HostValue } from './op.ts';
import { opOf } from './ops/index.ts';
import { array, isArray } from './ops/rules.ts';

export interface Bindings {
  /** Tensors by ref: `%image`, `%label` (labels as whole numbers). */
  readonly inputs: ReadonlyMap<Ref, NdArray>;
  /** `@conv1.kernel`, … Only what the graph reads is needed. */
  readonly storage: ReadonlyMap<Ref, NdArray>;
  /** `%update`, `%updates`, `%perEpoch`, `%plateau`: numbers; `%random`: `{ uniform(stream, count) }`. */
  readonly host: ReadonlyMap<string, HostValue>;
}

export interface Evaluation {
  /** By the output's name. */
  readonly outputs: ReadonlyMap<string, NdArray>;
  /** Storage after the graph's writes: what was bound, updated. */
  readonly storage: ReadonlyMap<Ref, NdArray>;
  /** Every value of the graph, inputs included. */
  readonly values: ReadonlyMap<Ref, Evaluated>;
}

export function evaluateGraph(graph: Graph, bindings: Bindings): Evaluation {
  const values = new Map<Ref, Evaluated>();
  const storage = new Map(bindings.storage);
  for (const { ref, type } of graph.inputs) {
    const value = type.dtype === 'host' ? bindings.host.get(ref) : bindings.inputs.get(ref);
    if (value !== undefined) values.set(ref, value);
  }
  const valueFor = (ref: Ref): Evaluated => {
    const value = values.get(ref) ?? storage.get(ref);
    if (value === undefined) throw new Error(`${graph.name}: ${ref} has no value`);
    return value;
  };
  for (const node of graph.nodes) {
    const op = opOf(node);
    const found = op.erased.evaluate(node, valueFor);
    node.results.forEach(({ ref }, i) => {
      const value = found[i];
      if (value === undefined) throw new Error(`\`${op.kind}\` gave ${found.length} values, ${ref} has none`);
      values.set(ref, value);
    });
    written(op, node).forEach((ref, i) => {
      const value = found[node.results.length + i];
      if (value === undefined || !isArray(value)) throw new Error(`\`${op.kind}\` gave no new value for ${ref}`);
      storage.set(ref, value);
    });
  }
  return { outputs: new Map(graph.outputs.map((o) => [o.name, array(valueFor(o.ref))])), storage, values };
}

/** Storage that a node overwrites, in the order of its operands. */
export const written = (op: AnyOp, node: Pick<Node, 'operands'>): readonly Ref[] =>
  op.operands.flatMap((spec, i) => {
    if (!op.writes.includes(spec.replace(/\?$|\.\.\.$/, ''))) return [];
    return (spec.endsWith('...') ? node.operands.slice(i) : [node.operands[i]]).flatMap((ref) => ref ?? []);
  });
