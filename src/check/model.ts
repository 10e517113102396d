/**
 * The Model: a network as it will be built, under one policy. Every name is resolved, every block expanded, every shape known, and
 * every setting knows the rule that set it. What lowering, `show` and `explain` read.
 */
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Initial, Shape, ValueType } from '../ir/graph.ts';
import type { Bound } from '../ir/recipe.ts';
import type { ArgumentsOf, Signature } from '../ir/signature.ts';
import type { Value } from '../ir/value.ts';
import type {
  AverageDef,
  ConstraintDef,
  Decay,
  LayerDef,
  LossDef,
  NoiseDef,
  OptimizerDef,
  PenaltyDef,
  PriorDef,
  Probabilities,
  ScheduleDef,
  TargetField,
  WeightMethodDef,
  WeightSpec,
} from '../ir/vocabulary.ts';
import type { AugmentationDef } from './augment/table.ts';
import type { PreprocessingDef, SourceDef } from './data/definitions.ts';
import type { MetricDef } from './metrics/table.ts';
import type { Sections } from './sections/index.ts';
import type { Specificity } from './selectors.ts';

export interface Model {
  readonly network: string;
  /** Name of the policy in force; null when the network has none. */
  readonly policy: string | null;
  readonly inputs: readonly ModelInput[];
  /** In execution order, stages and blocks flattened, joins among them; unfilled slots are not here. */
  readonly layers: readonly Layer[];
  /** Stages and blocks, outer before inner: how the layers hang together, for pictures and reports. */
  readonly groups: readonly Group[];
  readonly outputs: readonly ModelOutput[];
  /** Places where a search would choose between paths; with any, the model stands for its first paths and cannot be compiled. */
  readonly choices: readonly Span[];
  /** `gradient { clip: … }` and the other sections of the policy. */
  readonly sections: Sections;
  readonly span: Span;
}

export interface ModelInput {
  readonly name: string;
  /** With the batch dimension `N` first. */
  readonly type: ValueType;
  readonly span: Span;
}

/** A value of the model: an input by name, or the value of a layer by its path. */
export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'layer'; readonly path: string };

export interface ModelOutput {
  readonly name: string;
  readonly source: Source;
  readonly type: ValueType;
  readonly span: Span;
}

/** A stage, a block, or a second application of one (`again`). Its layers are those whose path begins with its own. */
export interface Group {
  readonly kind: 'stage' | 'block' | 'again';
  /** `stem`, `stage2.Residual1` */
  readonly path: string;
  /** Name of the block; for a stage its label. */
  readonly word: string;
  readonly span: Span;
}

export interface Layer {
  /** `conv1`, `stem.conv1`, `classifier`: unique; the name in parameters, selectors, diagnostics. */
  readonly path: string;
  readonly def: LayerDef;
  readonly args: ArgumentsOf<Signature>;
  /** One for most layers; a join takes as many as it has paths. */
  readonly sources: readonly Source[];
  readonly inputs: readonly ValueType[];
  readonly output: ValueType;
  /** Those it owns: none when it uses the weights of another. */
  readonly weights: readonly Weight[];
  /** What is added to its value while training; null for most. */
  readonly noise: Bound<NoiseDef> | null;
  /** Path of the layer whose weights it uses (`again`), else null. */
  readonly shares: string | null;
  /** What reached it from the policy or a pin, with the rules that lost. */
  readonly settings: readonly EffectiveSetting[];
  /** Why `bias: auto` became what it is, for `explain`; null when the layer has no such parameter or it was pinned. */
  readonly biasReason: string | null;
  readonly span: Span;
}

export interface Weight {
  readonly spec: WeightSpec;
  /** `conv1.kernel` */
  readonly name: string;
  readonly shape: Shape;
  /** False for moving statistics, and for what a policy freezes. */
  readonly trainable: boolean;
  /** A policy freezes it. A norm whose statistics are frozen uses them in training too, and they do not move. */
  readonly frozen: boolean;
  readonly init: Initial;
  /** Null for a weight that is not trained. */
  readonly decay: Decay | null;
  readonly penalties: readonly Bound<PenaltyDef>[];
  /** A penalty whose weight is known when loss and data are. */
  readonly prior: Bound<PriorDef> | null;
  /** Selectors of the rules that set these, by which reports add them up; null where there is none. */
  readonly rules: { readonly penalty: string | null; readonly prior: string | null };
  /** Of a constraint that is about weights together, all of them have this same object. Null for a weight that is not trained. */
  readonly constraint: Bound<ConstraintDef> | null;
  /** What the learning rate is multiplied by. */
  readonly rateScale: number;
  /** What it passes through before its layer reads it, in order. */
  readonly methods: readonly Bound<WeightMethodDef>[];
  /** What is added to it while training, behind the methods. */
  readonly noise: Bound<NoiseDef> | null;
  /** A file that it begins with, by its name there, instead of `init`; relative to the spec. */
  readonly start: string | null;
}

export interface EffectiveSetting {
  /** `norm`, `act`, `drop`, `init`, `decay`, `penalty`, … */
  readonly key: string;
  /** The weight it is about (`kernel`), or null for the layer. */
  readonly weight: string | null;
  readonly value: Value;
  readonly from: SettingSource;
  /** Rules that lost, strongest first. */
  readonly lost: readonly { readonly value: Value; readonly from: SettingSource; readonly why: LostReason }[];
}

/**
 * Why a rule is not in force: against a pin, an override (`--set`, a sweep), a more specific rule, a later rule of the same policy,
 * the policy that extends its own, or a later policy of the list.
 */
export type LostReason = 'pin' | 'set' | 'specificity' | 'order' | 'extends' | 'composition';

export interface SettingSource {
  readonly kind: 'pin' | 'set' | 'rule' | 'filling' | 'default';
  /** `policy Modern: conv[first]`, `pinned in the network`, `default of conv`. */
  readonly text: string;
  /** Of a rule, at that place. */
  readonly specificity: Specificity | null;
  readonly span: Span | null;
}

// ── training ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface TrainConfig {
  readonly name: string;
  readonly model: Model;
  readonly data: DataConfig;
  /** Per output of the network, in order: its loss and the data field that is its target. */
  readonly losses: readonly {
    readonly output: string;
    readonly target: string;
    readonly loss: Bound<LossDef>;
    /** What the target is, */
    readonly field: TargetField;
    /** and how it arrives in training: where samples are mixed, classes as shares. */
    readonly targetType: ValueType;
    /** As it is where the network is measured: classes as labels. */
    readonly measuredType: ValueType;
    /** The field that says what each sample counts, and how it arrives. */
    readonly sample: { readonly field: string; readonly type: ValueType } | null;
    readonly probabilities: Probabilities;
    /** Which class an output speaks for: that of the largest value, or of a single value the second from a threshold on; null: of none. */
    readonly decides: 'largest' | number | null;
  }[];
  readonly optimizer: Bound<OptimizerDef>;
  readonly schedule: Bound<ScheduleDef>;
  /** What is done to samples while training. */
  readonly augment: {
    /** Inputs that are images. */
    readonly images: readonly string[];
    readonly list: readonly Bound<AugmentationDef>[];
  } | null;
  /** Samples per update. */
  readonly batch: number;
  /** The last, smaller batch of an epoch. */
  readonly last: 'keep' | 'drop';
  readonly epochs: number;
  /** Batches per update. */
  readonly accumulate: number;
  /** What is averaged over updates; null: nothing. */
  readonly average: Bound<AverageDef> | null;
  /** When training ends before its last epoch, and with which weights; null: neither. */
  readonly stop: {
    /** A name among what is measured of the validation part. */
    readonly monitor: string;
    /** Whether lower or higher is better. */
    readonly mode: 'min' | 'max';
    /** In epochs; null: all of them are trained. */
    readonly patience: number | null;
    readonly minDelta: number;
    readonly restore: 'best' | 'last';
  } | null;
  /** What becomes of the validation part then; null: nothing. `limit`: epochs. */
  readonly reuse: { readonly kind: 'retrain' } | { readonly kind: 'continue'; readonly limit: number } | null;
  /** What is measured, each of one output, in the order of the outputs. */
  readonly metrics: readonly { readonly output: string; readonly metric: Bound<MetricDef> }[];
  readonly seed: number;
  /** A file that all weights begin with, by name; relative to the spec. Those of `Weight.start` come before it. */
  readonly start: string | null;
  readonly span: Span;
}

export interface DataConfig {
  readonly name: string;
  readonly source: Bound<SourceDef>;
  readonly fields: readonly DataField[];
  /** Of a table: which columns make up a field, where it says so. */
  readonly columns: readonly { readonly field: string; readonly columns: readonly string[] }[];
  /** Share of the training part held out, in [0, 1). */
  readonly validation: number;
  /** Where the test part is from: a share of the samples, a source, or null for the source's own. */
  readonly test: number | Bound<SourceDef> | null;
  /** How many samples are used, of the training part (with what is held out of it) and of the test part; null: all. */
  readonly limit: { readonly train: number | null; readonly test: number | null };
  /** False: each epoch takes the samples in the order of the files. */
  readonly shuffle: boolean;
  readonly span: Span;
}

export type DataField =
  | {
      readonly kind: 'tensor';
      readonly name: string;
      readonly dtype: 'float32' | 'int32';
      readonly shape: readonly number[];
      /** In order; none for raw values. */
      readonly preprocessing: readonly Bound<PreprocessingDef>[];
      readonly span: Span;
    }
  | { readonly kind: 'class'; readonly name: string; readonly classes: number; readonly span: Span };
