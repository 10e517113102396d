/**
 * The graph: straight-line code over named values, each defined once, in execution order. Immutable; passes return new graphs.
 *
 *   %image           an input of the graph (a tensor of the batch, or a host value)
 *   @conv1.kernel    storage: a parameter, a moving statistic, an optimizer's slot
 *   %conv1           the result of a node
 *
 * Refs are readable names, because they become the variable names of the emitted code.
 */
export type Ref = `%${string}` | `@${string}`;

/** A size, or a name: of a symbol (`N`, the batch; `H`), or of what is computed from symbols (`⌈H/2⌉`, by `dims.ts`). */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** `host` values are plain numbers or handles of the runtime (learning rate, step, random key), never tensors. Their shape is []. */
export type Dtype = 'float32' | 'int32' | 'bool' | 'host';

export interface ValueType {
  readonly dtype: Dtype;
  readonly shape: Shape;
}

/**
 * model   what the network computes, before it is known whether it trains (batchNorm, dropout undecided)
 * train   the forward pass of training, up to loss and penalties
 * step    forward, backward and update of one batch
 * infer   what is computed for a prediction
 */
export type Stage = 'model' | 'train' | 'step' | 'infer';

export interface Input {
  readonly ref: Ref;
  readonly type: ValueType;
}

/** param: trainable · state: moving statistics · slot: an optimizer's memory, one per parameter and name. */
export type StorageKind = 'param' | 'state' | 'slot';

export interface Storage {
  readonly ref: Ref;
  readonly kind: StorageKind;
  readonly type: ValueType;
  /** How the value begins: a kind of `initializers` with its settings. */
  readonly init: Initial;
  /** It stays as it begins: a parameter is not updated, statistics do not move. */
  readonly frozen?: true;
  /** A constraint holds its norm after each update, so no factor can be moved into it. */
  readonly bounded?: true;
}

/** An initializer and its settings: `{ kind: 'glorot_uniform', attrs: { fanIn: 25, fanOut: 150 } }`. */
export interface Initial {
  readonly kind: string;
  readonly attrs: AttrValues;
}

export type AttrValue = null | boolean | number | string | readonly AttrValue[];
export type AttrValues = Readonly<Record<string, AttrValue>>;

export interface Result {
  readonly ref: Ref;
  readonly type: ValueType;
}

export interface Node {
  /** A key of `ops`. */
  readonly op: string;
  /** In the order of the op's operands; `null` where an optional one is absent; a last `name...` takes all that follow. */
  readonly operands: readonly (Ref | null)[];
  readonly attrs: AttrValues;
  /** As many as the op has; empty for an op that only writes storage. */
  readonly results: readonly Result[];
  /** Path of the layer it comes from (`stem.conv1`), or empty. Places in the source are looked up by it. */
  readonly layer: string;
}

export interface Output {
  /** `logits`, `loss`, `penalty`: unique. */
  readonly name: string;
  readonly ref: Ref;
}

export interface Graph<S extends Stage = Stage> {
  readonly name: string;
  readonly stage: S;
  readonly inputs: readonly Input[];
  readonly storage: readonly Storage[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Output[];
}
