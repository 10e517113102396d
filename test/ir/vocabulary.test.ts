/** What the language can say: weights and nodes of each layer, and what policies and trains append. */
import { describe, expect, test } from 'vitest';
import type { Span } from '../../src/diagnostics/diagnostic.ts';
import { GraphBuilder, ShapeRefused } from '../../src/ir/builder.ts';
import type { AttrValue, AttrValues, Ref, ValueType } from '../../src/ir/graph.ts';
import { type AnyOp, isFault, isNone } from '../../src/ir/op.ts';
import {
  clips,
  constraints,
  decays,
  initializerKernel,
  initializers,
  layers,
  losses,
  opOf,
  ops,
  optimizers,
  penalties,
  priors,
  schedules,
} from '../../src/ir/ops/index.ts';
import { initialKinds } from '../../src/ir/ops/initializers.ts';
import { printNode } from '../../src/ir/text.ts';
import type { Value } from '../../src/ir/value.ts';
import type { Entry } from '../../src/ir/vocabulary.ts';
import * as runtime from '../../src/runtime/index.ts';

const span: Span = { file: 'spec.nrm', start: 0, end: 0 };
const f32 = (...shape: readonly (number | string)[]): ValueType => ({ dtype: 'float32', shape });
const image = f32('N', 8, 8, 4);

/** Arguments by name, with the defaults of the signature. */
function argumentsOf(entry: Entry, given: AttrValues): Readonly<Record<string, AttrValue>> {
  return Object.fromEntries(
    Object.entries(entry.signature).map(([key, spec]) => {
      const value = key in given ? given[key] : spec.default;
      if (value === undefined) throw new Error(`${entry.name} needs ${key}`);
      return [key, value];
    }),
  );
}

const entry = <T>(table: Readonly<Record<string, T>>, name: string): T => {
  const found = table[name];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

/** The weights of a layer and the lines it lowers to, or the message of its refusal. */
function lowered(
  name: string,
  input: ValueType,
  given: AttrValues,
): { readonly weights: readonly string[]; readonly lines: readonly string[] } | string {
  const def = entry(layers, name);
  const args = argumentsOf(def, given);
  const weights = def.weights(input, args, [input]);
  if (isFault(weights)) return weights.fault(null, null).message;
  const build = new GraphBuilder();
  const x = build.input('%x', input);
  build.layer = 'it';
  for (const w of weights)
    build.store({
      ref: `@it.${w.name}`,
      kind: w.role === 'statistic' ? 'state' : 'param',
      type: f32(...w.shape),
      init: w.init,
    });
  try {
    def.lower({ build, x, xs: [x], args, weight: (w) => `@it.${w}`, name: 'it', layer: 'it' });
  } catch (error) {
    if (error instanceof ShapeRefused) return error.message;
    throw error;
  }
  return {
    weights: weights.map((w) => `${w.name} ${w.role} [${w.shape.join(',')}] ${w.init.kind}`),
    lines: build.finish('Net', 'model', []).nodes.map(printNode),
  };
}

describe('layers', () => {
  test.each<[string, ValueType, AttrValues, readonly string[], readonly string[]]>([
    [
      'conv',
      image,
      { filters: 6, kernel: [3, 5] },
      ['kernel kernel [3,5,4,6] glorot_uniform', 'bias bias [6] zeros'],
      ['%it = conv2d %x @it.kernel @it.bias : f32[N,8,8,6]  !it'],
    ],
    [
      'conv',
      image,
      { filters: 6, kernel: [3, 3], stride: [2, 1], padding: 'valid', groups: 2, bias: 'false' },
      ['kernel kernel [3,3,2,6] glorot_uniform'],
      ['%it = conv2d %x @it.kernel _ {stride=[2,1] groups=2 padding="valid"} : f32[N,3,6,6]  !it'],
    ],
    [
      'dense',
      f32('N', 12),
      { units: 5 },
      ['kernel kernel [12,5] glorot_uniform', 'bias bias [5] zeros'],
      ['%it = dense %x @it.kernel @it.bias : f32[N,5]  !it'],
    ],
    ['maxpool', image, { size: [2, 2] }, [], ['%it = maxPool %x {size=[2,2] stride=[2,2]} : f32[N,4,4,4]  !it']],
    [
      'avgpool',
      image,
      { size: [3, 3], stride: [1, 1], padding: 'valid' },
      [],
      ['%it = avgPool %x {size=[3,3] stride=[1,1] padding="valid"} : f32[N,6,6,4]  !it'],
    ],
    ['flatten', image, {}, [], ['%it = reshape %x {shape=[256]} : f32[N,256]  !it']],
    [
      'batch',
      image,
      {},
      ['gamma scale [4] ones', 'beta shift [4] zeros', 'mean statistic [4] zeros', 'variance statistic [4] ones'],
      ['%it = batchNorm %x @it.gamma @it.beta @it.mean @it.variance {epsilon=0.001 momentum=0.9} : f32[N,8,8,4]  !it'],
    ],
    [
      'batch',
      f32('N', 3),
      { scale: false, center: false, track: false },
      [],
      ['%it = normalize %x _ _ {epsilon=0.001} : f32[N,3]  !it'],
    ],
    ['linear', image, {}, [], []],
    ['relu', image, {}, [], ['%it = activation %x {fn="relu"} : f32[N,8,8,4]  !it']],
    ['leaky_relu', image, {}, [], ['%it = activation %x {fn="leaky_relu" slope=0.1} : f32[N,8,8,4]  !it']],
    ['elu', image, {}, [], ['%it = activation %x {fn="elu" slope=1} : f32[N,8,8,4]  !it']],
    ['gelu', image, {}, [], ['%it = activation %x {fn="gelu"} : f32[N,8,8,4]  !it']],
    ['gelu', image, { form: 'tanh' }, [], ['%it = activation %x {fn="gelu_tanh"} : f32[N,8,8,4]  !it']],
    ['dropout', image, { drop: 0.3 }, [], ['%it = dropout %x {rate=0.3 stream="it"} : f32[N,8,8,4]  !it']],
    [
      'dropout',
      image,
      { keep: 0.7, form: 'standard' },
      [],
      ['%it = dropout %x {rate=0.3 form="standard" stream="it"} : f32[N,8,8,4]  !it'],
    ],
    [
      'drop_path',
      image,
      { keep: 0.8 },
      [],
      ['%it = dropout %x {rate=0.2 per="sample" stream="it"} : f32[N,8,8,4]  !it'],
    ],
    ['global_avgpool', image, {}, [], ['%it = globalAvgPool %x : f32[N,4]  !it']],
    ['scale', image, { factor: 0.5 }, [], ['%it = scale %x {by=0.5} : f32[N,8,8,4]  !it']],
    [
      'scale',
      image,
      { factor: 0.5, learn: 'channels' },
      ['gamma scale [4] constant'],
      ['%it = mul %x @it.gamma : f32[N,8,8,4]  !it'],
    ],
    // Sizes with names.
    [
      'conv',
      f32('N', 'H', 'W', 4),
      { filters: 6, kernel: [3, 3], stride: [2, 1], bias: 'false' },
      ['kernel kernel [3,3,4,6] glorot_uniform'],
      ['%it = conv2d %x @it.kernel _ {stride=[2,1]} : f32[N,⌈H/2⌉,W,6]  !it'],
    ],
    [
      'maxpool',
      f32('N', 'H', 7, 4),
      { size: [3, 2], stride: [1, 2], padding: 'valid' },
      [],
      ['%it = maxPool %x {size=[3,2] stride=[1,2] padding="valid"} : f32[N,H−2,3,4]  !it'],
    ],
    ['flatten', f32('N', 'H', 'W', 6), {}, [], ['%it = reshape %x {shape=[-1]} : f32[N,H·W·6]  !it']],
    ['global_avgpool', f32('N', 'H', 'W', 6), {}, [], ['%it = globalAvgPool %x : f32[N,6]  !it']],
  ])('%s of %j with %j', (name, input, args, weights, lines) => {
    expect(lowered(name, input, args)).toEqual({ weights, lines });
  });

  test.each<[string, ValueType, AttrValues, string]>([
    [
      'conv',
      f32('N', 12),
      { filters: 6, kernel: [3, 3] },
      '`conv` expects an image [N, height, width, channels], found [N, 12]',
    ],
    [
      'conv',
      f32('N', 8, 8, 'C'),
      { filters: 6, kernel: [3, 3] },
      '`conv` needs a number of channels, found `C` in [N, 8, 8, C]',
    ],
    ['conv', image, { filters: 6, kernel: [3, 3], groups: 3 }, '`conv`: 3 groups do not divide 4 input channels'],
    ['conv', image, { filters: 6, kernel: [3, 3], groups: 4 }, '`conv`: 4 groups do not divide 6 filters'],
    [
      'conv',
      image,
      { filters: 6, kernel: [5, 5], dilation: [2, 2], padding: 'valid' },
      '`conv`: a window of 9×9 does not fit into [N, 8, 8, 4]',
    ],
    ['maxpool', image, { size: [9, 2], padding: 'valid' }, '`maxpool`: a window of 9×2 does not fit into [N, 8, 8, 4]'],
    [
      'avgpool',
      f32('N', 12),
      { size: [2, 2] },
      '`avgpool` expects an image [N, height, width, channels], found [N, 12]',
    ],
    [
      'avgpool',
      image,
      {
        size: [2, 2],
        padding: [
          [0, 2],
          [0, 0],
        ],
      },
      '`avgpool`: padding of 2 leaves windows of 2×2 without a pixel of the input',
    ],
    ['dense', image, { units: 5 }, '`dense` expects [N, features], found [N, 8, 8, 4]'],
    ['dense', f32('N', 'T·3'), { units: 5 }, '`dense` needs a number of features, found `T·3` in [N, T·3]'],
    [
      'global_avgpool',
      f32('N', 12),
      {},
      '`global_avgpool` expects an image [N, height, width, channels], found [N, 12]',
    ],
    ['scale', f32('N'), { factor: 2, learn: 'channels' }, '`scale` expects [N, …, channels], found [N]'],
    [
      'scale',
      f32('N', 4, 'C'),
      { factor: 2, learn: 'channels' },
      '`scale` needs a number of channels, found `C` in [N, 4, C]',
    ],
    ['scale', { dtype: 'int32', shape: ['N', 4] }, { factor: 2 }, '`scale` needs float32, found int32'],
    ['batch', f32('N'), {}, '`batch` expects [N, …, channels], found [N]'],
  ])('%s of %j with %j is refused', (name, input, args, message) => {
    expect(lowered(name, input, args)).toBe(message);
  });

  test('only norms of single channels subtract the mean', () => {
    expect(
      Object.values(layers)
        .filter((l) => l.subtractsMean)
        .map((l) => l.name),
    ).toEqual(['batch', 'ghost_batch', 'instance']);
  });
});

describe('padding as it is written', () => {
  const number = (value: number): Value => ({ kind: 'number', value, percent: false, span });
  const list = (...items: readonly Value[]): Value => ({ kind: 'list', items, span });
  const read = (value: Value): AttrValue | undefined => entry(entry(layers, 'conv').signature, 'padding').read(value);
  test('is a word, a number or a pair of pairs', () => {
    expect(read({ kind: 'word', word: 'valid', span })).toBe('valid');
    expect(read({ kind: 'word', word: 'half', span })).toBeUndefined();
    expect(read(number(2))).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(read(number(-1))).toBeUndefined();
    expect(read(list(list(number(1), number(0)), list(number(2), number(3))))).toEqual([
      [1, 0],
      [2, 3],
    ]);
    expect(read(list(number(1), number(0)))).toBeUndefined();
    expect(read(list(list(number(1), number(0))))).toBeUndefined();
  });
});

describe('policies and trains', () => {
  /** A builder with one parameter and its gradient. */
  const start = (): {
    readonly build: GraphBuilder;
    readonly parameter: Ref;
    readonly gradient: Ref;
    readonly rate: Ref;
  } => {
    const build = new GraphBuilder();
    const parameter = build.store({
      ref: '@a.kernel',
      kind: 'param',
      type: f32(2),
      init: { kind: 'zeros', attrs: {} },
    });
    for (const slot of ['m', 'v', 'vMax', 'u', 'velocity', 'square', 'mean', 'accumulator', 'delta'])
      build.store({ ref: `@a.kernel.${slot}`, kind: 'slot', type: f32(2), init: { kind: 'zeros', attrs: {} } });
    const rate = build.input('%rate', { dtype: 'host', shape: [] });
    build.input('%update', { dtype: 'host', shape: [] });
    build.input('%updates', { dtype: 'host', shape: [] });
    build.input('%perEpoch', { dtype: 'host', shape: [] });
    build.input('%plateau', { dtype: 'host', shape: [] });
    return { build, parameter, gradient: build.input('%d.a.kernel', f32(2)), rate };
  };
  const lines = (build: GraphBuilder): readonly string[] => build.finish('Net', 'step', []).nodes.map(printNode);

  test.each<[string, AttrValues, readonly string[], string]>([
    ['l1', { lambda: 0.1 }, ['%l1.a.kernel = l1 @a.kernel {lambda=0.1} : f32[]'], 'w ← w − rate·0.1·sign(w)'],
    ['l2', { lambda: 0.15 }, ['%l2.a.kernel = l2 @a.kernel {lambda=0.15} : f32[]'], 'w ← w − rate·0.3·w'],
    ['l2', { lambda: 0.1, half: true }, ['%l2.a.kernel = l2 @a.kernel {lambda=0.05} : f32[]'], 'w ← w − rate·0.1·w'],
    [
      'l1_l2',
      { l1: 0.1, l2: 0.2 },
      [
        '%l1.a.kernel = l1 @a.kernel {lambda=0.1} : f32[]',
        '%l2.a.kernel = l2 @a.kernel {lambda=0.2} : f32[]',
        '%l1_l2.a.kernel = add %l1.a.kernel %l2.a.kernel : f32[]',
      ],
      'w ← w − rate·(0.1·sign(w) + 0.4·w)',
    ],
  ])('penalty %s %j', (name, given, expected, update) => {
    const def = entry(penalties, name);
    const { build, parameter } = start();
    def.term(build, parameter, argumentsOf(def, given));
    expect(lines(build)).toEqual(expected);
    expect(def.update(argumentsOf(def, given))).toBe(update);
  });

  test('decay', () => {
    const def = entry(decays, 'decoupled');
    expect(def.decay(argumentsOf(def, { amount: 0.02 }))).toEqual({ amount: 0.02, per: 'rate' });
    expect(def.update(argumentsOf(def, { amount: 0.02 }))).toBe('w ← w − rate·0.02·w − update');
    expect(def.update(argumentsOf(def, { amount: 0.02, per: 'step' }))).toBe('w ← 0.98·(w − update)');
  });

  const unasked = (name: string): Ref => {
    throw new Error(`nothing asks for ${name}`);
  };

  test('clipping scales all gradients by one factor', () => {
    const def = entry(clips, 'global_norm');
    const { build, gradient } = start();
    const other = build.input('%d.b', f32(3, 2));
    const gradients = [
      { parameter: '@a.kernel', gradient, last: false },
      { parameter: '@b', gradient: other, last: true },
    ] as const;
    const clipped = def.clip(build, { gradients, memory: unasked }, argumentsOf(def, { norm: 2 }));
    expect(clipped).toEqual(['%clipped.a.kernel', '%clipped.b']);
    expect(lines(build)).toEqual([
      '%clip = clipScale %d.a.kernel %d.b {maxNorm=2} : f32[]',
      '%clipped.a.kernel = mul %d.a.kernel %clip : f32[2]',
      '%clipped.b = mul %d.b %clip : f32[3,2]',
    ]);
  });

  test.each<[string, AttrValues, readonly string[], string]>([
    ['sgd', {}, [], 'sgdUpdate @a.kernel %d.a.kernel %rate _ _'],
    ['sgd', { nesterov: true }, [], 'sgdUpdate @a.kernel %d.a.kernel %rate _ _'],
    [
      'sgd',
      { momentum: 0.9, nesterov: true },
      ['velocity'],
      'sgdUpdate @a.kernel %d.a.kernel %rate @a.kernel.velocity _ {momentum=0.9 nesterov=true}',
    ],
    ['adam', {}, ['m', 'v'], 'adamUpdate @a.kernel %d.a.kernel %rate %update @a.kernel.m @a.kernel.v _'],
    [
      'adamw',
      { beta1: 0.8 },
      ['m', 'v'],
      'adamUpdate @a.kernel %d.a.kernel %rate %update @a.kernel.m @a.kernel.v _ {beta1=0.8}',
    ],
    [
      'adam',
      { amsgrad: true },
      ['m', 'v', 'vMax'],
      'amsgradUpdate @a.kernel %d.a.kernel %rate %update @a.kernel.m @a.kernel.v @a.kernel.vMax _',
    ],
    ['rmsprop', {}, ['square'], 'rmspropUpdate @a.kernel %d.a.kernel %rate @a.kernel.square _ _ _'],
    [
      'rmsprop',
      { momentum: 0.9, centered: true },
      ['square', 'mean', 'velocity'],
      'rmspropUpdate @a.kernel %d.a.kernel %rate @a.kernel.square @a.kernel.mean @a.kernel.velocity _ {momentum=0.9}',
    ],
    ['adagrad', {}, ['accumulator'], 'adagradUpdate @a.kernel %d.a.kernel %rate @a.kernel.accumulator _'],
    [
      'adadelta',
      { rho: 0.9 },
      ['square', 'delta'],
      'adadeltaUpdate @a.kernel %d.a.kernel %rate @a.kernel.square @a.kernel.delta _ {rho=0.9}',
    ],
    ['adamax', {}, ['m', 'u'], 'adamaxUpdate @a.kernel %d.a.kernel %rate %update @a.kernel.m @a.kernel.u _'],
    ['nadam', {}, ['m', 'v'], 'nadamUpdate @a.kernel %d.a.kernel %rate %update @a.kernel.m @a.kernel.v _'],
    ['lion', {}, ['m'], 'lionUpdate @a.kernel %d.a.kernel %rate @a.kernel.m _'],
  ])('optimizer %s %j', (name, given, slots, line) => {
    const def = entry(optimizers, name);
    const args = argumentsOf(def, given);
    expect(def.slots(args).map((s) => s.name)).toEqual(slots);
    const { build, parameter, gradient, rate } = start();
    def.update(build, { parameter, gradient, slot: (s) => `@a.kernel.${s}`, rate, step: '%update', decay: null }, args);
    expect(lines(build)).toEqual([line]);
  });

  test('decay reaches the update', () => {
    const def = entry(optimizers, 'adam');
    const { build, parameter, gradient, rate } = start();
    def.update(
      build,
      {
        parameter,
        gradient,
        slot: (s) => `@a.kernel.${s}`,
        rate,
        step: '%update',
        decay: { amount: 0.1, per: 'step' },
      },
      argumentsOf(def, {}),
    );
    expect(lines(build)[0]).toContain('{decay=0.1 decayPer="step"}');
  });

  test.each<[string, AttrValues, string]>([
    ['constant', { warmup: 3 }, 'constantSchedule %update _ {rate=0.5 warmup=3}'],
    ['constant', { warmup: 3, per: 'epoch' }, 'constantSchedule %update %perEpoch {rate=0.5 warmup=3}'],
    ['step', { every: 5 }, 'stepSchedule %update _ {rate=0.5 every=5}'],
    ['step', { at: [2, 3], per: 'epoch' }, 'stepSchedule %update %perEpoch {rate=0.5 at=[2,3]}'],
    ['exponential', { factor: 0.5, every: 5 }, 'exponentialSchedule %update _ {rate=0.5 factor=0.5 every=5}'],
    ['polynomial', { power: 2, length: 9 }, 'polynomialSchedule %update %updates _ {rate=0.5 length=9 power=2}'],
    ['cosine', { final: 0.1 }, 'cosineSchedule %update %updates _ {rate=0.5 final=0.1}'],
    ['one_cycle', { div_factor: 9 }, 'oneCycleSchedule %update %updates _ {rate=0.5 divFactor=9}'],
    ['reduce_on_plateau', { patience: 3 }, 'plateauSchedule %update %plateau _ {rate=0.5}'],
  ])('schedule %s %j', (name, given, line) => {
    const { build } = start();
    const context = {
      step: '%update',
      steps: '%updates',
      perEpoch: '%perEpoch',
      plateau: '%plateau',
      rate: 0.5,
    } as const;
    const def = entry(schedules, name);
    def.rate(build, context, argumentsOf(def, given));
    expect(lines(build)).toEqual([`%rate_2 = ${line} : host`]);
  });

  test('cross entropy takes one logit per class', () => {
    const def = entry(losses, 'cross_entropy');
    const of = (classes: number) => ({ kind: 'class', classes }) as const;
    expect(def.target(f32('N', 10), of(10), false)).toEqual({ dtype: 'int32', shape: ['N'] });
    expect(def.target(f32('N', 10), of(10), true)).toEqual(f32('N', 10));
    expect(def.target(f32('N', 1), of(2), false)).toEqual({ dtype: 'int32', shape: ['N'] });
    expect(def.target(f32('N', 1), of(2), true)).toEqual(f32('N', 2));
    const message = (prediction: ValueType, classes: number | null): string => {
      const field = classes === null ? ({ kind: 'tensor', dtype: 'float32', shape: [3] } as const) : of(classes);
      const target = def.target(prediction, field, false);
      return isFault(target) ? target.fault(null, null).message : 'accepted';
    };
    expect(message(f32('N', 4, 4, 10), 10)).toBe(
      '`cross_entropy` expects one value per class, [N, classes], found an output [N, 4, 4, 10]',
    );
    expect(message(f32('N', 10), null)).toBe('`cross_entropy` compares an output float32[10] with a target float32[3]');
    expect(message(f32('N', 9), 10)).toBe(
      '`cross_entropy` expects one value for each of 10 classes, found an output [N, 9]',
    );
  });
});

describe('initializers', () => {
  test.each<[string, AttrValues, string, AttrValues]>([
    ['glorot', {}, 'glorot_uniform', { fanIn: 9, fanOut: 18 }],
    ['glorot_normal', {}, 'glorot_normal', { fanIn: 9, fanOut: 18 }],
    ['glorot_uniform', {}, 'glorot_uniform', { fanIn: 9, fanOut: 18 }],
    ['kaiming', {}, 'kaiming_normal', { fan: 9 }],
    ['kaiming', { fan: 'out' }, 'kaiming_normal', { fan: 18 }],
    ['he', {}, 'kaiming_normal', { fan: 9 }],
    ['kaiming_uniform', {}, 'kaiming_uniform', { fan: 9 }],
    ['lecun', {}, 'lecun_normal', { fan: 9 }],
    ['lecun_uniform', { fan: 'out' }, 'lecun_uniform', { fan: 18 }],
    ['orthogonal', { gain: 2 }, 'orthogonal', { gain: 2 }],
    ['truncated', {}, 'truncated', { sigma: 0.05 }],
    ['normal', {}, 'normal', { sigma: 0.05 }],
    ['uniform', { limit: 0.1 }, 'uniform', { limit: 0.1 }],
    ['zeros', {}, 'zeros', {}],
    ['ones', {}, 'ones', {}],
    ['constant', { value: 2 }, 'constant', { value: 2 }],
  ])('%s %j', (name, given, kind, attrs) => {
    const def = entry(initializers, name);
    expect(def.initial(argumentsOf(def, given), { in: 9, out: 18 })).toEqual({ kind, attrs });
    expect(initializerKernel(kind).kernel).toBe(def.kernel);
  });
  test('an unknown kind is named', () => {
    expect(() => initializerKernel('best')).toThrow('`best`');
  });
});

describe('tables', () => {
  const tables: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
    layers,
    initializers,
    penalties,
    decays,
    priors,
    constraints,
    clips,
    optimizers,
    schedules,
    losses,
  };
  test('keys are names; everything is described', () => {
    for (const [key, op] of Object.entries<AnyOp>(ops)) {
      expect(op.kind).toBe(key);
      expect(op.doc).not.toBe('');
      expect(opOf({ op: key })).toBe(op);
    }
    for (const table of Object.values(tables)) {
      for (const [key, def] of Object.entries(table)) {
        expect(def.name).toBe(key);
        for (const text of [def.doc, ...Object.values(def.signature).map((p) => p.doc)]) expect(text, key).not.toBe('');
      }
    }
  });

  test('kernels are exports of the runtime', () => {
    const kernels = [
      ...Object.values<AnyOp>(ops).flatMap((op) => (isNone(op.kernel) ? [] : [op.kernel])),
      ...Object.values(initialKinds).map((kind) => kind.kernel),
    ];
    expect(kernels.filter((kernel) => !(kernel in runtime))).toEqual([]);
  });

  test('every optimizer has a rate', () => {
    for (const def of Object.values(optimizers)) expect(def.signature).toHaveProperty('rate');
  });
});
