/** Sharpness-aware minimization: how far from the weights the gradient is taken. */
import type { Rank, Scalar, Tensor } from '@tensorflow/tfjs-core';
import { add, addBy, div, reshaped, scalar, scoped, sqrt, square, summed } from './run.ts';

/** rho/(‖g‖ + 1e-12), ‖g‖ being the Euclidean norm of all gradients together. Default rho 0.05. */
export const ascentScale = (gradients: readonly Tensor[], { rho = 0.05 }: { readonly rho?: number } = {}): Scalar =>
  scoped(() => {
    const squares = gradients.map((g) => summed<Rank.R0>(reshaped(square(g), [g.size]), [0]));
    const norm = sqrt(squares.reduce((sum, s) => add(sum, s), scalar(0)));
    return div(scalar(rho), addBy(norm, 1e-12));
  });
