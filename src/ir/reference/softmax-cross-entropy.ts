/** Softmax cross entropy, mean over the batch. */
import { map, type NdArray, scalar } from '../nd.ts';

/** Row n of a matrix, less its maximum. */
function shiftedRow(logits: NdArray, n: number): readonly number[] {
  const classes = logits.shape[1] ?? 0;
  const row = [...logits.data.slice(n * classes, (n + 1) * classes)];
  const greatest = Math.max(...row);
  return row.map((v) => v - greatest);
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export function softmaxCrossEntropy(logits: NdArray, label: NdArray): NdArray {
  const samples = logits.shape[0] ?? 0;
  const losses = [...label.data].map((c, n) => {
    const row = shiftedRow(logits, n);
    return Math.log(total(row.map(Math.exp))) - (row[c] ?? Number.NaN);
  });
  return scalar(total(losses) / samples);
}

export function softmaxCrossEntropyGrad(logits: NdArray, label: NdArray, dLoss: NdArray | null): NdArray {
  const [samples = 0, classes = 0] = logits.shape;
  return map(logits, (_, i) => {
    const [n, c] = [Math.floor(i / classes), i % classes];
    const exponentials = shiftedRow(logits, n).map(Math.exp);
    const softmax = (exponentials[c] ?? 0) / total(exponentials);
    return ((dLoss?.data[0] ?? 1) * (softmax - (label.data[n] === c ? 1 : 0))) / samples;
  });
}
