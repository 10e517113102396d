/**
 * What is known of random methods, on the float64 evaluation: weight scaling against the ensemble of all masks, the moments of DropConnect,
 * what noise comes to, and what dropout does not change.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { map, type NdArray, ndarray } from '../../src/ir/nd.ts';
import type { HostValue } from '../../src/ir/op.ts';
import { ops } from '../../src/ir/ops/index.ts';
import { specialize } from '../../src/ir/specialize.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { generator } from '../passes/harness.ts';
import { recipe } from '../passes/models.ts';
import { distance, distinct } from './graphs.ts';

const runs = { numRuns: 25, seed: 11 };
const storageOf = (shapes: Readonly<Record<string, readonly number[]>>, seed: number): ReadonlyMap<Ref, NdArray> =>
  new Map(
    Object.entries(shapes).map(([name, shape], i): [Ref, NdArray] => [`@${name}`, scaled(distinct(shape, seed + i))]),
  );
/** About the size of weights. */
const scaled = (a: NdArray): NdArray => map(a, (v) => v * (1.5 / Math.max(...a.data.map(Math.abs))));

interface Net {
  readonly build: GraphBuilder;
  readonly x: Ref;
  readonly param: (name: string, shape: readonly number[]) => Ref;
}

function graphOf(width: number, body: (net: Net) => Ref): Graph<'model'> {
  const build = new GraphBuilder();
  const x = build.input('%x', { dtype: 'float32', shape: ['N', width] });
  const param = (name: string, shape: readonly number[]): Ref =>
    build.store({
      ref: `@${name}`,
      kind: 'param',
      type: { dtype: 'float32', shape },
      init: { kind: 'zeros', attrs: {} },
    });
  return build.finish('Net', 'model', [{ name: 'y', ref: body({ build, x, param }) }]);
}

/** Uniform numbers that make a mask of these bits: 1 is kept. */
const masked = (bits: number): HostValue => ({
  uniform: (_, count) => Float64Array.from({ length: count }, (_unused, i) => ((bits >> i) & 1 ? 1 - 2 ** -24 : 0)),
});

const outputOf = (graph: Graph, x: NdArray, storage: ReadonlyMap<Ref, NdArray>, random?: HostValue): NdArray => {
  const host = new Map<string, HostValue>(random === undefined ? [] : [['%random', random]]);
  const y = evaluateGraph(graph, { inputs: new Map([['%x', x]]), storage, host }).outputs.get('y');
  if (y === undefined) throw new Error('no output');
  return y;
};

/** Every mask of `count` bits and its probability. */
function* ensemble(count: number, kept: number): Iterable<{ readonly bits: number; readonly weight: number }> {
  for (let bits = 0; bits < 2 ** count; bits++) {
    const ones = [...bits.toString(2)].filter((b) => b === '1').length;
    yield { bits, weight: kept ** ones * (1 - kept) ** (count - ones) };
  }
}

/** Σ weight·f(y) over all masks, by element. */
function expected(
  graph: Graph<'model'>,
  x: NdArray,
  storage: ReadonlyMap<Ref, NdArray>,
  { count, kept }: { readonly count: number; readonly kept: number },
  f: (y: NdArray) => NdArray = (y) => y,
): NdArray {
  const train = specialize(graph, 'train');
  let total: NdArray | null = null;
  for (const { bits, weight } of ensemble(count, kept)) {
    const y = f(outputOf(train, x, storage, masked(bits)));
    const before: NdArray | null = total;
    total = map(y, (v, i) => weight * v + (before?.data[i] ?? 0));
  }
  if (total === null) throw new Error('no masks');
  return total;
}

const softmax = (z: NdArray): NdArray => {
  const width = z.shape.at(-1) ?? 1;
  const exp = map(z, Math.exp);
  const sums = Array.from({ length: z.data.length / width }, (_, row) =>
    exp.data.slice(row * width, (row + 1) * width).reduce((a, b) => a + b, 0),
  );
  return map(exp, (v, i) => v / (sums[Math.floor(i / width)] ?? 1));
};

describe('the ensemble of all masks of up to 12 units', () => {
  const cases = fc.record({
    units: fc.integer({ min: 1, max: 9 }),
    keep: fc.constantFrom(0.2, 0.5, 0.75),
    form: fc.constantFrom('standard', 'inverted'),
    seed: fc.integer({ min: 1, max: 1000 }),
  });
  const shapes = (units: number) => ({ 'dense1.kernel': [units, 3], 'dense1.bias': [3] });
  const linear = (units: number, rate: number, form: string): Graph<'model'> =>
    graphOf(units, ({ build, x, param }) => {
      const dropped = build.one(ops.dropout, [x], { rate, form, stream: 'drop1' }, 'drop1');
      return build.one(ops.dense, [dropped, param('dense1.kernel', [units, 3]), param('dense1.bias', [3])], {}, 'y');
    });

  test('of linear outputs is weight scaling, exactly', () => {
    fc.assert(
      fc.property(cases, ({ units, keep, form, seed }) => {
        const [graph, x, storage] = [
          linear(units, 1 - keep, form),
          distinct([1, units], seed),
          storageOf(shapes(units), seed),
        ];
        const scaling = outputOf(specialize(graph, 'infer'), x, storage);
        expect(distance(expected(graph, x, storage, { count: units, kept: keep }), scaling)).toBeLessThan(1e-12);
      }),
      runs,
    );
  });

  test('of softmax outputs is weight scaling under the geometric mean, exactly', () => {
    fc.assert(
      fc.property(cases, ({ units, keep, form, seed }) => {
        const [graph, x, storage] = [
          linear(units, 1 - keep, form),
          distinct([1, units], seed),
          storageOf(shapes(units), seed),
        ];
        const logs = expected(graph, x, storage, { count: units, kept: keep }, (z) => map(softmax(z), Math.log));
        // The geometric mean, normalized: softmax of the mean logarithm.
        const scaling = softmax(outputOf(specialize(graph, 'infer'), x, storage));
        expect(distance(softmax(logs), scaling)).toBeLessThan(1e-12);
      }),
      runs,
    );
  });

  test('behind a relu it is not: the error is there, and bounded', () => {
    const units = 12;
    const graph = graphOf(units, ({ build, x, param }) => {
      const dropped = build.one(ops.dropout, [x], { rate: 0.5, stream: 'drop1' }, 'drop1');
      const hidden = build.one(ops.dense, [dropped, param('dense1.kernel', [units, 5]), null], {}, 'dense1');
      const active = build.one(ops.activation, [hidden], { fn: 'relu' }, 'act1');
      return build.one(ops.dense, [active, param('dense2.kernel', [5, 2]), null], {}, 'y');
    });
    const [x, storage] = [
      distinct([1, units], 3),
      storageOf({ 'dense1.kernel': [units, 5], 'dense2.kernel': [5, 2] }, 5),
    ];
    const error = distance(
      outputOf(specialize(graph, 'infer'), x, storage),
      expected(graph, x, storage, { count: units, kept: 0.5 }),
    );
    expect(error).toBeGreaterThan(0.01);
    expect(error).toBeLessThan(0.6);
  });
});

describe('DropConnect over all masks', () => {
  test('has the mean pWv + b and the variance p(1 − p)(W⊙W)(v⊙v)', () => {
    fc.assert(
      fc.property(
        fc.record({
          inputs: fc.integer({ min: 1, max: 4 }),
          keep: fc.constantFrom(0.25, 0.5, 0.9),
          seed: fc.integer({ min: 1, max: 1000 }),
          per: fc.constantFrom('batch', 'sample'),
        }),
        ({ inputs, keep, seed, per }) => {
          const graph = graphOf(inputs, ({ build, x, param }) => {
            const attrs = { rate: 1 - keep, per, stream: 'dense1.kernel' };
            const like = per === 'sample' ? x : null;
            const kernel = build.one(
              ops.dropConnect,
              [param('dense1.kernel', [inputs, 2]), like],
              attrs,
              'dense1.kernel.drop',
            );
            const op = per === 'sample' ? ops.denseEach : ops.dense;
            return build.one(op, [x, kernel, param('dense1.bias', [2])], {}, 'y');
          });
          const storage = storageOf({ 'dense1.kernel': [inputs, 2], 'dense1.bias': [2] }, seed);
          const x = distinct([1, inputs], seed);
          const all = { count: 2 * inputs, kept: keep };
          const mean = expected(graph, x, storage, all);
          const squares = expected(graph, x, storage, all, (z) => map(z, (v) => v * v));
          const w = storage.get('@dense1.kernel')?.data ?? [];
          const b = storage.get('@dense1.bias')?.data ?? [];
          for (const u of [0, 1]) {
            let [m, v] = [b[u] ?? 0, 0];
            for (let i = 0; i < inputs; i++) {
              const wx = (w[2 * i + u] ?? 0) * (x.data[i] ?? 0);
              m += keep * wx;
              v += keep * (1 - keep) * wx * wx;
            }
            expect(mean.data[u]).toBeCloseTo(m, 11);
            expect((squares.data[u] ?? 0) - (mean.data[u] ?? 0) ** 2).toBeCloseTo(v, 10);
          }
        },
      ),
      runs,
    );
  });
});

/** Mean squared difference of y from its targets, and its gradient by parameter, averaged over draws of noise. */
function overNoise(
  graph: Graph<'model'>,
  x: NdArray,
  target: NdArray,
  storage: ReadonlyMap<Ref, NdArray>,
  draws: number,
): { readonly loss: number; readonly error: number; readonly gradients: ReadonlyMap<Ref, Float64Array> } {
  const build = new GraphBuilder(specialize(graph, 'train'));
  const wanted = build.input('%target', { dtype: 'float32', shape: ['N', 1] });
  const loss = build.one(ops.meanSquaredError, [graph.outputs[0]?.ref ?? '%y', wanted], {}, 'loss1');
  const step = differentiate(
    build.finish('Net', 'train', [{ name: 'loss', ref: loss }]),
    recipe({ optimizer: ['sgd', { rate: 1 }] }),
  );
  const next = generator(5);
  const random: HostValue = { uniform: (_, count) => Float64Array.from({ length: count }, next) };
  const gradients = new Map(
    [...storage].map(([ref, w]): [Ref, Float64Array] => [ref, new Float64Array(w.data.length)]),
  );
  let [total, squares] = [0, 0];
  for (let n = 0; n < draws; n++) {
    const after = evaluateGraph(step, {
      inputs: new Map([
        ['%x', x],
        ['%target', target],
      ]),
      storage,
      host: new Map<string, HostValue>([
        ['%random', random],
        ['%update', 1],
        ['%updates', 1],
      ]),
    });
    const value = after.outputs.get('loss')?.data[0] ?? Number.NaN;
    total += value;
    squares += value * value;
    // With a rate of 1 the update is the gradient.
    for (const [ref, sum] of gradients)
      for (let i = 0; i < sum.length; i++)
        sum[i] = (sum[i] ?? 0) + ((storage.get(ref)?.data[i] ?? 0) - (after.storage.get(ref)?.data[i] ?? 0)) / draws;
  }
  const loss1 = total / draws;
  return { loss: loss1, error: (4 * Math.sqrt(squares / draws - loss1 * loss1)) / Math.sqrt(draws), gradients };
}

describe('noise', () => {
  const deviation = 0.3;
  const [x, target] = [ndarray([1, 3], [0.5, -1, 0.25]), ndarray([1, 1], [0.7])];
  const storage = storageOf({ 'dense1.kernel': [3, 1] }, 2);
  const w = storage.get('@dense1.kernel')?.data ?? new Float64Array();
  const clean = w.reduce((sum, v, i) => sum + v * (x.data[i] ?? 0), 0);

  test('on the input of a linear model is an L2 penalty of λ = s²', () => {
    const graph = graphOf(3, ({ build, x: input, param }) => {
      const noisy = build.one(ops.noise, [input], { deviation, stream: 'x.noise' }, 'x.noise');
      return build.one(ops.dense, [noisy, param('dense1.kernel', [3, 1]), null], {}, 'y');
    });
    const { loss, error, gradients } = overNoise(graph, x, target, storage, 8_000);
    // E[(w·(x + sε) − t)²] = (w·x − t)² + s²‖w‖²
    const norm = w.reduce((sum, v) => sum + v * v, 0);
    expect(Math.abs(loss - ((clean - 0.7) ** 2 + deviation ** 2 * norm))).toBeLessThan(error);
    expect(error).toBeLessThan(0.05);
    // The gradient of which is 2(w·x − t)x + 2s²w.
    for (const [i, v] of w.entries()) {
      const wanted = 2 * (clean - 0.7) * (x.data[i] ?? 0) + 2 * deviation ** 2 * v;
      expect(Math.abs((gradients.get('@dense1.kernel')?.[i] ?? Number.NaN) - wanted)).toBeLessThan(0.03);
    }
  });

  test('on the weights is an extra s²‖∇f‖², to second order', () => {
    const s = 0.01;
    const graph = graphOf(3, ({ build, x: input, param }) => {
      const noisy = build.one(ops.noise, [param('dense1.kernel', [3, 1])], { deviation: s, stream: 'w' }, 'w.noise');
      return build.one(ops.activation, [build.one(ops.dense, [input, noisy, null], {}, 'dense1')], { fn: 'tanh' }, 'y');
    });
    const y = Math.tanh(clean);
    // Where the model is right, what is left of the loss is the extra term; f = tanh(w·x), ∇f = (1 − f²)x.
    const { loss, error } = overNoise(graph, x, ndarray([1, 1], [y]), storage, 12_000);
    const gradient = (1 - y * y) ** 2 * x.data.reduce((sum, v) => sum + v * v, 0);
    expect(Math.abs(loss - s * s * gradient)).toBeLessThan(error);
    expect(error).toBeLessThan(0.08 * s * s * gradient);
  });
});

test('dropout does not change when a layer is scaled by c and the next one by 1/c, whatever the mask', () => {
  const graph = graphOf(4, ({ build, x, param }) => {
    const first = build.one(ops.dense, [x, param('dense1.kernel', [4, 6]), null], {}, 'dense1');
    const active = build.one(ops.activation, [first], { fn: 'relu' }, 'act1');
    const dropped = build.one(ops.dropout, [active], { rate: 0.4, stream: 'drop1' }, 'drop1');
    return build.one(ops.dense, [dropped, param('dense2.kernel', [6, 2]), null], {}, 'y');
  });
  const train = specialize(graph, 'train');
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 12 - 1 }),
      fc.integer({ min: 1, max: 1000 }),
      (c, bits, seed) => {
        const storage = storageOf({ 'dense1.kernel': [4, 6], 'dense2.kernel': [6, 2] }, seed);
        const moved = new Map(
          [...storage].map(([ref, v]): [Ref, NdArray] => [
            ref,
            map(v, (n) => (ref === '@dense1.kernel' ? c * n : n / c)),
          ]),
        );
        const x = distinct([2, 4], seed);
        expect(
          distance(outputOf(train, x, moved, masked(bits)), outputOf(train, x, storage, masked(bits))),
        ).toBeLessThan(1e-12);
      },
    ),
    runs,
  );
});
