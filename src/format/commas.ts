/** Comments around commas: a comma stands right behind what it follows, so comments before it move behind it. */
import { Comma, RBrace, RBracket, RParen } from '../parser/tokens.ts';
import type { Note, Token } from './tokens.ts';

/** `isKept`: tokens of regions that stay as they are. */
export function settleCommas(tokens: readonly Token[], isKept: (at: number) => boolean): readonly Token[] {
  const result = [...tokens];
  for (let at = 1; at < tokens.length - 1; at++) {
    const [before, comma, after] = [result[at - 1], result[at], result[at + 1]];
    if (comma?.type !== Comma || before === undefined || after === undefined) continue;
    if (isKept(at - 1) || isKept(at) || isKept(at + 1)) continue;
    if (before.trailing === null && comma.leading.length === 0 && comma.trailing === null) continue;
    const [trailing, rest] = inOrder(before, comma);
    // A last comma is not written.
    const isLast = after.type === RParen || after.type === RBracket || after.type === RBrace;
    result[at - 1] = { ...before, trailing: isLast ? trailing : null };
    result[at] = { ...comma, leading: [], trailing: isLast ? null : trailing };
    result[at + 1] = { ...after, leading: [...rest, ...after.leading] };
  }
  return result;
}

/** The comment that stays on the line, and the others. */
function inOrder(before: Token, comma: Token): readonly [string | null, readonly Note[]] {
  if (before.trailing === null && comma.leading.length === 0) return [comma.trailing, []];
  const behind = comma.trailing === null ? [] : [{ text: comma.trailing, newlines: 1 }];
  return [before.trailing, [...comma.leading, ...behind]];
}
