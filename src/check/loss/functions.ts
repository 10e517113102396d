/** What formulas of losses can call: with how many arguments, what comes out of numbers, and which op it is of tensors. */
import type { Ref } from '../../ir/graph.ts';
import type { Emit } from '../../ir/op.ts';
import { ops } from '../../ir/ops/index.ts';
import type { ActivationName } from '../../ir/reference/activation.ts';

/** Builds a node under a name that tells where it is from. */
export type Make = (
  op: Parameters<Emit['one']>[0],
  operands: readonly Ref[],
  attrs?: Parameters<Emit['one']>[2],
) => Ref;

interface FormulaFunction {
  /** As it is called. */
  readonly written: string;
  readonly arguments: number;
  /** `values`: element by element · `reduce`: takes `axis: last` · `row`: along the last axis, of elements only · `where`: the first is a condition. */
  readonly over: 'values' | 'reduce' | 'row' | 'where';
  /** Of plain numbers; null where tensors are needed. */
  readonly plain: ((...values: readonly number[]) => number) | null;
  /** Of tensors, the plain ones among them as constants. */
  readonly lower: (make: Make, operands: readonly Ref[], axis: 'all' | 'last') => Ref;
}

const one = (name: string, plain: (x: number) => number, op: Parameters<Make>[0]): FormulaFunction => ({
  written: `${name}(x)`,
  arguments: 1,
  over: 'values',
  plain: (x = Number.NaN) => plain(x),
  lower: (make, operands) => make(op, operands),
});

const activation = (fn: ActivationName, plain: (x: number) => number): FormulaFunction => ({
  ...one(fn, plain, ops.activation),
  lower: (make, operands) => make(ops.activation, operands, { fn }),
});

const reduction = (name: string, op: Parameters<Make>[0]): FormulaFunction => ({
  written: `${name}(x)\` or \`${name}(x, axis: last)`,
  arguments: 1,
  over: 'reduce',
  plain: (x = Number.NaN) => x,
  lower: (make, operands, axis) => make(op, operands, { axis }),
});

const alongRow = (name: string, op: Parameters<Make>[0]): FormulaFunction => ({
  written: `${name}(x)`,
  arguments: 1,
  over: 'row',
  plain: null,
  lower: (make, operands) => make(op, operands),
});

const two = (name: string, plain: (a: number, b: number) => number, op: Parameters<Make>[0]): FormulaFunction => ({
  written: `${name}(a, b)`,
  arguments: 2,
  over: 'values',
  plain: (a = Number.NaN, b = Number.NaN) => plain(a, b),
  lower: (make, operands) => make(op, operands),
});

export const functions: Readonly<Record<string, FormulaFunction>> = {
  abs: one('abs', Math.abs, ops.abs),
  exp: one('exp', Math.exp, ops.exp),
  log: one('log', Math.log, ops.log),
  sqrt: one('sqrt', Math.sqrt, ops.sqrt),
  square: one('square', (x) => x * x, ops.square),
  tanh: activation('tanh', Math.tanh),
  sigmoid: activation('sigmoid', (x) => 1 / (1 + Math.exp(-x))),
  softplus: activation('softplus', (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  relu: activation('relu', (x) => Math.max(x, 0)),
  min: two('min', Math.min, ops.minimum),
  max: two('max', Math.max, ops.maximum),
  clip: {
    written: 'clip(x, least, most)',
    arguments: 3,
    over: 'values',
    plain: (x = Number.NaN, least = Number.NaN, most = Number.NaN) => Math.min(Math.max(x, least), most),
    lower: (make, [x, least, most]) => {
      if (x === undefined || least === undefined || most === undefined) throw new Error('clip takes three values');
      return make(ops.minimum, [make(ops.maximum, [x, least]), most]);
    },
  },
  where: {
    written: 'where(a < b, x, y)',
    arguments: 3,
    over: 'where',
    plain: null,
    lower: (make, operands) => make(ops.select, operands),
  },
  mean: reduction('mean', ops.mean),
  sum: reduction('sum', ops.total),
  softmax: alongRow('softmax', ops.softmax),
  log_softmax: alongRow('log_softmax', ops.logSoftmax),
};
