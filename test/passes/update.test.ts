/** The second half of a step: its order, what is remembered, and what penalties, priors, decay and constraints come to. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { map, type NdArray, ndarray } from '../../src/ir/nd.ts';
import { ops, priors } from '../../src/ir/ops/index.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { runPasses } from '../../src/passes/pipeline.ts';
import { shrinkPenalties } from '../../src/passes/shrink-penalties.ts';
import { distance, generator } from './harness.ts';
import { type RecipeOptions, recipe } from './models.ts';

const kernel: Ref = '@dense1.kernel';

/** A linear classifier under a cross entropy: convex in its kernel. */
function classifier(penalty: (build: GraphBuilder) => Ref | null = () => null): Graph<'train'> {
  const build = new GraphBuilder();
  const x = build.input('%x', { dtype: 'float32', shape: ['N', 3] });
  build.store({
    ref: kernel,
    kind: 'param',
    type: { dtype: 'float32', shape: [3, 2] },
    init: { kind: 'zeros', attrs: {} },
  });
  build.layer = 'dense1';
  const logits = build.one(ops.dense, [x, kernel, null], {}, 'dense1');
  build.layer = '';
  const label = build.input('%label', { dtype: 'int32', shape: ['N'] });
  const loss = build.one(ops.softmaxCrossEntropy, [logits, label], {}, 'loss');
  const term = penalty(build);
  const outputs = [{ name: 'loss', ref: loss }, ...(term === null ? [] : [{ name: 'penalty', ref: term }])];
  return build.finish('Net', 'train', outputs);
}

const l2 = (lambda: number) => (build: GraphBuilder) => build.one(ops.l2, [kernel], { lambda }, 'penalty');
const l1 = (lambda: number) => (build: GraphBuilder) => build.one(ops.l1, [kernel], { lambda }, 'penalty');

/** Some samples that no plane parts, so that the loss has a minimum. */
function dataOf(seed: number): ReadonlyMap<Ref, NdArray> {
  const next = generator(seed);
  const x = Array.from({ length: 12 * 3 }, () => 2 * next() - 1);
  return new Map([
    ['%x', ndarray([12, 3], x)],
    [
      '%label',
      ndarray(
        [12],
        Array.from({ length: 12 }, (_, i) => (next() < 0.2 ? i : i + ((x[3 * i] ?? 0) > 0 ? 0 : 1)) % 2),
      ),
    ],
  ]);
}

const starting = ndarray([3, 2], [0.5, -0.4, 0.3, 0.9, -0.7, 0.2]);

interface After {
  readonly storage: ReadonlyMap<Ref, NdArray>;
  readonly kernels: readonly NdArray[];
}

/** Storage after some steps, and the kernel after each. */
function trained(train: Graph<'train'>, options: RecipeOptions, steps: number, seed = 1, samples = 12): After {
  const step = differentiate(train, recipe(options));
  expect(verifyGraph(step)).toEqual([]);
  let storage: ReadonlyMap<Ref, NdArray> = new Map(
    step.storage.map((s) => [
      s.ref,
      s.ref === kernel
        ? starting
        : ndarray(
            s.type.shape as readonly number[],
            Array.from({ length: s.type.shape.length === 0 ? 1 : 6 }, () => 0),
          ),
    ]),
  );
  const kernels: NdArray[] = [];
  for (let update = 1; update <= steps; update++) {
    const host = new Map<Ref, number>([
      ['%update', update],
      ['%updates', steps],
      ['%samples', samples],
    ]);
    ({ storage } = evaluateGraph(step, { inputs: dataOf(seed), storage, host }));
    kernels.push(storage.get(kernel) ?? expect.fail());
  }
  return { storage, kernels };
}

const kernelAfter = (...args: Parameters<typeof trained>): NdArray => trained(...args).kernels.at(-1) ?? expect.fail();
const norm = (w: NdArray): number => Math.sqrt(w.data.reduce((sum, v) => sum + v * v, 0));
const sgd = (rate: number) => ({ optimizer: ['sgd', { rate }] }) as const;

/** Gradient of the loss at a kernel: what a step of rate 1 takes away. */
function gradientAt(w: NdArray, seed: number): NdArray {
  const step = differentiate(classifier(), recipe(sgd(1)));
  const { storage } = evaluateGraph(step, {
    inputs: dataOf(seed),
    storage: new Map([[kernel, w]]),
    host: new Map([['%update', 1]]),
  });
  const after = storage.get(kernel) ?? expect.fail();
  return map(w, (v, i) => v - (after.data[i] ?? Number.NaN));
}

describe('the order of a step', () => {
  const texts = (options: RecipeOptions): readonly string[] =>
    differentiate(classifier(l2(0.1)), recipe(options)).nodes.map((n) => n.op);

  test('of the data: clip, penalty, update, constraint', () => {
    const clip = ['value', { max: 0.1 }] as const;
    const constraints = [{ parameters: [kernel], by: ['max_norm', { max: 1 }] as const }];
    expect(texts({ clip, constraints }).slice(-6)).toEqual([
      'clipValue',
      'l2Grad',
      'add',
      'constantSchedule',
      'sgdUpdate',
      'maxNorm',
    ]);
    expect(texts({ clip, constraints, of: 'total' }).slice(-6)).toEqual([
      'l2Grad',
      'add',
      'clipValue',
      'constantSchedule',
      'sgdUpdate',
      'maxNorm',
    ]);
  });

  test('clipping the total bounds the penalty too, clipping the data does not', () => {
    const clip = ['value', { max: 1e-3 }] as const;
    const moved = (of: 'data' | 'total') =>
      map(kernelAfter(classifier(l2(0.1)), { ...sgd(1), clip, of }, 1), (v, i) => v - (starting.data[i] ?? 0));
    expect(Math.max(...moved('total').data.map(Math.abs))).toBeLessThanOrEqual(1e-3 + 1e-12);
    // w ← w − clipped − 2·0.1·w
    moved('data').data.forEach((v, i) => {
      expect(Math.abs(v + 0.2 * (starting.data[i] ?? 0))).toBeLessThanOrEqual(1e-3 + 1e-12);
    });
    expect(Math.max(...moved('data').data.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test('decay comes before the constraint', () => {
    const constraints = [{ parameters: [kernel], by: ['unit_norm', { axis: [0, 1] }] as const }];
    const decay = { [kernel]: { amount: 0.5, per: 'step' } } as const;
    expect(norm(kernelAfter(classifier(), { constraints, decay }, 3))).toBeCloseTo(1, 12);
  });
});

test('a factor on the rate is a rate of its own', () => {
  expect(kernelAfter(classifier(), { ...sgd(0.3), rateScale: { [kernel]: 0.5 } }, 4)).toEqual(
    kernelAfter(classifier(), sgd(0.15), 4),
  );
  const adam = (rate: number) => ({ optimizer: ['adam', { rate }] }) as const;
  expect(kernelAfter(classifier(), { ...adam(0.3), rateScale: { [kernel]: 0.5 } }, 4)).toEqual(
    kernelAfter(classifier(), adam(0.15), 4),
  );
});

test('what dynamic clipping remembers is part of the step', () => {
  const { storage } = trained(classifier(), { ...sgd(0.1), clip: ['dynamic', { alpha: 1, beta: 0 }] }, 5);
  expect(storage.get('@gradient.clip.count')?.data[0]).toBe(5);
  expect(storage.get('@gradient.clip.mean')?.data[0]).toBeGreaterThan(0);
});

describe('decay and half an L2 penalty', () => {
  const lambda = 0.07;
  const both = (optimizer: RecipeOptions) => [
    kernelAfter(classifier(), { ...optimizer, decay: { [kernel]: { amount: lambda, per: 'rate' } } }, 20),
    kernelAfter(classifier(l2(lambda / 2)), optimizer, 20),
  ];
  test('are one under plain SGD', () => {
    const [decayed, penalized] = both(sgd(0.2));
    expect(distance(decayed, penalized ?? starting)).toBeLessThan(1e-12);
  });
  test('are not under Adam', () => {
    const [decayed, penalized] = both({ optimizer: ['adam', { rate: 0.2 }] });
    expect(distance(decayed, penalized ?? starting)).toBeGreaterThan(1e-2);
  });
  test('the pass that makes one of the other keeps the values, and not with a clip of the total', () => {
    const step = (options: RecipeOptions) =>
      runPasses(differentiate(classifier(l2(0.1)), recipe({ ...sgd(0.2), ...options })), [shrinkPenalties]).notes[0];
    expect(step({ clip: 0.1 })?.rewrites).toHaveLength(1);
    for (const clip of [
      0.1,
      ['value', { max: 0.1 }],
      ['adaptive', { last: true }],
      ['dynamic', { alpha: 1, beta: 1 }],
    ] as const) {
      const notes = step({ clip, of: 'total' });
      expect(notes?.rewrites).toEqual([]);
      expect(notes?.refused).toHaveLength(1);
    }
  });
});

describe('a prior', () => {
  const samples = 12;
  const argsOf = { gaussian: { sigma: 0.7, noise: null }, laplace: { scale: 0.4, noise: null } } as const;

  /** −log p of the data and of the weights, as they are defined, over the number of samples. */
  function negativeLogPosterior(w: NdArray, kind: 'gaussian' | 'laplace', seed: number): number {
    const data = dataOf(seed);
    const [x, label] = [data.get('%x')?.data ?? [], data.get('%label')?.data ?? []];
    let total = 0;
    for (let n = 0; n < samples; n++) {
      const logits = [0, 1].map((k) =>
        [0, 1, 2].reduce((sum, i) => sum + (x[3 * n + i] ?? 0) * (w.data[2 * i + k] ?? 0), 0),
      );
      total += Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - (logits[label[n] ?? 0] ?? Number.NaN);
    }
    for (const v of w.data) total += kind === 'gaussian' ? v ** 2 / (2 * 0.7 ** 2) : Math.abs(v) / 0.4;
    return total / samples;
  }

  test.each(['gaussian', 'laplace'] as const)(
    '%s: a step goes down the gradient of −log p, up to the number of samples',
    (kind) => {
      const def = priors[kind] ?? expect.fail();
      const lambda = def.weight(argsOf[kind]);
      const train = classifier((build) => {
        build.input('%samples', { dtype: 'host', shape: [] });
        return build.one(ops[def.penalty], [kernel, '%samples'], { lambda }, 'penalty');
      });
      const after = kernelAfter(train, sgd(0.1), 1, 1, samples);
      const h = 1e-6;
      starting.data.forEach((w, i) => {
        const at = (v: number) =>
          negativeLogPosterior(
            map(starting, (u, j) => (j === i ? v : u)),
            kind,
            1,
          );
        const slope = (at(w + h) - at(w - h)) / (2 * h);
        expect((w - (after.data[i] ?? Number.NaN)) / 0.1).toBeCloseTo(slope, 7);
      });
    },
  );

  test('the noise of a mean squared error: s²/(σ²N) and 2s²/(bN)', () => {
    expect(priors.gaussian?.weight({ sigma: 0.5, noise: 0.1 })).toBeCloseTo(0.1 ** 2 / 0.5 ** 2, 14);
    expect(priors.laplace?.weight({ scale: 0.5, noise: 0.1 })).toBeCloseTo((2 * 0.1 ** 2) / 0.5, 14);
    expect(priors.gaussian?.formula({ sigma: 0.5, noise: 0.1 })).toBe('0.1²/(0.5²·N)');
  });
});

describe('a constraint and the penalty of matched weight have one minimum', () => {
  const runs = { numRuns: 6, seed: 3 };
  const some = fc.integer({ min: 1, max: 1000 });

  test('in l2: the minimum under λ·Σw² is that within the ball of its own norm', () => {
    fc.assert(
      fc.property(some, fc.double({ min: 0.05, max: 0.3, noNaN: true }), (seed, lambda) => {
        const soft = kernelAfter(classifier(l2(lambda)), sgd(0.8), 400, seed);
        const constraints = [{ parameters: [kernel], by: ['ball', { l2: norm(soft), l1: null }] as const }];
        const hard = kernelAfter(classifier(), { ...sgd(0.8), constraints }, 1500, seed);
        expect(distance(hard, soft)).toBeLessThan(1e-6);
      }),
      runs,
    );
  });

  test('in l1: within the ball, the gradient of what is not zero has one size, λ, and no other is larger', () => {
    fc.assert(
      fc.property(some, (seed) => {
        const constraints = [{ parameters: [kernel], by: ['ball', { l1: 0.3, l2: null }] as const }];
        const hard = kernelAfter(classifier(), { ...sgd(0.8), constraints }, 1500, seed);
        const gradient = gradientAt(hard, seed);
        const lambda = Math.max(...gradient.data.map(Math.abs));
        hard.data.forEach((w, i) => {
          if (w !== 0) expect(-(gradient.data[i] ?? 0)).toBeCloseTo(Math.sign(w) * lambda, 6);
        });
        // So a step of the penalty with this λ from there leads nowhere either.
        const penalized = differentiate(classifier(l1(lambda)), recipe(sgd(0.1)));
        const bound = {
          inputs: dataOf(seed),
          storage: new Map([[kernel, hard]]),
          host: new Map([['%update' as Ref, 1]]),
        };
        const after = evaluateGraph(penalized, bound).storage.get(kernel) ?? expect.fail();
        hard.data.forEach((w, i) => {
          if (w !== 0) expect(after.data[i]).toBeCloseTo(w, 6);
        });
      }),
      runs,
    );
  });
});
