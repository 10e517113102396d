import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph, Node, Ref } from '../../src/ir/graph.ts';
import { ops } from '../../src/ir/ops/index.ts';
import { array } from '../../src/ir/ops/rules.ts';
import { specialize } from '../../src/ir/specialize.ts';
import { parseGraph } from '../../src/ir/text.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { type FrozenSplit, type Program, plan, splitFreeze } from '../../src/passes/lifetimes.ts';
import { pipeline, runPasses } from '../../src/passes/pipeline.ts';
import { dags } from './dags.ts';
import { distance, evaluate, ofStage, valuesFor } from './harness.ts';
import { models, recipe, trainingOf } from './models.ts';

/**
 * Runs a program without computing: a value is alive from its node to its disposal. Throws where a dead one is read or
 * freed; returns what is alive at the end and how many values were alive at once.
 */
function simulate(
  program: Program,
  given: readonly Ref[] = [],
): { readonly alive: ReadonlySet<Ref>; readonly peak: number } {
  const { graph } = program;
  const owned = new Set<Ref>([...graph.inputs, ...graph.storage].map((v) => v.ref).concat(given));
  const alive = new Set<Ref>();
  let peak = 0;
  for (const { node, dispose } of program.statements) {
    for (const ref of node.operands)
      if (ref !== null && !owned.has(ref) && !alive.has(ref))
        throw new Error(`${node.op} reads ${ref}, which is not alive`);
    for (const { ref, type } of node.results) (type.dtype === 'host' ? owned : alive).add(ref);
    peak = Math.max(peak, alive.size);
    for (const ref of dispose) if (!alive.delete(ref)) throw new Error(`${ref} is freed and not alive`);
  }
  return { alive, peak };
}

const outputsOf = (graph: Graph): readonly Ref[] => {
  const made = new Set(graph.nodes.flatMap((n) => n.results.map((r) => r.ref)));
  return [...new Set(graph.outputs.map((o) => o.ref))].filter((ref) => made.has(ref));
};

/** Every value is freed by the node that touches it last: no later and no earlier. */
function expectTight({ graph, statements }: Program): void {
  const lastTouch = new Map<Ref, Node>();
  for (const node of graph.nodes)
    for (const ref of [...node.operands, ...node.results.map((r) => r.ref)]) if (ref !== null) lastTouch.set(ref, node);
  for (const { node, dispose } of statements) for (const ref of dispose) expect(lastTouch.get(ref)).toBe(node);
}

/** Graphs with several readers, repeated operands, results that nothing reads, and constants of the weights between. */
const tangles: fc.Arbitrary<Graph<'infer'>> = fc
  .record({
    picks: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...(['add', 'mul', 'norm'] as const))), {
      minLength: 1,
      maxLength: 25,
    }),
    outputs: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  })
  .map(({ picks, outputs }) => {
    const build = new GraphBuilder();
    const refs: Ref[] = [build.input('%x', { dtype: 'float32', shape: ['N', 2] })];
    for (const ref of ['@a.kernel', '@b.kernel'] as const) {
      refs.push(
        build.store({
          ref,
          kind: 'param',
          type: { dtype: 'float32', shape: [1, 2] },
          init: { kind: 'zeros', attrs: {} },
        }),
      );
    }
    const pick = (n: number): Ref => refs[n % refs.length] ?? '%x';
    const made = picks.map(([i, j, op], n) => {
      build.layer = `l${n}`;
      // Statistics are vectors, which cannot be normalized again.
      const isVector = build.typeOf(pick(i)).shape.length < 2;
      if (op === 'norm' && !isVector)
        refs.push(...build.emit(ops.normalizeTrain, [pick(i), null, null], { epsilon: 1 }, `v${n}`).slice(0, 2));
      else refs.push(build.one(op === 'mul' ? ops.mul : ops.add, [pick(i), pick(j)], {}, `v${n}`));
      return `%v${n}` as const;
    });
    return build.finish(
      'Tangle',
      'infer',
      outputs.map((o, i) => ({ name: `o${i}`, ref: made[o % made.length] ?? '%x' })),
    );
  });

describe('plan', () => {
  test('frees after the last use, and at once what nothing reads', () => {
    const program = plan(
      parseGraph(`graph Net step (%x: f32[N,2], %update: host) {
        state @norm1.mean : f32[2] = zeros
        %norm1 %norm1.variance %norm1.mean = normalizeTrain %x _ _ _ {epsilon=0.001} : f32[N,2] f32[2] f32[2]  !norm1
        updateMoving @norm1.mean %norm1.mean {momentum=0.9}  !norm1
        %squared = mul %norm1 %norm1 : f32[N,2]
        %rate = constantSchedule %update {rate=0.1} : host
        %sum1 = add %norm1 %squared : f32[N,2]
        %loss = clipScale %sum1 {maxNorm=1} : f32[]
        %dead = scale %loss {by=2} : f32[]
        return loss=%loss
      }`),
    );
    expect(program.statements.map((s) => s.dispose)).toEqual([
      ['%norm1.variance'],
      ['%norm1.mean'],
      [],
      [],
      ['%norm1', '%squared'],
      ['%sum1'],
      ['%dead'],
    ]);
  });

  test('never reads what is freed and ends with the outputs alone: tangled graphs', () => {
    fc.assert(
      fc.property(tangles, (graph) => {
        const program = plan(graph);
        expectTight(program);
        expect([...simulate(program).alive].toSorted()).toEqual(outputsOf(graph).toSorted());
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test('never reads what is freed and ends with the outputs alone: steps of random networks', () => {
    fc.assert(
      fc.property(fc.oneof(models, dags), (model) => {
        const { graph } = runPasses(differentiate(trainingOf(model), recipe({ clip: 1 })), pipeline.step);
        const program = plan(graph);
        expectTight(program);
        expect([...simulate(program).alive]).toEqual(outputsOf(graph));
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe('splitFreeze', () => {
  const splitOf = (text: string): FrozenSplit => splitFreeze(ofStage(parseGraph(text), 'infer'));
  const names = (split: FrozenSplit): readonly string[] => split.entries.map((e) => `${e.name} = ${e.ref}`);
  const refs = (program: Program): readonly string[] =>
    program.statements.map((s) => s.node.results.map((r) => r.ref).join(' '));

  /** Two runs in a row: what is frozen once serves both, and both give what the whole graph gives. */
  function expectFaithful(graph: Graph<'infer'>, seed: number): void {
    const split = splitFreeze(graph);
    const values = valuesFor(graph, seed);
    const frozen = evaluate(split.freeze.graph, values).values;
    expect(new Set(split.entries.map((e) => e.name)).size).toBe(split.entries.length);
    const entries = new Map(
      split.entries.map((e) => [e.ref, array(frozen.get(e.ref) ?? values.storage.get(e.ref) ?? 0)]),
    );
    for (const [ref, value] of entries)
      expect(split.entries.find((e) => e.ref === ref)?.type.shape).toEqual(value.shape);
    const found = evaluate(split.predict.graph, { ...values, storage: entries }).outputs;
    for (const [name, value] of evaluate(graph, values).outputs) expect(distance(found.get(name), value)).toBe(0);
    const derived = split.entries.map((e) => e.ref).filter((ref) => ref.startsWith('%'));
    expect([...simulate(split.freeze).alive].toSorted()).toEqual(derived.toSorted());
    expect([...simulate(split.predict, derived).alive].toSorted()).toEqual(outputsOf(graph).toSorted());
  }

  test('what depends on weights only is computed once; names come from layer and operand', () => {
    const split = splitOf(`graph Net infer (%x: f32[N,2]) {
      param @dense1.kernel : f32[2,3] = zeros
      param @norm1.gamma : f32[3] = ones
      param @dense2.kernel : f32[3,3] = zeros
      %scaled = mul @dense1.kernel @norm1.gamma : f32[2,3]  !norm1
      %halved = scale %scaled {by=0.5} : f32[2,3]  !norm1
      %dense1 = dense %x %halved @norm1.gamma : f32[N,3]  !dense1
      %dense2 = dense %dense1 @dense2.kernel _ : f32[N,3]  !dense2
      return logits=%dense2
    }`);
    expect(names(split)).toEqual([
      'dense1.kernel = %halved',
      'norm1.gamma = @norm1.gamma',
      'dense2.kernel = @dense2.kernel',
    ]);
    expect(refs(split.freeze)).toEqual(['%scaled', '%halved']);
    expect(split.freeze.statements.map((s) => s.dispose)).toEqual([[], ['%scaled']]);
    expect(split.freeze.graph.outputs).toEqual([{ name: 'halved', ref: '%halved' }]);
    expect(refs(split.predict)).toEqual(['%dense1', '%dense2']);
  });

  test('one entry for a value that is used twice; a derived name gives way to a stored one', () => {
    const split = splitOf(`graph Net infer (%x: f32[N,2]) {
      param @dense1.kernel : f32[2,2] = zeros
      %scaled = scale @dense1.kernel {by=2} : f32[2,2]
      %dense1 = dense %x %scaled _ : f32[N,2]  !dense1
      %dense2 = dense %dense1 %scaled _ : f32[N,2]  !dense2
      %dense3 = dense %dense2 @dense1.kernel _ : f32[N,2]  !dense3
      return logits=%dense3
    }`);
    expect(names(split)).toEqual(['dense1.kernel_2 = %scaled', 'dense1.kernel = @dense1.kernel']);
  });

  test('an output of weights alone is made for each batch, and once more where freeze needs it', () => {
    const text = `graph Net infer (%x: f32[N,2]) {
      param @dense1.kernel : f32[2,2] = zeros
      %scaled = scale @dense1.kernel {by=2} : f32[2,2]  !norm1
      %halved = scale %scaled {by=0.5} : f32[2,2]  !norm1
      %dense1 = dense %x %halved _ : f32[N,2]  !dense1
      return logits=%dense1 kernel=%scaled
    }`;
    const split = splitOf(text);
    expect(refs(split.freeze)).toEqual(['%scaled', '%halved']);
    expect(refs(split.predict)).toEqual(['%scaled', '%dense1']);
    expect(names(split)).toEqual(['dense1.kernel = @dense1.kernel', 'dense1.kernel_2 = %halved']);
    expectFaithful(ofStage(parseGraph(text), 'infer'), 1);
  });

  test('without weights nothing is frozen', () => {
    const split = splitOf('graph Net infer (%x: f32[N,2]) {\n %y = scale %x {by=2} : f32[N,2]  !y\n return y=%y\n}');
    expect(split.entries).toEqual([]);
    expect(split.freeze.statements).toEqual([]);
  });

  test('freeze, then predict, is the whole: random networks', () => {
    fc.assert(
      fc.property(fc.oneof(models, dags), fc.nat(100), (model, seed) =>
        expectFaithful(runPasses(specialize(model, 'infer'), pipeline.predict).graph, seed),
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  test('freeze, then predict, is the whole: tangled graphs', () => {
    fc.assert(
      fc.property(tangles, fc.nat(100), (graph, seed) => expectFaithful(graph, seed)),
      { numRuns: 150, seed: 1 },
    );
  });
});
