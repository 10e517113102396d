/** A formula of a loss, once it is known to make sense: what is computed of prediction and target, and of how many numbers it consists. */
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Comparison } from '../../ir/ops/comparison.ts';

/**
 * plain: a number while compiling · number: one of the batch · rows: one of each row, [..., 1] · elements: of the prediction's shape.
 * In that order, so that of two values the result is of the greater form.
 */
export const forms = ['plain', 'number', 'rows', 'elements'] as const;
export type Form = (typeof forms)[number];

export const widest = (of: readonly Form[]): Form => forms.findLast((form) => of.includes(form)) ?? 'plain';

export type Term = (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'prediction' | 'target' }
  | { readonly kind: 'arithmetic'; readonly operator: '+' | '-' | '*' | '/'; readonly operands: readonly [Term, Term] }
  | { readonly kind: 'negate'; readonly operands: readonly [Term] }
  | { readonly kind: 'compare'; readonly is: Comparison; readonly operands: readonly [Term, Term] }
  | { readonly kind: 'logic'; readonly operator: 'and' | 'or' | 'not'; readonly operands: readonly Term[] }
  | { readonly kind: 'call'; readonly name: string; readonly axis: 'all' | 'last'; readonly operands: readonly Term[] }
) & {
  readonly form: Form;
  /** True of comparisons, which are chosen by and not computed with. */
  readonly condition: boolean;
  /** Whether the prediction is in it. */
  readonly depends: boolean;
  /** As it would be written: equal terms are computed once. */
  readonly text: string;
  readonly span: Span;
};

export const operandsOf = (term: Term): readonly Term[] => ('operands' in term ? term.operands : []);
