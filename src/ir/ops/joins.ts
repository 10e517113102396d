/**
 * Joins: where paths meet.
 *   sum     x₁ + x₂ + … of one shape, added from the left
 *   mul     x₁ · x₂ · …, multiplied from the left; sizes of 1 repeat, and a value of fewer axes gets axes of size 1 after the
 *           batch: [N,C] scales the channels of [N,H,W,C], as squeeze-and-excite needs
 *   concat  side by side along the last axis; all other sizes are the same
 *
 * A join of one path is that path. Every join stands in stage `model` as ordinary ops; only the last bears the layer's name.
 * Errors  NRM2109 values that do not fit together · NRM2100 not float32.
 */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import type { Ref, Shape, ValueType } from '../graph.ts';
import type { Emit, Fault } from '../op.ts';
import { type LayerDef, layer } from '../vocabulary.ts';
import { concat } from './concat.ts';
import { add, mul } from './elementwise.ts';
import { reshapeTo } from './reshape.ts';
import { isKnown, notFloat, refuse, sameShape } from './rules.ts';

/** What a join asks of a value, given the first one. */
interface Rule {
  readonly expected: string;
  readonly hint: string | null;
  readonly fits: (first: Shape, other: Shape) => boolean;
}

function checked(op: string, inputs: readonly ValueType[], { expected, hint, fits }: Rule): Fault | null {
  const [first] = inputs;
  const other = inputs.find((x) => x.dtype !== 'float32');
  if (other !== undefined) return notFloat(op, other);
  const input = inputs.find((x) => first !== undefined && !fits(first.shape, x.shape));
  return input === undefined
    ? null
    : refuse(shapes.joinMismatch, { op, expected, inputs: inputs.map((x) => x.shape), input: input.shape, hint });
}

/** f(f(x₁, x₂), x₃) …, the last one named after the join. */
const folded = (xs: readonly Ref[], name: string, f: (a: Ref, b: Ref, name: string) => Ref): Ref =>
  xs.reduce((a, b, i) => f(a, b, i === xs.length - 1 ? name : `${name}.partial`));

const join = (
  name: string,
  doc: string,
  check: (inputs: readonly ValueType[]) => Fault | null,
  lower: (build: Emit, xs: readonly Ref[], name: string) => Ref,
): LayerDef =>
  layer({
    name,
    doc,
    use: 'join',
    subtractsMean: false,
    signature: {},
    weights: (_, __, inputs) => check(inputs) ?? [],
    lower: ({ build, x, xs, name: as }) => (xs.length < 2 ? x : lower(build, xs, as)),
  });

const ofOneShape: Rule = {
  expected: 'values of one shape',
  hint: 'give the paths the same output channels and strides; a path that changes them needs a `conv(…, kernel: 1)` beside it',
  fits: sameShape,
};

export const sumJoin = join(
  'sum',
  'the sum of the paths, element by element',
  (inputs) => checked('sum', inputs, ofOneShape),
  (build, xs, name) => folded(xs, name, (a, b, as) => build.one(add, [a, b], {}, as)),
);

/** The shape under which x meets values of `rank` axes: axes of size 1 come in after the batch. */
const widened = (shape: Shape, rank: number): Shape => [
  ...shape.slice(0, 1),
  ...Array<number>(Math.max(0, rank - shape.length)).fill(1),
  ...shape.slice(1),
];

const repeats: Rule = {
  expected: 'values of one shape, or with sizes of 1',
  hint: 'a factor for each channel is [N, channels]; one for each pixel is [N, height, width, 1]',
  fits(a, b) {
    const rank = Math.max(a.length, b.length);
    // Axes come in by a reshape, which can leave one size open.
    if ([a, b].some((x) => x.length < rank && x.slice(1).filter((size) => !isKnown(size)).length > 1)) return false;
    const [m, n] = [widened(a, rank), widened(b, rank)];
    return m.every((size, i) => size === n[i] || (i > 0 && (size === 1 || n[i] === 1)));
  },
};

/** Each pair must fit: of three values the first may have sizes of 1 where the others differ. */
function checkMul(inputs: readonly ValueType[]): Fault | null {
  for (const i of inputs.keys()) {
    const wrong = checked('mul', inputs.slice(i), repeats);
    if (wrong !== null) return wrong;
  }
  return null;
}

export const mulJoin = join(
  'mul',
  'the product of the paths, element by element; [N, channels] scales channels',
  checkMul,
  (build, xs, name) => {
    const rank = Math.max(...xs.map((x) => build.typeOf(x).shape.length));
    return folded(
      xs.map((x) => wide(build, x, rank)),
      name,
      (a, b, as) => build.one(mul, [a, b], {}, as),
    );
  },
);

/** x with as many axes as `rank`. */
function wide(build: Emit, x: Ref, rank: number): Ref {
  const { shape } = build.typeOf(x);
  return shape.length === rank ? x : reshapeTo(build, x, widened(shape, rank).slice(1), null, `${x.slice(1)}.wide`);
}

const sideBySide: Rule = {
  expected: 'values that agree in all but the last size',
  hint: 'give the paths the same strides and padding',
  fits: (a, b) => a.length > 1 && sameShape(a.slice(0, -1), b.slice(0, -1)),
};

export const concatJoin = join(
  'concat',
  'the paths side by side along the last axis (channels)',
  (inputs) => checked('concat', inputs, sideBySide),
  (build, xs, name) => build.one(concat, xs, {}, name),
);
