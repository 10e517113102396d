/** Matrix products. */
import { map, type NdArray, zeros } from '../nd.ts';

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

/** y[n] = x[n]·kernels[n] + bias: [N,D], [N,D,U], [U] → [N,U]. */
export function denseEach(x: NdArray, kernels: NdArray, bias: NdArray | null): NdArray {
  const [n = 0, features = 0, units = 0] = kernels.shape;
  return map(zeros([n, units]), (_, at) => {
    const [row, u] = [Math.floor(at / units), at % units];
    let total = bias?.data[u] ?? 0;
    for (let i = 0; i < features; i++)
      total += (x.data[row * features + i] ?? 0) * (kernels.data[(row * features + i) * units + u] ?? 0);
    return total;
  });
}

/** dx[n] = kernels[n]·dy[n]: [N,U], [N,D,U] → [N,D]. */
export function denseEachInputGrad(dy: NdArray, kernels: NdArray): NdArray {
  const [n = 0, features = 0, units = 0] = kernels.shape;
  return map(zeros([n, features]), (_, at) => {
    const row = Math.floor(at / features);
    let total = 0;
    for (let u = 0; u < units; u++) total += (dy.data[row * units + u] ?? 0) * (kernels.data[at * units + u] ?? 0);
    return total;
  });
}

/** [N,D], [N,U] → [N,D,U]. */
export function outerEach(a: NdArray, b: NdArray): NdArray {
  const [n = 0, rows = 0] = a.shape;
  const [, columns = 0] = b.shape;
  return map(zeros([n, rows, columns]), (_, at) => {
    const row = Math.floor(at / (rows * columns));
    return (a.data[Math.floor(at / columns)] ?? 0) * (b.data[row * columns + (at % columns)] ?? 0);
  });
}
