/** Losses and accuracies over many samples, in float64 on values read back: the same whatever the batches were. */
import { Tensor } from '@tensorflow/tfjs-core';
import { type Batch, chunks, disposeBatch, type Samples, take } from './batches.ts';
import type { Outputs, RunOutput } from './model.ts';

export interface Scores {
  /** Mean loss without penalties; of several outputs the sum. */
  readonly loss: number;
  /** By name, in the order of the spec. */
  readonly outputs: Readonly<Record<string, OutputScores>>;
  readonly samples: number;
}

export interface OutputScores {
  readonly loss: number;
  /** Share of samples whose highest output is the label. */
  readonly accuracy: number;
}

/** Metrics by name: `accuracy`, with several outputs `label_accuracy` and so on. */
export function metricsOf({ outputs }: Scores): Readonly<Record<string, number>> {
  const each = Object.entries(outputs);
  return Object.fromEntries(
    each.map(([name, { accuracy }]) => [each.length === 1 ? 'accuracy' : `${name}_accuracy`, accuracy]),
  );
}

/** The loss of each output; nothing for a single one, of which it is the loss. */
export function lossesOf({ outputs }: Scores): Readonly<Record<string, number>> {
  const each = Object.entries(outputs);
  return each.length === 1 ? {} : Object.fromEntries(each.map(([name, { loss }]) => [name, loss]));
}

/** Inference by batches of inputs, in the order of the spec. The caller disposes of the result. */
export type Forward = (...inputs: readonly Tensor[]) => Outputs;

/** How many samples are evaluated at a time. */
export const evaluationBatch = 256;

/** The inputs of a batch, in the order of the spec. */
export const inputsOf = (batch: Batch, inputs: readonly string[]): readonly Tensor[] =>
  inputs.map((name) => {
    const value = batch.fields[name];
    if (value === undefined) throw new Error(`no field ${name} in the batch`);
    return value;
  });

/** What a network has given, in the order of the names. */
export function tensorsOf(outputs: Outputs, names: readonly string[]): readonly Tensor[] {
  if (outputs instanceof Tensor) return [outputs];
  const given = new Map<string, unknown>(Object.entries(outputs));
  return names.map((name) => {
    const value = given.get(name);
    if (!(value instanceof Tensor)) throw new Error(`the network gives no output ${name}`);
    return value;
  });
}

/** The label of each of the samples. */
function labelsOf(samples: Samples, target: string): Int32Array {
  const column = samples.columns.find((c) => c.name === target);
  if (column?.kind !== 'class') throw new Error(`no class field ${target} in the data`);
  return Int32Array.from(samples.rows, (row) => column.values[row] ?? 0);
}

/** What is measured: which fields go in, and which outputs are compared with which fields. */
export interface Measured {
  readonly inputs: readonly string[];
  readonly outputs: readonly RunOutput[];
}

/** The values of some samples, an array for each output; and which samples they are. */
type Chunk = readonly [values: readonly ArrayLike<number>[], at: Uint32Array];

/** Runs all samples through the network, a chunk at a time. */
export async function forEachOutput(
  forward: Forward,
  samples: Samples,
  { inputs, outputs }: Measured,
  use: (...chunk: Chunk) => void,
): Promise<void> {
  const names = outputs.map((o) => o.name);
  for (const at of chunks(samples.rows.length, evaluationBatch)) {
    const batch = take(samples, at, inputs);
    const given = tensorsOf(forward(...inputsOf(batch, inputs)), names);
    try {
      use(await Promise.all(given.map((value) => value.data())), at);
    } finally {
      for (const value of given) value.dispose();
      disposeBatch(batch);
    }
  }
}

export async function score(forward: Forward, samples: Samples, measured: Measured): Promise<Scores> {
  const tally = tallying(samples, measured.outputs);
  await forEachOutput(forward, samples, measured, tally.add);
  return tally.scores();
}

/** Adds up outputs chunk by chunk. */
export function tallying(
  samples: Samples,
  outputs: readonly RunOutput[],
): { add(...chunk: Chunk): void; scores(): Scores } {
  const count = samples.rows.length;
  const sums = outputs.map(({ target, loss }) => ({
    labels: labelsOf(samples, target),
    measure: measures[loss],
    loss: 0,
    correct: 0,
  }));
  return {
    add(values, at) {
      sums.forEach((sum, o) => {
        const given = values[o] ?? [];
        const width = given.length / at.length;
        at.forEach((sample, i) => {
          const label = sum.labels[sample] ?? 0;
          sum.loss += sum.measure.loss(given, i * width, width, label);
          if (sum.measure.guess(given, i * width, width) === label) sum.correct++;
        });
      });
    },
    scores() {
      const each = outputs.map(({ name }, o): [string, OutputScores] => {
        const { loss = Number.NaN, correct = 0 } = sums[o] ?? {};
        return [name, { loss: loss / count, accuracy: correct / count }];
      });
      return {
        loss: each.reduce((sum, [, { loss }]) => sum + loss, 0),
        outputs: Object.fromEntries(each),
        samples: count,
      };
    },
  };
}

/** What a loss makes of the `width` values of one sample, which begin at `from`. */
interface Measure {
  readonly loss: (values: ArrayLike<number>, from: number, width: number, label: number) => number;
  /** The class that the values speak for. */
  readonly guess: (values: ArrayLike<number>, from: number, width: number) => number;
}

const measures: Readonly<Record<RunOutput['loss'], Measure>> = {
  cross_entropy: { loss: crossEntropy, guess: highest },
};

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
