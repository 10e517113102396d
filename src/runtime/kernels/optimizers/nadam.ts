/** Adam with Nesterov's momentum. */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, addBy, div, mulBy, scoped, sqrt } from '../run.ts';
import { type Betas, moving, movingSquare, scaled, stepDown } from './update.ts';

/** The momentum of update t. */
const momentumAt = (beta1: number, t: number): number => beta1 * (1 - 0.5 * 0.96 ** t);

/** μ₁·…·μₜ. From 0.96¹⁰⁰⁰ on a momentum is β₁ to the last bit, so the rest is a power. */
function product(beta1: number, t: number): number {
  let value = beta1 ** t;
  for (let i = 1; i <= Math.min(t, 1000); i++) value *= 1 - 0.5 * 0.96 ** i;
  return value;
}

/**
 * Nadam, as Keras has it. t = update, counted from 1; the slots start at zero.
 *   m ← β₁m + (1 − β₁)g   v ← β₂v + (1 − β₂)g²
 *   μₜ = β₁(1 − ½·0.96ᵗ)   Πₜ = μ₁·…·μₜ
 *   m̂ = μₜ₊₁·m/(1 − Πₜ₊₁) + (1 − μₜ)·g/(1 − Πₜ)   v̂ = v/(1 − β₂ᵗ)   w ← w − rate·m̂/(√v̂ + ε)
 *
 * Source  Dozat 2016.
 */
export function nadamUpdate<R extends Rank>(
  parameter: Variable<R>,
  gradient: Tensor<R>,
  rate: number,
  update: number,
  { m, v }: { readonly m: Variable<R>; readonly v: Variable<R> },
  options: Betas = {},
): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const ahead = momentumAt(beta1, update + 1) / (1 - product(beta1, update + 1));
  const present = (1 - momentumAt(beta1, update)) / (1 - product(beta1, update));
  scoped(() => {
    const g = scaled(gradient, options);
    const mean = moving(m, beta1, g);
    const squares = movingSquare(v, beta2, g);
    const looked = add(mulBy(mean, rate * ahead), mulBy(g, rate * present));
    const down = div(looked, addBy(sqrt(mulBy(squares, 1 / (1 - beta2 ** update))), epsilon));
    m.assign(mean);
    v.assign(squares);
    stepDown(parameter, down, rate, options);
  });
}
