/** Weights between tensors and files: names from the spec, what they were trained under beside them, all or nothing on the way back. */
import { tensor, Variable } from '@tensorflow/tfjs-core';
import { failure, type Mismatch, runtimeErrors } from './errors.ts';
import type { RunConfig, RunOutput, Tensor, WeightMigration } from './model.ts';
import type { Preprocessing } from './preprocessing.ts';
import type { StoredTensor, TensorFile } from './safetensors.ts';
import { flattenTensors } from './tensors.ts';

/** Marks an optimizer's slots in a checkpoint: `optimizer:conv1.kernel.m`. No name of a weight holds a colon. */
const slotPrefix = 'optimizer:';

type Stored = ReadonlyMap<string, StoredTensor>;

/** Reads tensors back by their paths. */
export async function valuesOf(nested: object, prefix = ''): Promise<Map<string, StoredTensor>> {
  const found = new Map<string, StoredTensor>();
  for (const [name, value] of flattenTensors(nested)) {
    const values = await value.data();
    // `data` of a float32 tensor is a Float32Array, of int32 an Int32Array; backends may hand out memory of their own, hence the copy.
    const copy = value.dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    found.set(prefix + name, { shape: value.shape, values: copy });
  }
  return found;
}

/** Everything a run has to go on from: weights by name, slots with their mark. */
export async function checkpointTensors(params: object, state: object, optimizer: object): Promise<Stored> {
  return new Map([...(await valuesOf(params)), ...(await valuesOf(state)), ...(await valuesOf(optimizer, slotPrefix))]);
}

/** What is known of the network that weights are for. */
export interface Receiver {
  readonly network: string;
  readonly migrations: readonly WeightMigration[];
}

/** Gives the network these weights; lists every mismatch and changes nothing when there is one. A checkpoint's slots are left aside. */
export function loadInto(params: object, state: object, file: TensorFile, path: string, receiver: Receiver): void {
  const weights = new Map([...file.tensors].filter(([name]) => !name.startsWith(slotPrefix)));
  const migrated = migrate(weights, trainedWith(file, path), receiver.migrations);
  assignAll(new Map([...flattenTensors(params), ...flattenTensors(state)]), migrated, path, receiver.network);
}

/** Gives a run everything of a checkpoint, exactly as it is. */
export function loadCheckpoint(
  { params, state, optimizer }: { readonly params: object; readonly state: object; readonly optimizer: object },
  file: TensorFile,
  path: string,
  network: string,
): void {
  const slots = [...flattenTensors(optimizer)].map(([name, slot]) => [slotPrefix + name, slot] as const);
  assignAll(new Map([...flattenTensors(params), ...flattenTensors(state), ...slots]), file.tensors, path, network);
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
  const migrated = migrate(file.tensors, trainedWith(file, path), receiver.migrations);
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
    const values = target.dtype === 'int32' ? Int32Array.from(found.values) : Float32Array.from(found.values);
    const value = tensor(values, [...found.shape], target.dtype);
    target.assign(value);
    value.dispose();
  }
}

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
  preprocessing: JSON.stringify(preprocessing),
  probabilities: JSON.stringify(Object.fromEntries(config.outputs.map((o) => [o.name, o.probabilities]))),
  migrations: JSON.stringify(config.migrations),
  seed: String(config.seed),
});

/** Reads back what `metadataOf` stored. */
export function trainedUnder({ metadata }: TensorFile, file: string): TrainedUnder {
  return {
    spec: metadata.spec ?? null,
    preprocessing: parsed(metadata, 'preprocessing', file, isPreprocessings) ?? {},
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

function isPreprocessings(value: unknown): value is Record<string, Preprocessing> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((v: unknown) => {
    if (!has(v, 'kind')) return false;
    if (v.kind === 'minmax') return number(v, 'min') && number(v, 'max');
    return v.kind === 'standardize' ? number(v, 'mean') && number(v, 'std') : v.kind === 'none';
  });
}

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
