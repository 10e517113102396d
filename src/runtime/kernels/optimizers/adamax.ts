/** AdaMax. */
import { Abs, type Rank, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { addBy, div, maximum, mulBy, scoped, unary } from '../run.ts';
import { type Betas, moving, scaled, stepDown } from './update.ts';

/**
 * AdaMax, as Keras has it. t = update, counted from 1; the slots start at zero.
 *   m ← β₁m + (1 − β₁)g   u ← max(β₂u, |g|)   w ← w − rate/(1 − β₁ᵗ)·m/(u + ε)
 *
 * Source  Kingma & Ba 2015, section 7.1.
 */
export function adamaxUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  update: number,
  { m, u }: { readonly m: Variable<R>; readonly u: Variable<R> },
  options: Betas = {},
): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  scoped(() => {
    const g = scaled(gradient, options);
    const mean = moving(m, beta1, g);
    const greatest = maximum(mulBy(u, beta2), unary(Abs, g));
    const down = mulBy(div(mean, addBy(greatest, epsilon)), rate / (1 - beta1 ** update));
    m.assign(mean);
    u.assign(greatest);
    stepDown(parameter, down, rate, options);
  });
}
