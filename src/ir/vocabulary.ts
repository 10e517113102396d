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

/**
 * `dense.kernel { drop: dropconnect(drop: 0.5) }`: what stands between a stored kernel and the layer that reads it. Of several the order is
 * norm, drop, noise: what is dropped is the standardized kernel, and noise is added last.
 */
export interface WeightMethodDef<S extends Signature = Signature> extends Entry<S> {
  /** The setting whose value it is. */
  readonly use: 'norm' | 'drop';
  /** It draws random numbers: a second application of a layer (`again`) has a draw of its own. Else both read the same kernel. */
  readonly draws: boolean;
  /** Weights of its own, which belong to the layer beside its kernel; or why the kernel is not one for it. */
  readonly weights: (context: {
    readonly kernel: WeightSpec;
    readonly args: ArgumentsOf<S>;
  }) => readonly WeightSpec[] | Fault;
  /** Appends nodes of stage `model`; returns the kernel that the layer reads. Its last axis are the units. */
  readonly apply: (context: {
    readonly build: Emit;
    readonly kernel: Ref;
    readonly spec: WeightSpec;
    /** What the layer is applied to. */
    readonly x: Ref;
    readonly args: ArgumentsOf<S>;
    /** The storage ref of one of its own weights. */
    readonly weight: (name: string) => Ref;
    /** `conv1.kernel`, the path of this application: names its random stream. */
    readonly stream: string;
    readonly name: string;
  }) => Ref;
  /** What becomes of a kernel W, in training and in prediction; for `explain`. */
  readonly formula?: (args: ArgumentsOf<S>) => Formula;
}

/** `noise: gaussian(0.1)`, on an input, the output of a layer or a weight: added while training. */
export interface NoiseDef<S extends Signature = Signature> extends Entry<S> {
  /** It adds nothing. */
  readonly isNothing: (args: ArgumentsOf<S>) => boolean;
  /** Appends nodes of stage `model`. */
  readonly apply: (context: {
    readonly build: Emit;
    readonly x: Ref;
    readonly args: ArgumentsOf<S>;
    readonly stream: string;
    readonly name: string;
  }) => Ref;
  /** What becomes of a value while training, for `explain`. */
  readonly formula: (value: string, args: ArgumentsOf<S>) => Formula;
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

/** A parameter and its gradient, while gradients are clipped. */
export interface Clippable {
  readonly parameter: Ref;
  readonly gradient: Ref;
  /** It belongs to the last layer with weights before an output. */
  readonly last: boolean;
}

/** `gradient { clip: global_norm(1) }`: the gradients after clipping, in order. `memory`: a number kept between steps, 0 at first. */
export interface ClipDef<S extends Signature = Signature> extends Entry<S> {
  readonly clip: (
    build: Emit,
    context: { readonly gradients: readonly Clippable[]; readonly memory: (name: string) => Ref },
    args: ArgumentsOf<S>,
  ) => readonly Ref[];
  /** What becomes of a gradient g, for `explain`. */
  readonly formula?: (args: ArgumentsOf<S>) => Formula;
  /** What is wrong with arguments that are each in their range; null when they go together. */
  readonly conflict?: (args: ArgumentsOf<S>) => string | null;
}

/** `gradient { at: sam(0.05) }`: near the weights, where the gradient is taken. */
export interface AscentDef<S extends Signature = Signature> extends Entry<S> {
  /** Appends the number that the gradients at the weights are multiplied by, to be added to the weights. */
  readonly scale: (build: Emit, gradients: readonly Ref[], args: ArgumentsOf<S>) => Ref;
  /** What the gradient becomes, for `explain`. */
  readonly formula: (args: ArgumentsOf<S>) => Formula;
}

/** `constraint: max_norm(3)`: a projection of weights after each update. */
export interface ConstraintDef<S extends Signature = Signature> extends Entry<S> {
  /** Of each weight for itself, or of all that one rule selects as one vector. */
  readonly of: 'each' | 'together';
  /** It bounds a size: a weight that is scaled may break it. */
  readonly bounds: boolean;
  /** Appends the node that projects parameters in place: one of them, or all that belong together. */
  readonly constrain: (build: Emit, parameters: readonly Ref[], args: ArgumentsOf<S>) => void;
  /** What w becomes, for `explain`. */
  readonly formula: (args: ArgumentsOf<S>) => Formula;
  /** What is wrong with arguments that are each in their range; null when they go together. */
  readonly conflict?: (args: ArgumentsOf<S>) => string | null;
  /** The axes that the arguments name, to be among those of a weight. */
  readonly axes?: (args: ArgumentsOf<S>) => readonly number[] | null;
}

/** `prior: gaussian(sigma: 1)`: the penalty that makes the loss a posterior, up to a factor that the data and the loss decide. */
export interface PriorDef<S extends Signature = Signature> extends Entry<S> {
  /** The penalty that it is: its weight is `weight` over the number of training samples, for a loss that is −log likelihood. */
  readonly penalty: 'l1' | 'l2';
  readonly weight: (args: ArgumentsOf<S>) => number;
  /** The same as a formula, without the samples: `1/(2·0.1²)`. */
  readonly formula: (args: ArgumentsOf<S>) => string;
}

/** A rule with its numbers, for `explain`: `text` says what comes out, `where` the lines that it needs. */
export interface Formula {
  readonly text: string;
  readonly where: readonly string[];
}

/** `optimizer: adam(rate: 1e-3)`. Every signature has `rate`. */
export interface OptimizerDef<S extends Signature = Signature> extends Entry<S> {
  /** The memory it keeps per parameter, of the parameter's shape: its name, and the number that it starts with. */
  readonly slots: (args: ArgumentsOf<S>) => readonly { readonly name: string; readonly start: number }[];
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

/** Counts of a schedule are updates, or with `per: epoch` epochs. */
export type ScheduleUnit = 'update' | 'epoch';

/** A count that a run must be long enough for. */
export interface ScheduleSpan {
  /** The argument that says it: `warmup`. */
  readonly argument: string;
  readonly count: number;
  /** Nothing happens unless the run goes on after it. */
  readonly past: boolean;
}

/** What `reduce_on_plateau` waits for, and what it does then. */
export interface PlateauSettings {
  readonly monitor: 'validation_loss' | 'loss';
  /** What the rate is multiplied by. */
  readonly factor: number;
  /** Epochs without improvement before that. */
  readonly patience: number;
  /** By how much the value must fall to count as better. */
  readonly minDelta: number;
  /** Epochs of rest after a reduction; the last of them is counted again. */
  readonly cooldown: number;
  /** The least product of factors: the lowest rate over the rate. */
  readonly floor: number;
}

/** `schedule: cosine(warmup: 200)`: the learning rate of each step, a host value. */
export interface ScheduleDef<S extends Signature = Signature> extends Entry<S> {
  readonly rate: (
    build: Emit,
    context: {
      /** The number of this update, counted from 1. */
      readonly step: Ref;
      /** How many updates the run will make, and each of its epochs. */
      readonly steps: Ref;
      readonly perEpoch: Ref;
      /** What the rate is multiplied by after the plateaus so far; 1 before the first. */
      readonly plateau: Ref;
      readonly rate: number;
    },
    args: ArgumentsOf<S>,
  ) => Ref;
  /** Counts that would be idle in a shorter run, in the unit that the arguments say. */
  readonly spans: (args: ArgumentsOf<S>) => readonly ScheduleSpan[];
  /** Present in a schedule that follows what is measured after each epoch. */
  readonly plateau?: (args: ArgumentsOf<S>, rate: number) => PlateauSettings;
  /** The rate of update t of T, for `explain`. */
  readonly formula?: (args: ArgumentsOf<S>, rate: number) => Formula;
}

/** `average: ema(decay: 0.999)`: averages of the weights over updates. */
export interface AverageDef<S extends Signature = Signature> extends Entry<S> {
  /** A host value: what part of an average the weights after this update become; 1: all of it, 0: the average stays. */
  readonly share: (
    build: Emit,
    context: {
      /** The number of this update, counted from 1. */
      readonly step: Ref;
      /** How many updates the run will make, and each of its epochs. */
      readonly steps: Ref;
      readonly perEpoch: Ref;
    },
    args: ArgumentsOf<S>,
  ) => Ref;
  /** What an average w̄ becomes after update t, for `explain`. */
  readonly formula: (args: ArgumentsOf<S>) => Formula;
}

/** A field of the data as a loss meets it: one class of several, or numbers. Shapes are those of one sample. */
export type TargetField =
  | { readonly kind: 'class'; readonly classes: number }
  | { readonly kind: 'tensor'; readonly dtype: 'float32' | 'int32'; readonly shape: readonly number[] };

/** What turns the network's output into probabilities. */
export type Probabilities = 'softmax' | 'sigmoid' | null;

/** `loss: cross_entropy` */
export interface LossDef<S extends Signature = Signature> extends Entry<S> {
  /**
   * The type in which a field is compared with a prediction of that type, or a fault. `soft`: classes arrive as shares, [N, C], as
   * mixing samples makes them; else as labels.
   */
  readonly target: (prediction: ValueType, field: TargetField, soft: boolean) => ValueType | Fault;
  /** Scalar, mean over the batch. `sample`: what each sample counts, [N]. */
  readonly loss: (
    build: Emit,
    of: {
      readonly prediction: Ref;
      readonly target: Ref;
      readonly field: TargetField;
      readonly sample: Ref | null;
    },
    args: ArgumentsOf<S>,
  ) => Ref;
  readonly probabilities: (prediction: ValueType, field: TargetField) => Probabilities;
  /** The value from which on a single output speaks for the second of two classes: 0 of a logit; null where there is none. */
  readonly threshold: number | null;
  /** What an output has to be for the loss to mean something. Absent: any number. */
  readonly bounds?: 'above 0' | 'from 0 to 1';
}

/** Keeps a definition's argument types while it sits in a table that erases them. */
// The checker binds arguments against `signature` before any rule sees them, which is what makes the erasure safe.
export const layer = <const S extends Signature>(def: LayerDef<S>): LayerDef => def as unknown as LayerDef;
export const initializer = <const S extends Signature>(def: InitializerDef<S>): InitializerDef =>
  def as unknown as InitializerDef;
export const weightMethod = <const S extends Signature>(def: WeightMethodDef<S>): WeightMethodDef =>
  def as unknown as WeightMethodDef;
export const noise = <const S extends Signature>(def: NoiseDef<S>): NoiseDef => def as unknown as NoiseDef;
export const penalty = <const S extends Signature>(def: PenaltyDef<S>): PenaltyDef => def as unknown as PenaltyDef;
export const decay = <const S extends Signature>(def: DecayDef<S>): DecayDef => def as unknown as DecayDef;
export const clip = <const S extends Signature>(def: ClipDef<S>): ClipDef => def as unknown as ClipDef;
export const ascent = <const S extends Signature>(def: AscentDef<S>): AscentDef => def as unknown as AscentDef;
export const constraint = <const S extends Signature>(def: ConstraintDef<S>): ConstraintDef =>
  def as unknown as ConstraintDef;
export const prior = <const S extends Signature>(def: PriorDef<S>): PriorDef => def as unknown as PriorDef;
export const optimizer = <const S extends Signature>(def: OptimizerDef<S>): OptimizerDef =>
  def as unknown as OptimizerDef;
export const schedule = <const S extends Signature>(def: ScheduleDef<S>): ScheduleDef => def as unknown as ScheduleDef;
export const average = <const S extends Signature>(def: AverageDef<S>): AverageDef => def as unknown as AverageDef;
export const loss = <const S extends Signature>(def: LossDef<S>): LossDef => def as unknown as LossDef;
