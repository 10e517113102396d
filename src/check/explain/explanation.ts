/**
 * What `explain` says, as data: a layer, a weight, a network … with every setting that is in force, the rules that lost to it and why,
 * and the update that each parameter gets. A command prints it; an editor can show it.
 */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Shape } from '../../ir/graph.ts';
import type { Formula } from '../../ir/vocabulary.ts';
import type { IdleReason } from '../cascade.ts';
import type { LostReason } from '../model.ts';
import type { Specificity } from '../selectors.ts';
import type { Section } from '../words.ts';

export type Explanation =
  | PlaceExplanation
  | ListExplanation
  | NetworkExplanation
  | TrainExplanation
  | PolicyExplanation
  | InputExplanation
  | DataExplanation
  | SectionExplanation;

/** One thing that says what a setting is. */
export interface Declared {
  readonly kind: 'pin' | 'set' | 'rule' | 'filling' | 'default';
  /** As written: `5e-4`, `batch(momentum: 0.9)`. */
  readonly value: string;
  /** Who says it: `policy Modern`, `--set`, `pinned in the network`, `default of conv`. */
  readonly by: string;
  /** The rule's selectors as written, `conv, dense`; null for what is no rule. */
  readonly rule: string | null;
  /** How specific it is here; null for what is no rule. */
  readonly specificity: Specificity | null;
  readonly span: Span | null;
}

export interface SettingExplanation {
  readonly key: string;
  readonly inForce: Declared;
  /** Strongest first. */
  readonly lost: readonly (Declared & { readonly why: LostReason })[];
  /** What it comes to, where its value does not say: `no effect: the weight is frozen`. */
  readonly remark: string | null;
}

export interface WeightExplanation {
  /** `stem.conv1.kernel` */
  readonly path: string;
  /** `kernel` */
  readonly name: string;
  readonly shape: Shape;
  readonly count: number;
  /** How it changes: by gradients, as a moving statistic, or not. */
  readonly changes: 'trained' | 'measured' | 'frozen';
  readonly settings: readonly SettingExplanation[];
  /** What its layer reads instead of what is stored: methods and noise, in order. */
  readonly reads: readonly Formula[];
  /** Null when it is not trained. */
  readonly update: UpdateExplanation | null;
}

/** What one update does to a parameter w with the gradient g, as lines of a formula with its numbers. */
export interface UpdateExplanation {
  readonly steps: readonly { readonly text: string; readonly note: string | null }[];
  /** The rate of update t; null where no train is known. */
  readonly rate: { readonly text: string; readonly where: readonly string[] } | null;
}

export interface ArgumentExplanation {
  readonly name: string;
  readonly value: string;
  /** Why a value is what it is, where it was not simply written or the default. */
  readonly from: 'written' | 'default' | 'auto';
  readonly why: string | null;
}

/** A step, a slot (also one that stays empty) or a weight. */
export interface PlaceExplanation {
  readonly kind: 'place';
  readonly network: string;
  readonly policy: string | null;
  readonly path: string;
  /** `conv`, `batch`; null for a slot that nothing fills. */
  readonly op: string | null;
  /** `norm` when it is a slot. */
  readonly slot: string | null;
  readonly doc: string;
  readonly span: Span;
  readonly arguments: readonly ArgumentExplanation[];
  readonly inputs: readonly { readonly from: string; readonly shape: Shape }[];
  readonly output: Shape | null;
  /** Path of the layer whose weights it uses. */
  readonly shares: string | null;
  /** What fills the slot. */
  readonly settings: readonly SettingExplanation[];
  /** All of the layer's, or the one that was asked for. */
  readonly weights: readonly WeightExplanation[];
  /** The one that was asked for; null when it was the layer. */
  readonly only: string | null;
}

/** What a selector finds, or what is in a stage or block. */
export interface ListExplanation {
  readonly kind: 'list';
  readonly network: string;
  readonly policy: string | null;
  readonly title: string;
  readonly what: 'selector' | 'stage' | 'block' | 'again';
  readonly span: Span | null;
  readonly specificity: readonly { readonly specificity: Specificity; readonly count: number }[];
  readonly places: readonly PlaceExplanation[];
}

/** A setting of a rule, and where in the network it is in force. */
export interface RuleExplanation {
  readonly policy: string;
  readonly rule: string;
  readonly key: string;
  readonly value: string;
  readonly span: Span;
  /** `kernels`, `norm slots` */
  readonly of: string;
  readonly reaches: number;
  /** In force, and with an effect. */
  readonly inForce: number;
  /** In force without an effect: on frozen weights, on those that a file says. */
  readonly idle: readonly { readonly reason: IdleReason; readonly count: number }[];
  /** Selectors of the rule for which what they reached was taken away by a later policy or an override. */
  readonly cutOff: readonly string[];
  /** `?` lets it find nothing. */
  readonly optional: boolean;
  /** Why it is nowhere in force: the commonest reason. */
  readonly why: LostReason | null;
}

export interface NetworkExplanation {
  readonly kind: 'network';
  readonly network: string;
  readonly policy: string | null;
  readonly span: Span;
  readonly trained: number;
  readonly frozen: number;
  readonly statistics: number;
  /** Where there are some, the counts are of the first path of each. */
  readonly choices: number;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly rules: readonly RuleExplanation[];
  /** Those that say something. */
  readonly sections: readonly SectionExplanation[];
  /** Paths of slots that nothing fills. */
  readonly empty: readonly string[];
}

export interface TrainExplanation {
  readonly kind: 'train';
  readonly train: string;
  readonly network: string;
  readonly policy: string | null;
  readonly span: Span;
  readonly settings: readonly {
    readonly key: string;
    readonly value: string;
    /** The value with its defaults, where it has more arguments than were written. */
    readonly full: string | null;
    readonly from: 'spec' | 'set' | 'default';
    readonly span: Span | null;
  }[];
  readonly update: UpdateExplanation;
  /** How the parameters differ in decay and penalties. */
  readonly groups: readonly { readonly text: string; readonly weights: readonly string[] }[];
}

/** One of the policies in force: what of it reaches the network. */
export interface PolicyExplanation {
  readonly kind: 'policy';
  readonly name: string;
  readonly network: string;
  /** All that are in force. */
  readonly policy: string | null;
  readonly span: Span | null;
  readonly rules: readonly RuleExplanation[];
}

export interface InputExplanation {
  readonly kind: 'input';
  readonly network: string;
  readonly policy: string | null;
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly span: Span;
  /** Paths of the layers that take it. */
  readonly takenBy: readonly string[];
  /** How its field is preprocessed; null where no train is known. */
  readonly preprocessing: string | null;
}

export interface DataExplanation {
  readonly kind: 'data';
  readonly name: string;
  readonly train: string;
  readonly span: Span;
  readonly source: string;
  /** Share of the training part that is held out. */
  readonly validation: number;
  /** What else is said of which samples are used: `test`, `limit`, `shuffle`. */
  readonly parts: readonly { readonly name: string; readonly text: string }[];
  readonly fields: readonly {
    readonly name: string;
    readonly text: string;
    readonly use: string;
    readonly span: Span;
  }[];
}

export interface SectionExplanation {
  readonly kind: 'section';
  readonly section: Section;
  readonly network: string;
  readonly policy: string | null;
  /** Those that are written somewhere. */
  readonly settings: readonly (SettingExplanation & { readonly formula: Formula | null })[];
}
