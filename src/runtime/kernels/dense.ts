/** Matrix products: the fully connected layer and its gradients. */
import { _FusedMatMul, type Rank, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Vector } from '../types.ts';
import type { FusedActivation } from './activation.ts';
import { backendName, matrixProduct, reshaped, run, scoped, transposed } from './run.ts';

interface DenseOptions {
  readonly bias?: Vector;
  /** Default `linear`. */
  readonly activation?: FusedActivation;
}

/** y = activation(x·kernel + bias): x [N, D], kernel [D, U], bias [U] → y [N, U]. */
export function dense(x: Tensor2D, kernel: Tensor2D, { bias, activation = 'linear' }: DenseOptions = {}): Tensor2D {
  if (bias === undefined && activation === 'linear') return matrixProduct(x, kernel);
  return scoped(() => {
    // The fused kernel takes batches of matrices only.
    const a = reshaped(x, [1, ...x.shape]);
    const b = reshaped(kernel, [1, ...kernel.shape]);
    const y = run<Rank.R3>(_FusedMatMul, bias === undefined ? { a, b } : { a, b, bias }, {
      transposeA: false,
      transposeB: false,
      activation,
    });
    return reshaped<Rank.R2>(y, [x.shape[0], kernel.shape[1]]);
  });
}

interface MatMulOptions {
  /** Takes a as its transpose. Default false. */
  readonly transposeA?: boolean;
  /** Takes b as its transpose. Default false. */
  readonly transposeB?: boolean;
}

/** y = a·b: [M, K], [K, N] → [M, N]. */
export function matMul(
  a: Tensor2D,
  b: Tensor2D,
  { transposeA = false, transposeB = false }: MatMulOptions = {},
): Tensor2D {
  // On wasm the flags lead past XNNPACK into plain loops, so the operands are transposed first (bench: a step of a
  // small network).
  if (backendName() !== 'wasm' || !(transposeA || transposeB)) return matrixProduct(a, b, transposeA, transposeB);
  return scoped(() => matrixProduct(transposeA ? transposed(a, [1, 0]) : a, transposeB ? transposed(b, [1, 0]) : b));
}
