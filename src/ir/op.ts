/**
 * What an op is: everything true of it, in one definition. Every field is required, so a rule that is missing does not compile;
 * a rule that does not exist says why (`gradient: none('…')`).
 */
import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts';
import type { AttrValue, AttrValues, Node, Ref, Stage, ValueType } from './graph.ts';
import type { NdArray } from './nd.ts';

/** `x` required · `bias?` may be absent · `grads...` any number, last. */
export type OperandSpec = string;
type Bare<S extends string> = S extends `${infer N}...` ? N : S extends `${infer N}?` ? N : S;

/** Per operand name: the value, `| null` for optional ones, an array for the variadic one. */
export type Operands<Specs extends readonly OperandSpec[], T> = {
  readonly [S in Specs[number] as Bare<S>]: S extends `${string}...`
    ? readonly T[]
    : S extends `${string}?`
      ? T | null
      : T;
};

/** How one attribute is stored in a node: how it is recognised, and its value when it is left out of the text form. */
export interface AttrSpec<T extends AttrValue = AttrValue> {
  readonly is: (value: AttrValue) => value is T;
  readonly default?: T;
}

export type AttrSpecs = Readonly<Record<string, AttrSpec>>;
export type AttrsOf<A extends AttrSpecs> = { readonly [K in keyof A]: A[K] extends AttrSpec<infer T> ? T : never };

/** A node whose kind has been recognised: attributes typed, operands by name. */
export interface OpNode<A extends AttrSpecs> extends Node {
  readonly attrs: AttrsOf<A> & AttrValues;
}

/** A shape rule's refusal: knows its facts; the checker adds the places (`producer`: where the offending input comes from). */
export interface Fault {
  readonly fault: (at: Span | null, producer: Span | null) => Diagnostic;
}

export const isFault = <T extends object>(value: T | Fault): value is Fault => 'fault' in value;

/** A rule that does not exist, and why. */
export interface None {
  readonly none: string;
}
export const none = (reason: string): None => ({ none: reason });
export const isNone = (rule: unknown): rule is None => typeof rule === 'object' && rule !== null && 'none' in rule;

/** What a gradient rule and a train/infer rule build with. Implemented by `GraphBuilder`. */
export interface Emit {
  /**
   * Appends a node and returns the refs of its results. `name` proposes the results' names (made unique), as many as it has;
   * those without one are `<first>.<result>`. `layer` is inherited from the node that the rule is for.
   */
  emit(
    op: AnyOp,
    operands: readonly (Ref | null)[],
    attrs?: AttrValues,
    name?: string | readonly (string | null)[],
  ): readonly Ref[];
  /** The single result of such a node. */
  one(op: AnyOp, operands: readonly (Ref | null)[], attrs?: AttrValues, name?: string): Ref;
  typeOf(ref: Ref): ValueType;
}

/** What a gradient rule sees. */
export interface GradientContext<
  In extends readonly OperandSpec[],
  A extends AttrSpecs,
  Out extends readonly string[],
> {
  readonly build: Emit;
  readonly operands: Operands<In, Ref>;
  readonly attrs: AttrsOf<A>;
  readonly results: { readonly [R in Out[number]]: Ref };
  /** Cotangents; `null` for a result that the loss does not depend on. The first result always has one. */
  readonly d: { readonly [R in Out[number]]: Ref | null };
  /** The cotangent of the first result. */
  readonly dy: Ref;
  /** True when `dy` is the constant one, which seeds the loss. */
  readonly dyIsOne: boolean;
}

/**
 * Refs of the gradients by operand, for a variadic one a list; operands left out get none. A rule emits all of them: what nothing
 * reads is swept by `eliminate-dead` afterwards.
 */
export type GradientRule<In extends readonly OperandSpec[], A extends AttrSpecs, Out extends readonly string[]> = (
  context: GradientContext<In, A, Out>,
) => { readonly [S in In[number] as Bare<S>]?: S extends `${string}...` ? readonly Ref[] : Ref | null };

/** What a train or infer rule sees: rewrites a node of stage `model` to that stage's nodes; returns the replacement of each result. */
export type PhaseRule<In extends readonly OperandSpec[], A extends AttrSpecs> = (context: {
  readonly build: Emit;
  readonly operands: Operands<In, Ref>;
  readonly attrs: AttrsOf<A>;
  /** Name of the node's first result, to be kept. */
  readonly name: string;
  readonly layer: string;
}) => readonly Ref[];

/** What evaluation hands to ops that need more than arrays: host values by kind. */
export type HostValue = number | { readonly uniform: (stream: string, count: number) => Float64Array };
export type Evaluated = NdArray | HostValue;

export interface OpDef<
  In extends readonly OperandSpec[] = readonly OperandSpec[],
  A extends AttrSpecs = AttrSpecs,
  Out extends readonly string[] = readonly string[],
> {
  readonly kind: string;
  /** One line: what it computes. The docstring of the module has formula, shapes, source. */
  readonly doc: string;
  readonly operands: In;
  readonly results: Out;
  readonly attrs: A;
  /** Where the verifier lets it stand. */
  readonly stages: readonly Stage[];
  /** Operands that are overwritten in place; they must be storage. */
  readonly writes: readonly Bare<In[number]>[];
  /** Types of the results, or a fault. */
  readonly shape: (types: Operands<In, ValueType>, attrs: AttrsOf<A>) => readonly ValueType[] | Fault;
  /** What the node becomes when a `model` graph is specialised for training, and for inference. */
  readonly train: 'same' | PhaseRule<In, A> | None;
  readonly infer: 'same' | PhaseRule<In, A> | None;
  readonly gradient: GradientRule<In, A, Out> | None;
  /** float64 reference. For an op that writes, the new values of the written operands, in their order, come after the results. */
  readonly evaluate: (operands: Operands<In, Evaluated>, attrs: AttrsOf<A>) => readonly Evaluated[];
  /**
   * The export of `nrmc/runtime` it is emitted as: `kernel(required operands…, { optional operands, attributes that differ from their default })`.
   * An op with several results returns an object with their names.
   */
  readonly kernel: string | None;
  /** Attributes that only other rules of the op read: the kernel is not given them. */
  readonly unread?: readonly (keyof A & string)[];
}

/** An op of unknown kind, as tables and passes hold it. */
// Rules are methods of their own op's types; a table can only hold them through the one type that erases these.
export type AnyOp = Pick<OpDef, 'kind' | 'doc' | 'operands' | 'results' | 'attrs' | 'stages' | 'kernel'> & {
  readonly writes: readonly string[];
  readonly unread?: readonly string[];
  readonly erased: ErasedRules;
};

export interface ErasedRules {
  readonly shape: (
    node: Pick<Node, 'operands' | 'attrs'>,
    typeOf: (ref: Ref) => ValueType,
  ) => readonly ValueType[] | Fault;
  readonly phase: (mode: 'train' | 'infer', node: Node, build: Emit) => 'same' | None | readonly Ref[];
  readonly gradient: (
    node: Node,
    build: Emit,
    cotangents: readonly (Ref | null)[],
    dyIsOne: boolean,
  ) => None | readonly { readonly operand: Ref; readonly gradient: Ref }[];
  readonly evaluate: (
    node: Pick<Node, 'operands' | 'attrs'>,
    valueFor: (ref: Ref) => Evaluated,
  ) => readonly Evaluated[];
}

export interface Op<In extends readonly OperandSpec[], A extends AttrSpecs, Out extends readonly string[]>
  extends OpDef<In, A, Out> {
  readonly erased: ErasedRules;
  /** Recognises a node of this kind. */
  is(node: Node): node is OpNode<A>;
  /** The operands of such a node by name. */
  operandsOf(node: Node): Operands<In, Ref>;
}

const bare = (spec: OperandSpec): string => spec.replace(/\?$|\.\.\.$/, '');

/** Names of an op's operands, in order. */
export const operandNames = (op: Pick<AnyOp, 'operands'>): readonly string[] => op.operands.map(bare);

/** Operands of a node by name, each mapped by `f`. */
const byName = <T>(
  specs: readonly OperandSpec[],
  operands: readonly (Ref | null)[],
  f: (ref: Ref) => T,
): Record<string, T | null | readonly T[]> => {
  const named: Record<string, T | null | readonly T[]> = {};
  specs.forEach((spec, i) => {
    if (spec.endsWith('...')) named[bare(spec)] = operands.slice(i).flatMap((ref) => (ref === null ? [] : [f(ref)]));
    else {
      const ref = operands[i] ?? null;
      named[bare(spec)] = ref === null ? null : f(ref);
    }
  });
  return named;
};

/** Defines an op; its typed rules are also offered in the erased form that tables, passes and evaluation work with. */
export function defineOp<
  const In extends readonly OperandSpec[],
  const A extends AttrSpecs,
  const Out extends readonly string[],
>(definition: OpDef<In, A, Out>): Op<In, A, Out> {
  // The casts below are the one place where a node's untyped operands and attributes meet the op's types: the verifier has
  // checked both against `operands` and `attrs` of the same definition.
  const named = <T>(operands: readonly (Ref | null)[], f: (ref: Ref) => T): Operands<In, T> =>
    byName(definition.operands, operands, f) as Operands<In, T>;
  const attrsOf = (attrs: AttrValues): AttrsOf<A> => withDefaults(definition.attrs, attrs) as AttrsOf<A>;
  const identity = (ref: Ref): Ref => ref;
  const erased: ErasedRules = {
    shape: (node, typeOf) => definition.shape(named(node.operands, typeOf), attrsOf(node.attrs)),
    phase(mode, node, build) {
      const rule = definition[mode];
      if (rule === 'same' || isNone(rule)) return rule;
      return rule({
        build,
        operands: named(node.operands, identity),
        attrs: attrsOf(node.attrs),
        name: nameOf(node),
        layer: node.layer,
      });
    },
    gradient(node, build, cotangents, dyIsOne) {
      const rule = definition.gradient;
      if (isNone(rule)) return rule;
      const dy = cotangents[0];
      if (dy == null) return none(`the first result of \`${definition.kind}\` has no cotangent`);
      const results = Object.fromEntries(definition.results.map((r, i) => [r, node.results[i]?.ref]));
      const d = Object.fromEntries(definition.results.map((r, i) => [r, cotangents[i] ?? null]));
      const gradients = rule({
        build,
        operands: named(node.operands, identity),
        attrs: attrsOf(node.attrs),
        results: results as { readonly [R in Out[number]]: Ref },
        d: d as { readonly [R in Out[number]]: Ref | null },
        dy,
        dyIsOne,
      }) as Readonly<Record<string, Ref | readonly Ref[] | null | undefined>>;
      return definition.operands.flatMap((spec, i) => {
        const found = gradients[bare(spec)];
        const list = typeof found === 'string' ? [found] : (found ?? []);
        return list.flatMap((gradient, j) => {
          const operand = node.operands[i + j];
          return operand == null ? [] : [{ operand, gradient }];
        });
      });
    },
    evaluate: (node, valueFor) => definition.evaluate(named(node.operands, valueFor), attrsOf(node.attrs)),
  };
  return {
    ...definition,
    erased,
    is: (node): node is OpNode<A> => node.op === definition.kind,
    operandsOf: (node) => named(node.operands, identity),
  };
}

/** Attributes with every default filled in, in the order of declaration. */
export const withDefaults = (specs: AttrSpecs, attrs: AttrValues): AttrValues =>
  Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => [
      key,
      key in attrs ? (attrs[key] as AttrValue) : (spec.default ?? null),
    ]),
  );

const nameOf = (node: Node): string => (node.results[0]?.ref ?? '%').slice(1);
