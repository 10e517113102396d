/** Edits of a text: which go together, and the text after them. */
import type { Edit, Span } from '../diagnostics/diagnostic.ts';

/** Do two edits touch the same characters, or put something at the same place? */
export function overlap({ span: a }: Edit, { span: b }: Edit): boolean {
  if (a.file !== b.file) return false;
  if (a.start === a.end && b.start === b.end) return a.start === b.start;
  return a.start < b.end && b.start < a.end;
}

/** The text after edits that do not overlap; their spans are places in the text before. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const places = edits
    .map((edit) => (edit.text === '' ? { ...edit, span: withoutGap(text, edit.span) } : edit))
    .toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let result = '';
  let at = 0;
  for (const { span, text: replacement } of places) {
    // Two that were widened may have come to take the same gap.
    result += text.slice(at, Math.max(at, span.start)) + replacement;
    at = Math.max(at, span.end);
  }
  return result + text.slice(at);
}

/** What is taken out takes the line with it when nothing else is on it, or the space before it when there is one behind it too. */
function withoutGap(text: string, span: Span): Span {
  if (span.start === span.end) return span;
  const lineStart = text.lastIndexOf('\n', span.start - 1) + 1;
  const lineBreak = text.indexOf('\n', span.end);
  const lineEnd = lineBreak < 0 ? text.length : lineBreak;
  const before = text.slice(lineStart, span.start);
  const behind = text.slice(span.end, lineEnd);
  if (before.trim() === '' && behind.trim() === '') {
    const end = lineBreak < 0 ? lineEnd : lineEnd + 1;
    // Of two blank lines that would come together, or one at the beginning, one is enough.
    const next = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0] ?? '';
    const isBlankAbove = /(?:^|\n)[ \t]*\r?\n$|^$/.test(text.slice(0, lineStart));
    return { ...span, start: lineStart, end: end + (isBlankAbove ? next.length : 0) };
  }
  if (before.trim() === '' || !/^\s*$|^\s/.test(behind)) return span;
  return { ...span, start: lineStart + before.trimEnd().length };
}
