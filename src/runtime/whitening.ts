/**
 * ZCA whitening: x ← (x − mean)·W with W = U(Λ + εI)^(−½)Uᵀ, where UΛUᵀ is the covariance of the training part (divided by the count).
 * Of all matrices that make the covariance I (for ε → 0) it changes the samples least. W is symmetric.
 *
 * Source  Bell & Sejnowski 1997; the regularizer ε as in Krizhevsky 2009. Keras' `zca_whitening` has the same W, and leaves the mean in.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { matMul, reshape, sub, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Tensor } from './model.ts';
import type { Apply, Values } from './preprocessing.ts';

export interface Whitening {
  readonly kind: 'zca';
  readonly epsilon: number;
  /** Of each of the n numbers of a sample. */
  readonly mean: Float32Array;
  /** W, n × n. */
  readonly matrix: Float32Array;
}

/** Samples that are added to the covariance at once: as many as stay in the cache. */
const block = 128;

/** `before` is what comes before whitening. */
export function fitWhitening(
  epsilon: number,
  before: Apply,
  values: Values,
  size: number,
  rows: Uint32Array,
): Whitening {
  const mean = new Float64Array(size);
  const sample = new Float32Array(size);
  for (const row of rows) {
    before(values, row * size, size, sample, 0);
    for (let i = 0; i < size; i++) mean[i] = (mean[i] ?? 0) + (sample[i] ?? 0) / rows.length;
  }
  const covariance = covarianceOf(mean, before, values, rows);
  return { kind: 'zca', epsilon, mean: Float32Array.from(mean), matrix: whiteningMatrix(covariance, size, epsilon) };
}

/** The upper half, row by row; the lower one stays 0. */
function covarianceOf(mean: Float64Array, before: Apply, values: Values, rows: Uint32Array): Float64Array {
  const size = mean.length;
  const pairs = Math.ceil(size / 2);
  const sums = new Float64Array(4 * pairs * pairs);
  const sample = new Float32Array(size);
  /** Two numbers of a sample side by side, by pair, then by sample; an odd last one stands beside a 0. */
  const centred = new Float64Array(2 * pairs * block);
  for (let from = 0; from < rows.length; from += block) {
    centred.fill(0);
    for (let s = 0; s < block && from + s < rows.length; s++) {
      before(values, (rows[from + s] ?? 0) * size, size, sample, 0);
      for (let i = 0; i < size; i++) centred[2 * ((i >> 1) * block + s) + (i & 1)] = (sample[i] ?? 0) - (mean[i] ?? 0);
    }
    addProducts(centred, sums, pairs);
  }
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = i; j < size; j++) covariance[i * size + j] = (sums[i * 2 * pairs + j] ?? 0) / rows.length;
  return covariance;
}

/** Two by two, so that a number that is read is used twice: this loop is n²/2 products a sample. */
function addProducts(centred: Float64Array, sums: Float64Array, pairs: number): void {
  const width = 2 * pairs;
  for (let i = 0; i < pairs; i++) {
    for (let j = i; j < pairs; j++) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let s = 0, p = 2 * i * block, q = 2 * j * block; s < block; s++, p += 2, q += 2) {
        const x0 = centred[p] ?? 0;
        const x1 = centred[p + 1] ?? 0;
        const y0 = centred[q] ?? 0;
        const y1 = centred[q + 1] ?? 0;
        a += x0 * y0;
        b += x0 * y1;
        c += x1 * y0;
        d += x1 * y1;
      }
      const at = 2 * i * width + 2 * j;
      sums[at] = (sums[at] ?? 0) + a;
      sums[at + 1] = (sums[at + 1] ?? 0) + b;
      sums[at + width] = (sums[at + width] ?? 0) + c;
      sums[at + width + 1] = (sums[at + width + 1] ?? 0) + d;
    }
  }
}

/** U(Λ + εI)^(−½)Uᵀ of a covariance of which the upper half is given. */
function whiteningMatrix(covariance: Float64Array, size: number, epsilon: number): Float32Array {
  const symmetric = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = covariance[i * size + j] ?? 0;
      symmetric.set(i, j, value);
      symmetric.set(j, i, value);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const largest = Math.max(0, ...realEigenvalues);
  const scaled = eigenvectorMatrix.clone();
  for (const [i, eigenvalue] of realEigenvalues.entries()) {
    // A direction without any variance, for which ε is 0: there is nothing to scale, and rounding must not be blown up.
    const variance = Math.max(eigenvalue, 0) + epsilon;
    scaled.mulColumn(i, variance > largest * 1e-12 ? 1 / Math.sqrt(variance) : 0);
  }
  return Float32Array.from(scaled.mmul(eigenvectorMatrix.transpose()).to1DArray());
}

/** Whitens samples [n, …]; takes the tensor over. */
export function whiten(samples: Tensor, { mean, matrix }: Whitening): Tensor {
  const size = mean.length;
  const result = tidy(() => {
    const centred = sub<Tensor2D>(reshape(samples, [-1, size]), tensor1d(mean));
    return reshape(matMul(centred, tensor2d(matrix, [size, size])), samples.shape);
  });
  samples.dispose();
  return result;
}
