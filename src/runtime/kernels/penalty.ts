/** Penalties on weights and their gradients, and the factor that clips gradients. */
import { Abs, type Rank, type Scalar, Sign, Sum, type Tensor } from '@tensorflow/tfjs-core';
import { add, div, maximum, mul, mulBy, reshaped, run, scalar, scoped, sqrt, square, unary } from './run.ts';

interface Lambda {
  /** The penalty's weight. */
  readonly lambda: number;
}

/** A gradient that is not the constant one. */
interface Cotangent {
  /** What the loss changes by when the penalty does; default 1. */
  readonly dy?: Scalar;
}

/** Σ over all elements. */
const total = (x: Tensor): Scalar => run<Rank.R0>(Sum, { x: reshaped(x, [x.size]) }, { axis: [0], keepDims: false });

/** λ·Σ|w| */
export const l1 = (w: Tensor, { lambda }: Lambda): Scalar => scoped(() => mulBy(total(unary(Abs, w)), lambda));

/** λ·Σw² */
export const l2 = (w: Tensor, { lambda }: Lambda): Scalar => scoped(() => mulBy(total(square(w)), lambda));

/** dw = dy·λ·sign(w), sign(0) = 0: of w's shape. */
export const l1Grad = <R extends Rank>(w: Tensor<R>, { lambda, dy }: Lambda & Cotangent): Tensor<R> =>
  scoped(() => weighted(mulBy(unary(Sign, w), lambda), dy));

/** dw = dy·2λw: of w's shape. */
export const l2Grad = <R extends Rank>(w: Tensor<R>, { lambda, dy }: Lambda & Cotangent): Tensor<R> =>
  scoped(() => weighted(mulBy(w, 2 * lambda), dy));

const weighted = <R extends Rank>(dw: Tensor<R>, dy: Scalar | undefined): Tensor<R> =>
  dy === undefined ? dw : mul(dw, dy);

/**
 * min(1, maxNorm/‖g‖), ‖g‖ being the Euclidean norm of all gradients together: what to scale them by. 1 when all are
 * zero.
 */
export const clipScale = (gradients: readonly Tensor[], { maxNorm }: { readonly maxNorm: number }): Scalar =>
  scoped(() => {
    const squares = gradients.map((g) => total(square(g)));
    const norm = sqrt(squares.reduce((sum, s) => add(sum, s), scalar(0)));
    // maxNorm / max(norm, maxNorm) is the minimum above without a division by zero.
    return div(scalar(maxNorm), maximum(norm, scalar(maxNorm)));
  });
