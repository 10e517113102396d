import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../src/ir/graph.ts';
import { specialize } from '../../src/ir/specialize.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import type { Migration, Pass } from '../../src/passes/pass.ts';
import { type PassNotes, pipeline, runPasses } from '../../src/passes/pipeline.ts';
import { dags } from './dags.ts';
import { evaluate, expectSame, graphOf, migrate, valuesFor } from './harness.ts';
import { models, type Penalty, recipe, trainingOf } from './models.ts';

const migrationsOf = (notes: readonly PassNotes[]): readonly Migration[] => notes.flatMap((n) => n.migrations);
const penaltiesOf = (model: Graph<'model'>): readonly Penalty[] =>
  model.storage
    .filter((s) => s.ref.endsWith('.kernel'))
    .map((s, i) => ({ kind: i % 2 === 0 ? 'l2' : 'l1', of: s.ref, lambda: 0.01 }));

// Rounding grows with depth and is divided by small variances on the way; a wrong rewrite is off by whole digits.
const tolerance = 1e-7;
const runs = { numRuns: 120, seed: 3 };

describe.each([
  ['chains', models],
  ['branches and shared weights', dags],
] as const)('random networks keep their meaning: %s', (_, models) => {
  test('model', () => {
    fc.assert(
      fc.property(models, fc.nat(1000), (model, seed) => {
        const { graph, notes } = runPasses(model, pipeline.model, { verify: true });
        const values = valuesFor(model, seed);
        const migrated = { ...values, storage: migrate(values.storage, migrationsOf(notes)) };
        for (const stage of ['train', 'infer'] as const) {
          const after = evaluate(specialize(graph, stage), migrated);
          expectSame({ ...after, storage: new Map() }, evaluate(specialize(model, stage), values), tolerance);
        }
      }),
      runs,
    );
  });

  test.each(['evaluate', 'predict'] as const)('%s', (program) => {
    fc.assert(
      fc.property(models, fc.nat(1000), (model, seed) => {
        const before = specialize(model, 'infer');
        const { graph } = runPasses(before, pipeline[program], { verify: true });
        const values = valuesFor(before, seed);
        expectSame(evaluate(graph, values), evaluate(before, values), tolerance);
      }),
      runs,
    );
  });

  test.each(['sgd', 'adam'])('step with %s', (optimizer) => {
    fc.assert(
      fc.property(models, fc.nat(1000), fc.boolean(), (model, seed, clipped) => {
        const options = { optimizer: [optimizer, { rate: 0.1 }] as const, ...(clipped ? { clip: 0.5 } : {}) };
        const before = differentiate(trainingOf(model, penaltiesOf(model)), recipe(options));
        const { graph } = runPasses(before, pipeline.step, { verify: true });
        const values = valuesFor(before, seed);
        expectSame(evaluate(graph, values), evaluate(before, values), tolerance);
      }),
      runs,
    );
  });
});

/** A test of random networks says nothing where these have none of what it is about. */
test('random networks branch, share weights, and give every pass something to do and to refuse', () => {
  const count = new Map<string, number>();
  const add = (what: string, n: number): void => {
    count.set(what, (count.get(what) ?? 0) + n);
  };
  for (const model of fc.sample(dags, runs)) {
    const reads = new Map<string, number>();
    for (const ref of model.nodes.flatMap((n) => n.operands))
      if (ref !== null) reads.set(ref, (reads.get(ref) ?? 0) + 1);
    for (const [ref, n] of reads)
      add(ref.startsWith('@') ? `shared ${ref.split('.').at(-1)}` : 'branches', n > 1 ? 1 : 0);
    const step = differentiate(trainingOf(model), recipe());
    const results = [
      runPasses(model, pipeline.model),
      runPasses(specialize(model, 'infer'), pipeline.predict),
      runPasses(step, pipeline.step),
    ];
    for (const { pass, rewrites, refused } of results.flatMap((r) => r.notes)) {
      add(`${pass.name} rewrites`, rewrites.length);
      add(`${pass.name} refuses`, refused.length);
    }
  }
  const least = {
    branches: 200,
    'shared kernel': 20,
    'shared bias': 10,
    'shared mean': 10,
    'fold-batchnorm rewrites': 20,
    'fold-batchnorm refuses': 50,
    'fuse-activations rewrites': 50,
    'fuse-activations refuses': 20,
    'remove-dead-bias rewrites': 5,
    'remove-dead-bias refuses': 10,
    'invert-dropout rewrites': 5,
    'invert-dropout refuses': 20,
    'eliminate-common rewrites': 20,
  };
  for (const [what, n] of Object.entries(least)) expect(count.get(what) ?? 0, what).toBeGreaterThanOrEqual(n);
});

describe('the manager', () => {
  const infer = graphOf('eliminate-dead', 'chain');
  const base: Pass = {
    name: 'try',
    doc: '',
    stages: ['infer'],
    preserves: 'bits',
    run: (graph) => ({ graph, rewrites: [], refused: [], migrations: [] }),
  };

  test('counts nodes and shows each result', () => {
    const seen: string[] = [];
    const { notes } = runPasses(infer, pipeline.evaluate, {
      after: (pass, graph) => seen.push(`${pass.name} ${graph.nodes.length}`),
    });
    expect(seen).toEqual([
      'elide-dropout 4',
      'average-dropconnect 4',
      'fuse-activations 4',
      'eliminate-common 4',
      'eliminate-dead 2',
    ]);
    expect(notes.map((n) => n.nodes)).toEqual([
      { before: 4, after: 4 },
      { before: 4, after: 4 },
      { before: 4, after: 4 },
      { before: 4, after: 4 },
      { before: 4, after: 2 },
    ]);
  });

  test('refuses a graph of another stage', () => {
    expect(() => runPasses(infer, pipeline.model)).toThrow('invert-dropout is not for graphs of stage infer');
  });

  test('catches a pass that breaks the law', () => {
    const breaking: Pass = {
      ...base,
      run: (graph) => ({ graph: { ...graph, nodes: [] }, rewrites: [], refused: [], migrations: [] }),
    };
    expect(() => runPasses(infer, [breaking], { verify: true })).toThrow('try left a graph that breaks the law');
  });

  test('catches a pass that finds something to do again', () => {
    const restless: Pass = {
      ...base,
      run: (graph) => ({ graph, rewrites: [{ layer: '', text: 'again' }], refused: [], migrations: [] }),
    };
    expect(() => runPasses(infer, [restless], { verify: true })).toThrow('try is not idempotent: again');
  });

  test('catches a pass that moves weights in silence', () => {
    const silent: Pass = {
      ...base,
      run: (graph) => ({ graph, rewrites: [], refused: [], migrations: [{ kind: 'scale', target: '@w', factor: 2 }] }),
    };
    expect(() => runPasses(infer, [silent], { verify: true })).toThrow('try moves weights and says it does not');
  });
});

test('every pass has its golden folder, its name and a line about it', () => {
  const passes = [...new Set(Object.values(pipeline).flat())];
  expect(passes.map((p) => p.name).toSorted()).toEqual([
    'average-dropconnect',
    'elide-dropout',
    'eliminate-common',
    'eliminate-dead',
    'fold-batchnorm',
    'fuse-activations',
    'invert-dropout',
    'merge-clipping',
    'remove-dead-bias',
    'shrink-penalties',
  ]);
  for (const pass of passes) expect(pass.doc).not.toBe('');
});
