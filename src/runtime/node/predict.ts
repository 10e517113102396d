/** From a file of raw inputs to a file of outputs. */
import { sigmoid, softmax, tensor } from '@tensorflow/tfjs-core';
import { chunks } from '../batches.ts';
import { failure, runtimeErrors } from '../errors.ts';
import { evaluationBatch, type Forward } from '../metrics.ts';
import type { Tensor, WeightMigration } from '../model.ts';
import type { AnyNetwork } from '../modules.ts';
import { applying, type Preprocessing } from '../preprocessing.ts';
import type { StoredTensor, TensorFile } from '../safetensors.ts';
import { disposeAll } from '../tensors.ts';
import { type InputSpec, loadInto, trainedUnder } from '../weights.ts';
import { type Backend, type BackendName, chooseBackend } from './backend.ts';
import { readTensors, writeTensors } from './files.ts';

/** What prediction needs to know of a network beside its module. */
export interface NetworkInfo {
  readonly network: string;
  readonly inputs: readonly InputSpec[];
  /** Name of the output. */
  readonly output: string;
  readonly migrations: readonly WeightMigration[];
}

export interface PredictOptions {
  readonly weights: string;
  /** Raw values by the names of the network's inputs, [N, …]; a single tensor may have any name. */
  readonly input: string;
  readonly output: string;
  /** What the loss implies of the outputs, instead of these. */
  readonly probabilities?: boolean | undefined;
  /** Default true: by `freeze` and `predict`; false: by `evaluate`. */
  readonly fold?: boolean | undefined;
  readonly backend?: 'auto' | BackendName | undefined;
}

export interface Predicted {
  readonly backend: Backend;
  readonly samples: number;
  /** Of the output, with the samples first. */
  readonly shape: readonly number[];
}

export async function predictFile(
  module: AnyNetwork,
  network: NetworkInfo,
  options: PredictOptions,
): Promise<Predicted> {
  const weights = readTensors(options.weights);
  const { preprocessing, probabilities } = trainedUnder(weights, options.weights);
  if (options.probabilities === true && probabilities === null) {
    throw failure(runtimeErrors.noProbabilities, { file: options.weights });
  }
  const inputs = readInputs(readTensors(options.input), options.input, network.inputs, preprocessing, options.weights);
  const backend = await chooseBackend(options.backend);
  const { params, state } = module.init(0);
  try {
    loadInto(params, state, weights, options.weights, network);
    const result = await withForward(module, params, state, options.fold !== false, (forward) =>
      outputsOf(forward, inputs, options.probabilities === true ? probabilities : null),
    );
    const kind = options.probabilities === true && probabilities !== null ? probabilities : 'output';
    const metadata = { format: 'nrmc/1', network: network.network, kind };
    writeTensors(options.output, { tensors: new Map([[network.output, result]]), metadata });
    return { backend, samples: inputs.count, shape: result.shape };
  } finally {
    disposeAll({ params, state });
  }
}

interface Inputs {
  readonly count: number;
  /** The samples from `from` to `to`, preprocessed. */
  take(from: number, to: number): readonly Tensor[];
}

function readInputs(
  { tensors }: TensorFile,
  file: string,
  specs: readonly InputSpec[],
  preprocessing: Readonly<Record<string, Preprocessing>>,
  weights: string,
): Inputs {
  const found = specs.map((spec): readonly [InputSpec, StoredTensor] => {
    const only = specs.length === 1 && tensors.size === 1 ? [...tensors.values()][0] : undefined;
    const stored = tensors.get(spec.name) ?? only;
    if (stored === undefined) {
      throw failure(runtimeErrors.inputMissing, { file, input: spec.name, found: [...tensors.keys()] });
    }
    const [n, ...rest] = stored.shape;
    if (n === undefined || n === 0 || rest.join() !== spec.shape.join()) {
      const { name: input, shape } = spec;
      throw failure(runtimeErrors.inputShape, { file, input, shape, found: stored.shape });
    }
    const at = stored.values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const sample = Math.floor(at / (stored.values.length / n));
      throw failure(runtimeErrors.inputNotFinite, { file, input: spec.name, sample, value: stored.values[at] ?? 0 });
    }
    return [spec, stored];
  });
  const counts = found.map(([{ name }, { shape }]) => [name, shape[0] ?? 0] as const);
  const count = counts[0]?.[1] ?? 0;
  if (counts.some(([, n]) => n !== count)) throw failure(runtimeErrors.inputCounts, { file, counts });
  const fitted = fittedTo(specs, preprocessing, weights);
  return {
    count,
    take: (from, to) =>
      found.map(([{ name, dtype, shape }, { values }]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const target = dtype === 'int32' ? new Int32Array((to - from) * size) : new Float32Array((to - from) * size);
        applying(fitted.get(name) ?? { kind: 'none' })(values, from * size, (to - from) * size, target, 0);
        return tensor(target, [to - from, ...shape], dtype);
      }),
  };
}

/** By input: what was fitted in training. A single input may have been renamed since; several must have kept their names. */
function fittedTo(
  specs: readonly InputSpec[],
  preprocessing: Readonly<Record<string, Preprocessing>>,
  file: string,
): ReadonlyMap<string, Preprocessing> {
  const stored = Object.entries(preprocessing);
  const [only] = stored;
  return new Map(
    specs.map(({ name }): [string, Preprocessing] => {
      const found = preprocessing[name] ?? (specs.length === 1 && stored.length === 1 ? only?.[1] : undefined);
      if (found !== undefined || stored.length === 0) return [name, found ?? { kind: 'none' }];
      throw failure(runtimeErrors.otherInputs, {
        file,
        inputs: specs.map((s) => s.name),
        found: stored.map(([n]) => n),
      });
    }),
  );
}

async function withForward<T>(
  module: AnyNetwork,
  params: object,
  state: object,
  fold: boolean,
  use: (forward: Forward) => Promise<T>,
): Promise<T> {
  if (!fold) return use((...x) => module.evaluate(params, state, ...x));
  const frozen = module.freeze(params, state);
  try {
    return await use((...x) => module.predict(frozen, ...x));
  } finally {
    disposeAll(frozen);
  }
}

/** All outputs, a chunk of samples at a time. */
async function outputsOf(
  forward: Forward,
  inputs: Inputs,
  probabilities: 'softmax' | 'sigmoid' | null,
): Promise<StoredTensor> {
  const parts: Float32Array[] = [];
  let rest: readonly number[] = [];
  for (const at of chunks(inputs.count, evaluationBatch)) {
    const from = at[0] ?? 0;
    const x = inputs.take(from, from + at.length);
    const output = forward(...x);
    const shown = probabilities === null ? output : probabilities === 'softmax' ? softmax(output) : sigmoid(output);
    rest = shown.shape.slice(1);
    parts.push(Float32Array.from(await shown.data()));
    if (shown !== output) shown.dispose();
    output.dispose();
    for (const value of x) value.dispose();
  }
  const values = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let end = 0;
  for (const part of parts) {
    values.set(part, end);
    end += part.length;
  }
  return { shape: [inputs.count, ...rest], values };
}
