/** Functions of each element, comparisons, and what is taken of whole values or rows: what formulas of losses are made of. */
import {
  Abs,
  ClipByValue,
  Equal,
  Exp,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Log,
  Max,
  Maximum,
  Minimum,
  NotEqual,
  type Rank,
  type Scalar,
  Select,
  Sign,
  Softmax,
  Sqrt,
  Square,
  Sum,
  type Tensor,
  Tile,
} from '@tensorflow/tfjs-core';
import type { Broadcast } from '../types.ts';
import { addBy, cast, filled, mul, mulBy, reshaped, run, scoped, sub, unary } from './run.ts';

export const abs = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Abs, x);
export const sign = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Sign, x);
export const exp = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Exp, x);
export const log = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Log, x);
export const sqrt = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Sqrt, x);
export const square = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Square, x);

/** x + by */
export const shift = <R extends Rank>(x: Tensor<R>, { by }: { readonly by: number }): Tensor<R> =>
  scoped(() => addBy(x, by));

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** Beyond every float32. */
const far = 3.5e38;

/** min(max(x, min), max) */
export const clamp = <R extends Rank>(x: Tensor<R>, { min = -far, max = far }: Bounds = {}): Tensor<R> =>
  run(ClipByValue, { x }, { clipValueMin: min, clipValueMax: max });

/** dy where x was not changed. */
export const clampGrad = <R extends Rank>(dy: Tensor<R>, x: Tensor<R>, bounds: Bounds = {}): Tensor<R> =>
  scoped(() => mul(dy, cast(run<R>(Equal, { a: clamp(x, bounds), b: x }), 'float32')));

const kernels = {
  '<': Less,
  '<=': LessEqual,
  '>': Greater,
  '>=': GreaterEqual,
  '==': Equal,
  '!=': NotEqual,
} as const;

/** 1 where a `is` b, else 0. */
export const compare = <A extends Rank, B extends Rank>(
  a: Tensor<A>,
  b: Tensor<B>,
  { is }: { readonly is: keyof typeof kernels },
): Tensor<Broadcast<A, B>> => scoped(() => cast(run<Broadcast<A, B>>(kernels[is], { a, b }), 'float32'));

export const maximum = <A extends Rank, B extends Rank>(a: Tensor<A>, b: Tensor<B>): Tensor<Broadcast<A, B>> =>
  run(Maximum, { a, b });
export const minimum = <A extends Rank, B extends Rank>(a: Tensor<A>, b: Tensor<B>): Tensor<Broadcast<A, B>> =>
  run(Minimum, { a, b });

/** The shape that values of these shapes broadcast to. */
function broadcast(...shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => Math.max(...shapes.map((s) => s[axis - (rank - s.length)] ?? 1)));
}

/** x repeated to a shape: Select does not broadcast. */
function spread(x: Tensor, shape: readonly number[]): Tensor {
  const aligned = [...Array<number>(shape.length - x.rank).fill(1), ...x.shape];
  const reps = aligned.map((size, axis) => (shape[axis] ?? 1) / size);
  const same = reshaped(x, aligned);
  return reps.every((r) => r === 1) ? same : run(Tile, { x: same }, { reps });
}

/** a where the condition is not 0, else b. */
export const select = <C extends Rank, A extends Rank, B extends Rank>(
  condition: Tensor<C>,
  a: Tensor<A>,
  b: Tensor<B>,
): Tensor<Broadcast<Broadcast<A, B>, C>> =>
  scoped(() => {
    const shape = broadcast(condition.shape, a.shape, b.shape);
    const [chosen, t, e] = [condition, a, b].map((x) => spread(x, shape)) as [Tensor, Tensor, Tensor];
    return run(Select, { condition: cast(chosen, 'bool'), t, e });
  });

type Axis = 'all' | 'last';
interface Over<A extends Axis> {
  readonly axis?: A;
}
type Taken<R extends Rank, A extends Axis> = A extends 'all' ? Scalar : Tensor<R>;

/** Elements that one result is made of. */
const spanOf = (x: Tensor, axis: Axis): number => (axis === 'all' ? x.size : (x.shape.at(-1) ?? 1));

/** The sum of all elements; with `axis: 'last'` of each row, which keeps the axis. */
export const total = <R extends Rank, A extends Axis = 'all'>(x: Tensor<R>, { axis }: Over<A> = {}): Taken<R, A> =>
  // The type says which of the two shapes it has.
  scoped(() =>
    axis === 'last'
      ? run<R>(Sum, { x }, { axis: [x.rank - 1], keepDims: true })
      : reshaped<Rank.R0>(run(Sum, { x: reshaped<Rank.R1>(x, [-1]) }, { axis: [0], keepDims: false }), []),
  ) as Taken<R, A>;

/** The mean, as `total` is the sum. */
export const mean = <R extends Rank, A extends Axis = 'all'>(x: Tensor<R>, options: Over<A> = {}): Taken<R, A> =>
  // As above.
  scoped(() => mulBy(total<R, A>(x, options) as Tensor, 1 / spanOf(x, options.axis ?? 'all'))) as Taken<R, A>;

interface Cotangent {
  readonly axis?: Axis;
  /** 1 unless given. */
  readonly dy?: Tensor;
}

/** What each element of x gets of dy. */
export const totalGrad = <R extends Rank>(x: Tensor<R>, { dy }: Cotangent = {}): Tensor<R> => {
  const ones = filled<R>(x.shape, 1);
  if (dy === undefined) return ones;
  const dx = mul(ones, dy);
  ones.dispose();
  return dx;
};

export const meanGrad = <R extends Rank>(x: Tensor<R>, options: Cotangent = {}): Tensor<R> =>
  scoped(() => mulBy(totalGrad(x, options), 1 / spanOf(x, options.axis ?? 'all')));

const overRow = <R extends Rank>(kernel: string, x: Tensor<R>): Tensor<R> =>
  kernel === Max
    ? run(Max, { x }, { reductionIndices: [x.rank - 1], keepDims: true })
    : run(kernel, { x }, { axis: [x.rank - 1], keepDims: true });

/** e^x / Σ e^x of each row. */
export const softmax = <R extends Rank>(x: Tensor<R>): Tensor<R> => run(Softmax, { logits: x }, { dim: x.rank - 1 });

/** dx = y·(dy − Σ dy·y) */
export const softmaxGrad = <R extends Rank>(dy: Tensor<R>, y: Tensor<R>): Tensor<R> =>
  scoped(() => mul(y, sub(dy, overRow(Sum, mul(dy, y)))));

/** x − ln Σ e^x of each row, from x less its maximum. */
export const logSoftmax = <R extends Rank>(x: Tensor<R>): Tensor<R> =>
  scoped(() => {
    const shifted = sub(x, overRow(Max, x));
    return sub(shifted, unary(Log, overRow(Sum, unary(Exp, shifted))));
  });

/** dx = dy − eʸ·Σ dy */
export const logSoftmaxGrad = <R extends Rank>(dy: Tensor<R>, y: Tensor<R>): Tensor<R> =>
  scoped(() => sub(dy, mul(unary(Exp, y), overRow(Sum, dy))));
