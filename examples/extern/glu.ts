/** A gated linear unit: one half of the channels decides how much of the other half passes, y = a · σ(sharpness · b). */
import { concat, mul, sigmoid, split, sub, type Tensor } from '@tensorflow/tfjs-core';

interface Args {
  readonly sharpness: number;
}

/** The halves of the channels, and how far the gates are open. */
function parts(x: Tensor, { sharpness }: Args): readonly [values: Tensor, gates: Tensor] {
  const [values = x, gates = x] = split(x, 2, x.rank - 1);
  return [values, sigmoid(mul(gates, sharpness))];
}

export function forward(x: Tensor, args: Args): Tensor {
  const [values, open] = parts(x, args);
  return mul(values, open);
}

/** ∂/∂a = dy · σ and ∂/∂b = dy · a · σ · (1 − σ) · sharpness; of the last, dy · y is dy · a · σ. */
export function backward(dy: Tensor, x: Tensor, y: Tensor, args: Args): Tensor {
  const [, open] = parts(x, args);
  const closed = sub(1, open);
  return concat([mul(dy, open), mul(mul(dy, y), mul(closed, args.sharpness))], x.rank - 1);
}
