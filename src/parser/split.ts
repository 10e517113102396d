/**
 * A file that has errors is read one declaration at a time, so that none of them can spoil the next. Where one begins is seen
 * outside all brackets: a word such as `network` before a name.
 */
import { createTokenInstance, type IToken, type TokenType } from 'chevrotain';
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { endsOperand, isCloser, isOpener, startsDeclaration, startsOperand } from './brackets.ts';
import { describeToken, spanOf } from './errors.ts';
import {
  As,
  Assign,
  Colon,
  Comma,
  declarationWords,
  Extern,
  From,
  Identifier,
  Import,
  LBrace,
  LBracket,
  Loss,
  LParen,
  Minus,
  Not,
  Nrm,
  NumberLiteral,
  RBrace,
  RParen,
  StringLiteral,
} from './tokens.ts';

export interface Slice {
  readonly rule: 'edition' | 'declaration';
  readonly tokens: readonly IToken[];
}

/** Words of other languages and of daily life, and what they are here. */
const synonyms: Readonly<Record<string, string>> = {
  model: 'network',
  layer: 'block',
  func: 'block',
  fn: 'block',
  net: 'network',
  module: 'block',
  function: 'block',
  def: 'block',
  class: 'block',
  regularizer: 'policy',
  regularization: 'policy',
  dataset: 'data',
  fit: 'train',
  training: 'train',
  trainer: 'train',
  grid: 'sweep',
  tune: 'search',
  include: 'import',
  use: 'import',
};

const keywordOf = (word: string): string | null =>
  (Object.hasOwn(synonyms, word.toLowerCase()) ? synonyms[word.toLowerCase()] : undefined) ??
  nearest(
    word,
    declarationWords.map((type) => String(type.PATTERN)),
  );

export function splitDeclarations(
  tokens: readonly IToken[],
  afterGap: ReadonlySet<IToken>,
  file: string,
  report: Report,
): readonly Slice[] {
  const slices: Slice[] = [];
  let at = 0;
  if (tokens[0]?.tokenType === Nrm) {
    at = tokens[1]?.tokenType === NumberLiteral ? 2 : Math.max(1, endOfJunk(tokens, 0));
    slices.push({ rule: 'edition', tokens: tokens.slice(0, at) });
  }
  while (at < tokens.length) {
    const token = tokens[at];
    if (token === undefined) break;
    // `network: LeNet` is a setting that has lost its training.
    if (declarationWords.includes(token.tokenType) && tokens[at + 1]?.tokenType !== Colon) {
      const end = endOfDeclaration(tokens, at, token.tokenType);
      slices.push({ rule: 'declaration', tokens: tokens.slice(at, end) });
      at = end;
      continue;
    }
    const reversed = importReversed(tokens, at, file, report);
    if (reversed !== null) {
      if (reversed.tokens.length > 0) slices.push({ rule: 'declaration', tokens: reversed.tokens });
      at = reversed.end;
      continue;
    }
    const loss = slices.at(-1);
    if (
      loss?.tokens[0]?.tokenType === Loss &&
      loss.tokens.at(-1) === tokens[at - 1] &&
      sameLine(tokens[at - 1], token)
    ) {
      // `loss f(x) = 0.5 mean(x)`: the formula goes on, without an operator; its own reading says so.
      const end = endOfJunk(tokens, at);
      slices.splice(-1, 1, { rule: 'declaration', tokens: [...loss.tokens, ...tokens.slice(at, end)] });
      at = end;
      continue;
    }
    const meant = looksLikeDeclaration(tokens, at) ? keywordOf(token.image) : null;
    const type = meant === null ? undefined : declarationWords.find((word) => word.PATTERN === meant);
    const end = type === undefined ? endOfJunk(tokens, at) : at;
    if (!afterGap.has(token)) {
      const fix = meant === null ? [] : [{ span: spanOf(file, token), text: meant }];
      report(
        syntax.unknownDeclaration.at(
          spanOf(file, token),
          { found: describeToken(token), nearest: meant, help: meant === null ? adviceOnJunk(tokens, at) : null },
          { fix },
        ),
      );
    }
    if (type === undefined || meant === null) {
      at = end;
      continue;
    }
    const keyword = createTokenInstance(
      type,
      token.image,
      token.startOffset,
      token.endOffset ?? token.startOffset,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    );
    const rest = endOfDeclaration(tokens, at, type);
    slices.push({ rule: 'declaration', tokens: [keyword, ...tokens.slice(at + 1, rest)] });
    at = rest;
  }
  return slices;
}

/** `from "./blocks.nrm" import Residual`: read as the import that it is. */
function importReversed(
  tokens: readonly IToken[],
  at: number,
  file: string,
  report: Report,
): { readonly tokens: readonly IToken[]; readonly end: number } | null {
  const [from, path, keyword] = tokens.slice(at, at + 3);
  if (from?.tokenType !== From || path === undefined || !isString(path) || keyword?.tokenType !== Import) return null;
  const names: IToken[] = [];
  let end = at + 3;
  for (let token = tokens[end]; token !== undefined; token = tokens[++end]) {
    // `import (A, B)`, `import A as B`
    if ([Comma, As, LParen, RParen].includes(token.tokenType)) continue;
    const isNext = names.length > 0 && tokens[end - 1]?.tokenType === Identifier;
    if (isNext || token.tokenType !== Identifier || startsDeclaration(token, tokens[end + 1])) break;
    names.push(token);
  }
  const isOther = (n: IToken): boolean => tokens[tokens.indexOf(n) - 1]?.tokenType === As;
  const imported = names.filter((n) => !isOther(n));
  const written = `import { ${imported.map((n) => n.image).join(', ') || 'Residual'} } from ${path.image}`;
  const last = tokens[end - 1] ?? keyword;
  const place = { file, start: from.startOffset, end: last.startOffset + last.image.length };
  const fix = names.length === 0 || imported.length < names.length ? [] : [{ span: place, text: written }];
  const facts = { found: describeToken(from), nearest: null, help: `write \`${written}\`` };
  report(syntax.unknownDeclaration.at(spanOf(file, from), facts, { fix }));
  const as = (type: TokenType, image: string, { startOffset, startLine = Number.NaN }: IToken): IToken =>
    createTokenInstance(
      type,
      image,
      startOffset,
      startOffset + from.image.length - 1,
      startLine,
      startLine,
      Number.NaN,
      Number.NaN,
    );
  const list = names.flatMap((n, i) => (i === 0 ? [n] : [as(Comma, '', n), n]));
  const read = [
    as(Import, from.image, from),
    as(LBrace, '', keyword),
    ...list,
    as(RBrace, '', last),
    as(From, '', from),
    path,
  ];
  // Without names there is nothing that could be read as an import.
  return { tokens: names.length === 0 ? [] : read, end };
}

const sameLine = (token: IToken | undefined, next: IToken): boolean =>
  token?.startLine !== undefined && token.startLine === next.startLine;

/** What was meant by something that is no declaration. */
function adviceOnJunk(tokens: readonly IToken[], at: number): string | null {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined) return null;
  if (token.tokenType === Nrm) return '`nrm 1` is the first line of a file';
  if (token.tokenType === From) return 'an import looks like `import { Residual } from "./blocks.nrm"`';
  if (isString(token)) return 'documentation is written `/// …`, before what it is about';
  if (token.tokenType === Minus && next?.tokenType === Minus) return 'comments begin with `//`';
  if (/^[A-Za-z_]/.test(token.image) && next?.tokenType === Colon)
    return 'settings stand in a declaration: `train lenet { network: LeNet  epochs: 5 }`';
  if (/^[A-Za-z_]/.test(token.image) && next?.tokenType === LParen)
    return 'steps stand in the body of a network or block: `network LeNet { conv(6, kernel: 5)  flatten }`';
  return null;
}

/** `polcy Modern {`, `model Net(`: a word, a name, and what may follow the name of a declaration. */
function looksLikeDeclaration(tokens: readonly IToken[], at: number): boolean {
  const isName = (token: IToken | undefined): boolean => token !== undefined && /^[A-Za-z_]/.test(token.image);
  const [word, name, next] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (!isName(word)) return false;
  if (name?.tokenType === LBrace) return true;
  return isName(name) && next !== undefined && (next.tokenType === LBrace || next.tokenType === LParen || isName(next));
}

/** Past the declaration that begins at `from`. */
function endOfDeclaration(tokens: readonly IToken[], from: number, kind: TokenType): number {
  const isLoss = kind === Loss;
  let depth = 0;
  let assigned = false;
  // The word after the keyword is a name, whatever it is.
  for (let at = from + 1; at < tokens.length; at++) {
    const token = tokens[at];
    const previous = tokens[at - 1];
    if (token === undefined || previous === undefined) break;
    if (depth === 0 && at > from + 1 && startsDeclaration(token, tokens[at + 1]) && !isNameOf(previous)) return at;
    if (isOpener(token)) {
      if (depth === 0 && isLoss && assigned && endsOperand(previous) && token.tokenType === LBracket) return at;
      depth++;
    } else if (isCloser(token)) {
      depth--;
      // Braces end a declaration, but for the names of an import.
      if (depth === 0 && kind !== Import && closesBrace(tokens, at)) return at + 1;
    } else if (depth === 0) {
      if (isLoss && token.tokenType === Assign) assigned = true;
      else if (isLoss && assigned && endsOperand(previous) && startsOperand(token)) return at;
      else if ((kind === Import || kind === Extern) && isString(token)) return at + 1;
    }
  }
  return tokens.length;
}

const isString = (token: IToken): boolean =>
  StringLiteral.categoryMatchesMap?.[token.tokenTypeIdx] === true || token.tokenType === StringLiteral;

/** Words that a name follows, even one such as `data`. */
const isNameOf = (token: IToken): boolean =>
  token.image === 'with' || token.image === 'extends' || token.image === 'extern' || token.tokenType === Not;

const closesBrace = (tokens: readonly IToken[], at: number): boolean => {
  let depth = 0;
  for (let i = at; i >= 0; i--) {
    const token = tokens[i];
    if (token === undefined) break;
    if (isCloser(token)) depth++;
    else if (isOpener(token) && --depth === 0) return token.tokenType === LBrace;
  }
  return false;
};

/** Past what is no declaration, up to something that looks like one. */
function endOfJunk(tokens: readonly IToken[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (depth === 0 && at > from) {
      if (startsDeclaration(token, tokens[at + 1])) return at;
      if (tokens[at - 1]?.image === '}' && token.tokenType === Identifier && looksLikeDeclaration(tokens, at))
        return at;
    }
    if (isOpener(token)) depth++;
    else if (isCloser(token)) depth--;
  }
  return tokens.length;
}
