/** Matrix products. */
import { type NdArray, zeros } from '../nd.ts';

export function matMul(a: NdArray, b: NdArray, transposeA: boolean, transposeB: boolean): NdArray {
  const [ar = 0, ac = 0] = a.shape;
  const [br = 0, bc = 0] = b.shape;
  const [n, m] = transposeA ? [ac, ar] : [ar, ac];
  const k = transposeB ? br : bc;
  const y = zeros([n, k]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) {
      let total = 0;
      for (let l = 0; l < m; l++) {
        const left = a.data[transposeA ? l * ac + i : i * ac + l] ?? 0;
        const right = b.data[transposeB ? j * bc + l : l * bc + j] ?? 0;
        total += left * right;
      }
      y.data[i * k + j] = total;
    }
  }
  return y;
}

export function dense(x: NdArray, kernel: NdArray, bias: NdArray | null): NdArray {
  const y = matMul(x, kernel, false, false);
  const units = kernel.shape[1] ?? 0;
  return bias === null ? y : { shape: y.shape, data: y.data.map((v, i) => v + (bias.data[i % units] ?? 0)) };
}
