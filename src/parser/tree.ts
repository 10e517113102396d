/**
 * The syntax tree: what was written, with the place of every part. Nothing is resolved here; names are names.
 *
 * The parser recovers: a part that is missing after an error is `null` (or a `missing` expression) and has been reported,
 * so later stages skip it without another word.
 */
import type { Span } from '../diagnostics/diagnostic.ts';

export interface Name {
  readonly text: string;
  readonly span: Span;
}

// ── files and declarations ───────────────────────────────────────────────────────────────────────────────────────────

export interface SourceFile {
  /** Path as given; spans carry the same. */
  readonly file: string;
  /** `nrm 1`, or null. */
  readonly edition: { readonly version: number; readonly span: Span } | null;
  readonly declarations: readonly Declaration[];
  readonly allowances: readonly Allowance[];
  /** False after a syntax error: then something may be missing. */
  readonly whole: boolean;
}

/** `// allow NRM6002: reason` */
export interface Allowance {
  readonly codes: readonly Name[];
  /** Null when none is given. */
  readonly reason: string | null;
  /** What is found at a place that begins in here is allowed. */
  readonly covers: Span;
  readonly span: Span;
}

export type Declaration =
  | ImportDeclaration
  | NetworkDeclaration
  | BlockDeclaration
  | PolicyDeclaration
  | DataDeclaration
  | TrainDeclaration
  | SweepDeclaration
  | SearchDeclaration
  | ExternDeclaration
  | LossDeclaration;

interface DeclarationBase {
  /** Text of the `///` lines before it, without the slashes; empty when there are none. */
  readonly doc: string;
  readonly span: Span;
}

/** `import { Residual } from "./blocks.nrm"` */
export interface ImportDeclaration extends DeclarationBase {
  readonly kind: 'import';
  readonly names: readonly Name[];
  readonly from: StringExpression | null;
}

/** `network LeNet(classes = 10) with Plain { … }` */
export interface NetworkDeclaration extends DeclarationBase {
  readonly kind: 'network';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  /** The policy used when nothing else is said. */
  readonly with: PolicyReference | null;
  readonly body: readonly Item[];
}

/** `block Residual(filters, stride = 1) { … }` */
export interface BlockDeclaration extends DeclarationBase {
  readonly kind: 'block';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Item[];
}

/** `policy Strong(rate = 0.5) extends Modern { … }` */
export interface PolicyDeclaration extends DeclarationBase {
  readonly kind: 'policy';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly extends: PolicyReference | null;
  readonly items: readonly PolicyItem[];
}

/** `data FashionMnist { source: idx("…")  fields { … }  validation: 10% }` */
export interface DataDeclaration extends DeclarationBase {
  readonly kind: 'data';
  readonly name: Name;
  readonly settings: readonly Setting[];
  readonly fields: readonly Field[];
}

/** `train lenet { network: LeNet(classes: 10)  policy: Modern … }` */
export interface TrainDeclaration extends DeclarationBase {
  readonly kind: 'train';
  readonly name: Name;
  readonly settings: readonly Setting[];
}

/** `sweep norm_by_batch { train: lenet  over { policy.norm: [none, batch] }  repeats: 3 }` */
export interface SweepDeclaration extends DeclarationBase {
  readonly kind: 'sweep';
  readonly name: Name;
  readonly settings: readonly Setting[];
  readonly over: readonly Axis[];
}

/** `search best { train: lenet  over { LeNet.width: range(8, 64) }  method: random(trials: 30) }` */
export interface SearchDeclaration extends DeclarationBase {
  readonly kind: 'search';
  readonly name: Name;
  readonly settings: readonly Setting[];
  readonly over: readonly Axis[];
}

/** `extern layer gate(x: float32[...S, C]) -> float32[...S, C] from "./gate.ts"`, or `extern loss …` */
export interface ExternDeclaration extends DeclarationBase {
  readonly kind: 'extern';
  readonly what: 'layer' | 'loss';
  readonly name: Name;
  readonly parameters: readonly ExternParameter[];
  readonly result: Type | null;
  readonly from: StringExpression | null;
}

/** `loss huber(prediction, target, delta = 1) = mean(…)` */
export interface LossDeclaration extends DeclarationBase {
  readonly kind: 'loss';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly value: Expression;
}

/** `name` or `name = default` of a network, block, policy or loss. */
export interface Parameter {
  readonly name: Name;
  readonly default: Expression | null;
  readonly span: Span;
}

/** A tensor operand (`x: float32[…]`) or a plain parameter (`rate = 1`) of an extern. */
export interface ExternParameter extends Parameter {
  readonly type: Type | null;
}

/** `Modern` or `Strong(rate: 0.3)` after `with` and `extends`. */
export interface PolicyReference {
  readonly name: Name;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

/** `float32[28, 28, 1]`; `...S` stands for any number of dimensions. */
export interface Type {
  readonly dtype: Name;
  readonly dimensions: readonly Dimension[];
  readonly span: Span;
}

export type Dimension =
  | { readonly kind: 'size'; readonly value: Expression; readonly span: Span }
  | { readonly kind: 'rest'; readonly name: Name; readonly span: Span };

// ── bodies of networks and blocks ────────────────────────────────────────────────────────────────────────────────────

export type Item = InputItem | StepItem;

/** `input image: float32[28, 28, 1]` */
export interface InputItem {
  readonly kind: 'input';
  readonly name: Name;
  readonly type: Type | null;
  readonly span: Span;
}

/** `label: core as name`, or `output label: core`. */
export interface StepItem {
  readonly kind: 'step';
  readonly label: Name | null;
  /** True after `output`: the step's value is an output of that name. */
  readonly output: boolean;
  readonly core: StepCore;
  /** `as skip` */
  readonly as: Name | null;
  readonly span: Span;
}

export type StepCore =
  | CallStep
  | StageStep
  | JoinStep
  | RepeatStep
  | ForStep
  | IfStep
  | FromStep
  | AgainStep
  | IdentityStep;

/** `conv(6, kernel: 5)`, `norm`, `act(gelu)`, `Residual(64)`: an op, a slot (pinned or not) or a block. */
export interface CallStep {
  readonly kind: 'call';
  readonly name: Name;
  readonly arguments: readonly Argument[];
  /** False for a bare name; `norm()` has parentheses. */
  readonly parentheses: boolean;
  readonly span: Span;
}

/** `{ … }` after a label. */
export interface StageStep {
  readonly kind: 'stage';
  readonly body: readonly Item[];
  readonly span: Span;
}

/** `sum { | … | … }` */
export interface JoinStep {
  readonly kind: 'join';
  readonly join: 'sum' | 'mul' | 'concat' | 'choose';
  readonly paths: readonly { readonly items: readonly Item[]; readonly span: Span }[];
  readonly span: Span;
}

export interface RepeatStep {
  readonly kind: 'repeat';
  readonly count: Expression;
  readonly body: readonly Item[];
  readonly span: Span;
}

/** `for filters in […] { … }`, `for [filters, count] in [[64, 2], …] { … }` */
export interface ForStep {
  readonly kind: 'for';
  readonly names: readonly Name[];
  /** True when the names stood in brackets. */
  readonly unpacks: boolean;
  readonly in: Expression;
  readonly body: readonly Item[];
  readonly span: Span;
}

export interface IfStep {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly then: readonly Item[];
  /** An `else if` is a body with one `if` step. */
  readonly else: readonly Item[] | null;
  readonly span: Span;
}

/** `from skip` */
export interface FromStep {
  readonly kind: 'from';
  readonly name: Name;
  readonly span: Span;
}

/** `again encoder` */
export interface AgainStep {
  readonly kind: 'again';
  readonly name: Name;
  readonly span: Span;
}

export interface IdentityStep {
  readonly kind: 'identity';
  readonly span: Span;
}

// ── policies ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type PolicyItem = Filling | Rule;

/** `norm: batch(momentum: 0.9)`, `drop?: dropout(drop: 0.3)`: what fills a slot. */
export interface Filling {
  readonly kind: 'filling';
  readonly slot: Name;
  /** `?`: may find nothing. */
  readonly optional: boolean;
  readonly value: Expression;
  readonly span: Span;
}

/** `conv, dense { init: kaiming  decay: 5e-4 }`; also the sections `input { … }`, `gradient { … }`, `stop { … }`. */
export interface Rule {
  readonly kind: 'rule';
  readonly selectors: readonly Selector[];
  readonly settings: readonly Setting[];
  readonly span: Span;
}

/** Parts from the outermost to the one that is selected: `Residual? end.gamma`. */
export interface Selector {
  readonly parts: readonly SelectorPart[];
  /** True when any part carries `?`. */
  readonly optional: boolean;
  readonly span: Span;
}

/** `conv`, `conv.kernel`, `stem.conv1`, `conv[first]`. */
export interface SelectorPart {
  readonly names: readonly Name[];
  readonly brackets: readonly Bracket[];
  readonly span: Span;
}

export type Bracket =
  | { readonly kind: 'first' | 'last'; readonly span: Span }
  | { readonly kind: 'index'; readonly index: number; readonly span: Span }
  | { readonly kind: 'not'; readonly selector: Selector; readonly span: Span }
  | { readonly kind: 'attribute'; readonly key: Name; readonly value: Expression; readonly span: Span };

// ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `key: value` */
export interface Setting {
  readonly key: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** `image: float32[28, 28, 1] = minmax`, `label: class(10)` */
export interface Field {
  readonly name: Name;
  /** A tensor type, or a call such as `class(10)`; null after a syntax error. */
  readonly type:
    | { readonly kind: 'tensor'; readonly type: Type }
    | { readonly kind: 'value'; readonly value: Expression }
    | null;
  readonly preprocessing: Expression | null;
  readonly span: Span;
}

/** `policy.norm: [none, batch]` */
export interface Axis {
  readonly path: readonly Name[];
  readonly values: Expression;
  readonly span: Span;
}

// ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type Expression =
  | NumberExpression
  | StringExpression
  | BooleanExpression
  | NameExpression
  | CallExpression
  | ListExpression
  | RecordExpression
  | UnaryExpression
  | BinaryExpression
  | MissingExpression;

/** `5e-4`; `10%` is `{ value: 0.1, percent: true }`. */
export interface NumberExpression {
  readonly kind: 'number';
  readonly value: number;
  readonly percent: boolean;
  /** As written. */
  readonly text: string;
  readonly span: Span;
}

export interface StringExpression {
  readonly kind: 'string';
  /** With escapes resolved. */
  readonly value: string;
  readonly span: Span;
}

export interface BooleanExpression {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly span: Span;
}

/** A name, or a dotted path (`policy.norm`). */
export interface NameExpression {
  readonly kind: 'name';
  readonly name: string;
  readonly span: Span;
}

export interface CallExpression {
  readonly kind: 'call';
  readonly name: Name;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

/** `expr` or `key: expr` between parentheses. */
export interface Argument {
  readonly name: Name | null;
  readonly value: Expression;
  readonly span: Span;
}

export interface ListExpression {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** `{ mask: binary_crossentropy  label: cross_entropy }` */
export interface RecordExpression {
  readonly kind: 'record';
  readonly settings: readonly Setting[];
  readonly span: Span;
}

export interface UnaryExpression {
  readonly kind: 'unary';
  readonly operator: '-' | 'not';
  readonly operand: Expression;
  readonly span: Span;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

export interface BinaryExpression {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

/** Stands where an expression was expected and none was found; already reported. */
export interface MissingExpression {
  readonly kind: 'missing';
  readonly span: Span;
}
