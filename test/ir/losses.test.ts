/** Losses against values recorded from Keras (scripts/oracle/losses.py), their laws, and formulas in the language. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lossOf } from '../../src/check/loss/declaration.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { AttrValues, Ref } from '../../src/ir/graph.ts';
import { map, type NdArray, ndarray } from '../../src/ir/nd.ts';
import { type AnyOp, isNone } from '../../src/ir/op.ts';
import { isOpKind, losses, ops } from '../../src/ir/ops/index.ts';
import { parse } from '../../src/parser/index.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { recipe } from '../passes/models.ts';
import { arrayOf, distance, evaluateNode, type Operands } from './graphs.ts';
import recorded from './oracle/losses.json' with { type: 'json' };

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly op: string;
  readonly title: string;
  readonly attrs: AttrValues;
  /** The target is of classes. */
  readonly label: boolean;
  readonly operands: { readonly prediction: Stored; readonly target: Stored; readonly weights?: Stored };
  readonly value: number;
  readonly gradient?: Stored;
}

// The file is written by the script, with these very fields.
const cases = recorded.cases as readonly Case[];
const array = ({ shape, data }: Stored): NdArray => ndarray(shape, data);

const opNamed = (kind: string): AnyOp => {
  if (!isOpKind(kind)) throw new Error(`no op ${kind}`);
  return ops[kind];
};

const operandsOf = ({ operands: { prediction, target, weights }, label }: Case): Operands => ({
  prediction: array(prediction),
  target: label ? { int: array(target) } : array(target),
  weights: weights === undefined ? null : array(weights),
});

const valueAt = (op: AnyOp, attrs: AttrValues, operands: Operands): number => {
  const { results, values } = evaluateNode(op, attrs, operands, null);
  return arrayOf(results[0] && values.get(results[0])).data[0] ?? Number.NaN;
};

/** What a formula comes to and its gradient by the prediction, by the compiler's own differentiation. */
function byFormula(text: string, { operands, attrs }: Pick<Case, 'operands' | 'attrs'>) {
  const [declaration] = parse(text, 'loss.nrm').tree.declarations;
  const def = declaration?.kind === 'loss' ? lossOf(declaration, null) : undefined;
  if (def === undefined) throw new Error('no loss');
  const build = new GraphBuilder();
  const prediction = build.store({
    ref: '@prediction',
    kind: 'param',
    type: { dtype: 'float32', shape: operands.prediction.shape },
    init: { kind: 'zeros', attrs: {} },
  });
  const target = build.input('%target', { dtype: 'float32', shape: operands.target.shape });
  const field = { kind: 'tensor', dtype: 'float32', shape: operands.target.shape.slice(1) } as const;
  const ref = def.loss(build, { prediction, target, field, sample: null }, attrs);
  const train = build.finish('test', 'train', [{ name: 'loss', ref }]);
  const step = differentiate(train, recipe());
  const { outputs, values } = evaluateGraph(step, {
    inputs: new Map<Ref, NdArray>([['%target', array(operands.target)]]),
    storage: new Map<Ref, NdArray>([['@prediction', array(operands.prediction)]]),
    host: new Map<Ref, number>([
      ['%update', 1],
      ['%updates', 1],
    ]),
  });
  return { value: outputs.get('loss')?.data[0], gradient: arrayOf(values.get('%d.prediction')) };
}

const huber =
  'loss huber(prediction, target, delta = 1) = mean(where(abs(prediction - target) <= delta, 0.5 * square(prediction - target), delta * abs(prediction - target) - 0.5 * delta * delta))';

describe(`as ${recorded.source} has them`, () => {
  const titled = cases.map((c) => [`${c.op} ${JSON.stringify(c.attrs)} ${c.title}`, c] as const);

  test.each(titled.filter(([, c]) => c.op !== 'huber'))('%s', (_, c) => {
    const op = opNamed(c.op);
    expect(Math.abs(valueAt(op, c.attrs, operandsOf(c)) - c.value)).toBeLessThan(
      1e-10 * Math.max(1, Math.abs(c.value)),
    );
    if (c.gradient === undefined) return;
    const { gradients } = evaluateNode(op, c.attrs, operandsOf(c), 'one');
    const found = gradients?.get('prediction');
    expect(found && distance(array(c.gradient), found)).toBeLessThan(1e-10);
  });

  test.each(titled.filter(([, c]) => c.op === 'huber'))('a formula: %s', (_, c) => {
    const { value, gradient } = byFormula(huber, c);
    expect(value).toBeCloseTo(c.value, 12);
    expect(c.gradient && distance(array(c.gradient), gradient)).toBeLessThan(1e-12);
  });

  test('weights of classes', () => {
    const { weights, operands, value, gradient } = recorded.classWeights;
    const target = { int: array(operands.target) };
    const { results, values } = evaluateNode(ops.classWeights, { weights }, { target }, null);
    const counts = arrayOf(results[0] && values.get(results[0]));
    const given = { prediction: array(operands.prediction), target, weights: counts };
    expect(valueAt(ops.softmaxCrossEntropy, {}, given)).toBeCloseTo(value, 12);
    const found = evaluateNode(ops.softmaxCrossEntropy, {}, given, 'one').gradients?.get('prediction');
    expect(found && distance(array(gradient), found)).toBeLessThan(1e-12);
  });
});

test('every loss of the language is recorded', () => {
  const kinds = new Set(cases.map((c) => c.op));
  const lossKinds = Object.values<AnyOp & { readonly gradient: unknown }>(ops)
    .filter((op) => op.operands[0] === 'prediction' && !isNone(op.gradient) && op !== ops.externLoss)
    .map((op) => op.kind);
  expect(lossKinds.filter((kind) => !kinds.has(kind))).toEqual([]);
  expect(Object.keys(losses)).toHaveLength(15);
});

// ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const settings = { numRuns: 50, seed: 5 } as const;
const number = fc.integer({ min: -40, max: 40 }).map((n) => n / 8);
const matrix = fc.array(number, { minLength: 12, maxLength: 12 }).map((data) => ndarray([4, 3], data));
const shares = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 12, maxLength: 12 }).map((data) =>
  ndarray(
    [4, 3],
    data.map((v, i) => v / data.slice(i - (i % 3), i - (i % 3) + 3).reduce((a, b) => a + b, 0)),
  ),
);
const labels = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }).map((d) => ndarray([4], d));

const kinds = [
  'meanSquaredError',
  'meanAbsoluteError',
  'logCosh',
  'hinge',
  'squaredHinge',
  'categoricalHinge',
  'cosineProximity',
  'softmaxCrossEntropy',
  'sigmoidCrossEntropy',
];

describe('laws', () => {
  test.each(kinds)('%s: weights of one change nothing, and the loss is linear in them', (kind) => {
    const op = opNamed(kind);
    fc.assert(
      fc.property(matrix, shares, (prediction, target) => {
        const at = (weights: NdArray | null): number => valueAt(op, {}, { prediction, target, weights });
        const plain = at(null);
        expect(at(ndarray([4], [1, 1, 1, 1]))).toBeCloseTo(plain, 10);
        expect(at(ndarray([4], [2, 0, 0.5, 1])) + at(ndarray([4], [0, 2, 1.5, 1]))).toBeCloseTo(2 * plain, 10);
      }),
      settings,
    );
  });

  test('a label is the distribution that has all of it', () => {
    fc.assert(
      fc.property(matrix, labels, fc.constantFrom(0, 0.1), (prediction, label, smoothing) => {
        const { results, values } = evaluateNode(ops.oneHot, { classes: 3 }, { label: { int: label } }, null);
        const target = arrayOf(results[0] && values.get(results[0]));
        const given = { prediction, weights: null };
        const hard = valueAt(ops.softmaxCrossEntropy, { smoothing }, { ...given, target: { int: label } });
        expect(valueAt(ops.softmaxCrossEntropy, { smoothing }, { ...given, target })).toBeCloseTo(hard, 12);
      }),
      settings,
    );
  });

  test('softmax takes no notice of what all logits have in common; of two it is a sigmoid of their difference', () => {
    fc.assert(
      fc.property(matrix, shares, number, (prediction, target, by) => {
        const at = (p: NdArray): number =>
          valueAt(ops.softmaxCrossEntropy, {}, { prediction: p, target, weights: null });
        expect(at(map(prediction, (v) => v + by))).toBeCloseTo(at(prediction), 10);
        const [a, b, t] = [prediction.data[0] ?? 0, prediction.data[1] ?? 0, target.data[0] ?? 0];
        const pair = { prediction: ndarray([1, 2], [a, b]), target: ndarray([1, 2], [1 - t, t]), weights: null };
        const single = { prediction: ndarray([1, 1], [b - a]), target: ndarray([1, 1], [t]), weights: null };
        expect(valueAt(ops.softmaxCrossEntropy, {}, pair)).toBeCloseTo(
          valueAt(ops.sigmoidCrossEntropy, {}, single),
          10,
        );
      }),
      settings,
    );
  });

  test('cosine: between −1 and 1, and the same for any length', () => {
    fc.assert(
      fc.property(matrix, matrix, fc.integer({ min: 1, max: 9 }), (prediction, target, by) => {
        const at = (p: NdArray): number => valueAt(ops.cosineProximity, {}, { prediction: p, target, weights: null });
        expect(Math.abs(at(prediction))).toBeLessThanOrEqual(1 + 1e-12);
        expect(at(map(prediction, (v) => v * by))).toBeCloseTo(at(prediction), 10);
      }),
      settings,
    );
  });

  test('kullback-leibler: never below 0, and 0 of a distribution with itself; its gradient by logits is that of the cross entropy', () => {
    fc.assert(
      fc.property(shares, shares, (prediction, target) => {
        expect(valueAt(ops.klDivergence, {}, { prediction, target, weights: null })).toBeGreaterThan(-1e-12);
        expect(valueAt(ops.klDivergence, {}, { prediction: target, target, weights: null })).toBeCloseTo(0, 12);
      }),
      settings,
    );
    const c = {
      operands: {
        prediction: { shape: [2, 3], data: [0.5, -1, 2, 0, 0.25, 1] },
        target: { shape: [2, 3], data: [0.2, 0.3, 0.5, 0.6, 0.1, 0.3] },
      },
      attrs: {},
    };
    const formula = 'loss kl(p, t) = mean(sum(t * (log(t) - log_softmax(p)), axis: last))';
    const target = array(c.operands.target);
    const own = evaluateNode(
      ops.softmaxCrossEntropy,
      {},
      { prediction: array(c.operands.prediction), target, weights: null },
      'one',
    );
    const found = own.gradients?.get('prediction');
    expect(found && distance(byFormula(formula, c).gradient, found)).toBeLessThan(1e-12);
  });
});

describe('formulas', () => {
  const c = {
    operands: {
      prediction: { shape: [2, 2], data: [0.5, -1, 2, 0.25] },
      target: { shape: [2, 2], data: [1, 0, 1, 1] },
    },
    attrs: {},
  };
  const p = c.operands.prediction.data;
  const t = c.operands.target.data;
  const mean = (f: (p: number, t: number) => number): number => p.reduce((sum, v, i) => sum + f(v, t[i] ?? 0), 0) / 4;
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

  test.each([
    ['mean(square(p - t))', mean((a, b) => (a - b) ** 2)],
    [
      'mean(-t * log(sigmoid(p)) - (1 - t) * log(1 - sigmoid(p)))',
      mean((a, b) => -b * Math.log(sigmoid(a)) - (1 - b) * Math.log(1 - sigmoid(a))),
    ],
    ['sum(max(p, t)) / 4', mean(Math.max)],
    ['mean(min(p, 0.5) + max(p, -0.5))', mean((a) => Math.min(a, 0.5) + Math.max(a, -0.5))],
    ['mean(clip(p, -0.5, 1) * t)', mean((a, b) => Math.min(Math.max(a, -0.5), 1) * b)],
    ['mean(where(p > t and not p > 1.5, p, 2 * t))', mean((a, b) => (a > b && !(a > 1.5) ? a : 2 * b))],
    [
      'mean(where(p < 0 or t == 1, 1 / (3 - p), exp(p)))',
      mean((a, b) => (a < 0 || b === 1 ? 1 / (3 - a) : Math.exp(a))),
    ],
    [
      'mean(tanh(p) + softplus(p) + relu(p) + abs(p) + sqrt(square(p) + 1))',
      mean((a) => Math.tanh(a) + Math.log1p(Math.exp(a)) + Math.max(a, 0) + Math.abs(a) + Math.sqrt(a * a + 1)),
    ],
    ['sqrt(mean(square(p - t)))', Math.sqrt(mean((a, b) => (a - b) ** 2))],
    ['mean(square(p - mean(p, axis: last)))', (0.75 ** 2 + 0.875 ** 2) / 2],
    ['mean(sum(softmax(p) * t, axis: last))', (sigmoid(1.5) + 1) / 2],
    ['mean(where(2 > 1, p, log(p)))', mean((a) => a)],
    ['mean(p) * (1 + 2 * 3 - max(2, 5))', mean((a) => a) * 2],
  ])('%s', (text, expected) => {
    expect(byFormula(`loss own(p, t) = ${text}`, c).value).toBeCloseTo(expected, 12);
  });

  test('what is not chosen does no harm', () => {
    const { value, gradient } = byFormula('loss own(p, t) = mean(where(p > 0, log(p), 0))', c);
    expect(value).toBeCloseTo((Math.log(0.5) + Math.log(2) + Math.log(0.25)) / 4, 12);
    expect([...gradient.data].map((v) => v + 0)).toEqual([0.5, 0, 0.125, 1]);
  });

  test('equal parts are computed once', () => {
    const [declaration] = parse(huber, 'loss.nrm').tree.declarations;
    const def = declaration?.kind === 'loss' ? lossOf(declaration, null) : undefined;
    const build = new GraphBuilder();
    const type = { dtype: 'float32', shape: ['N', 3] } as const;
    const [prediction, target] = [build.input('%p', type), build.input('%t', type)];
    def?.loss(
      build,
      { prediction, target, field: { kind: 'tensor', dtype: 'float32', shape: [3] }, sample: null },
      { delta: 1 },
    );
    const kinds = build.finish('test', 'train', []).nodes.map((n) => n.op);
    expect(kinds.filter((k) => k === 'sub')).toHaveLength(1);
    expect(kinds.filter((k) => k === 'abs')).toHaveLength(1);
  });
});
