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
  ClipDef,
  Decay,
  LayerDef,
  LossDef,
  OptimizerDef,
  PenaltyDef,
  ScheduleDef,
  WeightSpec,
} from '../ir/vocabulary.ts';

export interface Model {
  readonly network: string;
  /** Name of the policy in force; null when the network has none. */
  readonly policy: string | null;
  readonly inputs: readonly ModelInput[];
  /** In execution order, stages flattened; unfilled slots are not here. */
  readonly layers: readonly Layer[];
  readonly outputs: readonly ModelOutput[];
  /** `gradient { clip: … }` of the policy. */
  readonly clip: Bound<ClipDef> | null;
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
}

export interface Layer {
  /** `conv1`, `stem.conv1`, `classifier`: unique; the name in parameters, selectors, diagnostics. */
  readonly path: string;
  readonly def: LayerDef;
  readonly args: ArgumentsOf<Signature>;
  readonly source: Source;
  readonly input: ValueType;
  readonly output: ValueType;
  readonly weights: readonly Weight[];
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
  readonly trainable: boolean;
  readonly init: Initial;
  readonly decay: Decay | null;
  readonly penalties: readonly Bound<PenaltyDef>[];
}

export interface EffectiveSetting {
  /** `norm`, `act`, `drop`, `init`, `decay`, `penalty`, … */
  readonly key: string;
  /** The weight it is about (`kernel`), or null for the layer. */
  readonly weight: string | null;
  readonly value: Value;
  readonly from: SettingSource;
  /** Rules that lost, strongest first. */
  readonly lost: readonly { readonly value: Value; readonly from: SettingSource }[];
}

export interface SettingSource {
  readonly kind: 'pin' | 'rule' | 'filling' | 'default';
  /** `policy Modern: conv[first]`, `pinned in the network`, `default of conv`. */
  readonly text: string;
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
    readonly targetType: ValueType;
  }[];
  readonly optimizer: Bound<OptimizerDef>;
  readonly schedule: Bound<ScheduleDef>;
  /** Samples per update. */
  readonly batch: number;
  /** The last, smaller batch of an epoch. */
  readonly last: 'keep' | 'drop';
  readonly epochs: number;
  readonly metrics: readonly 'accuracy'[];
  readonly seed: number;
  readonly span: Span;
}

export interface DataConfig {
  readonly name: string;
  readonly source: { readonly kind: 'idx'; readonly name: string };
  readonly fields: readonly DataField[];
  /** Share of the training part held out, in [0, 1). */
  readonly validation: number;
  readonly span: Span;
}

export type DataField =
  | {
      readonly kind: 'tensor';
      readonly name: string;
      readonly dtype: 'float32' | 'int32';
      readonly shape: readonly number[];
      readonly preprocessing: Preprocessing;
      readonly span: Span;
    }
  | { readonly kind: 'class'; readonly name: string; readonly classes: number; readonly span: Span };

/** Fitted on the training part and stored with the weights. */
export type Preprocessing = 'none' | 'minmax' | 'standardize';
