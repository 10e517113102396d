/** Networks to try passes on: a few written out, and random ones. */
import fc from 'fast-check';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph, Output, Ref } from '../../src/ir/graph.ts';
import { type AnyOp, isFault } from '../../src/ir/op.ts';
import { clips, constraints, ops, optimizers, schedules } from '../../src/ir/ops/index.ts';
import type { Bound, ClipOf, StepRecipe } from '../../src/ir/recipe.ts';
import type { ArgumentsOf, Signature } from '../../src/ir/signature.ts';
import { specialize } from '../../src/ir/specialize.ts';
import type { Decay } from '../../src/ir/vocabulary.ts';

// ── recipes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type Arguments = ArgumentsOf<Signature>;

const bound = <D extends { readonly signature: Signature }>(def: D | undefined, args: Arguments): Bound<D> => {
  if (def === undefined) throw new Error('no such entry in the vocabulary');
  const defaults = Object.entries(def.signature).map(([name, spec]) => [name, spec.default ?? null] as const);
  return { def, args: { ...Object.fromEntries(defaults), ...args } };
};

export interface RecipeOptions {
  readonly optimizer?: readonly [string, Arguments];
  readonly schedule?: readonly [string, Arguments];
  /** The greatest norm of all gradients together, or a way of clipping. */
  readonly clip?: number | readonly [string, Arguments];
  readonly of?: ClipOf;
  readonly last?: readonly Ref[];
  readonly decay?: Readonly<Record<Ref, Decay>>;
  readonly rateScale?: Readonly<Record<Ref, number>>;
  readonly constraints?: readonly { readonly parameters: readonly Ref[]; readonly by: readonly [string, Arguments] }[];
}

// Keys of a record of refs are refs.
const byRef = <T>(record: Readonly<Record<Ref, T>> = {}): ReadonlyMap<Ref, T> =>
  new Map(Object.entries(record) as [Ref, T][]);

function clippingOf({ clip, of = 'data', last = [] }: RecipeOptions): StepRecipe['clip'] {
  if (clip === undefined) return null;
  const [name, args] = typeof clip === 'number' ? (['global_norm', { norm: clip }] as const) : clip;
  return { ...bound(clips[name], args), of, last: new Set(last) };
}

export const recipe = (options: RecipeOptions = {}): StepRecipe => ({
  optimizer: bound(optimizers[options.optimizer?.[0] ?? 'sgd'], options.optimizer?.[1] ?? { rate: 0.1 }),
  schedule: bound(schedules[options.schedule?.[0] ?? 'constant'], options.schedule?.[1] ?? {}),
  clip: clippingOf(options),
  decay: byRef(options.decay),
  rateScale: byRef(options.rateScale),
  constraints: (options.constraints ?? []).map(({ parameters, by: [name, args] }) => ({
    ...bound(constraints[name], args),
    parameters,
  })),
});

// ── training graphs ──────────────────────────────────────────────────────────────────────────────────────────────────

export interface Penalty {
  readonly kind: 'l1' | 'l2';
  readonly of: Ref;
  readonly lambda: number;
}

/** The forward pass of training of a network's first output, which has rank 2, with a cross entropy behind it. */
export function trainingOf(model: Graph<'model'>, penalties: readonly Penalty[] = []): Graph<'train'> {
  const graph = specialize(model, 'train');
  const build = new GraphBuilder(graph);
  const logits = graph.outputs[0]?.ref ?? '%logits';
  const label = build.input('%label', { dtype: 'int32', shape: ['N'] });
  const outputs: Output[] = [{ name: 'loss', ref: build.one(ops.softmaxCrossEntropy, [logits, label], {}, 'loss') }];
  const terms = penalties
    .filter((p) => build.has(p.of))
    .map((p) =>
      build.one(p.kind === 'l1' ? ops.l1 : ops.l2, [p.of], { lambda: p.lambda }, `${p.kind}.${p.of.slice(1)}`),
    );
  const [first, ...rest] = terms;
  if (first !== undefined) {
    outputs.push({
      name: 'penalty',
      ref: rest.reduce((sum, term) => build.one(ops.add, [sum, term], {}, 'penalty'), first),
    });
  }
  return build.finish(model.name, 'train', outputs);
}

// ── random networks ──────────────────────────────────────────────────────────────────────────────────────────────────

type Layer =
  | {
      readonly kind: 'conv';
      readonly filters: number;
      readonly size: number;
      readonly padding: 'same' | 'valid' | 'explicit';
      readonly bias: boolean;
    }
  | { readonly kind: 'norm'; readonly scale: boolean; readonly center: boolean; readonly track: boolean }
  | { readonly kind: 'act'; readonly fn: string; readonly slope: number }
  | { readonly kind: 'drop'; readonly rate: number; readonly form: 'inverted' | 'standard' }
  | { readonly kind: 'pool'; readonly op: 'maxPool' | 'avgPool'; readonly size: number }
  | { readonly kind: 'dense'; readonly units: number; readonly bias: boolean };

const act = fc.oneof(
  fc
    .constantFrom('relu', 'relu6', 'sigmoid', 'tanh', 'silu', 'gelu')
    .map((fn): Layer => ({ kind: 'act', fn, slope: 0 })),
  fc.constantFrom(0.5, 1).map((slope): Layer => ({ kind: 'act', fn: 'elu', slope })),
  fc.constant<Layer>({ kind: 'act', fn: 'leaky_relu', slope: 0.1 }),
);
const norm = fc.record({
  kind: fc.constant('norm' as const),
  scale: fc.boolean(),
  center: fc.boolean(),
  track: fc.nat(5).map((n) => n > 0),
});
const drop = fc.record({
  kind: fc.constant('drop' as const),
  rate: fc.constantFrom(0, 0.25, 0.5),
  form: fc.constantFrom('inverted' as const, 'standard' as const),
});
const conv = fc.record({
  kind: fc.constant('conv' as const),
  filters: fc.constantFrom(1, 2, 3),
  size: fc.constantFrom(1, 2, 3),
  padding: fc.constantFrom('same' as const, 'valid' as const, 'explicit' as const),
  bias: fc.boolean(),
});
const pool = fc.record({
  kind: fc.constant('pool' as const),
  op: fc.constantFrom('maxPool' as const, 'avgPool' as const),
  size: fc.constantFrom(2, 3),
});
const dense = fc.record({ kind: fc.constant('dense' as const), units: fc.constantFrom(2, 5), bias: fc.boolean() });

/**
 * Networks on images [N,4,4,2] to logits [N,3]: convolutions, then dense layers; sometimes a value on the way is an
 * output too.
 */
export const models: fc.Arbitrary<Graph<'model'>> = fc
  .record({
    images: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: conv },
        { weight: 3, arbitrary: norm },
        { weight: 2, arbitrary: act },
        drop,
        pool,
      ),
      { maxLength: 7 },
    ),
    vectors: fc.array(fc.oneof({ weight: 2, arbitrary: dense }, norm, act, drop), { maxLength: 4 }),
    bias: fc.boolean(),
    tap: fc.nat(9),
  })
  .map(({ images, vectors, bias, tap }) => networkOf(images, vectors, bias, tap));

function networkOf(images: readonly Layer[], vectors: readonly Layer[], bias: boolean, tap: number): Graph<'model'> {
  const build = new GraphBuilder();
  let x = build.input('%image', { dtype: 'float32', shape: ['N', 4, 4, 2] });
  const values: Ref[] = [];
  const add = (layer: Layer): void => {
    x = append(build, x, layer, `${layer.kind}${values.length + 1}`);
    values.push(x);
  };
  images.forEach(add);
  const inner = build.typeOf(x).shape.slice(1).map(Number);
  build.layer = 'flatten';
  x = build.one(ops.reshape, [x], { shape: [inner.reduce((a, b) => a * b, 1)] }, 'flatten');
  vectors.forEach(add);
  add({ kind: 'dense', units: 3, bias });
  const tapped = values[tap];
  return build.finish('Random', 'model', [
    { name: 'logits', ref: x },
    ...(tapped === undefined || tapped === x ? [] : [{ name: 'tap', ref: tapped }]),
  ]);
}

/** Appends a layer; one that does not fit its input is left out. */
function append(build: GraphBuilder, x: Ref, layer: Layer, name: string): Ref {
  build.layer = name;
  const shape = build.typeOf(x).shape;
  const channels = Number(shape.at(-1));
  const param = (weight: string, sizes: readonly number[], kind: 'param' | 'state' = 'param'): Ref =>
    build.store({
      ref: `@${name}.${weight}`,
      kind,
      type: { dtype: 'float32', shape: sizes },
      init: { kind: 'zeros', attrs: {} },
    });
  if (layer.kind === 'act') return build.one(ops.activation, [x], { fn: layer.fn, slope: layer.slope }, name);
  if (layer.kind === 'drop')
    return build.one(ops.dropout, [x], { rate: layer.rate, form: layer.form, stream: name }, name);
  if (layer.kind === 'dense') {
    return build.one(
      ops.dense,
      [x, param('kernel', [channels, layer.units]), layer.bias ? param('bias', [layer.units]) : null],
      {},
      name,
    );
  }
  if (layer.kind === 'norm') {
    const gamma = layer.scale ? param('gamma', [channels]) : null;
    const beta = layer.center ? param('beta', [channels]) : null;
    if (!layer.track) return build.one(ops.normalize, [x, gamma, beta], { epsilon: 0.001 }, name);
    const statistics = [param('mean', [channels], 'state'), param('variance', [channels], 'state')];
    return build.one(ops.batchNorm, [x, gamma, beta, ...statistics], { epsilon: 0.001, momentum: 0.9 }, name);
  }
  if (layer.kind === 'pool') {
    const attrs = { size: [layer.size, layer.size], stride: [2, 2], padding: 'same' };
    return fits(build, ops[layer.op], [x], attrs) ? build.one(ops[layer.op], [x], attrs, name) : x;
  }
  const padding =
    layer.padding === 'explicit'
      ? [
          [1, 0],
          [0, 1],
        ]
      : layer.padding;
  const rows = Number(shape[1]) + (layer.padding === 'explicit' ? 1 : 0);
  if (layer.padding !== 'same' && rows < layer.size) return x;
  const operands = [
    x,
    param('kernel', [layer.size, layer.size, channels, layer.filters]),
    layer.bias ? param('bias', [layer.filters]) : null,
  ];
  return build.one(ops.conv2d, operands, { padding }, name);
}

const fits = (
  build: GraphBuilder,
  op: AnyOp,
  operands: readonly Ref[],
  attrs: Readonly<Record<string, number[] | string>>,
): boolean => !isFault(op.erased.shape({ operands, attrs }, (ref) => build.typeOf(ref)));
