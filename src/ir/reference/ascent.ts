/** The length of the way up in sharpness-aware minimization. */
import { type NdArray, scalar } from '../nd.ts';

export const ascentScale = (gradients: readonly NdArray[], rho: number): NdArray => {
  const squares = gradients.map((g) => g.data.reduce((sum, v) => sum + v * v, 0));
  return scalar(rho / (Math.sqrt(squares.reduce((a, b) => a + b, 0)) + 1e-12));
};
