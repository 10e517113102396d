/** How tightly operators bind, for reading and for printing. */
import type { BinaryOperator, UnaryExpression } from './tree.ts';

/** All are left-associative. */
export const binding: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
};

/** `not a == b` is `not (a == b)`; `-a * b` is `(-a) * b`. */
export const prefixBinding: Readonly<Record<UnaryExpression['operator'], number>> = { not: 3, '-': 7 };
