/** Which tokens the errors of a file are at. */
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../parser/tree.ts';
import type { Token } from './tokens.ts';

/** Where brackets do not match, line breaks and indentation decide how a declaration is read. */
const ofBrackets: readonly string[] = [syntax.unclosed.code, syntax.strayCloser.code, syntax.tooDeep.code];

/** The tokens at errors; for errors of brackets, and with `coarse` for all, the first tokens of the declarations that they are in. */
export function wrongTokens(
  tokens: readonly Token[],
  tree: SourceFile,
  errors: readonly Diagnostic[],
  coarse: boolean,
): ReadonlySet<number> {
  const starts = tree.declarations.map((d) => d.span.start).sort((a, b) => a - b);
  const result = new Set<number>();
  for (const { code, labels, fix } of errors) {
    const spans = [...labels.map((l) => l.span), ...fix.map((f) => f.span)];
    for (const { start, end } of spans) {
      if (coarse || ofBrackets.includes(code)) {
        // One that ends before the error may be what it is about.
        const declaration = starts[lastUpTo(starts, start, (place) => place)];
        if (declaration !== undefined) result.add(tokenAt(tokens, declaration));
      }
      for (let at = tokenAt(tokens, start); at < tokens.length; at++) {
        result.add(at);
        if ((tokens[at + 1]?.start ?? end) >= end) break;
      }
    }
  }
  return result;
}

/** The token at a place, or else the one before it. */
const tokenAt = (tokens: readonly Token[], offset: number): number => {
  const at = lastUpTo(tokens, offset, (token) => token.start);
  // The end of the file is no token that could be wrong.
  return Math.max(0, at === tokens.length - 1 ? at - 1 : at);
};

/** The last element of an ascending list that is not above the limit; -1 when all are. */
function lastUpTo<T>(list: readonly T[], limit: number, key: (element: T) => number): number {
  let [low, high] = [-1, list.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const element = list[middle];
    if (element !== undefined && key(element) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
