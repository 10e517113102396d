/**
 * The way into tfjs: kernels of the current backend, called by name. `tf.add` and its like convert their arguments,
 * open a scope and log themselves each time; these do not. Only what the kernels beside this file need.
 */
import {
  Add,
  BatchMatMul,
  Cast,
  Concat,
  engine,
  getKernel,
  Identity,
  Maximum,
  Multiply,
  type NamedAttrMap,
  type NamedTensorMap,
  PadV2,
  type Rank,
  RealDiv,
  Reshape,
  Reverse,
  Rsqrt,
  Slice,
  Sqrt,
  Square,
  Sub,
  Sum,
  type Tensor,
  type TensorContainer,
  Transpose,
} from '@tensorflow/tfjs-core';
import type { Pair } from '../types.ts';

export type Shape = readonly number[];

/** The name of the backend: `tensorflow` for tfjs-node. */
export const backendName = (): string => engine().backendName;

/** True when the current backend has a kernel of that name. */
export const has = (kernel: string): boolean => getKernel(kernel, engine().backendName) != null;

export const run = <R extends Rank = Rank>(kernel: string, inputs: NamedTensorMap, attrs?: NamedAttrMap): Tensor<R> =>
  engine().runKernel<Tensor<R>>(kernel, inputs, attrs);

/** For kernels with several results. */
export const runMany = (kernel: string, inputs: NamedTensorMap, attrs?: NamedAttrMap): readonly Tensor[] =>
  engine().runKernel<Tensor[]>(kernel, inputs, attrs);

/** Frees everything made within, except what is returned. */
export const scoped = <T extends TensorContainer>(f: () => T): T => engine().tidy(f);

/** A float32 tensor of these values; a typed array is not copied by every backend, so it must not change afterwards. */
export const tensor = <R extends Rank = Rank>(values: Float32Array, shape: Shape): Tensor<R> =>
  // makeTensor's result has the rank of the shape it is given.
  engine().makeTensor(values, [...shape], 'float32') as Tensor<R>;

export const scalar = (value: number): Tensor<Rank.R0> => tensor<Rank.R0>(Float32Array.of(value), []);

/** All ones or any other value. */
export const filled = <R extends Rank = Rank>(shape: Shape, value: number): Tensor<R> =>
  tensor<R>(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape);

/** The result has the shape that broadcasting gives; the callers know it. */
export const add = <R extends Rank>(a: Tensor<R>, b: Tensor): Tensor<R> => run(Add, { a, b });
export const sub = <R extends Rank>(a: Tensor<R>, b: Tensor): Tensor<R> => run(Sub, { a, b });
export const mul = <R extends Rank>(a: Tensor<R>, b: Tensor): Tensor<R> => run(Multiply, { a, b });
export const div = <R extends Rank>(a: Tensor<R>, b: Tensor): Tensor<R> => run(RealDiv, { a, b });
export const maximum = <R extends Rank>(a: Tensor<R>, b: Tensor): Tensor<R> => run(Maximum, { a, b });
export const addBy = <R extends Rank>(x: Tensor<R>, value: number): Tensor<R> => add(x, scalar(value));
export const mulBy = <R extends Rank>(x: Tensor<R>, value: number): Tensor<R> => mul(x, scalar(value));

/** Kernels of one operand and no attributes. */
export const unary = <R extends Rank>(kernel: string, x: Tensor<R>): Tensor<R> => run(kernel, { x });
export const square = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Square, x);
export const sqrt = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Sqrt, x);
export const inverseSqrt = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Rsqrt, x);
/** Another handle of the same values. */
export const handle = <R extends Rank>(x: Tensor<R>): Tensor<R> => unary(Identity, x);

export const cast = <R extends Rank>(x: Tensor<R>, dtype: 'float32' | 'int32' | 'bool'): Tensor<R> =>
  run(Cast, { x }, { dtype });
export const reshaped = <R extends Rank = Rank>(x: Tensor, shape: Shape): Tensor<R> =>
  run(Reshape, { x }, { shape: [...shape] });
export const transposed = <R extends Rank>(x: Tensor<R>, perm: Shape): Tensor<R> =>
  run(Transpose, { x }, { perm: [...perm] });
export const reversed = <R extends Rank>(x: Tensor<R>, dims: Shape): Tensor<R> =>
  run(Reverse, { x }, { dims: [...dims] });
export const concatenated = <R extends Rank>(parts: readonly Tensor<R>[], axis: number): Tensor<R> =>
  // Concat takes its operands as a list; the engine's type has them by name, which a list is, by index.
  run(Concat, [...parts] as unknown as NamedTensorMap, { axis });
export const summed = <R extends Rank>(x: Tensor, axes: Shape): Tensor<R> =>
  run(Sum, { x }, { axis: [...axes], keepDims: false });
export const part = <R extends Rank>(x: Tensor<R>, begin: Shape, size: Shape): Tensor<R> =>
  run(Slice, { x }, { begin: [...begin], size: [...size] });
export const matrixProduct = (
  a: Tensor<Rank.R2>,
  b: Tensor<Rank.R2>,
  transposeA = false,
  transposeB = false,
): Tensor<Rank.R2> => run(BatchMatMul, { a, b }, { transposeA, transposeB });

/**
 * An image with rows and columns of zeros around it; negative counts cut rows and columns off instead. Always a new
 * handle.
 */
export function padded(
  x: Tensor<Rank.R4>,
  [top, bottom]: Pair,
  [left, right]: Pair,
  constantValue = 0,
): Tensor<Rank.R4> {
  const [n, h, w, c] = x.shape;
  const [t, b, l, r] = [top, bottom, left, right].map((p) => Math.max(0, -p)) as [number, number, number, number];
  const cuts = t + b + l + r > 0;
  const kept = cuts ? part(x, [0, t, l, 0], [n, h - t - b, w - l - r, c]) : x;
  if (Math.max(top, bottom, left, right) <= 0) return cuts ? kept : handle(x);
  const paddings = [
    [0, 0],
    [Math.max(0, top), Math.max(0, bottom)],
    [Math.max(0, left), Math.max(0, right)],
    [0, 0],
  ];
  const result = run<Rank.R4>(PadV2, { x: kept }, { paddings, constantValue });
  if (cuts) kept.dispose();
  return result;
}
