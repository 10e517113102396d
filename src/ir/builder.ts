/** Builds a graph node by node; shape rules run as nodes are appended. The one mutable thing of this room; graphs are not. */
import type { AttrValues, Graph, Input, Node, Output, Ref, Result, Stage, Storage, ValueType } from './graph.ts';
import { type AnyOp, type Emit, type Fault, isFault, withDefaults } from './op.ts';

/** Thrown by `emit` when a shape rule refuses; the checker turns it into a diagnostic with places. */
export class ShapeRefused extends Error {
  readonly refusal: Fault;
  /** The layer that was being built. */
  readonly layer: string;
  constructor(refusal: Fault, layer: string) {
    super(refusal.fault(null, null).message);
    this.name = 'ShapeRefused';
    this.refusal = refusal;
    this.layer = layer;
  }
}

export class GraphBuilder implements Emit {
  /** Layer that appended nodes are attributed to. */
  layer = '';
  readonly #inputs: Input[] = [];
  readonly #storage: Storage[] = [];
  readonly #nodes: Node[] = [];
  readonly #types = new Map<Ref, ValueType>();

  /** A builder that goes on where `graph` ends, or an empty one. */
  constructor(graph?: Graph) {
    for (const input of graph?.inputs ?? []) this.input(input.ref, input.type);
    for (const storage of graph?.storage ?? []) this.store(storage);
    for (const node of graph?.nodes ?? []) this.append(node);
  }

  input(ref: Ref, type: ValueType): Ref {
    this.#inputs.push({ ref, type });
    this.#types.set(ref, type);
    return ref;
  }

  store(storage: Storage): Ref {
    this.#storage.push(storage);
    this.#types.set(storage.ref, storage.type);
    return storage.ref;
  }

  /** Appends a finished node as it is. */
  append(node: Node): void {
    this.#nodes.push(node);
    for (const result of node.results) this.#types.set(result.ref, result.type);
  }

  has(ref: Ref): boolean {
    return this.#types.has(ref);
  }

  typeOf(ref: Ref): ValueType {
    const type = this.#types.get(ref);
    if (type === undefined) throw new Error(`no value ${ref} in the graph`);
    return type;
  }

  emit(
    op: AnyOp,
    operands: readonly (Ref | null)[],
    attrs: AttrValues = {},
    name: string | readonly (string | null)[] = op.kind,
  ): readonly Ref[] {
    const full = withDefaults(op.attrs, attrs);
    const types = op.erased.shape({ operands, attrs: full }, (ref) => this.typeOf(ref));
    if (isFault(types)) throw new ShapeRefused(types, this.layer);
    const names = typeof name === 'string' ? [name] : name;
    const first = this.fresh(names[0] ?? op.kind);
    const results = types.map((type, i): Result => {
      const ref = i === 0 ? first : this.fresh(names[i] ?? `${first.slice(1)}.${op.results[i] ?? i}`);
      return { ref, type };
    });
    this.append({ op: op.kind, operands, attrs: full, results, layer: this.layer });
    return results.map((r) => r.ref);
  }

  one(op: AnyOp, operands: readonly (Ref | null)[], attrs: AttrValues = {}, name: string = op.kind): Ref {
    const [ref, ...more] = this.emit(op, operands, attrs, name);
    if (ref === undefined || more.length > 0)
      throw new Error(`\`${op.kind}\` has ${more.length + (ref === undefined ? 0 : 1)} results, one was asked for`);
    return ref;
  }

  /** `%name`, or `%name_2` … when it is taken. */
  fresh(name: string): Ref {
    let ref: Ref = `%${name}`;
    for (let i = 2; this.#types.has(ref); i++) ref = `%${name}_${i}`;
    return ref;
  }

  finish<S extends Stage>(name: string, stage: S, outputs: readonly Output[]): Graph<S> {
    return {
      name,
      stage,
      inputs: [...this.#inputs],
      storage: [...this.#storage],
      nodes: [...this.#nodes],
      outputs: [...outputs],
    };
  }
}
