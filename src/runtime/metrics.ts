/** Loss and accuracy over many samples, in float64 on values read back: the same whatever the batches were. */
import { type Batch, chunks, disposeBatch, type Samples, take } from './batches.ts';
import type { Tensor } from './model.ts';

export interface Scores {
  /** Mean loss without penalties. */
  readonly loss: number;
  /** Share of samples whose highest output is the label. */
  readonly accuracy: number;
  readonly samples: number;
}

/** Inference by batches of inputs, in the order of the spec. The caller disposes of the result. */
export type Forward = (...inputs: readonly Tensor[]) => Tensor;

/** How many samples are evaluated at a time. */
export const evaluationBatch = 256;

/** The inputs of a batch, in the order of the spec. */
export const inputsOf = (batch: Batch, inputs: readonly string[]): readonly Tensor[] =>
  inputs.map((name) => {
    const value = batch.fields[name];
    if (value === undefined) throw new Error(`no field ${name} in the batch`);
    return value;
  });

/** The label of each of the samples. */
export function labelsOf(samples: Samples, target: string): Int32Array {
  const column = samples.columns.find((c) => c.name === target);
  if (column?.kind !== 'class') throw new Error(`no class field ${target} in the data`);
  return Int32Array.from(samples.rows, (row) => column.values[row] ?? 0);
}

/** Outputs of some samples, which ones, and how many values each has. */
type Outputs = readonly [values: ArrayLike<number>, at: Uint32Array, width: number];

/** Runs all samples through the network, a chunk at a time. */
export async function forEachOutput(
  forward: Forward,
  samples: Samples,
  inputs: readonly string[],
  use: (...chunk: Outputs) => void,
): Promise<void> {
  for (const at of chunks(samples.rows.length, evaluationBatch)) {
    const batch = take(samples, at, inputs);
    const output = forward(...inputsOf(batch, inputs));
    try {
      use(await output.data(), at, output.size / at.length);
    } finally {
      output.dispose();
      disposeBatch(batch);
    }
  }
}

export async function score(
  forward: Forward,
  samples: Samples,
  inputs: readonly string[],
  target: string,
): Promise<Scores> {
  const tally = tallying(labelsOf(samples, target));
  await forEachOutput(forward, samples, inputs, tally.add);
  return tally.scores();
}

/** Adds up outputs chunk by chunk. */
export function tallying(labels: Int32Array): { add(...chunk: Outputs): void; scores(): Scores } {
  let [loss, correct] = [0, 0];
  return {
    add(outputs, at, classes) {
      at.forEach((sample, i) => {
        const label = labels[sample] ?? 0;
        loss += crossEntropy(outputs, i * classes, classes, label);
        if (highest(outputs, i * classes, classes) === label) correct++;
      });
    },
    scores: () => ({ loss: loss / labels.length, accuracy: correct / labels.length, samples: labels.length }),
  };
}

/** −ln softmax(logits)[label] = ln Σⱼ e^(logits[j] − max) − (logits[label] − max), of `classes` logits from `from`. */
export function crossEntropy(logits: ArrayLike<number>, from: number, classes: number, label: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < classes; i++) max = Math.max(max, logits[from + i] ?? 0);
  let sum = 0;
  for (let i = 0; i < classes; i++) sum += Math.exp((logits[from + i] ?? 0) - max);
  return Math.log(sum) - ((logits[from + label] ?? 0) - max);
}

/** Index of the largest of `count` values; the first of equals. */
export function highest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((values[from + i] ?? 0) > (values[from + best] ?? 0)) best = i;
  return best;
}
