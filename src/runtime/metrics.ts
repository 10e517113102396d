/**
 * How good a network is over many samples: its losses, by the code that was emitted for them, and its metrics. A loss is taken of
 * chunks of 256 samples and averaged, each chunk by its size; a mean over samples is the same whatever the chunks are.
 */
import { Tensor } from '@tensorflow/tfjs-core';
import { type Batch, type Column, chunks, disposeBatch, type Samples, take } from './batches.ts';
import { failure, runtimeErrors } from './errors.ts';
import type { Chunk, Measured as MeasuredOutput, MetricValue, Tally } from './metrics/metric.ts';
import { metricTable } from './metrics/table.ts';
import type { Losses, MetricConfig, Outputs, RunOutput } from './model.ts';
import { outsideOf } from './target-range.ts';

export type { MetricValue } from './metrics/metric.ts';
export { highest } from './metrics/metric.ts';

export interface Scores {
  /** Mean loss without penalties; of several outputs the sum. */
  readonly loss: number;
  /** By name, in the order of the spec. */
  readonly outputs: Readonly<Record<string, OutputScores>>;
  readonly samples: number;
}

/** Metrics by the names they are reported under; an output that is compared with classes always has its `accuracy`. */
export interface OutputScores {
  readonly loss: number;
  readonly [metric: string]: MetricValue;
}

/** Metrics that are one number, by name: `accuracy`, with several outputs `label_accuracy` and so on. */
export const metricsOf = (scores: Scores): Readonly<Record<string, number>> =>
  Object.fromEntries(
    allMetrics(scores).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value] as const] : [])),
  );

/** Those that are more than a number. */
export const tablesOf = (scores: Scores): Readonly<Record<string, Exclude<MetricValue, number>>> =>
  Object.fromEntries(
    allMetrics(scores).flatMap(([name, value]) => (typeof value === 'number' ? [] : [[name, value] as const])),
  );

function allMetrics({ outputs }: Scores): readonly (readonly [name: string, value: MetricValue])[] {
  const each = Object.entries(outputs);
  return each.flatMap(([output, { loss: _, ...metrics }]) =>
    Object.entries(metrics).map(([name, value]) => [each.length === 1 ? name : `${output}_${name}`, value] as const),
  );
}

/** The loss of each output; nothing for a single one, of which it is the loss. */
export function lossesOf({ outputs }: Scores): Readonly<Record<string, number>> {
  const each = Object.entries(outputs);
  return each.length === 1 ? {} : Object.fromEntries(each.map(([name, { loss }]) => [name, loss]));
}

/** Inference by batches of inputs, in the order of the spec. The caller disposes of the result. */
export type Forward = (...inputs: readonly Tensor[]) => Outputs;

/** A network with the losses that it is trained by. */
export interface Scored {
  readonly forward: Forward;
  readonly lossOf: (outputs: Outputs, targets: object) => Losses;
}

/** How many samples are evaluated at a time. */
export const evaluationBatch = 256;

/** The inputs of a batch, in the order of the spec. */
export const inputsOf = (batch: Batch, inputs: readonly string[]): readonly Tensor[] =>
  inputs.map((name) => fieldOf(batch, name));

function fieldOf(batch: Batch, name: string): Tensor {
  const value = batch.fields[name];
  if (value === undefined) throw new Error(`no field ${name} in the batch`);
  return value;
}

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

/** What is measured: which fields go in, which outputs are compared with which fields, and what is made of that. */
export interface Measured {
  readonly inputs: readonly string[];
  readonly outputs: readonly RunOutput[];
  readonly metrics: readonly MetricConfig[];
}

/** The fields that outputs are compared by. */
export const comparedFields = (outputs: readonly RunOutput[]): readonly string[] => [
  ...new Set(outputs.flatMap(({ target, sample }) => (sample === undefined ? [target] : [target, sample]))),
];

/** What the network gave for a chunk, an array for each output. */
export type Values = readonly ArrayLike<number>[];

/** Runs all samples through the network, a chunk at a time. */
export async function forEachOutput(
  forward: Forward,
  samples: Samples,
  { inputs, outputs }: Pick<Measured, 'inputs' | 'outputs'>,
  use: (values: Values, batch: Batch, given: Outputs) => void | Promise<void>,
  fields: readonly string[] = [],
): Promise<void> {
  const names = outputs.map((o) => o.name);
  for (const at of chunks(samples.rows.length, evaluationBatch)) {
    const batch = take(samples, at, [...inputs, ...fields]);
    const made = forward(...inputsOf(batch, inputs));
    const given = tensorsOf(made, names);
    try {
      await use(await Promise.all(given.map((value) => value.data())), batch, made);
    } finally {
      for (const value of given) value.dispose();
      disposeBatch(batch);
    }
  }
}

export async function score({ forward, lossOf }: Scored, samples: Samples, measured: Measured): Promise<Scores> {
  const tally = tallying(lossOf, samples, measured);
  await forEachOutput(forward, samples, measured, tally.add, comparedFields(measured.outputs));
  return tally.scores();
}

interface Sum {
  readonly output: RunOutput;
  readonly of: MeasuredOutput;
  readonly metrics: readonly (readonly [name: string, tally: Tally])[];
  loss: number;
}

/** Adds up losses and metrics chunk by chunk. */
export function tallying(
  lossOf: Scored['lossOf'],
  samples: Samples,
  { outputs, metrics }: Measured,
): { add(values: Values, batch: Batch, given: Outputs): Promise<void>; scores(): Scores } {
  if (typeof lossOf !== 'function') throw failure(runtimeErrors.noMeasure, { train: 'this train' });
  checkCompared(samples, outputs);
  const count = samples.rows.length;
  const sums = outputs.map((output): Sum => {
    const of = measuredOf(output, samples);
    return { output, of, metrics: begun(output, of, metrics), loss: 0 };
  });
  return {
    async add(values, batch, given) {
      const targets = await Promise.all(sums.map(({ output }) => fieldOf(batch, output.target).data()));
      const { loss, losses = {} } = lossOf(given, batch.fields);
      const whole = await numberOf(loss);
      for (const [o, own] of sums.entries()) {
        const each = losses[own.output.name];
        own.loss += (each === undefined ? whole : await numberOf(each)) * batch.size;
        const chunk = chunkOf(values[o] ?? [], targets[o] ?? [], batch.size);
        for (const [, tally] of own.metrics) tally.add(chunk);
      }
    },
    scores: () => ({
      loss: sums.reduce((sum, { loss }) => sum + loss / count, 0),
      outputs: Object.fromEntries(
        sums.map(({ output, metrics: own, loss }): [string, OutputScores] => [
          output.name,
          { loss: loss / count, ...Object.fromEntries(own.map(([name, tally]) => [name, tally.value()])) },
        ]),
      ),
      samples: count,
    }),
  };
}

const chunkOf = (values: ArrayLike<number>, targets: ArrayLike<number>, samples: number): Chunk => ({
  values,
  width: values.length / samples,
  samples,
  targets,
});

async function numberOf(value: Losses['loss']): Promise<number> {
  const [number = Number.NaN] = await value.data();
  value.dispose();
  return number;
}

const columnOf = ({ columns }: Samples, name: string): Column => {
  const column = columns.find((c) => c.name === name);
  if (column === undefined) throw new Error(`no field ${name} in the data`);
  return column;
};

function measuredOf({ target, threshold = 0, probabilities }: RunOutput, samples: Samples): MeasuredOutput {
  const column = columnOf(samples, target);
  return { classes: column.kind === 'class' ? column.classes : null, threshold, probabilities };
}

/** The metrics of an output that are asked for, and the accuracy where there are classes. */
function begun(output: RunOutput, of: MeasuredOutput, metrics: readonly MetricConfig[]): Sum['metrics'] {
  const asked = metrics.filter((m) => m.output === output.name);
  const known = of.classes === null || of.threshold === null || asked.some((m) => m.as === 'accuracy');
  const own = known ? asked : [{ output: output.name, metric: 'accuracy', as: 'accuracy' }, ...asked];
  return own.map((config) => {
    const metric = metricTable[config.metric];
    if (metric === undefined) throw new Error(`no metric ${config.metric}`);
    return [config.as, metric.begin(of, config)] as const;
  });
}

/** Refuses classes that are none, numbers that a loss does not take, and weights below 0. */
export function checkCompared(samples: Samples, outputs: readonly RunOutput[]): void {
  const wrong = (values: ArrayLike<number>, isWrong: (value: number) => boolean) => {
    const at = samples.rows.findIndex((row) => isWrong(values[row] ?? Number.NaN));
    const row = samples.rows[at];
    return row === undefined ? null : { sample: row + 1, value: values[row] ?? Number.NaN };
  };
  for (const { target, sample, loss } of outputs) {
    const column = columnOf(samples, target);
    if (column.kind === 'class') {
      const { classes, name: field } = column;
      const found = wrong(column.values, (v) => !(Number.isInteger(v) && v >= 0 && v < classes));
      if (found !== null) throw failure(runtimeErrors.classOutside, { field, classes, ...found });
    }
    const outside = outsideOf(loss, column, samples.rows);
    if (outside !== null) throw failure(runtimeErrors.targetOutside, { field: target, loss, ...outside });
    if (sample === undefined) continue;
    const found = wrong(columnOf(samples, sample).values, (v) => !(v >= 0));
    if (found !== null) throw failure(runtimeErrors.sampleWeight, { field: sample, ...found });
  }
}
