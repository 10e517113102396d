/** Arithmetic, element by element, with numpy's broadcasting. */
import { Add, Multiply, type Rank, RealDiv, Sub, type Tensor } from '@tensorflow/tfjs-core';
import type { Broadcast } from '../types.ts';
import { addBy, inverseSqrt, mulBy, run, scoped } from './run.ts';

/** a + b */
export const add = <A extends Rank, B extends Rank>(a: Tensor<A>, b: Tensor<B>): Tensor<Broadcast<A, B>> =>
  run(Add, { a, b });

/** a − b */
export const sub = <A extends Rank, B extends Rank>(a: Tensor<A>, b: Tensor<B>): Tensor<Broadcast<A, B>> =>
  run(Sub, { a, b });

/** a · b */
export const mul = <A extends Rank, B extends Rank>(a: Tensor<A>, b: Tensor<B>): Tensor<Broadcast<A, B>> =>
  run(Multiply, { a, b });

/** a / b */
export const div = <A extends Rank, B extends Rank>(a: Tensor<A>, b: Tensor<B>): Tensor<Broadcast<A, B>> =>
  run(RealDiv, { a, b });

/** y = by · x */
export const scale = <R extends Rank>(x: Tensor<R>, { by }: { readonly by: number }): Tensor<R> =>
  scoped(() => mulBy(x, by));

/** y = 1/√(x + epsilon); epsilon is 0 unless given. */
export const rsqrt = <R extends Rank>(x: Tensor<R>, { epsilon = 0 }: { readonly epsilon?: number } = {}): Tensor<R> =>
  epsilon === 0 ? inverseSqrt(x) : scoped(() => inverseSqrt(addBy(x, epsilon)));
