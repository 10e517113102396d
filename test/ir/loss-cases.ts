/** Gradient cases of losses and of what formulas of losses are made of. Targets and conditions are data: they get no gradient. */
import type { AttrValues, Shape } from '../../src/ir/graph.ts';
import { map, type NdArray, ndarray } from '../../src/ir/nd.ts';
import { awayFromZero, type Operands } from './graphs.ts';

export interface LossCase {
  readonly attrs?: AttrValues;
  readonly operands: Operands;
  readonly types?: Readonly<Record<string, Shape>>;
  /** Operands without a gradient. */
  readonly data?: readonly string[];
}

let seed = 1000;
const x = (...shape: readonly number[]): NdArray => awayFromZero(shape, seed++);
const positive = (...shape: readonly number[]): NdArray => map(x(...shape), Math.abs);
const shares = (...shape: readonly number[]): NdArray => map(positive(...shape), (v) => v / 4);
const weights = ndarray([4], [0.5, 2, 0, 1.25]);
const data = ['target', 'weights'];

const both = (prediction: () => NdArray, target: () => NdArray, attrs: AttrValues = {}): readonly LossCase[] => [
  { attrs, operands: { prediction: prediction(), target: target(), weights: null }, data },
  { attrs, operands: { prediction: prediction(), target: target(), weights }, data },
];

const numbers = (): readonly LossCase[] => [
  ...both(
    () => x(4, 3),
    () => x(4, 3),
  ),
  ...both(
    () => x(4, 2, 3),
    () => x(4, 2, 3),
  ),
  {
    operands: { prediction: x(4, 3), target: x(4, 3), weights: null },
    types: { prediction: ['N', 3], target: ['N', 3] },
    data,
  },
];

const margins = (): readonly LossCase[] =>
  (['signs', 'shares'] as const).flatMap((sides) =>
    both(
      () => x(4, 3),
      () => ndarray([4, 3], [1, 0, -1, 0, 1, 1, -1, -1, 0, 1, 1, 0]),
      { sides },
    ),
  );

const two = (a: NdArray, b: NdArray): LossCase => ({ operands: { a, b } });
const broadcasts = (): readonly LossCase[] => [
  two(x(2, 3), x(2, 3)),
  two(x(2, 3), x(3)),
  two(x(), x(2, 3)),
  two(x(2, 1), x(2, 3)),
];

export const lossCases: Readonly<Record<string, readonly LossCase[]>> = {
  meanSquaredError: numbers(),
  meanAbsoluteError: numbers(),
  meanAbsolutePercentageError: numbers(),
  meanSquaredLogarithmicError: [
    ...numbers(),
    ...both(
      () => positive(4, 3),
      () => positive(4, 3),
    ),
  ],
  logCosh: numbers(),
  poisson: both(
    () => positive(4, 3),
    () => positive(4, 3),
  ),
  hinge: margins(),
  squaredHinge: margins(),
  categoricalHinge: [
    ...both(
      () => x(4, 3),
      () => shares(4, 3),
    ),
    ...both(
      () => x(4, 2, 3),
      () => shares(4, 2, 3),
    ),
  ],
  klDivergence: both(
    () => shares(4, 3),
    () => shares(4, 3),
  ),
  cosineProximity: [
    ...both(
      () => x(4, 3),
      () => x(4, 3),
    ),
    ...both(
      () => x(4, 2, 3),
      () => x(4, 2, 3),
    ),
  ],
  softmaxCrossEntropy: [0, 0.1].flatMap((smoothing) => [
    ...both(
      () => x(4, 3),
      () => shares(4, 3),
      { smoothing },
    ),
    ...both(
      () => x(4, 2, 3),
      () => shares(4, 2, 3),
      { smoothing },
    ),
    {
      attrs: { smoothing },
      operands: { prediction: x(4, 4), target: { int: ndarray([4], [2, 0, 3, 2]) }, weights },
      data,
    },
  ]),
  sigmoidCrossEntropy: [0, 0.1].flatMap((smoothing) =>
    both(
      () => x(4, 3),
      () => shares(4, 3),
      { smoothing },
    ),
  ),
  abs: [{ operands: { x: x(2, 3) } }],
  exp: [{ operands: { x: x(2, 3) } }],
  log: [{ operands: { x: positive(2, 3) } }],
  sqrt: [{ operands: { x: positive(2, 3) } }],
  square: [{ operands: { x: x(2, 3) } }],
  shift: [{ attrs: { by: -0.4 }, operands: { x: x(2, 3) } }],
  clamp: [
    { min: -0.5, max: 1 },
    { min: null, max: 0.3 },
    { min: -0.1, max: null },
  ].map((attrs) => ({ attrs, operands: { x: x(3, 4) } })),
  compare: ['<', '<=', '>', '>=', '==', '!='].map((is) => ({
    attrs: { is },
    operands: { a: x(2, 3), b: x(3) },
    data: ['a', 'b'],
  })),
  select: broadcasts().map(({ operands }) => ({
    operands: { condition: ndarray([2, 3], [1, 0, 0, 1, 1, 0]), ...operands },
    data: ['condition'],
  })),
  maximum: broadcasts(),
  minimum: broadcasts(),
  mean: [{ operands: { x: x(2, 3) } }, { attrs: { axis: 'last' }, operands: { x: x(2, 2, 3) } }],
  total: [{ operands: { x: x(2, 3) } }, { attrs: { axis: 'last' }, operands: { x: x(2, 2, 3) } }],
  softmax: [{ operands: { x: x(2, 3) } }, { operands: { x: x(2, 2, 4) } }],
  logSoftmax: [{ operands: { x: x(2, 3) } }, { operands: { x: x(2, 2, 4) } }],
};
