/** One habit is one diagnostic: commas after every step are told of once, with all their places and one fix for all of them. */
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** What makes two diagnostics the same slip; null for those that are told each by itself. */
function slipOf({ code, message, help }: Diagnostic): string | null {
  switch (code) {
    case syntax.needlessSeparator.code:
    case syntax.wrongSign.code:
    case syntax.emptyPath.code:
      return `${code} ${message}`;
    case syntax.unexpectedCharacter.code:
      return `${code} ${help ?? message}`;
    // Which item the comma is missing before makes no difference.
    case syntax.missingComma.code:
      return `${code} ${help}`;
    case syntax.unknownEscape.code:
    case syntax.unterminatedString.code:
      return code;
    default:
      return null;
  }
}

export function mergeRepeats(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const merged: Diagnostic[] = [];
  const first = new Map<string, number>();
  for (const diagnostic of found) {
    const slip = slipOf(diagnostic);
    const at = slip === null ? undefined : first.get(slip);
    const known = at === undefined ? undefined : merged[at];
    // Fixes are applied as a whole: places that have one do not go together with places that have none.
    if (at !== undefined && known !== undefined && known.fix.length > 0 === diagnostic.fix.length > 0) {
      const again = diagnostic.labels.slice(0, 1).map(({ span }) => ({ span, text: 'here too' }));
      merged[at] = { ...known, labels: [...known.labels, ...again], fix: [...known.fix, ...diagnostic.fix] };
      continue;
    }
    if (slip !== null) first.set(slip, merged.length);
    merged.push(diagnostic);
  }
  return merged;
}
