/** What the parser found wrong, in plain words: what was expected in this place, what stands there, what to type. */
import {
  EOF,
  type IRecognitionException,
  type IToken,
  MismatchedTokenException,
  tokenLabel,
  tokenMatcher,
} from 'chevrotain';
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic, Edit, Span } from '../diagnostics/diagnostic.ts';
import { isCloser, isOpener } from './brackets.ts';
import { expectations, names } from './expectations.ts';
import type { Mistake } from './recovery.ts';
import {
  AnyName,
  allTokens,
  Bar,
  Colon,
  Dot,
  Else,
  Extern,
  Identifier,
  LBracket,
  LParen,
  NumberLiteral,
  Question,
  RBracket,
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

/** A token that the grammar asked for by name. */
function wantedText(rule: string, wanted: string, previous: IToken): string {
  const behind = /^[A-Za-z_]/.test(previous.image) ? ` after \`${previous.image}\`` : '';
  if (wanted === 'Identifier' || wanted === 'AnyName') return names[rule] ?? `a name${behind}`;
  if (wanted === 'Colon') return `\`:\`${behind}`;
  // A group that could end here could also go on.
  if (wanted === 'RBrace') return expectations[rule]?.expected ?? '`}`';
  if (wanted === 'String') return 'the path of a file, as a string';
  const type = allTokens.find((token) => token.name === wanted);
  return type === undefined ? 'something else' : tokenLabel(type);
}

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

function unexpected(
  reading: Reading,
  token: IToken,
  rule: string,
  expected: string,
  fix: readonly Edit[] = [],
): Diagnostic {
  const index = reading.tokens.indexOf(token);
  const at = place(reading, token);
  if (rule === 'items' && reservedWords.includes(token.tokenType) && reading.tokens[index + 1]?.tokenType === Colon) {
    return syntax.reservedName.at(at, { word: token.image, role: 'a label' });
  }
  const help =
    weightOfBrackets(reading, token) ??
    advice(rule, token, reading.tokens[index - 1]) ??
    expectations[rule]?.help ??
    null;
  return syntax.unexpected.at(
    at,
    { expected, found: found(reading, token), where: where(reading, token), help },
    { fix },
  );
}

/** `norm[first].gamma`: brackets stand behind all names of a part. Null when it is something else. */
function weightOfBrackets({ tokens }: Reading, token: IToken): string | null {
  const dot = tokens.indexOf(token);
  const weight = tokens[dot + 1];
  if (token.tokenType !== Dot || tokens[dot - 1]?.tokenType !== RBracket) return null;
  if (weight === undefined || !tokenMatcher(weight, AnyName)) return null;
  let open = dot - 1;
  for (let depth = 0; open >= 0; open--) {
    const before = tokens[open];
    if (before === undefined) break;
    if (isCloser(before)) depth++;
    else if (isOpener(before) && --depth === 0 && tokens[open - 1]?.tokenType !== RBracket) break;
  }
  const name = tokens[open - 1];
  if (name === undefined || !tokenMatcher(name, AnyName)) return null;
  const condition = tokens.slice(open, dot).map((t, i, all) => {
    const next = all[i + 1];
    const spaced = next !== undefined && next.startOffset > t.startOffset + t.image.length;
    return `${t.image}${spaced ? ' ' : ''}`;
  });
  return `write the brackets behind the dotted name: \`${name.image}.${weight.image}${condition.join('')}\``;
}

/** What to type, where habits of other languages tell what was meant. */
function advice(rule: string, token: IToken, previous: IToken | undefined): string | null {
  const type = token.tokenType;
  if (type === Else) return '`else` stands right after the body of an `if`';
  if (type === Question) return 'there is no conditional operator; `if … { … } else { … }` chooses between steps';
  if (rule === 'items') {
    if (type === Bar)
      return 'bars draw the paths of `sum`, `mul`, `concat` or `choose`: `sum { | conv(8) | identity }`';
    if (
      (type === NumberLiteral || tokenMatcher(token, StringLiteral)) &&
      previous !== undefined &&
      tokenMatcher(previous, Identifier)
    ) {
      return `arguments stand in parentheses: \`${previous.image}(${token.image})\``;
    }
  }
  if (rule === 'settings' && type === LBracket)
    return 'there is no indexing; rows are unpacked by `for [a, b] in … { … }`';
  return null;
}

/** Chevrotain's exceptions carry what was wanted in their message (see `messages` in `machine.ts`). */
export function explainException(reading: Reading, error: IRecognitionException): Diagnostic {
  const { token } = error;
  const rule = error.context?.ruleStack.at(-1) ?? 'end';
  if (error instanceof MismatchedTokenException) {
    const { message: wanted, previousToken: previous } = error;
    // A body that does not begin says nothing of what would stand in it.
    const about = wanted === 'LBrace' && rule !== 'importNames' ? 'opening' : rule;
    // Only a value can begin so.
    const isValue =
      token.tokenType === NumberLiteral || token.tokenType === LBracket || tokenMatcher(token, StringLiteral);
    const end = previous.startOffset + previous.image.length;
    const fix = wanted === 'Colon' && isValue ? [{ span: { file: reading.file, start: end, end }, text: ':' }] : [];
    return unexpected(reading, token, about, wantedText(rule, wanted, previous), fix);
  }
  if (error.name === 'NotAllInputParsedException')
    return unexpected(reading, token, 'end', `the end of \`${title(reading)}\``);
  return unexpected(reading, token, rule, expectations[rule]?.expected ?? 'something else');
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
      const end = mistake.previous.startOffset + mistake.previous.image.length;
      const fix = [{ span: { ...at, start: end, end }, text: ',' }];
      return syntax.missingComma.at(at, { found: describeToken(token), where: where(reading, token) }, { fix });
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
      const facts = { key: mistake.key.image, found: found(reading, token) };
      return syntax.missingValue.at({ ...place(reading, mistake.key), end: place(reading, mistake.colon).end }, facts);
    }
    case 'unexpected':
      return unexpected(reading, token, mistake.rule, mistake.expected);
  }
}
