/** Looking at a graph and building the changed one. Everything here is a function of immutable graphs. */
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Node, Ref } from '../ir/graph.ts';

/** One place where a value is read: operand number `operand` of `node`. */
interface Reader {
  readonly node: Node;
  readonly operand: number;
}

/** Who makes and who reads every value of a graph. */
export interface Uses {
  /** The node that a value is a result of; undefined for inputs and storage. */
  readonly producer: (ref: Ref) => Node | undefined;
  /** In execution order; a node that reads a value twice is there twice. */
  readonly readers: (ref: Ref) => readonly Reader[];
  /** Names of the graph's outputs that are this value. */
  readonly outputs: (ref: Ref) => readonly string[];
}

export function usesOf(graph: Graph): Uses {
  const producers = new Map<Ref, Node>();
  const readers = new Map<Ref, Reader[]>();
  for (const node of graph.nodes) {
    for (const result of node.results) producers.set(result.ref, node);
    node.operands.forEach((ref, operand) => {
      if (ref === null) return;
      const known = readers.get(ref);
      if (known === undefined) readers.set(ref, [{ node, operand }]);
      else known.push({ node, operand });
    });
  }
  return {
    producer: (ref) => producers.get(ref),
    readers: (ref) => readers.get(ref) ?? [],
    outputs: (ref) => graph.outputs.filter((o) => o.ref === ref).map((o) => o.name),
  };
}

/** A value's name without its sigil: `conv1`, `conv1.kernel`. */
export const bare = (ref: Ref): string => ref.slice(1);

/** What a node is called in notes: its layer, or its first result. */
export const titleOf = (node: Node): string => (node.layer !== '' ? node.layer : bare(node.results[0]?.ref ?? '%'));

/** `relu1 (relu)`, `pool1 (maxPool)`: a layer and what it is. */
export const described = (node: Node): string => {
  const { fn } = node.attrs;
  return `${titleOf(node)} (${node.op === 'activation' && typeof fn === 'string' ? fn : node.op})`;
};

/** A number for a note: 0.1 where arithmetic made it 0.09999999999999998. */
export const numeral = (value: number): string => String(Number(value.toPrecision(12)));

/** The node that reads a value when it is read once and is no output; otherwise why it is not so. */
export function soleReader(uses: Uses, ref: Ref): Reader | { readonly why: string } {
  const [output] = uses.outputs(ref);
  if (output !== undefined) return { why: `${bare(ref)} is the output ${output}` };
  const [reader, ...more] = uses.readers(ref);
  if (reader === undefined) return { why: `nothing reads ${bare(ref)}` };
  if (more.length === 0) return reader;
  const names = [...new Set([reader, ...more].map((r) => titleOf(r.node)))];
  return { why: `${bare(ref)} is read ${more.length + 1} times: by ${names.join(', ')}` };
}

/** The graph with other nodes in the place of some; an empty list removes one. */
export const replaceNodes = <G extends Graph>(graph: G, replacements: ReadonlyMap<Node, readonly Node[]>): G => ({
  ...graph,
  nodes: graph.nodes.flatMap((node) => replacements.get(node) ?? [node]),
});

/** The graph in which whatever read a key of `names` reads its value instead, outputs included. Chains are followed. */
export function renameUses<G extends Graph>(graph: G, names: ReadonlyMap<Ref, Ref>): G {
  if (names.size === 0) return graph;
  const renamed = (ref: Ref): Ref => {
    const next = names.get(ref);
    return next === undefined ? ref : renamed(next);
  };
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.operands.some((ref) => ref !== null && names.has(ref))
        ? { ...node, operands: node.operands.map((ref) => (ref === null ? null : renamed(ref))) }
        : node,
    ),
    outputs: graph.outputs.map((output) => ({ ...output, ref: renamed(output.ref) })),
  };
}

/** The same graph with other names for its values, where they are made and where they are read. */
export function renameValues<G extends Graph>(graph: G, names: ReadonlyMap<Ref, Ref>): G {
  const renamed = (ref: Ref): Ref => names.get(ref) ?? ref;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      operands: node.operands.map((ref) => (ref === null ? null : renamed(ref))),
      results: node.results.map((result) => ({ ...result, ref: renamed(result.ref) })),
    })),
    outputs: graph.outputs.map((output) => ({ ...output, ref: renamed(output.ref) })),
  };
}

/**
 * Values of an inference graph that depend on stored weights only: the storage, and whatever is computed from nothing
 * else.
 */
export function weightsOnly(graph: Graph): ReadonlySet<Ref> {
  const known = new Set<Ref>(graph.storage.map((s) => s.ref));
  for (const node of graph.nodes) {
    if (node.operands.some((ref) => ref !== null && !known.has(ref))) continue;
    for (const result of node.results) known.add(result.ref);
  }
  return known;
}

/** Builds the nodes that a rewrite adds. It knows every value of the graph, so new names stay clear of all of them. */
export class Additions extends GraphBuilder {
  #added: Node[] = [];

  constructor(graph: Graph) {
    super({ ...graph, nodes: [] });
    for (const node of graph.nodes) super.append(node);
  }

  override append(node: Node): void {
    super.append(node);
    this.#added.push(node);
  }

  /** The nodes added since the last call. */
  take(): readonly Node[] {
    const added = this.#added;
    this.#added = [];
    return added;
  }
}
