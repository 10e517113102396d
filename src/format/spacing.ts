/** What stands between two words or signs of one line. */
import type { TokenType } from 'chevrotain';
import {
  And,
  BinaryOperator,
  Colon,
  Comma,
  Dot,
  Ellipsis,
  For,
  If,
  In,
  LBracket,
  LParen,
  Minus,
  Not,
  NumberLiteral,
  Or,
  Question,
  RBracket,
  Repeat,
  RParen,
  StringLiteral,
} from '../parser/tokens.ts';
import { isWord } from './structure.ts';
import type { Token } from './tokens.ts';

type Type = TokenType | null;

/** Words that a value follows: a bracket behind one of them begins a value and is no call. */
const beforeValues: ReadonlySet<Type> = new Set([And, Or, Not, In, If, Repeat]);
const tightBefore: ReadonlySet<Type> = new Set([Comma, RParen, RBracket, Colon, Question, Dot]);
const tightAfter: ReadonlySet<Type> = new Set([LParen, LBracket, Dot, Ellipsis]);

const isA = (type: Type, category: TokenType): boolean =>
  type !== null &&
  (type === category || (type.tokenTypeIdx !== undefined && category.categoryMatchesMap?.[type.tokenTypeIdx] === true));

const endsOperand = (type: Type): boolean =>
  type === RParen ||
  type === RBracket ||
  type === NumberLiteral ||
  isA(type, StringLiteral) ||
  (isWord(type) && !beforeValues.has(type));

/** `-` before an operand rather than between two. */
const isPrefix = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.type === Minus && !endsOperand(tokens[at - 1]?.type ?? null);

/** An operator between two operands. */
export const isOperator = (tokens: readonly Token[], at: number): boolean =>
  isA(tokens[at]?.type ?? null, BinaryOperator) && endsOperand(tokens[at - 1]?.type ?? null);

/** Whether a space stands before a token; the token before it stands on the same line. */
export function isSpaced(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]?.type ?? null;
  const type = tokens[at]?.type ?? null;
  if (tightAfter.has(before) || tightBefore.has(type)) return false;
  if (isPrefix(tokens, at - 1)) return false;
  if (type === LParen) return !isWord(before) || beforeValues.has(before);
  if (type === LBracket) return before !== RBracket && (!isWord(before) || beforeValues.has(before) || before === For);
  return true;
}
