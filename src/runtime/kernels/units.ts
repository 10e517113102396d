/** Norms of the parts of a weight. */
import { type Rank, Sum, type Tensor } from '@tensorflow/tfjs-core';
import { run, sqrt, square } from './run.ts';

/** The axes that the weights of one output unit lie on: all but the last; of a vector its only one. */
const unitAxes = (rank: number): readonly number[] =>
  Array.from({ length: rank < 2 ? rank : rank - 1 }, (_, axis) => axis);

/** ‖x‖ over some axes, per output unit by default: of x's rank, size 1 along them. */
export const unitNorms = <R extends Rank>(x: Tensor<R>, axes: readonly number[] = unitAxes(x.rank)): Tensor<R> =>
  sqrt(run<R>(Sum, { x: square(x) }, { axis: [...axes], keepDims: true }));
