/**
 * Text → tree, diagnostics, comments. Never throws, whatever the text.
 *
 *   text ─lexer─▶ tokens ─brackets─▶ matching brackets ─grammar─▶ CST ─build─▶ tree
 *
 * A file without errors is read in one go. One with errors is read again, declaration by declaration, with recovery in each.
 */
import type { CstNode, IRecognitionException, IToken } from 'chevrotain';
import { syntax } from '../diagnostics/catalog/syntax.ts';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import { type Balanced, balanceBrackets, maxErrors } from './brackets.ts';
import type { Source } from './build/cst.ts';
import { buildFile } from './build/file.ts';
import { explainException, explainMistake, type Reading } from './errors.ts';
import type { NrmParser } from './grammar.ts';
import { type Comment, lex } from './lexer.ts';
import { machine } from './machine.ts';
import { mergeRepeats } from './repeats.ts';
import { splitDeclarations } from './split.ts';
import type { SourceFile } from './tree.ts';

export type { Comment } from './lexer.ts';

export interface Parsed {
  readonly tree: SourceFile;
  /** In the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  readonly comments: readonly Comment[];
}

export function parse(text: string, file: string): Parsed {
  const { lexer, parser } = machine();
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    found.push(diagnostic);
  };
  const lexed = lex(lexer.tokenize(text), text, file, report);
  const balanced = balanceBrackets(lexed.tokens, lexed, text, file, report);
  const cst = found.length === 0 ? readWhole(parser, balanced.tokens) : null;
  const parts = cst === null ? readParts(parser, balanced, text, file, found) : [cst];
  const source: Source = { file, length: text.length, report, unbracketed: 0 };
  const built = buildFile(source, parts, lexed.comments, text);
  const tree = { ...built, whole: !hasErrors(found) };
  return { tree, diagnostics: inOrder(found, file, text.length), comments: lexed.comments };
}

/** The whole file by its own rule; null when it has an error. */
function readWhole(parser: NrmParser, tokens: readonly IToken[]): CstNode | null {
  parser.patience = 0;
  parser.input = [...tokens];
  const cst = parser.file();
  return parser.errors.length === 0 && parser.mistakes.length === 0 ? cst : null;
}

/** Each declaration by itself. */
function readParts(
  parser: NrmParser,
  balanced: Balanced,
  text: string,
  file: string,
  found: Diagnostic[],
): readonly CstNode[] {
  const parts: CstNode[] = [];
  const slices = splitDeclarations(balanced.tokens, balanced.afterGap, file, (d) => found.push(d));
  for (const [index, slice] of slices.entries()) {
    const reading: Reading = { file, tokens: slice.tokens, fileEnd: text.length, last: index === slices.length - 1 };
    parser.patience = maxErrors;
    parser.input = [...slice.tokens];
    parts.push(slice.rule === 'edition' ? parser.edition() : parser.declaration());
    found.push(...worthReporting(parser, reading, balanced));
    if (found.length > maxErrors && mergeRepeats(found).length > maxErrors) break;
  }
  return parts;
}

/** Leaves out what follows from an error that is known: at the same token, after nothing but skipped tokens, or behind a gap. */
function worthReporting(parser: NrmParser, reading: Reading, { afterGap, endsInGap }: Balanced): readonly Diagnostic[] {
  const place = new Map(reading.tokens.map((token, index) => [token, index]));
  const at = (token: IToken): number => place.get(token) ?? reading.tokens.length;
  const skipped = new Set([...parser.skipped].map(at));
  const seen = new Set<number>();
  const follows = (index: number): boolean => {
    if (seen.has(index)) return true;
    for (let before = index - 1; skipped.has(before); before--) if (seen.has(before)) return true;
    return false;
  };
  const all = [
    ...parser.mistakes.map((mistake) => ({ token: mistake.token, explain: () => explainMistake(reading, mistake) })),
    ...parser.errors.map((error: IRecognitionException) => ({
      token: error.token,
      explain: () => explainException(reading, error),
    })),
  ].sort((a, b) => at(a.token) - at(b.token));
  const result: Diagnostic[] = [];
  for (const { token, explain } of all) {
    const index = at(token);
    const known = follows(index);
    seen.add(index);
    const behindGap =
      token.isInsertedInRecovery === true ||
      afterGap.has(token) ||
      (endsInGap && reading.last && index === reading.tokens.length);
    if (!known && !behindGap) result.push(explain());
  }
  return result;
}

/** By place; what is more than anybody reads is cut off, with a word about it. */
function inOrder(found: readonly Diagnostic[], file: string, length: number): readonly Diagnostic[] {
  const start = (d: Diagnostic): number => d.labels[0]?.span.start ?? 0;
  // Where something is known to be wrong, that it is also unexpected says nothing new.
  const vague: readonly string[] = [syntax.unexpected.code, syntax.unknownDeclaration.code];
  const known = new Set(found.filter((d) => !vague.includes(d.code)).map(start));
  const sorted = mergeRepeats(
    found.filter((d) => !vague.includes(d.code) || !known.has(start(d))).sort((a, b) => start(a) - start(b)),
  );
  if (sorted.length <= maxErrors) return sorted;
  const shown = sorted.slice(0, maxErrors);
  const last = shown.at(-1)?.labels[0]?.span ?? { file, start: length, end: length };
  return [...shown, syntax.tooMany.at(last, { shown: maxErrors })];
}
