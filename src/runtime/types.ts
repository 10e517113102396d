/** Types that the kernels' signatures are made of. */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';

/** One value per channel or unit; a variable is one too. */
export type Vector = Tensor<Rank.R1>;

/** Height and width. */
export type Pair = readonly [number, number];

/**
 * `same` (TensorFlow's: ⌈size/stride⌉, the odd pixel at bottom and right), `valid`, or [[top, bottom], [left, right]]
 * in pixels.
 */
export type Padding = 'same' | 'valid' | readonly [Pair, Pair];

/** Where a window goes: what convolution and pooling share. */
export interface Window {
  /** Default [1, 1] for a convolution, the size of the window for a pool. */
  readonly stride?: Pair;
  /** Default `same`. */
  readonly padding?: Padding;
}

/** Axes of a tensor of each rank, as a tuple whose length is the rank. */
interface Axes {
  readonly R0: [];
  readonly R1: [0];
  readonly R2: [0, 0];
  readonly R3: [0, 0, 0];
  readonly R4: [0, 0, 0, 0];
  readonly R5: [0, 0, 0, 0, 0];
  readonly R6: [0, 0, 0, 0, 0, 0];
}

/** Ranks by number of axes. */
type Ranks = readonly [Rank.R0, Rank.R1, Rank.R2, Rank.R3, Rank.R4, Rank.R5, Rank.R6];

/** The rank of a shape; `Rank` when its length is not known. */
export type RankOf<S extends readonly unknown[]> = number extends S['length'] ? Rank : RankOfTuple<S>;

type RankOfTuple<S extends readonly unknown[]> = Ranks[S['length'] & keyof Ranks] extends infer R extends Rank
  ? R
  : Rank;

type Drop<From extends readonly unknown[], Count extends readonly unknown[]> = Count extends readonly [
  unknown,
  ...infer Rest,
]
  ? From extends readonly [unknown, ...infer Left]
    ? Drop<Left, Rest>
    : never
  : From;

/** True of `Rank` itself: nothing is known. */
type Unknown<R extends Rank> = Rank extends R ? true : false;

/** The rank that is left of `R` once the axes `A` are removed. */
export type Reduced<R extends Rank, A extends readonly number[]> =
  true extends Unknown<R> ? Rank : number extends A['length'] ? Rank : RankOf<Drop<Axes[R], A>>;

/** The higher of two ranks: what broadcasting makes of them. */
export type Broadcast<A extends Rank, B extends Rank> = true extends Unknown<A> | Unknown<B>
  ? Rank
  : Axes[A] extends readonly [...Axes[B], ...unknown[]]
    ? A
    : B;
