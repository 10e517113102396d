/** Everything that is written in a file, in order: tokens with the comments and line breaks around them, and what is no token. */
import type { IToken, TokenType } from 'chevrotain';
import { lex } from '../parser/lexer.ts';
import { machine } from '../parser/machine.ts';

/** A comment on a line of its own. */
export interface Note {
  readonly text: string;
  /** Line breaks between it and what stands before it. */
  readonly newlines: number;
}

export interface Token {
  /** Null for what is no token: characters that mean nothing here, comments of other languages. */
  readonly type: TokenType | null;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Line breaks right before it, behind its comments. */
  readonly newlines: number;
  /** The comments between the line of the token before and this one. */
  readonly leading: readonly Note[];
  /** The comment behind it on its line. */
  readonly trailing: string | null;
}

export interface Tokens {
  readonly all: readonly Token[];
  /** True when something in the file is no token. */
  readonly hasJunk: boolean;
}

/** As the lexer gives it; null for what is no token. */
interface Written {
  readonly image: string;
  readonly startOffset: number;
  readonly tokenType: TokenType | null;
}

/** The last token is the end of the file, empty, with the comments before it. */
export function readTokens(text: string, file: string): Tokens {
  const result = machine().lexer.tokenize(text);
  const { errors, groups } = result;
  const tokens = errors.length === 0 ? result.tokens : lex(result, text, file, () => {}).tokens;
  const junk = merge(
    errors.length === 0 ? [] : unreadable(errors, tokens, text),
    (groups.foreign ?? []).map(({ image, startOffset }) => ({ image: image.trimEnd(), startOffset, tokenType: null })),
  );
  return { all: attach(merge(tokens, junk), groups.comments ?? [], text), hasJunk: junk.length > 0 };
}

/** What the lexer could not read, but for letters that are read as part of a word. */
function unreadable(
  errors: readonly { readonly offset: number; readonly length: number }[],
  tokens: readonly IToken[],
  text: string,
): readonly Written[] {
  const result: Written[] = [];
  let at = 0;
  for (const { offset, length } of errors) {
    for (let token = tokens[at]; token !== undefined && token.startOffset + token.image.length <= offset; )
      token = tokens[++at];
    const token = tokens[at];
    if (token !== undefined && token.startOffset <= offset) continue;
    result.push({ image: text.slice(offset, offset + length), startOffset: offset, tokenType: null });
  }
  return result;
}

function merge(a: readonly Written[], b: readonly Written[]): readonly Written[] {
  if (b.length === 0) return a;
  const result: Written[] = [];
  let next = 0;
  for (const piece of a) {
    for (let other = b[next]; other !== undefined && other.startOffset < piece.startOffset; other = b[++next])
      result.push(other);
    result.push(piece);
  }
  for (let other = b[next]; other !== undefined; other = b[++next]) result.push(other);
  return result;
}

const none: readonly Note[] = [];

function attach(pieces: readonly Written[], comments: readonly Written[], text: string): readonly Token[] {
  const result: Token[] = [];
  let next = 0;
  /** Where the last token or comment ended. */
  let end = 0;
  const add = (type: TokenType | null, word: string, start: number, following: number): void => {
    let leading: Note[] | null = null;
    for (let note = comments[next]; note !== undefined && note.startOffset < start; note = comments[++next]) {
      const written = note.image.trimEnd();
      leading ??= [];
      leading.push({ text: written, newlines: lineBreaks(text, end, note.startOffset) });
      end = note.startOffset + written.length;
    }
    const newlines = lineBreaks(text, end, start);
    end = start + word.length;
    const behind = comments[next];
    const trails =
      behind !== undefined && behind.startOffset < following && lineBreaks(text, end, behind.startOffset) === 0;
    const trailing = trails ? behind.image.trimEnd() : null;
    result.push({ type, text: word, start, end, newlines, leading: leading ?? none, trailing });
    if (!trails) return;
    end = behind.startOffset + behind.image.trimEnd().length;
    next++;
  };
  for (const [index, { tokenType, image, startOffset }] of pieces.entries())
    add(tokenType, image, startOffset, pieces[index + 1]?.startOffset ?? text.length);
  add(null, '', text.length, 0);
  return result;
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === 10) count++;
  return count;
}
