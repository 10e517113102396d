/** Lion. */
import { type Rank, Sign, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { mulBy, scoped, unary } from '../run.ts';
import { type Decay, moving, type Scaled, scaled, stepDown } from './update.ts';

interface LionOptions extends Decay, Scaled {
  /** Weight of the mean of gradients against the present one. Default 0.9. */
  readonly beta1?: number;
  /** Weight of the old mean of gradients. Default 0.99. */
  readonly beta2?: number;
}

/**
 * Lion, as Keras has it: every element moves by the rate. `m` starts at zero.
 *   w ← w − rate·sign(β₁m + (1 − β₁)g)   m ← β₂m + (1 − β₂)g
 *
 * Source  Chen et al. 2023.
 */
export function lionUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  { m }: { readonly m: Variable<R> },
  options: LionOptions = {},
): void {
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  scoped(() => {
    const g = scaled(gradient, options);
    const down = mulBy(unary(Sign, moving(m, beta1, g)), rate);
    m.assign(moving(m, beta2, g));
    stepDown(parameter, down, rate, options);
  });
}
