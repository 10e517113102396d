/**
 * lifetimes: when each value of a program is freed, and which part of inference depends on weights only.
 *
 * A result of a node is freed right after the node that reads it last, or right after its own node when nothing reads
 * it. Outputs, inputs, storage and host values are never freed: they belong to the caller, or are no tensors.
 */
import type { Graph, Node, Ref, ValueType } from '../ir/graph.ts';
import { operandNames } from '../ir/op.ts';
import { opOf } from '../ir/ops/index.ts';
import { bare, titleOf, weightsOnly } from './match.ts';

/** A graph with the place where each value dies. */
export interface Program {
  readonly graph: Graph;
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly node: Node;
  /** What is freed right after this node: what it reads last, then what it makes and nothing reads. */
  readonly dispose: readonly Ref[];
}

export function plan(graph: Graph): Program {
  const outputs = new Set<Ref>(graph.outputs.map((o) => o.ref));
  const made = new Set<Ref>(
    graph.nodes.flatMap((n) => n.results.filter((r) => r.type.dtype !== 'host').map((r) => r.ref)),
  );
  const read = new Set<Ref>();
  const statements: Statement[] = [];
  for (const node of graph.nodes.toReversed()) {
    const touched = [...node.operands.filter((ref) => ref !== null), ...node.results.map((r) => r.ref)];
    const dispose = [...new Set(touched)].filter((ref) => made.has(ref) && !outputs.has(ref) && !read.has(ref));
    for (const ref of touched) read.add(ref);
    statements.push({ node, dispose });
  }
  return { graph, statements: statements.toReversed() };
}

/** Inference in two parts: what is computed once from the weights, and what is computed for each batch. */
export interface FrozenSplit {
  /** The nodes that depend on storage only; its outputs are the derived entries. */
  readonly freeze: Program;
  /** What crosses, in the order in which `predict` reads it. */
  readonly entries: readonly FrozenEntry[];
  /** The rest. It reads entries by their refs and never frees them; derived ones are defined in `freeze`. */
  readonly predict: Program;
}

interface FrozenEntry {
  /** A value that `freeze` derives, or storage that `predict` reads as it is. */
  readonly ref: Ref;
  /** `conv1.kernel`: unique, nested by its dots. */
  readonly name: string;
  readonly type: ValueType;
}

export function splitFreeze(graph: Graph<'infer'>): FrozenSplit {
  const constant = weightsOnly(graph);
  const outputs = new Set<Ref>(graph.outputs.map((o) => o.ref));
  const isConstant = (node: Node): boolean => node.results.length > 0 && node.results.every((r) => constant.has(r.ref));
  // An output is the caller's to dispose of, so it is computed for each batch even where weights alone would do.
  const predicting = graph.nodes.filter((node) => !isConstant(node) || node.results.some((r) => outputs.has(r.ref)));
  const entries = entriesOf(graph, predicting);
  const crossing = new Set<Ref>(entries.map((e) => e.ref));
  const needed = new Set<Ref>(crossing);
  const freezing = graph.nodes
    .filter(isConstant)
    .toReversed()
    .filter((node) => {
      const isNeeded = node.results.some((r) => needed.has(r.ref));
      if (isNeeded) for (const ref of node.operands) if (ref !== null) needed.add(ref);
      return isNeeded;
    });
  const derived = freezing
    .flatMap((n) => n.results)
    .filter((r) => crossing.has(r.ref))
    .toReversed();
  return {
    freeze: plan({
      ...graph,
      inputs: [],
      nodes: freezing.toReversed(),
      outputs: derived.map((r) => ({ name: bare(r.ref), ref: r.ref })),
    }),
    entries,
    predict: plan({ ...graph, nodes: predicting }),
  };
}

function entriesOf(graph: Graph, predicting: readonly Node[]): readonly FrozenEntry[] {
  const stored = new Map<Ref, ValueType>(graph.storage.map((s) => [s.ref, s.type]));
  const own = new Set<Ref>([...graph.inputs, ...predicting.flatMap((n) => n.results)].map((v) => v.ref));
  const types = new Map<Ref, ValueType>(graph.nodes.flatMap((n) => n.results.map((r) => [r.ref, r.type])));
  /** Names proposed for what crosses, by the place that reads it first. */
  const proposed = new Map<Ref, string>();
  for (const node of predicting) {
    node.operands.forEach((ref, i) => {
      if (ref === null || own.has(ref) || proposed.has(ref)) return;
      proposed.set(ref, stored.has(ref) ? bare(ref) : `${titleOf(node)}.${operandName(node, i)}`);
    });
  }
  for (const { ref } of graph.outputs) if (stored.has(ref) && !proposed.has(ref)) proposed.set(ref, bare(ref));
  // Storage keeps its own names; a derived value that would clash gives way.
  const taken = new Set<string>([...proposed.keys()].filter((ref) => stored.has(ref)).map(bare));
  return [...proposed].map(([ref, name]) => {
    const type = stored.get(ref) ?? types.get(ref);
    if (type === undefined) throw new Error(`${ref} is read and never made`);
    return { ref, name: stored.has(ref) ? name : unique(name, taken), type };
  });
}

function unique(base: string, taken: Set<string>): string {
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}

/** The name of operand number `i`; those of a variadic operand are numbered. */
function operandName(node: Node, i: number): string {
  const { operands } = opOf(node);
  const names = operandNames(opOf(node));
  const last = names.length - 1;
  const isVariadic = operands[last]?.endsWith('...') === true;
  return i < last || !isVariadic ? (names[i] ?? `operand${i}`) : `${names[last]}${i - last + 1}`;
}
