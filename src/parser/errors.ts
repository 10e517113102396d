/** What the parser found wrong, in plain words: what was expected in this place, what stands there, what to type. */
import { EOF, type IRecognitionException, type IToken, tokenMatcher } from 'chevrotain';
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { didYouMean } from '../diagnostics/wording.ts';
import { advice, adviceOnBraces } from './advice.ts';
import { isCloser, isOpener } from './brackets.ts';
import type { Mistake } from './recovery.ts';
import {
  type Failure,
  frame,
  messages,
  type Separator,
  type SiteMessage,
  separatorOf,
  separators,
  siteOf,
} from './sites/index.ts';
import {
  AnyName,
  Colon,
  Comma,
  Extern,
  From,
  LBracket,
  LParen,
  NumberLiteral,
  reservedWords,
  StringLiteral,
} from './tokens.ts';

export interface Reading {
  readonly file: string;
  /** The tokens of the declaration that is read. */
  readonly tokens: readonly IToken[];
  /** Where the file ends. */
  readonly fileEnd: number;
  /** False when another declaration follows. */
  readonly last: boolean;
}

export function spanOf(file: string, token: IToken): Span {
  return { file, start: token.startOffset, end: token.startOffset + token.image.length };
}

const quoted = (text: string): string => `\`${text.length > 30 ? `${text.slice(0, 29)}…` : text}\``;

export const describeToken = (token: IToken): string =>
  tokenMatcher(token, StringLiteral) ? `the string ${quoted(token.image)}` : quoted(token.image);

function place(reading: Reading, token: IToken): Span {
  if (token.tokenType !== EOF && token.startOffset >= 0) return spanOf(reading.file, token);
  const last = reading.tokens.at(-1);
  const end = last === undefined ? reading.fileEnd : last.startOffset + last.image.length;
  return { file: reading.file, start: end, end };
}

/** `train lenet`: what is being read. */
const title = (reading: Reading): string => {
  const [keyword, second, third] = reading.tokens;
  const name = keyword?.tokenType === Extern ? third : second;
  return keyword === undefined
    ? ''
    : name !== undefined && /^[A-Za-z_]/.test(name.image)
      ? `${keyword.image} ${name.image}`
      : keyword.image;
};

const found = (reading: Reading, token: IToken): string =>
  token.tokenType !== EOF
    ? describeToken(token)
    : reading.last
      ? 'the end of the file'
      : `the end of \`${title(reading)}\``;

/** `in the arguments of `conv``, `in the settings of `train lenet``: as near as is certain. */
function where(reading: Reading, token: IToken): string {
  const index = reading.tokens.indexOf(token);
  let depth = 0;
  for (let i = (index < 0 ? reading.tokens.length : index) - 1; i >= 0; i--) {
    const before = reading.tokens[i];
    if (before === undefined) break;
    if (isCloser(before)) depth++;
    else if (isOpener(before) && --depth < 0) {
      const word = reading.tokens[i - 1];
      if (before.tokenType !== LParen || word === undefined || !tokenMatcher(word, AnyName)) break;
      return i < 4 ? `in the parameters of \`${title(reading)}\`` : `in the arguments of \`${word.image}\``;
    }
  }
  const name = title(reading);
  return name === '' || index <= 1 ? '' : `in \`${name}\``;
}

function unexpected(reading: Reading, token: IToken, previous: IToken | undefined, failure: Failure): Diagnostic {
  const { tokens } = reading;
  const index = tokens.indexOf(token);
  const at = index < 0 ? tokens.length : index;
  const site = siteOf(failure);
  if (site === 'body/RBrace' && reservedWords.includes(token.tokenType) && tokens[at + 1]?.tokenType === Colon)
    return syntax.reservedName.at(place(reading, token), { word: token.image, role: 'a label' });
  const message = site === null ? null : messages[site];
  const comma = token.tokenType === Comma ? itemBefore(previous, failure) : null;
  const expected = comma?.item ?? wording(message?.expected, previous) ?? 'something else';
  const help =
    advice({ site, tokens, at }) ??
    (comma === null ? null : `write ${comma.item} before the \`,\`, or remove it: ${comma.example}`) ??
    message?.help ??
    null;
  // Only a value can begin so; the shape in `input float32[28, 28, 1]` shows that the name is missing.
  const isValue =
    token.tokenType === NumberLiteral || token.tokenType === LBracket || tokenMatcher(token, StringLiteral);
  const end = previous === undefined ? 0 : previous.startOffset + previous.image.length;
  const fix =
    failure.kind === Colon.name && isValue && site !== 'inputItem/Colon'
      ? [{ span: { file: reading.file, start: end, end }, text: ':' }]
      : [];
  return syntax.unexpected.at(
    isMissing(failure.kind) ? placeAfter(reading, token, previous) : place(reading, token),
    { expected, found: found(reading, token), where: where(reading, token), help },
    { fix },
  );
}

/** Is it known that something is left out, rather than that too much is there? */
const isMissing = (kind: string): boolean => !/^(?:RBrace|RBracket|RParen|end|separator)$/.test(kind);

/** What is missing at the end of a line is missing there, not where the next line begins. */
function placeAfter(reading: Reading, token: IToken, previous: IToken | undefined): Span {
  const [line, next] = [previous?.startLine ?? Number.NaN, token.startLine ?? Number.NaN];
  if (previous === undefined || !(line < next)) return place(reading, token);
  const end = previous.startOffset + previous.image.length;
  return { file: reading.file, start: end, end };
}

const wording = (expected: SiteMessage['expected'] | undefined, previous: IToken | undefined): string | null =>
  typeof expected === 'function' ? expected(previous?.image ?? '') : (expected ?? null);

/** A comma with nothing before it: `(, 3)`, `[1,, 2]`. */
function itemBefore(previous: IToken | undefined, { stack }: Failure): Separator | null {
  if (previous === undefined || (previous.tokenType !== Comma && !isOpener(previous))) return null;
  const rule = separatorOf(stack);
  return rule === null ? null : (separators[rule] ?? null);
}

/** Where an exception of the parser was raised. Chevrotain's messages are facts here (`machine.ts`). */
export function failureOf(error: IRecognitionException): Failure {
  const { ruleStack, ruleOccurrenceStack } = error.context;
  const stack = ruleStack.map((rule, at) => frame(rule, ruleOccurrenceStack[at] ?? 0));
  switch (error.name) {
    case 'NoViableAltException':
      return { kind: 'choice', stack };
    case 'EarlyExitException':
      return { kind: 'some', stack };
    case 'NotAllInputParsedException':
      return { kind: 'end', stack: ['file', 'declaration'] };
    default:
      return { kind: error.message, stack };
  }
}

export function explainException(reading: Reading, error: IRecognitionException): Diagnostic {
  const previous = 'previousToken' in error ? (error.previousToken as IToken) : undefined;
  return unexpected(reading, error.token, previous, failureOf(error));
}

export function explainMistake(reading: Reading, mistake: Mistake): Diagnostic {
  const { token } = mistake;
  const at = place(reading, token);
  switch (mistake.kind) {
    case 'reserved':
      return syntax.reservedName.at(at, { word: token.image, role: mistake.role });
    case 'separator':
      return syntax.needlessSeparator.at(
        at,
        { found: token.image, between: mistake.between },
        { fix: [{ span: at, text: '' }] },
      );
    case 'comma': {
      // `f"mnist"`, `r"C:"`: no comma is missing.
      if (
        tokenMatcher(token, StringLiteral) &&
        mistake.previous.startOffset + mistake.previous.image.length === at.start
      )
        return syntax.unexpected.at(
          { ...at, start: mistake.previous.startOffset },
          {
            expected: 'a string',
            found: `\`${mistake.previous.image}${token.image}\``,
            where: where(reading, token),
            help: `a string begins with its quote: \`${token.image}\``,
          },
        );
      const rule = separatorOf(mistake.stack);
      const { items = 'items', example = '' } = (rule === null ? undefined : separators[rule]) ?? {};
      const end = mistake.previous.startOffset + mistake.previous.image.length;
      // Behind the names of an import, `from` says that the brace is missing instead.
      const fix = token.tokenType === From ? [] : [{ span: { ...at, start: end, end }, text: ',' }];
      const facts = { found: describeToken(token), where: where(reading, token), items, example };
      return syntax.missingComma.at(at, facts, { fix });
    }
    case 'sign': {
      const { expected, what, previous } = mistake;
      // `batch = 64` becomes `batch: 64`, `classes: 10` becomes `classes = 10`.
      const start = previous.startOffset + previous.image.length;
      const next = reading.tokens[reading.tokens.indexOf(token) + 1];
      const space = next !== undefined && next.startOffset === at.end ? ' ' : '';
      const fix = [{ span: { ...at, start }, text: `${expected === ':' ? ':' : ' ='}${space}` }];
      return syntax.wrongSign.at(at, { found: token.image, expected, after: previous.image, what }, { fix });
    }
    case 'value': {
      const facts = { key: mistake.key.image, found: found(reading, token), nested: mistake.nested };
      return syntax.missingValue.at({ ...place(reading, mistake.key), end: place(reading, mistake.colon).end }, facts);
    }
    case 'word': {
      const { instead, last } = mistake;
      const span = last === undefined ? at : { ...at, end: place(reading, last).end };
      const found = last === undefined ? describeToken(token) : `\`${token.image}${last.image}\``;
      const help = didYouMean(nearest(token.image, [instead])) ?? `write \`${instead}\``;
      return syntax.unexpected.at(
        span,
        { expected: `\`${instead}\``, found, where: where(reading, token), help },
        { fix: [{ span, text: instead }] },
      );
    }
    case 'join': {
      const { instead } = mistake;
      const example = `\`${instead ?? 'sum'} { | conv(8, kernel: 3) | identity }\``;
      return syntax.unexpected.at(
        at,
        {
          expected: instead === null ? '`sum`, `mul`, `concat` or `choose` before paths' : `\`${instead}\``,
          found: describeToken(token),
          where: where(reading, token),
          help: instead === null ? `paths are joined by one of these words: ${example}` : `write \`${instead}\``,
        },
        { fix: instead === null ? [] : [{ span: at, text: instead }] },
      );
    }
    case 'path':
      return syntax.emptyPath.at(at, { last: mistake.last }, { fix: mistake.last ? [{ span: at, text: '' }] : [] });
    case 'stage':
      return unlabelled(reading, token);
    case 'unexpected':
      return unexpected(reading, token, mistake.previous, { kind: mistake.wanted, stack: mistake.stack });
  }
}

/** Braces without a label: `stem { … }` lacks a colon, other words say that something else is meant. */
function unlabelled({ file, tokens }: Reading, token: IToken): Diagnostic {
  const index = tokens.indexOf(token);
  const { help, colonAfter, leaveOut } = adviceOnBraces(tokens, index);
  const at = spanOf(file, token);
  if (leaveOut !== null)
    return syntax.unlabelledStage.at(
      spanOf(file, leaveOut),
      { help, word: leaveOut.image },
      { fix: [{ span: { ...at, start: leaveOut.startOffset, end: at.start }, text: '' }] },
    );
  if (colonAfter === null) return syntax.unlabelledStage.at(at, { help, word: null });
  const end = colonAfter.startOffset + colonAfter.image.length;
  return syntax.unlabelledStage.at(at, { help, word: null }, { fix: [{ span: { file, start: end, end }, text: ':' }] });
}
