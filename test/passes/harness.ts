/**
 * What the tests of passes share: goldens in the text form, near misses with their reasons, and values to evaluate
 * graphs on.
 *
 * In a folder, `x.ir` is a graph before the pass and `x.after.ir` the one after it (`vitest -u` writes it). A graph
 * without the second is a near miss: the pass must leave it alone and say why.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Evaluation, evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Graph, Ref, Stage } from '../../src/ir/graph.ts';
import { map, type NdArray, ndarray, sizeOf } from '../../src/ir/nd.ts';
import type { HostValue } from '../../src/ir/op.ts';
import { parseGraph, printGraph } from '../../src/ir/text.ts';
import type { Migration, Note, Pass } from '../../src/passes/pass.ts';
import { runPasses } from '../../src/passes/pipeline.ts';

export interface Cases {
  /** By the name of the graph: what the pass says it did. */
  readonly fires: Readonly<Record<string, readonly string[]>>;
  /** By the name of the graph: why the pass leaves it alone; empty where there is nothing to say. */
  readonly refuses: Readonly<Record<string, readonly string[]>>;
}

const folderOf = (name: string): string => `${import.meta.dirname}/${name}`;

/** A graph of the tests by folder and name. */
export const graphOf = (folder: string, name: string): Graph =>
  parseGraph(readFileSync(`${folderOf(folder)}/${name}.ir`, 'utf8'));

/** Narrows a graph that was read from text. */
export function ofStage<S extends Stage>(graph: Graph, stage: S): Graph<S> {
  if (graph.stage !== stage) throw new Error(`expected a graph of stage ${stage}, found ${graph.stage}`);
  // The stage was just compared.
  return graph as Graph<S>;
}

export const texts = (notes: readonly Note[]): readonly string[] => notes.map((n) => `${n.layer}: ${n.text}`);

/** Runs one pass, held to its contract. */
export function apply(pass: Pass, graph: Graph) {
  const { graph: after, notes } = runPasses(graph, [pass], { verify: true });
  const [note] = notes;
  if (note === undefined) throw new Error('the pass left no notes');
  return { ...note, graph: after };
}

export function goldens(pass: Pass, cases: Cases): void {
  const folder = folderOf(pass.name);
  const files = readdirSync(folder).filter((f) => f.endsWith('.ir') && !f.endsWith('.after.ir'));
  test('every graph of the folder is tried', () => {
    const names = [...Object.keys(cases.fires), ...Object.keys(cases.refuses)];
    expect(names.toSorted()).toEqual(files.map((f) => f.replace(/\.ir$/, '')).toSorted());
  });
  test.each(Object.entries(cases.fires))('fires: %s', async (name, rewrites) => {
    const result = apply(pass, graphOf(pass.name, name));
    expect(texts(result.rewrites)).toEqual(rewrites);
    await expect(printGraph(result.graph)).toMatchFileSnapshot(`${folder}/${name}.after.ir`);
  });
  test.each(Object.entries(cases.refuses))('leaves alone: %s', (name, refused) => {
    const before = graphOf(pass.name, name);
    const result = apply(pass, before);
    expect(printGraph(result.graph)).toBe(printGraph(before));
    expect(texts(result.refused)).toEqual(refused);
    expect(result.rewrites).toEqual([]);
  });
}

// ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hash = (text: string): number =>
  [...text].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 0x01000193), 0x811c9dc5);

export interface Values {
  readonly inputs: ReadonlyMap<Ref, NdArray>;
  readonly storage: ReadonlyMap<Ref, NdArray>;
  readonly host: ReadonlyMap<string, HostValue>;
}

/** Samples in a batch. */
const batch = 4;

/**
 * Values for everything a graph is given: each depends on the seed and its own name only. Some gammas are zero, some
 * negative.
 */
export function valuesFor(graph: Graph, seed: number): Values {
  const draw = (ref: Ref, shape: readonly number[], f: (u: number, i: number) => number): NdArray => {
    const next = generator(seed ^ hash(ref));
    return ndarray(
      shape,
      Array.from({ length: sizeOf(shape) }, (_, i) => f(next(), i)),
    );
  };
  const sized = (shape: readonly (number | string)[]): readonly number[] =>
    shape.map((d) => (typeof d === 'number' ? d : batch));
  const stored = (ref: Ref): ((u: number, i: number) => number) => {
    if (/\.variance$/.test(ref)) return (u) => 0.05 + 2 * u;
    if (/\.gamma$/.test(ref)) return (u, i) => [0, -1, 1][i % 3] ?? u;
    if (/\.(m|v|velocity)$/.test(ref)) return () => 0;
    return (u) => 2 * u - 1;
  };
  const tensors = graph.inputs.filter((i) => i.type.dtype !== 'host');
  return {
    inputs: new Map(
      tensors.map(({ ref, type }) => [
        ref,
        draw(ref, sized(type.shape), (u) => (type.dtype === 'int32' ? Math.floor(3 * u) : 4 * u - 2)),
      ]),
    ),
    storage: new Map(graph.storage.map((s) => [s.ref, draw(s.ref, sized(s.type.shape), stored(s.ref))])),
    host: new Map<string, HostValue>([
      ['%update', 3],
      ['%updates', 10],
      ['%samples', 40],
      ['%perEpoch', 5],
      ['%plateau', 0.5],
      ['%random', { uniform: (stream, count) => Float64Array.from({ length: count }, generator(seed ^ hash(stream))) }],
    ]),
  };
}

export const evaluate = (graph: Graph, values: Values): Evaluation => evaluateGraph(graph, values);

/** The greatest |a − b| / max(1, |b|). */
export function distance(a: NdArray | undefined, b: NdArray | undefined): number {
  if (a === undefined || b === undefined) throw new Error('a value is missing');
  expect(a.shape).toEqual(b.shape);
  return a.data.reduce((worst, value, i) => {
    const other = b.data[i] ?? Number.NaN;
    const apart = Object.is(value, other) ? 0 : Math.abs(value - other) / Math.max(1, Math.abs(other));
    return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(worst, apart);
  }, 0);
}

/** Expects the same outputs, and the same storage afterwards, within a relative tolerance; 0 asks for the same bits. */
export function expectSame(after: Evaluation, before: Evaluation, tolerance: number): void {
  expect([...after.outputs.keys()]).toEqual([...before.outputs.keys()]);
  for (const [name, value] of before.outputs)
    expect(distance(after.outputs.get(name), value), name).toBeLessThanOrEqual(tolerance);
  for (const [ref, value] of after.storage)
    expect(distance(value, before.storage.get(ref)), ref).toBeLessThanOrEqual(tolerance);
}

/** Weights trained without a pass, as weights for its result. */
export function migrate(
  storage: ReadonlyMap<Ref, NdArray>,
  migrations: readonly Migration[],
): ReadonlyMap<Ref, NdArray> {
  const moved = new Map(storage);
  const stored = (ref: Ref): NdArray => {
    const value = moved.get(ref);
    if (value === undefined) throw new Error(`no ${ref} to migrate`);
    return value;
  };
  for (const migration of migrations) {
    const target = stored(migration.target);
    if (migration.kind === 'scale')
      moved.set(
        migration.target,
        map(target, (v) => v * migration.factor),
      );
    else {
      const source = stored(migration.source);
      moved.set(
        migration.target,
        map(target, (v, i) => v - (source.data[i % source.data.length] ?? Number.NaN)),
      );
      moved.delete(migration.source);
    }
  }
  return moved;
}
