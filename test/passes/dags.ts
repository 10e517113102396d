/** Random networks with branches: values that are read several times, joins, gates, and weights that several layers share. */
import fc from 'fast-check';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { AttrValues, Graph, Node, Ref, Shape, ValueType } from '../../src/ir/graph.ts';
import { type AnyOp, isFault } from '../../src/ir/op.ts';
import { ops } from '../../src/ir/ops/index.ts';

/** Which of the values so far a step reads: 0 the last one, 1 the one before … */
type Back = number;

type Step = {
  readonly on: Back;
  /** A weight of the same name and shape is taken over from an earlier layer where this is set. */
  readonly share: boolean;
} & (
  | { readonly kind: 'conv'; readonly filters: number; readonly size: number; readonly bias: boolean }
  | { readonly kind: 'norm'; readonly scale: boolean; readonly center: boolean; readonly track: boolean }
  | { readonly kind: 'act'; readonly fn: string }
  | {
      readonly kind: 'drop';
      readonly rate: number;
      readonly form: 'inverted' | 'standard';
      readonly per: 'element' | 'sample';
    }
  | { readonly kind: 'join'; readonly op: 'add' | 'mul' | 'concat'; readonly others: readonly Back[] }
  | { readonly kind: 'gate' }
  | { readonly kind: 'scale'; readonly by: number | null }
  | { readonly kind: 'pool' }
  | { readonly kind: 'dense'; readonly units: number; readonly bias: boolean }
);

const common = {
  // Mostly the last value: a chain with branches.
  on: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(3) }),
  share: fc.nat(2).map((n) => n > 0),
};
const conv = fc.record({
  ...common,
  kind: fc.constant('conv' as const),
  filters: fc.constantFrom(2, 2, 2, 3),
  size: fc.constantFrom(1, 3, 3),
  bias: fc.boolean(),
});
const dense = fc.record({
  ...common,
  kind: fc.constant('dense' as const),
  units: fc.constantFrom(2, 3),
  bias: fc.boolean(),
});
const norm = fc.record({
  ...common,
  kind: fc.constant('norm' as const),
  scale: fc.boolean(),
  center: fc.boolean(),
  track: fc.nat(5).map((n) => n > 0),
});
const act = fc.record({
  ...common,
  kind: fc.constant('act' as const),
  fn: fc.constantFrom('relu', 'sigmoid', 'tanh', 'silu'),
});
const drop = fc.record({
  ...common,
  kind: fc.constant('drop' as const),
  rate: fc.constantFrom(0.25, 0.5),
  form: fc.constantFrom('inverted' as const, 'standard' as const),
  per: fc.constantFrom('element' as const, 'sample' as const),
});
const join = fc.record({
  ...common,
  kind: fc.constant('join' as const),
  op: fc.constantFrom('add' as const, 'add' as const, 'mul' as const, 'concat' as const),
  others: fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }),
});
const gate = fc.record({ ...common, kind: fc.constant('gate' as const) });
const scale = fc.record({ ...common, kind: fc.constant('scale' as const), by: fc.constantFrom(null, 0.5, -2) });
const pool = fc.record({ ...common, kind: fc.constant('pool' as const) });

/** Networks on images [N,4,4,2] to logits [N,3]: images, then vectors; sometimes a value on the way is an output too. */
export const dags: fc.Arbitrary<Graph<'model'>> = fc
  .record({
    images: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: conv },
        { weight: 3, arbitrary: norm },
        { weight: 2, arbitrary: act },
        { weight: 4, arbitrary: join },
        drop,
        gate,
        scale,
        pool,
      ),
      { minLength: 2, maxLength: 10 },
    ),
    flat: fc.boolean(),
    vectors: fc.array(
      fc.oneof({ weight: 2, arbitrary: dense }, { weight: 2, arbitrary: join }, norm, act, drop, scale),
      { maxLength: 6 },
    ),
    tap: fc.nat(14),
  })
  .map(({ images, flat, vectors, tap }) => {
    const network = new Network();
    for (const step of images) network.append(step);
    network.toVectors(flat);
    for (const step of vectors) network.append(step);
    return network.finish(tap);
  });

class Network {
  readonly #build = new GraphBuilder();
  /** What a step may read, the last one last. */
  #values: Ref[] = [this.#build.input('%image', { dtype: 'float32', shape: ['N', 4, 4, 2] })];
  /** Values of layers, which may be outputs. */
  readonly #made: Ref[] = [];
  readonly #stored: { readonly ref: Ref; readonly weight: string; readonly shape: Shape }[] = [];
  #count = 0;

  /** A step that does not fit what it reads is left out. */
  append(step: Step): void {
    const x = this.#back(step.on);
    const name = `${step.kind}${++this.#count}`;
    this.#build.layer = name;
    const y = this.#value(step, x, name);
    if (y === null) return;
    this.#values.push(y);
    this.#made.push(y);
  }

  toVectors(flat: boolean): void {
    const x = this.#back(0);
    this.#build.layer = 'flatten';
    const inner = this.#shape(x).slice(1).map(Number);
    const vector = flat
      ? this.#build.one(ops.reshape, [x], { shape: [inner.reduce((a, b) => a * b, 1)] }, 'flatten')
      : this.#build.one(ops.globalAvgPool, [x], {}, 'flatten');
    this.#values = [vector];
  }

  finish(tap: number): Graph<'model'> {
    this.append({ kind: 'dense', on: 0, share: false, units: 3, bias: true });
    const logits = this.#back(0);
    const tapped = this.#made[tap];
    return this.#build.finish('Random', 'model', [
      { name: 'logits', ref: logits },
      ...(tapped === undefined || tapped === logits ? [] : [{ name: 'tap', ref: tapped }]),
    ]);
  }

  #back(back: Back): Ref {
    const value = this.#values.at(-1 - (back % this.#values.length));
    if (value === undefined) throw new Error('there is always a value');
    return value;
  }

  #shape = (ref: Ref): Shape => this.#build.typeOf(ref).shape;

  #value(step: Step, x: Ref, name: string): Ref | null {
    const build = this.#build;
    const shape = this.#shape(x);
    const channels = Number(shape.at(-1));
    const param = (weight: string, ...sizes: readonly number[]): Ref => this.#weight(name, weight, sizes, step.share);
    switch (step.kind) {
      case 'conv': {
        const kernel = param('kernel', step.size, step.size, channels, step.filters);
        return build.one(ops.conv2d, [x, kernel, step.bias ? param('bias', step.filters) : null], {}, name);
      }
      case 'dense': {
        const kernel = param('kernel', channels, step.units);
        return build.one(ops.dense, [x, kernel, step.bias ? param('bias', step.units) : null], {}, name);
      }
      case 'norm': {
        const affine = [step.scale ? param('gamma', channels) : null, step.center ? param('beta', channels) : null];
        if (!step.track) return build.one(ops.normalize, [x, ...affine], { epsilon: 0.01 }, name);
        const statistics = [param('mean', channels), param('variance', channels)];
        return build.one(ops.batchNorm, [x, ...affine, ...statistics], { epsilon: 0.01, momentum: 0.9 }, name);
      }
      case 'act':
        return build.one(ops.activation, [x], { fn: step.fn }, name);
      case 'drop':
        return build.one(ops.dropout, [x], { rate: step.rate, form: step.form, per: step.per, stream: name }, name);
      case 'scale':
        return step.by === null
          ? build.one(ops.mul, [x, param('gamma', channels)], {}, name)
          : build.one(ops.scale, [x], { by: step.by }, name);
      case 'pool': {
        const attrs = { size: [2, 2], stride: [2, 2] };
        return this.#fits(ops.maxPool, [x], attrs) ? build.one(ops.maxPool, [x], attrs, name) : null;
      }
      case 'gate': {
        const mean = build.one(ops.globalAvgPool, [x], {}, `${name}.mean`);
        const excited = build.one(ops.dense, [mean, param('kernel', channels, channels), null], {}, `${name}.dense`);
        const gates = build.one(ops.activation, [excited], { fn: 'sigmoid' }, `${name}.gates`);
        const wide = build.one(ops.reshape, [gates], { shape: [1, 1, channels] }, `${name}.wide`);
        return build.one(ops.mul, [x, wide], {}, name);
      }
      case 'join': {
        const xs = [x, ...step.others.map((back) => this.#back(back))];
        // Wide values make the tests slow.
        const width = xs.reduce((sum, ref) => sum + Number(this.#shape(ref).at(-1)), 0);
        if (step.op === 'concat')
          return width <= 6 && this.#fits(ops.concat, xs, {}) ? build.one(ops.concat, xs, {}, name) : null;
        const op = ops[step.op];
        if (xs.some((ref) => this.#shape(ref).join() !== shape.join())) return null;
        return xs.reduce((a, b) => build.one(op, [a, b], {}, name));
      }
    }
  }

  /** A weight of the layer, or one of an earlier layer. */
  #weight(layer: string, weight: string, shape: readonly number[], share: boolean): Ref {
    const earlier = this.#stored.find((s) => share && s.weight === weight && s.shape.join() === shape.join());
    if (earlier !== undefined) return earlier.ref;
    const ref: Ref = `@${layer}.${weight}`;
    const type: ValueType = { dtype: 'float32', shape };
    const kind = weight === 'mean' || weight === 'variance' ? 'state' : 'param';
    this.#stored.push({ ref, weight, shape });
    return this.#build.store({ ref, kind, type, init: { kind: 'zeros', attrs: {} } });
  }

  #fits(op: AnyOp, operands: Node['operands'], attrs: AttrValues): boolean {
    return !isFault(op.erased.shape({ operands, attrs }, (ref) => this.#build.typeOf(ref)));
  }
}
