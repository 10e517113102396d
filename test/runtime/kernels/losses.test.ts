/** Losses and functions of formulas on each backend, against the float64 evaluation of the ops that they are kernels of. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { AttrValues } from '../../../src/ir/graph.ts';
import { type AnyOp, isNone, operandNames } from '../../../src/ir/op.ts';
import { ops } from '../../../src/ir/ops/index.ts';
import * as runtime from '../../../src/runtime/index.ts';
import { arrayOf, evaluateNode, isFloat, type Operand, type Operands } from '../../ir/graphs.ts';
import { lossCases } from '../../ir/loss-cases.ts';
import { checked, expectClose, type Nd, nd, onBackends, tensor, values } from './harness.ts';

type Kernel = (...operands: readonly unknown[]) => Tensor;

/** The export of a name; its types are those of emitted code, which is compiled elsewhere. */
function kernelOf(op: AnyOp): Kernel {
  const kernel: unknown = new Map<string, unknown>(Object.entries(runtime)).get(String(op.kernel));
  if (typeof kernel !== 'function') throw new Error(`no kernel ${op.kernel}`);
  return (...operands) => kernel(...operands) as Tensor;
}

const isLabel = (value: Operand): value is { readonly int: Nd } =>
  typeof value === 'object' && value !== null && 'int' in value;

/** Calls a kernel as emitted code does. */
function call(op: AnyOp, attrs: AttrValues, operands: Operands): Tensor {
  const required: Tensor[] = [];
  const options: Record<string, unknown> = {};
  op.operands.forEach((spec, i) => {
    const name = operandNames(op)[i] ?? '';
    const value = operands[name] ?? null;
    if (value === null) return;
    const made = isLabel(value) ? tensor(value.int, 'int32') : isFloat(value) ? tensor(value) : null;
    if (made === null) throw new Error(`${name} is no tensor`);
    if (spec.endsWith('?')) options[name] = made;
    else required.push(made);
  });
  for (const [key, value] of Object.entries(attrs)) if (value !== null) options[key] = value;
  return kernelOf(op)(...required, ...(Object.keys(options).length === 0 ? [] : [options]));
}

/** float32 holds what the reference is given. */
const rounded = (operands: Operands): Operands =>
  Object.fromEntries(
    Object.entries(operands).map(([name, value]) => [
      name,
      isFloat(value) ? { shape: value.shape, data: value.data.map(Math.fround) } : value,
    ]),
  );

function expectAsEvaluated(op: AnyOp, attrs: AttrValues, given: Operands, tolerance = 2e-5): void {
  const operands = rounded(given);
  const types = Object.fromEntries(
    Object.entries(operands).flatMap(([name, v]) => (isFloat(v) ? [[name, v.shape] as const] : [])),
  );
  const { results, values: found } = evaluateNode(op, attrs, operands, null, types);
  const expected = arrayOf(results[0] && found.get(results[0]));
  checked(
    () => call(op, attrs, operands),
    ([y]) => y !== undefined && expectClose(y, expected, tolerance),
  );
}

const rows = Object.entries(lossCases).flatMap(([kind, list]) =>
  list.map((c, i) => [`${kind} ${i} ${JSON.stringify(c.attrs ?? {})}`, kind, c] as const),
);
const all: Readonly<Record<string, AnyOp & { readonly gradient: unknown }>> = ops;
const opNamed = (kind: string): AnyOp => all[kind] ?? expect.fail(`no op ${kind}`);

onBackends(() => {
  test.each(rows)('%s', (_, kind, { attrs = {}, operands }) => {
    expectAsEvaluated(opNamed(kind), attrs, operands);
  });

  describe('gradients', () => {
    const losses = rows.filter(([, kind]) => opNamed(kind).operands[0] === 'prediction');
    test.each(losses)('%s', (_, kind, { attrs = {}, operands }) => {
      const op = opNamed(`${kind}Grad`);
      expectAsEvaluated(op, attrs, operands);
      expectAsEvaluated(op, attrs, { ...operands, dLoss: nd([], [0.25]) });
    });

    test.each([
      ['clampGrad', { min: -0.5, max: 1 }, ['dy', 'x']],
      ['clampGrad', { min: -0.5 }, ['dy', 'x']],
      ['softmaxGrad', {}, ['dy', 'y']],
      ['logSoftmaxGrad', {}, ['dy', 'y']],
      ['sign', {}, ['x']],
    ] as const)('%s %j', (kind, attrs, names) => {
      const operands = Object.fromEntries(names.map((name) => [name, values(`${kind} ${name}`, [3, 2, 4], -2, 2)]));
      expectAsEvaluated(opNamed(kind), attrs, operands);
    });

    test.each(['meanGrad', 'totalGrad'])('%s', (kind) => {
      const x = values(kind, [3, 2, 4]);
      expectAsEvaluated(opNamed(kind), {}, { x });
      expectAsEvaluated(opNamed(kind), {}, { x, dy: nd([], [0.3]) });
      expectAsEvaluated(opNamed(kind), { axis: 'last' }, { x, dy: values('dy', [3, 2, 1]) });
    });
  });

  test('targets: labels as shares, and what classes count', () => {
    const label = { int: nd([4], [2, 0, 1, 1]) };
    expectAsEvaluated(ops.oneHot, { classes: 3 }, { label });
    expectAsEvaluated(ops.oneHot, { classes: 1 }, { label: { int: nd([4], [1, 0, 1, 1]) } });
    expectAsEvaluated(ops.classWeights, { weights: [1, 2, 5] }, { target: label });
    expectAsEvaluated(ops.classWeights, { weights: [1, 2, 5] }, { target: nd([2, 3], [0.5, 0.5, 0, 0.25, 0.25, 0.5]) });
    expectAsEvaluated(ops.classWeights, { weights: [1, 3] }, { target: nd([2, 1], [0.25, 1]) });
  });

  describe('edges', () => {
    const far = nd([2, 2], [1000, -1000, -1000, 1000]);
    const ends = nd([2, 3], [0, 1, 0.5, 1, 0, 0.25]);

    test.each([
      ['softmaxCrossEntropy', { prediction: far, target: { int: nd([2], [1, 1]) } }],
      ['sigmoidCrossEntropy', { prediction: far, target: nd([2, 2], [0, 0, 1, 1]) }],
      ['logCosh', { prediction: far, target: nd([2, 2], [0, 0, 0, 0]) }],
      ['klDivergence', { prediction: ends, target: nd([2, 3], [0.5, 0.5, 0, 0, 1, 0]) }],
      ['poisson', { prediction: ends, target: nd([2, 3], [3, 0, 1, 0, 2, 1]) }],
      ['meanSquaredLogarithmicError', { prediction: nd([1, 3], [-3, 0, 2]), target: nd([1, 3], [1, 0, -2]) }],
      ['meanAbsolutePercentageError', { prediction: nd([1, 2], [0.5, 1]), target: nd([1, 2], [0, 2]) }],
      ['cosineProximity', { prediction: nd([2, 2], [0, 0, 3, 4]), target: nd([2, 2], [1, 2, 0, 0]) }],
      ['hinge', { prediction: nd([1, 3], [2, 1, -1]), target: nd([1, 3], [1, 1, 0]) }],
      ['meanAbsoluteError', { prediction: nd([1, 2], [1, 2]), target: nd([1, 2], [1, 3]) }],
    ] as const)('%s', (kind, operands) => {
      expectAsEvaluated(opNamed(kind), {}, operands);
      expectAsEvaluated(opNamed(`${kind}Grad`), {}, operands);
    });

    test('a value that is not chosen may be anything', () => {
      const condition = nd([4], [1, 0, 1, 0]);
      const a = nd([4], [1, Number.NaN, 3, Number.POSITIVE_INFINITY]);
      expectAsEvaluated(ops.select, {}, { condition, a, b: nd([], [7]) });
    });
  });

  test('a loss of a module of its own is held to what a loss is', () => {
    const prediction = () => tensor<Rank.R2>(values('p', [2, 3]));
    const module = { forward: () => tensor<Rank.R1>(nd([1], [1])), backward: prediction };
    expect(() => runtime.externLoss(module, prediction(), prediction(), { layer: 'own', args: {} })).toThrow(
      '`own`: `forward` returned float32[1]; float32[] is declared',
    );
  });
});

test('every loss has a kernel', () => {
  const kinds = Object.values(all).filter((op) => !isNone(op.gradient) && op.operands[0] === 'prediction');
  expect(kinds.map((op) => op.kind).filter((kind) => kind !== 'externLoss' && !(kind in lossCases))).toEqual([]);
});
