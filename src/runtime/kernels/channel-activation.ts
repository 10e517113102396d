/**
 * Activations with a weight per channel: x [..., C], weight [C].
 *   tlu     max(x, tau)                dx = dy·[x > tau]                   dtau = Σ dy·[x ≤ tau]
 *   prelu   x > 0 ? x : slope·x        dx = dy·([x > 0] + slope·[x ≤ 0])   dslope = Σ dy·x·[x ≤ 0]
 *
 * Source  Singh & Krishnan 2020; He et al. 2015.
 */
import { type Rank, Relu, Step, type Tensor } from '@tensorflow/tfjs-core';
import type { Vector } from '../types.ts';
import { channelSum } from './channels.ts';
import { add, mul, run, scoped, sub, unary } from './run.ts';

interface Options {
  readonly fn: 'tlu' | 'prelu';
}

/**
 * By relu, as max(x − tau, 0) + tau: on wasm Maximum takes 44 ms, the three of these 4 (x [64, 28, 28, 32]; in one
 * process).
 */
export const channelActivation = <R extends Rank>(x: Tensor<R>, weight: Vector, { fn }: Options): Tensor<R> =>
  scoped(() => {
    if (fn === 'tlu') return add(unary(Relu, sub(x, weight)), weight);
    const above = unary(Relu, x);
    return add(above, mul(sub(x, above), weight));
  });

export const channelActivationGrad = <R extends Rank>(
  dy: Tensor<R>,
  x: Tensor<R>,
  weight: Vector,
  { fn }: Options,
): { readonly dx: Tensor<R>; readonly dweight: Tensor<Rank.R1> } =>
  scoped(() => {
    const open = mul(dy, isAbove(fn === 'tlu' ? sub(x, weight) : x));
    const shut = sub(dy, open);
    return fn === 'tlu'
      ? { dx: open, dweight: channelSum(shut) }
      : { dx: add(open, mul(shut, weight)), dweight: channelSum(mul(shut, x)) };
  });

/** 1 where v > 0, else 0. Greater and Cast take 15 times as long on wasm. */
const isAbove = <R extends Rank>(v: Tensor<R>): Tensor<R> => run(Step, { x: v }, { alpha: 0 });
