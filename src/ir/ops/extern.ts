/**
 * A layer of the user's own: y = forward(x, args), and dx = backward(dy, x, y, args), as a module exports them. To the compiler both are
 * opaque functions of operands and attributes.
 *
 * Shapes  x [N, …] → y [N, shape…]; as x where `shape` is left out. What it is comes from the declaration; the runtime holds the module to it.
 * Source  docs/externs.md.
 * Errors  NRM2107 operands that do not belong together.
 */

import { aText } from '../attributes.ts';
import type { AttrValue, Dim, Ref, ValueType } from '../graph.ts';
import { type AttrSpec, defineOp, type Fault, none } from '../op.ts';
import { d, float, sameShape, shapeText, unfit } from './rules.ts';

/** A plain argument and its value, in the order of the declaration. */
type ExternArgument = readonly [name: string, value: string | number | boolean];

const isArgument = (v: AttrValue): v is ExternArgument =>
  Array.isArray(v) &&
  v.length === 2 &&
  typeof v[0] === 'string' &&
  ['string', 'number', 'boolean'].includes(typeof v[1]);

export const aListOfArguments: AttrSpec<readonly ExternArgument[]> = {
  is: (v): v is readonly ExternArgument[] => Array.isArray(v) && v.every(isArgument),
  default: [],
};

/** Sizes of the result behind the batch; null: those of x. */
const resultShape: AttrSpec<readonly Dim[] | null> = {
  is: (v): v is readonly Dim[] | null =>
    v === null || (Array.isArray(v) && v.every((size) => typeof size === 'number' || typeof size === 'string')),
  default: null,
};

/** `module`: relative to the folder of the spec. */
const attrs = { name: aText(), module: aText(), args: aListOfArguments, shape: resultShape };

const noReference = (name: string): never => {
  throw new Error(`\`${name}\` is code of the user's own: it cannot be evaluated in float64`);
};

const resultOf = (x: ValueType, shape: readonly Dim[] | null): ValueType | Fault =>
  x.dtype === 'host' || x.shape.length === 0
    ? unfit('extern', 'a tensor [N, …]', x)
    : float(x.shape[0] ?? 'N', ...(shape ?? x.shape.slice(1)));

export const extern = defineOp({
  kind: 'extern',
  doc: "a layer of the user's own",
  operands: ['x'],
  results: ['y'],
  attrs,
  stages: ['model', 'train', 'step', 'infer'],
  writes: [],
  shape({ x }, { shape }) {
    const y = resultOf(x, shape);
    return 'fault' in y ? y : [y];
  },
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { x }, attrs: given, results, dy }): { readonly x: Ref } => ({
    x: build.one(externGrad, [dy, x, results.y], { ...given }, d(x)),
  }),
  evaluate: (_, { name }) => noReference(name),
  kernel: 'extern',
});

export const externGrad = defineOp({
  kind: 'externGrad',
  doc: "gradient of a layer of the user's own",
  operands: ['dy', 'x', 'y'],
  results: ['dx'],
  attrs,
  stages: ['step'],
  writes: [],
  shape({ dy, x, y }, { shape }) {
    const expected = resultOf(x, shape);
    if ('fault' in expected) return expected;
    const wrong = [dy, y].find((value) => !sameShape(value.shape, expected.shape));
    return wrong === undefined
      ? [float(...x.shape)]
      : unfit('externGrad', `dy and y ${shapeText(expected.shape)}`, wrong);
  },
  train: 'same',
  infer: 'same',
  gradient: none('there is no second derivative of it'),
  evaluate: (_, { name }) => noReference(name),
  kernel: 'externGrad',
});
