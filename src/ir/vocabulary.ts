/**
 * What the language can say about ops: layers and slot methods, initializers, penalties, decay, clipping, optimizers, schedules,
 * losses. Each is defined in the module of its op family, beside the ops it lowers to; the tables are in `ops/index.ts`.
 */
import type { Initial, Ref, ValueType } from './graph.ts';
import type { Emit, Fault } from './op.ts';
import type { ArgumentsOf, Signature } from './signature.ts';

/** What every entry of the vocabulary has. */
export interface Entry<S extends Signature = Signature> {
  /** As written in a spec. */
  readonly name: string;
  /** One line for hovers and the reference. */
  readonly doc: string;
  readonly signature: S;
}

/** A number of connections into and out of one unit of a kernel, for initializers. */
export interface Fan {
  readonly in: number;
  readonly out: number;
}

/** A tensor that a layer owns. */
export interface WeightSpec {
  /** `kernel`, `bias`, `gamma`, `beta`, `mean`, `variance`. */
  readonly name: string;
  /** kernels take decay, penalties and constraints of their layer; others only by name. */
  readonly role: 'kernel' | 'bias' | 'scale' | 'shift' | 'statistic';
  readonly shape: readonly number[];
  /** What it starts from unless the policy says otherwise. */
  readonly init: Initial;
  readonly fan: Fan;
}

/**
 * A layer (`conv`, a step of a network), a method that fills a slot (`batch`, `relu`, `dropout`), or a join of paths (`sum`).
 * `bias: auto` has been resolved to true or false before these rules see the arguments.
 */
export interface LayerDef<S extends Signature = Signature> extends Entry<S> {
  /** Where it may be written: as a step, in which slot, or where paths meet. */
  readonly use: 'step' | 'norm' | 'act' | 'drop' | 'join';
  /** The layer subtracts a per-channel mean, so a bias right before it does nothing. */
  readonly subtractsMean: boolean;
  /** `input` is the first of `inputs`; only a join has more than one. */
  readonly weights: (
    input: ValueType,
    args: ArgumentsOf<S>,
    inputs: readonly ValueType[],
  ) => readonly WeightSpec[] | Fault;
  /** Appends nodes of stage `model`; returns the layer's value, named `name`. */
  readonly lower: (context: {
    readonly build: Emit;
    /** The first of `xs`. */
    readonly x: Ref;
    /** What arrives: one value, or one for each path of a join, in the order written. */
    readonly xs: readonly Ref[];
    readonly args: ArgumentsOf<S>;
    /** The storage ref of a weight by its name. */
    readonly weight: (name: string) => Ref;
    readonly name: string;
    /** Path of the layer: names its random stream. */
    readonly layer: string;
  }) => Ref;
}

/** `init: kaiming` */
export interface InitializerDef<S extends Signature = Signature> extends Entry<S> {
  readonly initial: (args: ArgumentsOf<S>, fan: Fan) => Initial;
  /** Named export of `nrmc/runtime` that makes the values. */
  readonly kernel: string;
}

/** `penalty: l2(1e-4)`: a scalar term of one parameter, differentiated with the rest. */
export interface PenaltyDef<S extends Signature = Signature> extends Entry<S> {
  readonly term: (build: Emit, parameter: Ref, args: ArgumentsOf<S>) => Ref;
  /** The update it implies under plain SGD, for `explain`. */
  readonly update: (args: ArgumentsOf<S>) => string;
  /** What it adds to the gradient of w: `2·1e-4·w`; for `explain`. */
  readonly gradient?: (args: ArgumentsOf<S>) => string;
}

/** `decay: decoupled(0.01)`: how much of the old value an update takes away. `rate`: times the learning rate · `step`: as it is. */
export interface DecayDef<S extends Signature = Signature> extends Entry<S> {
  readonly decay: (args: ArgumentsOf<S>) => Decay;
  readonly update: (args: ArgumentsOf<S>) => string;
}
export interface Decay {
  readonly amount: number;
  readonly per: 'rate' | 'step';
}

/** `gradient { clip: global_norm(1) }`: the gradients after clipping, in order. */
export interface ClipDef<S extends Signature = Signature> extends Entry<S> {
  readonly clip: (build: Emit, gradients: readonly Ref[], args: ArgumentsOf<S>) => readonly Ref[];
  /** What becomes of a gradient g, for `explain`. */
  readonly formula?: (args: ArgumentsOf<S>) => Formula;
}

/** A rule with its numbers, for `explain`: `text` says what comes out, `where` the lines that it needs. */
export interface Formula {
  readonly text: string;
  readonly where: readonly string[];
}

/** `optimizer: adam(rate: 1e-3)`. Every signature has `rate`. */
export interface OptimizerDef<S extends Signature = Signature> extends Entry<S> {
  /** Names of the memory it keeps per parameter, of the parameter's shape, starting at zero. */
  readonly slots: (args: ArgumentsOf<S>) => readonly string[];
  /** Appends the node that updates `parameter` in place. */
  readonly update: (
    build: Emit,
    context: {
      readonly parameter: Ref;
      readonly gradient: Ref;
      readonly slot: (name: string) => Ref;
      /** Host values: the scheduled learning rate, and the number of this update counted from 1. */
      readonly rate: Ref;
      readonly step: Ref;
      readonly decay: Decay | null;
    },
    args: ArgumentsOf<S>,
  ) => void;
  /** What is added to w for a gradient g, sign first, and what is computed before; t counts updates from 1. For `explain`. */
  readonly formula?: (args: ArgumentsOf<S>) => Formula;
}

/** `schedule: cosine(warmup: 200)`: the learning rate of each step, a host value. */
export interface ScheduleDef<S extends Signature = Signature> extends Entry<S> {
  /** `step` counts updates from 1; `steps` is how many the run will make. */
  readonly rate: (
    build: Emit,
    context: { readonly step: Ref; readonly steps: Ref; readonly rate: number },
    args: ArgumentsOf<S>,
  ) => Ref;
  /** The rate of update t of T, for `explain`. */
  readonly formula?: (args: ArgumentsOf<S>, rate: number) => Formula;
}

/** `loss: cross_entropy` */
export interface LossDef<S extends Signature = Signature> extends Entry<S> {
  /** The target that goes with a prediction of that type and a class count if the field has one, or a fault. */
  readonly target: (prediction: ValueType, classes: number | null) => ValueType | Fault;
  /** Scalar, mean over the batch. */
  readonly loss: (build: Emit, prediction: Ref, target: Ref, args: ArgumentsOf<S>) => Ref;
  /** What turns the network's output into probabilities: an activation, or null. */
  readonly probabilities: 'softmax' | 'sigmoid' | null;
}

/** Keeps a definition's argument types while it sits in a table that erases them. */
// The checker binds arguments against `signature` before any rule sees them, which is what makes the erasure safe.
export const layer = <const S extends Signature>(def: LayerDef<S>): LayerDef => def as unknown as LayerDef;
export const initializer = <const S extends Signature>(def: InitializerDef<S>): InitializerDef =>
  def as unknown as InitializerDef;
export const penalty = <const S extends Signature>(def: PenaltyDef<S>): PenaltyDef => def as unknown as PenaltyDef;
export const decay = <const S extends Signature>(def: DecayDef<S>): DecayDef => def as unknown as DecayDef;
export const clip = <const S extends Signature>(def: ClipDef<S>): ClipDef => def as unknown as ClipDef;
export const optimizer = <const S extends Signature>(def: OptimizerDef<S>): OptimizerDef =>
  def as unknown as OptimizerDef;
export const schedule = <const S extends Signature>(def: ScheduleDef<S>): ScheduleDef => def as unknown as ScheduleDef;
export const loss = <const S extends Signature>(def: LossDef<S>): LossDef => def as unknown as LossDef;
