/**
 * Brackets, before parsing: what is missing is put in, what is too many is taken out, each with a diagnostic, so that the parser
 * only ever sees matching ones. An error inside a group then cannot leak out of it.
 *
 * Where a closing bracket is missing is a guess, made from what people see: indentation for braces, the end of the line or two
 * operands side by side for parentheses and brackets.
 */
import { createTokenInstance, type IToken, type TokenType } from 'chevrotain';
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic, Report, Span } from '../diagnostics/diagnostic.ts';
import {
  And,
  AnyName,
  Assign,
  Bar,
  BinaryOperator,
  Colon,
  Comma,
  Dot,
  declarationWords,
  Extends,
  Identifier,
  LBrace,
  LBracket,
  LParen,
  Not,
  NumberLiteral,
  Or,
  Question,
  RBrace,
  RBracket,
  RParen,
  StringLiteral,
  UnterminatedString,
  With,
} from './tokens.ts';

/** Deep enough for anything written by hand; a third of the stack of Node or of a browser (a level takes some 30 calls). */
export const maxDepth = 64;

/** More errors than anybody reads: after so many of one kind, less is tried. */
export const maxErrors = 100;

export const isOpener = (token: IToken): boolean =>
  token.tokenType === LBrace || token.tokenType === LParen || token.tokenType === LBracket;
export const isCloser = (token: IToken): boolean =>
  token.tokenType === RBrace || token.tokenType === RParen || token.tokenType === RBracket;

interface Gaps {
  readonly afterGap: ReadonlySet<IToken>;
  readonly endsInGap: boolean;
}

export interface Balanced extends Gaps {
  readonly tokens: readonly IToken[];
}

const closerOf = (opener: IToken): TokenType =>
  opener.tokenType === LBrace ? RBrace : opener.tokenType === LParen ? RParen : RBracket;
const imageOf = (closer: TokenType): string => (closer === RBrace ? '}' : closer === RParen ? ')' : ']');

export function balanceBrackets(
  tokens: readonly IToken[],
  gaps: Gaps,
  text: string,
  file: string,
  report: Report,
): Balanced {
  if (isBalanced(tokens)) return { tokens, ...gaps };
  return new Balancer(tokens, gaps, text, file).run(report);
}

function isBalanced(tokens: readonly IToken[]): boolean {
  const open: TokenType[] = [];
  for (const token of tokens) {
    if (isOpener(token)) {
      if (open.push(closerOf(token)) > maxDepth) return false;
    } else if (isCloser(token) && open.pop() !== token.tokenType) return false;
  }
  return open.length === 0;
}

interface Open {
  readonly token: IToken;
  /** Place in the input. */
  readonly at: number;
  /** Indentation of the line it stands on. */
  readonly indent: number;
  /** Length of the output after it, for going back to it. */
  readonly written: number;
}

const hasType = (token: IToken | undefined, ...types: readonly TokenType[]): boolean =>
  token !== undefined && types.includes(token.tokenType);
const isA = (token: IToken | undefined, category: TokenType): boolean =>
  token !== undefined && (token.tokenType === category || category.categoryMatchesMap?.[token.tokenTypeIdx] === true);

const isOperatorWord = (token: IToken | undefined): boolean => hasType(token, And, Or, Not);
export const startsOperand = (token: IToken | undefined): boolean =>
  (isA(token, AnyName) || isA(token, NumberLiteral) || isA(token, StringLiteral)) && !hasType(token, And, Or);
export const endsOperand = (token: IToken | undefined): boolean =>
  (isA(token, AnyName) ||
    isA(token, NumberLiteral) ||
    isA(token, StringLiteral) ||
    hasType(token, RParen, RBracket, Question)) &&
  !isOperatorWord(token);

/** `network LeNet`, `import {`, `extern layer`: a word that begins a declaration, and what follows one. */
export function startsDeclaration(token: IToken | undefined, next: IToken | undefined): boolean {
  if (!hasType(token, ...declarationWords)) return false;
  if (token?.image === 'import') return hasType(next, LBrace);
  return isA(next, Identifier) && !hasType(next, And, Or, With, Extends);
}

class Balancer {
  private readonly out: IToken[] = [];
  private readonly open: Open[] = [];
  private found: { readonly at: number; readonly diagnostic: Diagnostic | null; readonly after: boolean }[] = [];
  /** Where the group that begins at a token is to be closed, found on a first reading. */
  private readonly closeAt = new Map<number, number>();
  private readonly tokens: readonly IToken[];
  private readonly gaps: Gaps;
  private readonly text: string;
  private readonly file: string;
  private readonly lineStarts: readonly number[];

  constructor(tokens: readonly IToken[], gaps: Gaps, text: string, file: string) {
    this.tokens = tokens;
    this.gaps = gaps;
    this.text = text;
    this.file = file;
    this.lineStarts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  }

  run(report: Report): Balanced {
    let at = 0;
    for (;;) {
      const token = this.tokens[at];
      const top = this.open.at(-1);
      if (top !== undefined && this.closeAt.get(top.at) === at) this.finish(top, at);
      else if (top !== undefined && (token === undefined || this.isNextDeclaration(at))) at = this.closeTop(top, at);
      else if (token === undefined) break;
      else if (isOpener(token)) at = this.opener(token, at);
      else if (isCloser(token)) at = this.closer(token, at);
      else {
        this.out.push(token);
        at++;
      }
    }
    const afterGap = new Set(this.gaps.afterGap);
    let { endsInGap } = this.gaps;
    for (const { at: place, diagnostic, after } of this.found) {
      if (diagnostic !== null) report(diagnostic);
      if (!after) continue;
      const token = this.tokens[place];
      if (token === undefined) endsInGap = true;
      else afterGap.add(token);
    }
    return { tokens: this.out, afterGap, endsInGap };
  }

  private token(at: number): IToken {
    const token = this.tokens[at];
    if (token === undefined) throw new RangeError('no token there');
    return token;
  }

  private span(token: IToken): Span {
    return { file: this.file, start: token.startOffset, end: token.startOffset + token.image.length };
  }

  private note(at: number, diagnostic: Diagnostic | null, after: boolean): void {
    this.found.push({ at, diagnostic, after });
  }

  private opener(token: IToken, at: number): number {
    const top = this.open.at(-1);
    // Braces never stand in parentheses or brackets.
    if (token.tokenType === LBrace && top !== undefined && top.token.tokenType !== LBrace)
      return this.closeTop(top, at);
    this.out.push(token);
    if (this.open.length < maxDepth) {
      this.open.push({ token, at, indent: this.indentOfLine(token), written: this.out.length });
      return at + 1;
    }
    const end = this.endOfGroup(at);
    this.note(end, syntax.tooDeep.at(this.span(token), { limit: maxDepth }), true);
    this.out.push(this.virtual(closerOf(token)));
    return end;
  }

  private closer(token: IToken, at: number): number {
    const top = this.open.at(-1);
    const closer = token.tokenType;
    if (top !== undefined && closer === closerOf(top.token)) {
      if (closer === RBrace && this.closesOuter(token, top)) return this.closeTop(top, at);
      this.out.push(token);
      this.open.pop();
      return at + 1;
    }
    // A brace reaches out of parentheses, these do not reach out of braces.
    const brace = this.open.findLastIndex((o) => o.token.tokenType === LBrace);
    const partner = closer === RBrace ? brace : this.open.findLastIndex((o) => closerOf(o.token) === closer);
    if (top !== undefined && partner >= brace && partner >= 0) return this.closeTop(top, at);
    if (top === undefined || top.token.tokenType === LBrace || closer === RBrace) {
      this.note(
        at + 1,
        syntax.strayCloser.at(this.span(token), { found: token.image, opener: null, closer: null }),
        true,
      );
      return at + 1;
    }
    // `conv(6]`: the wrong bracket, but a bracket.
    const expected = closerOf(top.token);
    const facts = { found: token.image, opener: top.token.image, closer: imageOf(expected) };
    const fix = [{ span: this.span(token), text: facts.closer }];
    this.note(
      at + 1,
      syntax.strayCloser.at(this.span(token), facts, { places: { opener: this.span(top.token) }, fix }),
      false,
    );
    this.out.push(
      createTokenInstance(
        expected,
        facts.closer,
        token.startOffset,
        token.startOffset,
        Number.NaN,
        Number.NaN,
        Number.NaN,
        Number.NaN,
      ),
    );
    this.open.pop();
    return at + 1;
  }

  /** A brace at the beginning of a line, further out than the line that its partner stands on: it belongs to one further out. */
  private closesOuter(token: IToken, top: Open): boolean {
    const indent = this.indentOf(token);
    return (
      indent !== null &&
      indent < top.indent &&
      this.open.some((o) => o !== top && o.token.tokenType === LBrace && o.indent <= indent)
    );
  }

  private isNextDeclaration(at: number): boolean {
    const first = this.open[0];
    const token = this.tokens[at];
    if (first === undefined || token === undefined || !startsDeclaration(token, this.tokens[at + 1])) return false;
    const indent = this.indentOf(token);
    // A step may be called `data`, and `block:` may be a label: only a word as far out as the declaration that is open counts.
    return (
      indent !== null &&
      indent <= first.indent &&
      !hasType(this.tokens[at + 1], Colon) &&
      !hasType(this.tokens[at + 2], Colon, Dot, Question)
    );
  }

  /** Closes the innermost group: before token `at`, or further back, by reading the group again up to there. */
  private closeTop(top: Open, at: number): number {
    // Going back is for files with a few slips; in others it would take forever.
    if (closerOf(top.token) !== RBrace && !this.closeAt.has(top.at) && this.closeAt.size < maxErrors) {
      const place = this.placeToClose(top, at);
      this.closeAt.set(top.at, place);
      if (place < at) {
        this.out.length = top.written;
        this.found = this.found.filter((f) => f.at <= top.at);
        return top.at + 1;
      }
    }
    this.finish(top, at);
    return at;
  }

  private finish(top: Open, at: number): void {
    const closer = closerOf(top.token);
    this.out.push(this.virtual(closer));
    this.open.pop();
    const before = this.tokens[at];
    // A string that is not closed has swallowed the bracket, and has been reported.
    const swallowed = this.tokens[at - 1]?.tokenType === UnterminatedString && closer !== RBrace;
    const end = this.text.length;
    // `stem: {`, `conv(`, `train lenet {`
    const word = this.tokens[top.at - (hasType(this.tokens[top.at - 1], Colon) ? 2 : 1)];
    const of = this.nameOfDeclaration(top) ?? (isA(word, AnyName) && word !== undefined ? word.image : null);
    const places = { before: before === undefined ? { file: this.file, start: end, end } : this.span(before) };
    const last = this.tokens[at - 1];
    const from = last === undefined ? 0 : last.startOffset + last.image.length;
    // `conv(channels // 2)`: the closer is in a comment.
    const rest = /^[^\n]*/.exec(this.text.slice(from))?.[0] ?? '';
    const comment = closer !== RBrace && /^\s*\/\/.*[)\]]/.test(rest);
    const facts = { opener: top.token.image, closer: imageOf(closer), of, comment };
    this.note(at, swallowed ? null : syntax.unclosed.at(this.span(top.token), facts, { places }), true);
  }

  /** `Net`, of the braces of `network Net(n = 3) with Base {`. */
  private nameOfDeclaration(top: Open): string | null {
    if (this.open.length > 0 || top.token.tokenType !== LBrace) return null;
    for (let at = top.at - 1; at >= 0 && !hasType(this.tokens[at], RBrace); at--) {
      const name = this.tokens[at + 1];
      if (startsDeclaration(this.tokens[at], name) && isA(name, AnyName)) return name?.image ?? null;
    }
    return null;
  }

  /** Where a parenthesis or bracket was probably meant to end: at a line's end after an operand, before a second operand, at a brace. */
  private placeToClose(top: Open, limit: number): number {
    let depth = 0;
    for (let at = top.at + 1; at < limit; at++) {
      const token = this.token(at);
      const previous = this.token(at - 1);
      if (isCloser(token)) {
        if (--depth < 0) return at;
        continue;
      }
      if (depth === 0) {
        if (hasType(token, LBrace, Bar)) return at;
        const newLine = this.text.slice(previous.startOffset + previous.image.length, token.startOffset).includes('\n');
        if (endsOperand(previous) && at > top.at + 1) {
          if (newLine && !hasType(token, Comma, Colon, Dot, Assign) && !isA(token, BinaryOperator)) return at;
          if (startsOperand(token) && !isOperatorWord(token)) return at;
        }
      }
      const inner = this.closeAt.get(at);
      if (inner !== undefined) at = inner - 1;
      else if (isOpener(token)) depth++;
    }
    return limit;
  }

  /** Past the closing bracket of the group that begins here. */
  private endOfGroup(at: number): number {
    let depth = 0;
    for (let i = at; i < this.tokens.length; i++) {
      const token = this.token(i);
      if (isOpener(token)) depth++;
      else if (isCloser(token) && --depth === 0) return i + 1;
    }
    return this.tokens.length;
  }

  /** A closing bracket that was not written, after what was read last. */
  private virtual(closer: TokenType): IToken {
    const last = this.out.at(-1);
    const start = last === undefined ? 0 : last.startOffset + last.image.length;
    const token = createTokenInstance(closer, '', start, start - 1, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
    token.isInsertedInRecovery = true;
    return token;
  }

  private lineStart(token: IToken): number {
    let [low, high] = [0, this.lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= token.startOffset) low = middle;
      else high = middle - 1;
    }
    return this.lineStarts[low] ?? 0;
  }

  private indentOfLine(token: IToken): number {
    const start = this.lineStart(token);
    let end = start;
    while (end < token.startOffset && /[ \t]/.test(this.text.charAt(end))) end++;
    return end - start;
  }

  /** The indentation of a token that is the first of its line, else null. */
  private indentOf(token: IToken): number | null {
    const indent = this.indentOfLine(token);
    return this.lineStart(token) + indent === token.startOffset ? indent : null;
  }
}
