/** From a file of raw inputs to a file of outputs. */
import { sigmoid, softmax, tensor } from '@tensorflow/tfjs-core';
import { chunks } from '../batches.ts';
import { failure, runtimeErrors } from '../errors.ts';
import { evaluationBatch, type Forward, tensorsOf } from '../metrics.ts';
import type { Tensor, WeightMigration } from '../model.ts';
import type { AnyNetwork } from '../modules.ts';
import { applying, type Preprocessing, whiteningOf } from '../preprocessing.ts';
import type { StoredTensor } from '../safetensors.ts';
import { disposeAll } from '../tensors.ts';
import { type InputSpec, loadInto, type Probabilities, trainedUnder } from '../weights.ts';
import { whiten } from '../whitening.ts';
import { type Backend, type BackendName, chooseBackend } from './backend.ts';
import { readTensors, writeTensors } from './files.ts';
import { inShapeOf, isImage, type Reading, readInputs } from './inputs.ts';
import { joined } from './joined.ts';
import { drawnOutputs } from './sampling.ts';

/** What prediction needs to know of a network beside its module. */
export interface NetworkInfo {
  readonly network: string;
  readonly inputs: readonly InputSpec[];
  /** Names of the outputs, in the order of the spec. */
  readonly outputs: readonly string[];
  readonly migrations: readonly WeightMigration[];
  /** How files of inputs are read, where the data of the spec say so. */
  readonly reading?: Reading;
}

export interface PredictOptions {
  readonly weights: string;
  /**
   * Files of raw values, [N, …]: one that holds them by the names of the network's inputs, or one for an input each. Where one input and
   * one tensor meet, the tensor may have any name. Images are a sample each.
   */
  readonly input: string | readonly InputFile[];
  /** Where the outputs go, by name. */
  readonly output: string;
  /** What the loss implies of the outputs, instead of these. */
  readonly probabilities?: boolean | undefined;
  /** Default true: by `freeze` and `predict`; false: by `evaluate`. */
  readonly fold?: boolean | undefined;
  readonly backend?: 'auto' | BackendName | undefined;
  /** Monte Carlo prediction: how many draws, 2 or more; what is written is their mean and, as `<output>.std`, their spread. */
  readonly draws?: number | undefined;
  /** What draws are made by; without it 0, or what the network was trained by where it draws in any prediction. */
  readonly seed?: number | undefined;
}

/** The draw of a network that was emitted with one. */
function drawOf(module: AnyNetwork): NonNullable<AnyNetwork['sample']> {
  if (module.sample === undefined) throw new Error('the network was emitted without `sample`');
  return module.sample;
}

export interface InputFile {
  /** The input that it holds; null: all that it names. */
  readonly input: string | null;
  readonly file: string;
}

export interface Predicted {
  readonly backend: Backend;
  readonly samples: number;
  /** By output, with the samples first. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

export async function predictFile(
  module: AnyNetwork,
  network: NetworkInfo,
  options: PredictOptions,
): Promise<Predicted> {
  const weights = readTensors(options.weights);
  const trained = trainedUnder(weights, options.weights);
  const probabilities =
    options.probabilities === true ? probabilitiesOf(network.outputs, trained.probabilities, options.weights) : null;
  const stored = storedInputs(network.inputs, options.input, network.reading ?? {});
  const count = checkInputs(stored);
  const inputs = inputsOf(stored, count, fittedTo(network.inputs, trained.preprocessing, options.weights));
  const backend = await chooseBackend(options.backend);
  const { params, state } = module.init(0);
  try {
    loadInto(params, state, weights, options.weights, network);
    const tensors =
      options.draws === undefined
        ? await withForward(module, params, state, options, (forward) =>
            outputsOf(forward, inputs, network.outputs, probabilities),
          )
        : await drawnOutputs(
            {
              ...inputs,
              draw: (update, x) => drawOf(module)(params, state, { seed: options.seed ?? 0, update }, ...x),
              shown: (value, output) => shownAs(value, probabilities?.get(output) ?? null),
            },
            network.outputs,
            options.draws,
          );
    const kinds = new Set(network.outputs.map((name) => probabilities?.get(name) ?? 'output'));
    const metadata = {
      format: 'nrmc/1',
      network: network.network,
      kind: [...kinds].join(', '),
      ...(options.draws === undefined ? {} : { draws: String(options.draws), seed: String(options.seed ?? 0) }),
    };
    writeTensors(options.output, { tensors, metadata });
    const shapes = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
    return { backend, samples: inputs.count, shapes };
  } finally {
    disposeAll({ params, state });
  }
}

/** By output: what its loss implies. A single output may have been renamed since it was trained. */
function probabilitiesOf(
  outputs: readonly string[],
  trained: Readonly<Record<string, Probabilities>>,
  file: string,
): ReadonlyMap<string, Probabilities> {
  const stored = Object.values(trained);
  return new Map(
    outputs.map((output) => {
      const found = outputs.length === 1 && stored.length === 1 ? stored[0] : trained[output];
      if (found === undefined) throw failure(runtimeErrors.noProbabilities, { file, output });
      return [output, found];
    }),
  );
}

/** An input, its raw values, and the file that they are from. */
interface Stored {
  readonly spec: InputSpec;
  readonly tensor: StoredTensor;
  readonly file: string;
}

/** Images of one input are read together. */
function grouped(given: readonly InputFile[]): readonly (InputFile & { readonly files: readonly string[] })[] {
  const single = given.filter((g) => !isImage(g.file)).map((g) => ({ ...g, files: [g.file] }));
  const images = given.filter((g) => isImage(g.file));
  const groups = [...new Set(images.map((g) => g.input))].map((input) => {
    const files = images.filter((g) => g.input === input).map((g) => g.file);
    return { input, files, file: files.join(', ') };
  });
  return [...single, ...groups];
}

function storedInputs(
  specs: readonly InputSpec[],
  given: PredictOptions['input'],
  reading: Reading,
): readonly Stored[] {
  const files = grouped(typeof given === 'string' ? [{ input: null, file: given }] : given);
  const found = new Map<string, Stored>();
  // What is given by name goes first: a file without a name holds the rest.
  const ordered = [...files].sort((a, b) => Number(a.input === null) - Number(b.input === null));
  const unnamed = files.filter((f) => f.input === null).length;
  for (const { input, file, files: together } of ordered) {
    const wanted = specs.filter((s) => (input === null ? !found.has(s.name) : s.name === input));
    const unknown = input !== null && wanted.length === 0;
    const twice = input !== null && found.has(input);
    if (unknown || twice) throw failure(runtimeErrors.inputUnknown, { input, found: specs.map((s) => s.name), twice });
    const tensors = readInputs(together, wanted, reading);
    for (const spec of wanted) {
      // Of several files that name no input, or of a tensor that is another input's by its name, it is not known which it is.
      const anyName = input !== null || (unnamed === 1 && !specs.some((s) => tensors.has(s.name)));
      const only = wanted.length === 1 && tensors.size === 1 && anyName ? [...tensors.values()][0] : undefined;
      const tensor = tensors.get(spec.name) ?? only;
      if (tensor !== undefined) found.set(spec.name, { spec, tensor: inShapeOf(spec, tensor), file });
      else if (files.length === 1 || input !== null)
        throw failure(runtimeErrors.inputMissing, { file, input: spec.name, found: [...tensors.keys()] });
    }
  }
  return specs.map((spec) => {
    const stored = found.get(spec.name);
    if (stored !== undefined) return stored;
    const rest = ordered.filter((f) => f.input === null);
    const names = new Set(rest.flatMap((f) => [...readInputs(f.files, [spec], reading).keys()]));
    const file = rest.length === 0 ? null : rest.map((f) => f.file).join(', ');
    throw failure(runtimeErrors.inputMissing, { file, input: spec.name, found: [...names] });
  });
}

/** Refuses what the network cannot take; returns how many samples there are. */
function checkInputs(stored: readonly Stored[]): number {
  /** Numbers of sizes that have names: the same for all inputs. */
  const sizes = new Map<string, number>();
  for (const { spec, tensor, file } of stored) {
    const { name: input, shape } = spec;
    const [n, ...rest] = tensor.shape;
    if (n === undefined || n === 0 || !fits(shape, rest, sizes)) {
      const known = shape.map((size) => sizes.get(String(size)) ?? size);
      throw failure(runtimeErrors.inputShape, { file, input, shape: known, found: tensor.shape });
    }
    const at = tensor.values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const sample = Math.floor(at / (tensor.values.length / n));
      throw failure(runtimeErrors.inputNotFinite, { file, input, sample, value: tensor.values[at] ?? 0 });
    }
  }
  const counts = stored.map(({ spec, tensor }) => [spec.name, tensor.shape[0] ?? 0] as const);
  const count = counts[0]?.[1] ?? 0;
  if (counts.some(([, n]) => n !== count)) {
    throw failure(runtimeErrors.inputCounts, { files: [...new Set(stored.map((s) => s.file))], counts });
  }
  return count;
}

/** A size with a name is whatever is found first. */
function fits(shape: InputSpec['shape'], found: readonly number[], sizes: Map<string, number>): boolean {
  if (shape.length !== found.length) return false;
  return shape.every((size, i) => {
    const here = found[i] ?? 0;
    if (typeof size === 'number') return size === here;
    const known = sizes.get(size);
    if (known === undefined) sizes.set(size, here);
    return known === undefined ? here > 0 : known === here;
  });
}

interface Inputs {
  readonly count: number;
  /** The samples from `from` to `to`, preprocessed. */
  take(from: number, to: number): readonly Tensor[];
}

const inputsOf = (stored: readonly Stored[], count: number, fitted: ReadonlyMap<string, Preprocessing>): Inputs => ({
  count,
  take: (from, to) =>
    stored.map(({ spec: { name, dtype }, tensor: { shape, values }, file }) => {
      const sample = shape.slice(1);
      const size = sample.reduce((a, b) => a * b, 1);
      const target = dtype === 'int32' ? new Int32Array((to - from) * size) : new Float32Array((to - from) * size);
      const by = fitted.get(name) ?? { kind: 'none' };
      applying(by)(values, from * size, (to - from) * size, target, 0);
      const raw = tensor(target, [to - from, ...sample], dtype);
      const whitening = whiteningOf(by);
      if (whitening !== null && whitening.mean.length !== size) {
        const fitted = [whitening.mean.length];
        throw failure(runtimeErrors.inputShape, { file, input: name, shape: fitted, found: shape });
      }
      return whitening === null ? raw : whiten(raw, whitening);
    }),
});

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

/** By the key of the options, where they have one. */
async function withForward<T>(
  module: AnyNetwork,
  params: object,
  state: object,
  { fold = true, seed }: PredictOptions,
  use: (forward: Forward) => Promise<T>,
): Promise<T> {
  const key = seed === undefined ? [] : [{ seed, update: 0 }];
  if (!fold) return use((...x) => module.evaluate(params, state, ...x, ...key));
  const frozen = module.freeze(params, state);
  try {
    return await use((...x) => module.predict(frozen, ...x, ...key));
  } finally {
    disposeAll(frozen);
  }
}

/** All outputs by name, a chunk of samples at a time. */
async function outputsOf(
  forward: Forward,
  inputs: Inputs,
  names: readonly string[],
  probabilities: ReadonlyMap<string, Probabilities> | null,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const outputs = names.map((name) => ({ name, parts: [] as Float32Array[], rest: [] as readonly number[] }));
  for (const at of chunks(inputs.count, evaluationBatch)) {
    const from = at[0] ?? 0;
    const x = inputs.take(from, from + at.length);
    const given = tensorsOf(forward(...x), names);
    for (const [i, output] of outputs.entries()) {
      const value = given[i];
      if (value === undefined) throw new Error(`the network gives no output ${output.name}`);
      const shown = shownAs(value, probabilities?.get(output.name) ?? null);
      output.rest = shown.shape.slice(1);
      output.parts.push(Float32Array.from(await shown.data()));
      if (shown !== value) shown.dispose();
    }
    for (const value of [...given, ...x]) value.dispose();
  }
  return new Map(
    outputs.map(({ name, parts, rest }) => [name, { shape: [inputs.count, ...rest], values: joined(parts) }]),
  );
}

const shownAs = (value: Tensor, probabilities: Probabilities): Tensor =>
  probabilities === null ? value : probabilities === 'softmax' ? softmax(value) : sigmoid(value);
