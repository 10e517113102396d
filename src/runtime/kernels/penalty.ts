/** Penalties on weights and their gradients. */
import { Abs, type Rank, type Scalar, Sign, Sum, type Tensor } from '@tensorflow/tfjs-core';
import { mul, mulBy, reshaped, run, scoped, square, unary } from './run.ts';

interface Lambda {
  /** The penalty's weight. */
  readonly lambda: number;
  /** What it is divided by: of a prior the number of training samples. Default 1. */
  readonly samples?: number;
}

/** A gradient that is not the constant one. */
interface Cotangent {
  /** What the loss changes by when the penalty does; default 1. */
  readonly dy?: Scalar;
}

/** Σ over all elements. */
const total = (x: Tensor): Scalar => run<Rank.R0>(Sum, { x: reshaped(x, [x.size]) }, { axis: [0], keepDims: false });

/** λ·Σ|w| */
export const l1 = (w: Tensor, { lambda, samples = 1 }: Lambda): Scalar =>
  scoped(() => mulBy(total(unary(Abs, w)), lambda / samples));

/** λ·Σw² */
export const l2 = (w: Tensor, { lambda, samples = 1 }: Lambda): Scalar =>
  scoped(() => mulBy(total(square(w)), lambda / samples));

/** dw = dy·λ·sign(w), sign(0) = 0: of w's shape. */
export const l1Grad = <R extends Rank>(w: Tensor<R>, { lambda, samples = 1, dy }: Lambda & Cotangent): Tensor<R> =>
  scoped(() => weighted(mulBy(unary(Sign, w), lambda / samples), dy));

/** dw = dy·2λw: of w's shape. */
export const l2Grad = <R extends Rank>(w: Tensor<R>, { lambda, samples = 1, dy }: Lambda & Cotangent): Tensor<R> =>
  scoped(() => weighted(mulBy(w, (2 * lambda) / samples), dy));

const weighted = <R extends Rank>(dw: Tensor<R>, dy: Scalar | undefined): Tensor<R> =>
  dy === undefined ? dw : mul(dw, dy);
