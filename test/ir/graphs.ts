/** What tests of the IR are written with: arrays from a seed, one node with its gradients, distances. */
import { GraphBuilder } from '../../src/ir/builder.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { AttrValues, Graph, Ref, Shape, ValueType } from '../../src/ir/graph.ts';
import { type NdArray, ndarray, sizeOf } from '../../src/ir/nd.ts';
import { type AnyOp, type Evaluated, type HostValue, isNone, operandNames } from '../../src/ir/op.ts';

/** A small generator of uniform numbers in [0, 1), so that every run sees the same values. Source  mulberry32, T. Ettinger. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Values between 0.2 and 2 in magnitude, of both signs: off the kinks at 0. */
export function awayFromZero(shape: readonly number[], seed: number): NdArray {
  const next = seeded(seed);
  return ndarray(
    shape,
    Array.from({ length: sizeOf(shape) }, () => (next() < 0.5 ? -1 : 1) * (0.2 + 1.8 * next())),
  );
}

/** All different by at least 0.1, in random order: every window has one maximum. */
export function distinct(shape: readonly number[], seed: number): NdArray {
  const next = seeded(seed);
  const order = Array.from({ length: sizeOf(shape) }, (_, i) => [next(), i] as const).sort(([a], [b]) => a - b);
  return ndarray(
    shape,
    order.map(([, i]) => 0.1 * (i - order.length / 2)),
  );
}

export const random: HostValue = {
  uniform(stream, count) {
    const next = seeded([...stream].reduce((sum, c) => sum * 31 + c.charCodeAt(0), count));
    return Float64Array.from({ length: count }, next);
  },
};

/** A node's operand by name: an array, `{ int: array }` for int32, a host value, or null when it is left out. */
export type Operand = NdArray | { readonly int: NdArray } | HostValue | null;
export type Operands = Readonly<Record<string, Operand>>;

const isInt = (value: Operand): value is { readonly int: NdArray } =>
  typeof value === 'object' && value !== null && 'int' in value;
export const isFloat = (value: Operand): value is NdArray =>
  typeof value === 'object' && value !== null && 'data' in value;

/** Operands that have a batch: their first size is the symbolic N. */
const batched = ['x', 'x1', 'x2', 'x3', 'logits', 'label'];

function typeOf(name: string, value: Exclude<Operand, null>, known: Shape | undefined): ValueType {
  if (!isInt(value) && !isFloat(value)) return { dtype: 'host', shape: [] };
  const { shape } = isInt(value) ? value.int : value;
  const symbolic = known ?? (batched.includes(name) && shape.length > 0 ? ['N', ...shape.slice(1)] : shape);
  return { dtype: isInt(value) ? 'int32' : 'float32', shape: symbolic };
}

export interface NodeUnderTest {
  readonly graph: Graph;
  readonly results: readonly Ref[];
  readonly values: ReadonlyMap<Ref, Evaluated>;
  /** Gradients by operand; null when the op has no rule. */
  readonly gradients: ReadonlyMap<string, NdArray> | null;
}

/** Names of the operands that are given: those of a variadic operand `x` are x1, x2, … */
const given = (op: AnyOp, operands: Operands): readonly string[] =>
  operandNames(op).flatMap((name, i) =>
    op.operands[i]?.endsWith('...')
      ? Object.keys(operands).filter((key) => /^\d+$/.test(key.slice(name.length)))
      : [name],
  );

/**
 * Evaluates one node and, given a cotangent of its first result, the gradients that its rule derives. `types` are shapes that the
 * operands have in the graph, where sizes are to have names.
 */
export function evaluateNode(
  op: AnyOp,
  attrs: AttrValues,
  operands: Operands,
  dy: NdArray | 'one' | null,
  types: Readonly<Record<string, Shape>> = {},
): NodeUnderTest {
  const build = new GraphBuilder();
  const inputs = new Map<Ref, NdArray>();
  const host = new Map<string, HostValue>();
  const refs = given(op, operands).map((name): Ref | null => {
    const value = operands[name] ?? null;
    if (value === null) return null;
    const ref = build.input(`%${name}`, typeOf(name, value, types[name]));
    if (isInt(value)) inputs.set(ref, value.int);
    else if (isFloat(value)) inputs.set(ref, value);
    else host.set(ref, value);
    return ref;
  });
  const results = build.emit(op, refs, attrs, 'result');
  const [node] = build.finish('test', 'step', []).nodes.slice(-1);
  const found = new Map<string, Ref>();
  let derived = false;
  if (node !== undefined && dy !== null) {
    const [y] = results;
    const cotangent = build.input('%dy', y === undefined ? { dtype: 'float32', shape: [] } : build.typeOf(y));
    inputs.set(cotangent, dy === 'one' ? ndarray([], [1]) : dy);
    const cotangents = op.results.map((_, i) => (i === 0 ? cotangent : null));
    const rule = op.erased.gradient(node, build, cotangents, dy === 'one');
    if (!isNone(rule)) {
      derived = true;
      for (const { operand, gradient } of rule) found.set(operand.slice(1), gradient);
    }
  }
  const graph = build.finish('test', 'step', []);
  const { values } = evaluateGraph(graph, { inputs, storage: new Map(), host });
  const gradients = new Map([...found].map(([name, ref]) => [name, arrayOf(values.get(ref))]));
  return { graph, results, values, gradients: derived ? gradients : null };
}

export function arrayOf(value: Evaluated | undefined): NdArray {
  if (typeof value !== 'object' || !('data' in value)) throw new Error('no array there');
  return value;
}

/** The greatest difference, relative to the greatest magnitude or 1; infinite when the shapes differ. */
export function distance(a: NdArray, b: NdArray): number {
  if (a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY;
  const size = Math.max(1, ...a.data.map(Math.abs));
  return Math.max(0, ...a.data.map((v, i) => Math.abs(v - (b.data[i] ?? Number.NaN)))) / size;
}
