/** Every gradient rule against central differences of the float64 evaluation. An op that has a rule and no case here fails. */
import { describe, expect, test } from 'vitest';
import type { AttrValues, Graph, Shape } from '../../src/ir/graph.ts';
import { map, type NdArray, ndarray } from '../../src/ir/nd.ts';
import { type AnyOp, isNone } from '../../src/ir/op.ts';
import { isOpKind, ops } from '../../src/ir/ops/index.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { arrayOf, awayFromZero, distance, distinct, evaluateNode, isFloat, type Operands, random } from './graphs.ts';
import { lossCases } from './loss-cases.ts';

interface Case {
  readonly attrs?: AttrValues;
  readonly operands: Operands;
  /** Shapes of operands in the graph, where sizes have names. */
  readonly types?: Readonly<Record<string, Shape>>;
  /** Float operands that get no gradient: what a loss compares with. */
  readonly data?: readonly string[];
}

let seed = 1;
const x = (...shape: readonly number[]): NdArray => awayFromZero(shape, seed++);
const without = (operands: Operands, ...names: readonly string[]): Operands =>
  Object.fromEntries(Object.entries(operands).map(([name, value]) => [name, names.includes(name) ? null : value]));

/** All combinations of the values of each axis. */
const grid = <T extends Readonly<Record<string, readonly unknown[]>>>(
  axes: T,
): readonly { readonly [K in keyof T]: T[K][number] }[] =>
  Object.entries(axes).reduce<readonly object[]>(
    (rows, [key, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [key]: value }))),
    [{}],
    // Each row has one value of every axis.
  ) as readonly { readonly [K in keyof T]: T[K][number] }[];

const convolutions = (): readonly Case[] => [
  ...grid({
    size: [
      [3, 2],
      [1, 1],
      [2, 3],
    ],
    stride: [
      [1, 1],
      [2, 2],
      [3, 1],
    ],
    dilation: [
      [1, 1],
      [2, 1],
    ],
    groups: [1, 2],
    padding: [
      'same',
      'valid',
      [
        [1, 0],
        [0, 2],
      ],
    ],
  } as const).map(({ size, groups, ...attrs }) => ({
    attrs: { groups, ...attrs },
    operands: { x: x(1, 5, 4, 2), kernel: x(...size, 2 / groups, 2), bias: null },
  })),
  ...(['linear', 'relu', 'relu6', 'sigmoid', 'elu'] as const).map((activation) => ({
    attrs: { activation },
    operands: { x: x(2, 3, 4, 2), kernel: x(2, 2, 2, 3), bias: x(3) },
  })),
  ...(['same', 'valid'] as const).map((padding) => ({
    attrs: { stride: [2, 1], padding },
    operands: { x: x(1, 5, 4, 2), kernel: x(3, 2, 2, 2), bias: x(2) },
    types: { x: ['N', 'H', 'W', 2] },
  })),
];

const pools = (): readonly Case[] =>
  grid({
    size: [
      [2, 2],
      [3, 2],
    ],
    stride: [
      [1, 1],
      [2, 2],
      [3, 2],
    ],
    padding: [
      'same',
      'valid',
      [
        [1, 1],
        [1, 0],
      ],
    ],
  } as const).flatMap((attrs) => [
    { attrs, operands: { x: distinct([2, 5, 4, 2], seed++) } },
    { attrs, operands: { x: distinct([2, 5, 4, 2], seed++) }, types: { x: ['N', 'H', 4, 2] } },
  ]);

const activations = (): readonly Case[] => {
  // On both sides of every kink (−3, 0, 3, 6) and far out.
  const points = ndarray([2, 6], [-9, -3.4, -2.6, -1, -0.3, -0.1, 0.1, 0.4, 1.5, 2.8, 5.5, 7]);
  return [
    ...[
      'linear',
      'relu',
      'relu6',
      'selu',
      'sigmoid',
      'tanh',
      'softplus',
      'silu',
      'gelu',
      'gelu_tanh',
      'hard_sigmoid',
      'hard_swish',
      'mish',
    ].map((fn) => ({ attrs: { fn }, operands: { x: points } })),
    ...['leaky_relu', 'elu'].flatMap((fn) =>
      [0.1, 1, 1.7].map((slope) => ({ attrs: { fn, slope }, operands: { x: points } })),
    ),
  ];
};

const broadcasts: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [[], [2, 3]],
  [[2, 3], []],
  [
    [2, 1, 3],
    [2, 4, 3],
  ],
  [
    [1, 3],
    [2, 3],
  ],
  [
    [1, 4, 1],
    [2, 4, 3],
  ],
  [
    [1, 1],
    [2, 3],
  ],
  [
    [4, 1],
    [2, 4, 3],
  ],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [1, 1, 3],
    [2, 4, 3],
  ],
];

const elementwise = (): readonly Case[] => [
  ...broadcasts.map(([a, b]) => ({ operands: { a: x(...a), b: x(...b) } })),
  // Sizes with names: the operand that repeats gets its gradient back under its own shape.
  { operands: { a: x(2, 3, 1), b: x(2, 3, 4) }, types: { a: ['N', 'T', 1], b: ['N', 'T', 4] } },
  { operands: { a: x(2, 1, 1, 4), b: x(2, 3, 5, 4) }, types: { a: ['N', 1, 1, 4], b: ['N', 'H', 'W', 4] } },
  { operands: { a: x(2, 3, 5, 1), b: x(2, 3, 5, 4) }, types: { a: ['N', 'H', 'W', 1], b: ['N', 'H', 'W', 4] } },
  { operands: { a: x(1, 3, 5, 1), b: x(2, 3, 5, 4) }, types: { a: [1, 'H', 5, 1], b: ['N', 'H', 5, 4] } },
];

const norm = { x: x(3, 2, 2, 3), gamma: ndarray([3], [0.7, 0, -1.3]), beta: x(3) };

/** Every grouping over ranks 2 to 5, and what each may do without. */
const norms = (): readonly Case[] => {
  const gamma = ndarray([4], [0.7, 0, -1.3, 2]);
  const groupings = [
    {},
    { slice: 2 },
    { over: 'sample', groups: 1 },
    { over: 'sample', groups: 2 },
    { over: 'sample' },
    { over: 'sample', centred: false },
    { over: 'position', groups: 1 },
    { over: 'position', groups: 1, centred: false },
  ];
  const sizes = [[], [3], [2, 3], [2, 1, 2]];
  const ranks = sizes.flatMap((inside) =>
    groupings.map((grouping) => ({
      attrs: { ...grouping, epsilon: 0.2 },
      operands: { x: x(4, ...inside, 4), gamma, beta: x(4), learned: null },
    })),
  );
  const parts = groupings.flatMap((grouping) => [
    { attrs: { ...grouping, epsilon: 1e-2 }, operands: { x: x(4, 3, 4), gamma: null, beta: x(4), learned: x(1) } },
    { attrs: { ...grouping, epsilon: 1e-2 }, operands: { x: x(4, 3, 4), gamma, beta: null, learned: x(1) } },
    { attrs: { ...grouping, epsilon: 0.5 }, operands: { x: x(2, 2, 2, 4), gamma: null, beta: null, learned: null } },
  ]);
  const symbolic = groupings.map((grouping) => ({
    attrs: { ...grouping, epsilon: 1e-2 },
    operands: { x: x(4, 3, 2, 4), gamma, beta: x(4), learned: null },
    types: { x: ['N', 'H', 'W', 4] },
  }));
  return [...ranks, ...parts, ...symbolic];
};

const cases: Readonly<Record<string, readonly Case[]>> = {
  conv2d: convolutions(),
  dense: ['linear', 'relu', 'relu6', 'sigmoid', 'elu'].flatMap((activation) => [
    { attrs: { activation }, operands: { x: x(3, 4), kernel: x(4, 2), bias: x(2) } },
    { attrs: { activation }, operands: { x: x(3, 4), kernel: x(4, 2), bias: null } },
  ]),
  maxPool: pools(),
  avgPool: pools(),
  reshape: [
    { attrs: { shape: [12] }, operands: { x: x(2, 3, 4) } },
    { attrs: { shape: [2, 1, 6] }, operands: { x: x(2, 12) } },
    { attrs: { shape: [-1, 2] }, operands: { x: x(2, 3, 4) } },
    { attrs: { shape: [-1] }, operands: { x: x(2, 3, 4) }, types: { x: ['N', 'T', 4] } },
    { attrs: { shape: [-1, 2] }, operands: { x: x(2, 3, 5, 4) }, types: { x: ['N', 'H', 'W', 4] } },
  ],
  concat: [
    { operands: { x1: x(2, 3), x2: x(2, 1), x3: x(2, 2) } },
    { operands: { x1: x(2, 3, 2, 1), x2: x(2, 3, 2, 4) } },
    { operands: { x1: x(2, 3, 2, 1), x2: x(2, 3, 2, 4) }, types: { x1: ['N', 'H', 'W', 1], x2: ['N', 'H', 'W', 4] } },
    { operands: { x1: x(2, 3) } },
  ],
  globalAvgPool: [
    { operands: { x: x(2, 3, 4, 2) } },
    { operands: { x: x(3, 1, 1, 2) } },
    { operands: { x: x(2, 3, 4, 2) }, types: { x: ['N', 'H', 4, 2] } },
  ],
  activation: activations(),
  channelActivation: ['tlu', 'prelu'].flatMap((fn) =>
    [[5], [4, 3], [2, 3, 2]].map((inside) => ({
      attrs: { fn },
      operands: { x: x(3, ...inside, 4), weight: ndarray([4], [-0.51, 0.13, 0, 1.09]) },
    })),
  ),
  localResponse: [
    { k: 2, alpha: 1e-4, beta: 0.75, size: 5 },
    { k: 1, alpha: 0.5, beta: 0.5, size: 3 },
    { k: 0.5, alpha: 0.3, beta: 1.5, size: 1 },
    { k: 1, alpha: 0.2, beta: 0.75, size: 9 },
  ].flatMap((attrs) => [
    { attrs, operands: { x: x(2, 3, 2, 6) } },
    { attrs, operands: { x: x(3, 6) } },
  ]),
  batchNorm: [norm, without(norm, 'gamma'), without(norm, 'beta'), { ...norm, x: x(5, 3) }].map((operands) => ({
    attrs: { epsilon: 1e-3, momentum: 0.9 },
    operands: { ...operands, mean: ndarray([3], [0.3, -0.2, 1.1]), variance: ndarray([3], [0.5, 1.4, 2]) },
  })),
  normalizeTrain: norms(),
  dropoutTrain: grid({ form: ['inverted', 'standard'], per: ['element', 'channel', 'sample'] }).map((how) => ({
    attrs: { rate: 0.4, ...how, stream: 'drop1' },
    operands: { x: x(4, 5, 2), random },
  })),
  noiseTrain: [{ attrs: { deviation: 0.4, stream: 'noise1' }, operands: { x: x(3, 2, 2), random } }],
  dropConnectTrain: [
    {
      attrs: { rate: 0.4, stream: 'dense1.kernel' },
      // Only its number of samples counts.
      operands: { kernel: x(4, 2), like: { int: ndarray([3], [0, 0, 0]) }, random },
      types: { like: ['N'] },
    },
  ],
  denseEach: [x(2), null].map((bias) => ({
    operands: { x: x(3, 4), kernels: x(3, 4, 2), bias },
    types: { kernels: ['N', 4, 2] },
  })),
  scale: [{ attrs: { by: -0.3 }, operands: { x: x(2, 3) } }],
  add: elementwise(),
  sub: elementwise(),
  mul: elementwise(),
  div: elementwise(),
  ...lossCases,
  l1: [
    { attrs: { lambda: 0.3 }, operands: { w: x(2, 3) } },
    { attrs: { lambda: 0.3 }, operands: { w: x(2, 3), samples: 7 } },
  ],
  l2: [
    { attrs: { lambda: 0.3 }, operands: { w: x(2, 3) } },
    { attrs: { lambda: 0.3 }, operands: { w: x(2, 3), samples: 7 } },
  ],
};

/** Σ dy·y of the first result, where the operand `name` is moved by h at position `i`. */
function shifted(
  op: AnyOp,
  { attrs = {}, operands, types }: Case,
  dy: NdArray,
  name: string,
  i: number,
  h: number,
): number {
  const value = operands[name] ?? null;
  if (!isFloat(value)) throw new Error(`${name} is no float operand`);
  const moved = map(value, (v, j) => (j === i ? v + h : v));
  const { results, values } = evaluateNode(op, attrs, { ...operands, [name]: moved }, null, types);
  const y = arrayOf(results[0] && values.get(results[0]));
  return y.data.reduce((sum, v, j) => sum + v * (dy.data[j] ?? 0), 0);
}

function differences(op: AnyOp, given: Case, dy: NdArray, name: string): NdArray {
  const value = given.operands[name] ?? null;
  if (!isFloat(value)) throw new Error(`${name} is no float operand`);
  const h = 1e-5;
  return map(value, (_, i) => (shifted(op, given, dy, name, i, h) - shifted(op, given, dy, name, i, -h)) / (2 * h));
}

/** With what a training step must have. */
const withLoss = (graph: Graph): Graph => ({
  ...graph,
  nodes: [
    ...graph.nodes,
    {
      op: 'constant',
      operands: [],
      attrs: { value: 0 },
      results: [{ ref: '%loss', type: { dtype: 'float32', shape: [] } }],
      layer: '',
    },
  ],
  outputs: [{ name: 'loss', ref: '%loss' }],
});

const title = ({ attrs, operands, types }: Case): string => {
  const shapes = Object.entries(operands).map(
    ([name, v]) => `${name}${isFloat(v) ? `[${v.shape.join(',')}]` : v === null ? ' absent' : ''}`,
  );
  return `${JSON.stringify(attrs ?? {})} ${shapes.join(' ')}${types === undefined ? '' : ` as ${JSON.stringify(types)}`}`;
};

const rows = Object.entries(cases).flatMap(([kind, list]) => list.map((c) => [kind, title(c), c] as const));

test('every op with a gradient rule has cases, and no other', () => {
  const withRule = Object.values<AnyOp & { readonly gradient: unknown }>(ops).filter(
    // That of `extern` is code of the user's own, which float64 evaluation refuses.
    (op) => !isNone(op.gradient) && op !== ops.extern && op !== ops.externLoss,
  );
  expect(Object.keys(cases).toSorted()).toEqual(withRule.map((op) => op.kind).toSorted());
});

describe('gradients agree with central differences', () => {
  test.each(rows)('%s %s', (kind, _, given) => {
    const op = opOfKind(kind);
    const { results, values } = evaluateNode(op, given.attrs ?? {}, given.operands, null, given.types);
    const y = arrayOf(results[0] && values.get(results[0]));
    const dy = awayFromZero(y.shape, 99);
    const { gradients, graph } = evaluateNode(op, given.attrs ?? {}, given.operands, dy, given.types);
    expect(verifyGraph(withLoss(graph))).toEqual([]);
    const floats = Object.entries(given.operands).filter(
      ([name, value]) => isFloat(value) && given.data?.includes(name) !== true,
    );
    expect([...(gradients?.keys() ?? [])].toSorted()).toEqual(floats.map(([name]) => name).toSorted());
    for (const [name] of floats) {
      const found = gradients?.get(name);
      expect(found && distance(differences(op, given, dy, name), found), name).toBeLessThan(1e-7);
    }
  });
});

describe('a cotangent of one is left out', () => {
  test.each(['softmaxCrossEntropy', 'l1', 'l2'])('%s', (kind) => {
    const [given] = cases[kind] ?? [];
    if (given === undefined) throw new Error('no case');
    const op = opOfKind(kind);
    const explicit = evaluateNode(op, given.attrs ?? {}, given.operands, ndarray([], [1]));
    const implicit = evaluateNode(op, given.attrs ?? {}, given.operands, 'one');
    expect(implicit.graph.nodes.at(-1)?.operands.at(-1)).toBeNull();
    for (const [name, gradient] of explicit.gradients ?? []) {
      const other = implicit.gradients?.get(name);
      expect(other && distance(gradient, other)).toBe(0);
    }
  });
});

function opOfKind(kind: string): AnyOp {
  if (!isOpKind(kind)) throw new Error(`no op ${kind}`);
  return ops[kind];
}
