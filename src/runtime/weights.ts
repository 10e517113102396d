/** Weights between tensors and files: names from the spec, what they were trained under beside them, all or nothing on the way back. */
import { tensor, Variable } from '@tensorflow/tfjs-core';
import { failure, type Mismatch, runtimeErrors } from './errors.ts';
import type { Held } from './finite.ts';
import { averageSuffix } from './loop/averages.ts';
import type { RunConfig, RunOutput, Tensor, WeightMigration } from './model.ts';
import type { Preprocessing } from './preprocessing.ts';
import type { StoredTensor, TensorFile } from './safetensors.ts';
import { preprocessingFrom, preprocessingPrefix, preprocessingText } from './stored-preprocessing.ts';
import { flattenTensors } from './tensors.ts';

/** Marks an optimizer's slots in a checkpoint: `optimizer:conv1.kernel.m`. No name of a weight holds a colon. */
const slotPrefix = 'optimizer:';
/** Marks the values of the best epoch so far: `best:conv1.kernel`, and where training goes on from them `best:optimizer:…`. */
const bestPrefix = 'best:';

type Stored = ReadonlyMap<string, StoredTensor>;

/** Reads tensors back by their paths. */
export const valuesOf = (nested: object): Promise<Map<string, StoredTensor>> => readBack(flattenTensors(nested));

async function readBack(tensors: Iterable<readonly [string, Tensor]>): Promise<Map<string, StoredTensor>> {
  const found = new Map<string, StoredTensor>();
  for (const [name, value] of tensors) {
    const values = await value.data();
    // `data` of a float32 tensor is a Float32Array, of int32 an Int32Array; backends may hand out memory of their own, hence the copy.
    const copy = value.dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    found.set(name, { shape: value.shape, values: copy });
  }
  return found;
}

/** What a run has, by the names that a checkpoint gives it: weights by their own, slots with their mark. */
const namesIn = ({ params, state, optimizer }: RunTensors): ReadonlyMap<string, Tensor> =>
  new Map([
    ...flattenTensors(params),
    ...flattenTensors(state),
    ...[...flattenTensors(optimizer)].map(([name, slot]) => [slotPrefix + name, slot] as const),
  ]);

interface RunTensors {
  readonly params: object;
  readonly state: object;
  readonly optimizer: object;
}

/** Everything a run has to go on from: weights by name, slots and the values of the best epoch with their marks. */
export async function checkpointTensors(
  params: object,
  state: object,
  optimizer: object,
  best: Held | null = null,
): Promise<Stored> {
  const own = namesIn({ params, state, optimizer });
  const kept = [...own].flatMap(([name, variable]) => {
    const value = variable instanceof Variable ? best?.get(variable) : undefined;
    return value === undefined ? [] : [[bestPrefix + name, value] as const];
  });
  return new Map([...(await readBack(own)), ...(await readBack(kept))]);
}

/** What is known of the network that weights are for. */
export interface Receiver {
  readonly network: string;
  readonly migrations: readonly WeightMigration[];
}

/**
 * The weights that a file is evaluated by. A checkpoint of a run that goes on has more than one answer: the best ones, where they are
 * kept; else the averages, where they are; else the weights as the last update left them.
 */
function weightsIn({ tensors, metadata }: TensorFile): Map<string, StoredTensor> {
  const weights = new Map(
    [...tensors].filter(([name]) => ![slotPrefix, bestPrefix, preprocessingPrefix].some((p) => name.startsWith(p))),
  );
  const replace = (prefix: string, suffix: string): void => {
    for (const name of weights.keys()) {
      const value = tensors.get(prefix + name + suffix);
      if (value !== undefined) weights.set(name, value);
    }
  };
  if (isGoingOn(metadata)) replace(slotPrefix, averageSuffix);
  replace(bestPrefix, '');
  if (isGoingOn(metadata)) replace(bestPrefix + slotPrefix, averageSuffix);
  return weights;
}

/** Gives the network these weights; lists every mismatch and changes nothing when there is one. A checkpoint's slots are left aside. */
export function loadInto(params: object, state: object, file: TensorFile, path: string, receiver: Receiver): void {
  const migrated = migrate(weightsIn(file), trainedWith(file, path), receiver.migrations);
  assignAll(new Map([...flattenTensors(params), ...flattenTensors(state)]), migrated, path, receiver.network);
}

/** Gives a run everything of a checkpoint, exactly as it is. Returns the values of the best epoch, where they are kept. */
export function loadCheckpoint(run: RunTensors, file: TensorFile, path: string, network: string): Held | null {
  const own = namesIn(run);
  const isBest = ([name]: readonly [string, unknown]): boolean => name.startsWith(bestPrefix);
  // Preprocessing is fitted anew, to the same data.
  const isOwn = ([name]: readonly [string, unknown]): boolean =>
    !name.startsWith(bestPrefix) && !name.startsWith(preprocessingPrefix);
  assignAll(own, new Map([...file.tensors].filter(isOwn)), path, network);
  const best = new Map<Variable, Tensor>();
  const stored = new Map(
    [...file.tensors].filter(isBest).map(([name, t]) => [name.slice(bestPrefix.length), t] as const),
  );
  const targets = new Map([...own].filter(([name]) => stored.has(name)));
  const mismatches = [...mismatchesOf(targets, stored)];
  if (mismatches.length > 0) throw failure(runtimeErrors.weightsDoNotFit, { file: path, network, mismatches });
  for (const [name, target] of targets) {
    const found = stored.get(name);
    if (found !== undefined && target instanceof Variable) best.set(target, tensorOf(found, target.dtype));
  }
  return best.size === 0 ? null : best;
}

/**
 * Gives a run that begins the named weights of a file; what else is in it is left aside. Lists every one that is missing or of another
 * shape, and changes nothing then.
 */
export function loadStart(
  { params, state }: { readonly params: object; readonly state: object },
  file: TensorFile,
  path: string,
  names: readonly string[],
  receiver: Receiver,
): void {
  const wanted = new Set(names);
  const targets = new Map([...flattenTensors(params), ...flattenTensors(state)].filter(([name]) => wanted.has(name)));
  const migrated = migrate(weightsIn(file), trainedWith(file, path), receiver.migrations);
  const stored = new Map([...migrated].filter(([name]) => targets.has(name)));
  const mismatches = [...mismatchesOf(targets, stored)];
  if (mismatches.length > 0)
    throw failure(runtimeErrors.startDoesNotFit, { file: path, network: receiver.network, mismatches });
  assignAll(targets, stored, path, receiver.network);
}

function assignAll(targets: ReadonlyMap<string, Tensor>, stored: Stored, file: string, network: string): void {
  const mismatches = [...mismatchesOf(targets, stored)];
  if (mismatches.length > 0) throw failure(runtimeErrors.weightsDoNotFit, { file, network, mismatches });
  for (const [name, target] of targets) {
    const found = stored.get(name);
    if (found === undefined || !(target instanceof Variable)) throw new Error(`${name} is not a variable`);
    const value = tensorOf(found, target.dtype);
    target.assign(value);
    value.dispose();
  }
}

const tensorOf = ({ shape, values }: StoredTensor, dtype: Tensor['dtype']): Tensor =>
  tensor(dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values), [...shape], dtype);

function* mismatchesOf(targets: ReadonlyMap<string, Tensor>, stored: Stored): Generator<Mismatch> {
  for (const [name, { shape }] of targets) {
    const found = stored.get(name)?.shape;
    if (found === undefined) yield { kind: 'missing', name, shape };
    else if (found.join() !== shape.join()) yield { kind: 'shape', name, shape, found };
  }
  for (const [name, { shape }] of stored) if (!targets.has(name)) yield { kind: 'extra', name, shape };
}

const sameMigration = (a: WeightMigration, b: WeightMigration): boolean =>
  a.kind === b.kind && a.pass === b.pass && a.target === b.target;

/** Carries weights over that were trained without a rewrite which the network has; one they were trained with is done already. */
export function migrate(
  weights: Stored,
  done: readonly WeightMigration[],
  migrations: readonly WeightMigration[],
): Map<string, StoredTensor> {
  const result = new Map(weights);
  for (const migration of migrations) {
    if (done.some((d) => sameMigration(d, migration))) continue;
    const target = result.get(migration.target);
    if (target === undefined) continue;
    if (migration.kind === 'scale') {
      result.set(
        migration.target,
        mapped(target, (x) => x * migration.factor),
      );
      continue;
    }
    const source = result.get(migration.source);
    if (source === undefined || source.shape.join() !== target.shape.join()) continue;
    result.set(
      migration.target,
      mapped(target, (x, i) => x - (source.values[i] ?? 0)),
    );
    result.delete(migration.source);
  }
  return result;
}

const mapped = ({ shape, values }: StoredTensor, f: (x: number, i: number) => number): StoredTensor => ({
  shape,
  values: Float32Array.from(values, f),
});

/** An input of the network, as prediction wants it. */
export interface InputSpec {
  readonly name: string;
  readonly dtype: 'float32' | 'int32';
  /** Of one sample; a size with a name is whatever the samples have. */
  readonly shape: readonly (number | string)[];
}

/** What weights were trained under, as read from a file. What a foreign file does not say is absent. */
export interface TrainedUnder {
  /** The resolved spec. */
  readonly spec: string | null;
  readonly preprocessing: Readonly<Record<string, Preprocessing>>;
  /** By output: what its loss implies. */
  readonly probabilities: Readonly<Record<string, Probabilities>>;
}

/** What turns the values of an output into probabilities; null: its loss implies none. */
export type Probabilities = RunOutput['probabilities'];

/** The inputs of the network of a train. */
export const inputSpecs = (config: RunConfig): readonly InputSpec[] =>
  config.inputs.flatMap((name) => {
    const field = config.data.fields.find((f) => f.name === name);
    return field?.kind === 'tensor' ? [{ name, dtype: field.dtype, shape: field.shape }] : [];
  });

/** Whether a file is the checkpoint of a run whose weights are not the final ones yet, after an update at least. */
function isGoingOn({ standing }: TensorFile['metadata']): boolean {
  if (standing === undefined) return false;
  try {
    const value: unknown = JSON.parse(standing);
    if (!has(value, 'progress')) return false;
    const { progress } = value;
    return has(progress, 'phase') && progress.phase !== 'over' && has(progress, 'update') && progress.update !== 0;
  } catch {
    // Not a checkpoint of nrmc's: its tensors stand for themselves.
    return false;
  }
}

/** What is stored beside the weights; strings, as the format asks. */
export const metadataOf = (
  config: RunConfig,
  preprocessing: Readonly<Record<string, Preprocessing>>,
): Readonly<Record<string, string>> => ({
  format: 'nrmc/1',
  network: config.network,
  policy: config.policy ?? '',
  train: config.train,
  source: config.source,
  version: config.version,
  spec: config.spec,
  inputs: JSON.stringify(inputSpecs(config)),
  outputs: JSON.stringify(config.outputs.map((o) => o.name)),
  preprocessing: preprocessingText(preprocessing),
  probabilities: JSON.stringify(Object.fromEntries(config.outputs.map((o) => [o.name, o.probabilities]))),
  migrations: JSON.stringify(config.migrations),
  seed: String(config.seed),
});

/** Reads back what `metadataOf` stored. */
export function trainedUnder({ metadata, tensors }: TensorFile, file: string): TrainedUnder {
  const isPreprocessing = (value: unknown): value is object => preprocessingFrom(value, tensors) !== null;
  const preprocessing = parsed(metadata, 'preprocessing', file, isPreprocessing);
  return {
    spec: metadata.spec ?? null,
    preprocessing: preprocessingFrom(preprocessing, tensors) ?? {},
    probabilities: ofOneOutput(metadata) ?? parsed(metadata, 'probabilities', file, isProbabilities) ?? {},
  };
}

/** As nrmc 0.1.0 stored it: a network had one output, and its probabilities were a word. */
function ofOneOutput({ output, probabilities }: TensorFile['metadata']): TrainedUnder['probabilities'] | null {
  if (output === undefined || probabilities === undefined) return null;
  return probabilities === 'softmax' || probabilities === 'sigmoid' ? { [output]: probabilities } : {};
}

const trainedWith = ({ metadata }: TensorFile, file: string): readonly WeightMigration[] =>
  parsed(metadata, 'migrations', file, isMigrations) ?? [];

/** A part of the metadata that is JSON. */
function parsed<T>(
  metadata: Readonly<Record<string, string>>,
  key: string,
  file: string,
  is: (value: unknown) => value is T,
): T | null {
  const text = metadata[key];
  if (text === undefined) return null;
  const refused = failure(runtimeErrors.notSafetensors, {
    file,
    why: `its metadata \`${key}\` are not what nrmc writes`,
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused;
  }
  if (!is(value)) throw refused;
  return value;
}

const has = <K extends string>(value: unknown, key: K): value is Readonly<Record<K, unknown>> =>
  typeof value === 'object' && value !== null && key in value;
const number = (value: unknown, key: string): boolean => has(value, key) && typeof value[key] === 'number';
const text = (value: unknown, key: string): boolean => has(value, key) && typeof value[key] === 'string';

const isProbabilities = (value: unknown): value is Readonly<Record<string, Probabilities>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((v) => v === 'softmax' || v === 'sigmoid' || v === null);

const isMigrations = (value: unknown): value is readonly WeightMigration[] =>
  Array.isArray(value) &&
  value.every((v: unknown) => {
    if (!text(v, 'pass') || !text(v, 'target') || !has(v, 'kind')) return false;
    return v.kind === 'scale' ? number(v, 'factor') : v.kind === 'absorb' && text(v, 'source');
  });
