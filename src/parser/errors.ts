/** What the parser found wrong, in plain words: what was expected in this place, what stands there, what to type. */
import { EOF, type IRecognitionException, type IToken, MismatchedTokenException, tokenMatcher } from 'chevrotain';
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts';
import { isCloser, isOpener } from './brackets.ts';
import type { Mistake } from './recovery.ts';
import { AnyName, Bar, Colon, Else, LParen, reservedWords, StringLiteral } from './tokens.ts';

/** What is expected where a rule fails, and what to type. A rule that is not here is worded by the token that it wanted. */
const expectations: Readonly<Record<string, { readonly expected: string; readonly help?: string }>> = {
  primary: {
    expected: 'a value',
    help: 'a number, a string, a name such as `relu`, a call such as `batch(momentum: 0.9)`, or a list `[…]`',
  },
  value: {
    expected: 'a value',
    help: 'a number, a string, a name such as `relu`, a call such as `batch(momentum: 0.9)`, or a list `[…]`',
  },
  core: {
    expected: 'a step',
    help: 'a layer such as `conv(16, kernel: 3)`, a slot, a block, `{ … }` or `sum { | … | … }`',
  },
  items: {
    expected: 'a step',
    help: 'steps look like `conv(16, kernel: 3)`, `norm`, `label: dense(10)` or `sum { | … | … }`',
  },
  paths: { expected: '`|`', help: 'each path begins with a bar: `sum { | conv(8) | identity }`' },
  settings: { expected: 'a setting', help: 'settings look like `key: value`' },
  setting: { expected: '`:`', help: 'settings look like `key: value`' },
  policyBody: {
    expected: 'a rule',
    help: 'a policy holds fillings such as `norm: batch` and rules such as `conv, dense { init: kaiming }`',
  },
  policyItem: {
    expected: '`:` or `{`',
    help: 'a policy holds fillings such as `norm: batch` and rules such as `conv, dense { init: kaiming }`',
  },
  selectorPart: {
    expected: 'a selector',
    help: 'a selector names an op, slot, label, block or parameter: `conv, dense { … }`',
  },
  condition: {
    expected: '`first`, `last`, a number, `not …` or `key: value`',
    help: 'such as `conv[first]`, `conv[3]`, `conv[not stem]` or `conv[kernel: 1]`',
  },
  bracket: { expected: '`]`', help: 'one condition a bracket; several stand in a row: `conv[kernel: 1][first]`' },
  dataBody: { expected: 'a setting', help: '`data` holds settings such as `source: idx("…")`, and `fields { … }`' },
  dataItem: { expected: '`:`', help: '`data` holds settings such as `source: idx("…")`, and `fields { … }`' },
  fields: { expected: 'a field', help: 'fields look like `image: float32[28, 28, 1]` or `label: class(10)`' },
  fieldType: { expected: 'a type', help: 'such as `float32[28, 28, 1]` or `class(10)`' },
  studyBody: { expected: 'a setting', help: 'it holds settings such as `train: lenet`, and `over { … }`' },
  studyItem: { expected: '`:`', help: 'it holds settings such as `train: lenet`, and `over { … }`' },
  axes: { expected: 'an axis', help: 'axes look like `policy.norm: [none, batch]`' },
  type: { expected: 'a type', help: 'such as `float32[28, 28, 1]` or `int32[T]`' },
  dimensions: { expected: '`,` or `]`', help: 'dimensions look like `[28, 28, 1]` or `[...S, C]`' },
  import: { expected: '`from`', help: 'write `import { Residual } from "./blocks.nrm"`' },
  edition: { expected: 'a number', help: 'write `nrm 1`' },
};

/** Names that a grammar rule wants, by the rule. */
const names: Readonly<Record<string, string>> = {
  declaredName: 'a name',
  policyReference: 'the name of a policy',
  again: 'the label of a step',
  as: 'a name for the value',
  from: 'the name of a value',
  inputItem: 'the name of the input',
  label: 'a label',
  rest: 'a name',
  parameter: 'the name of a parameter',
  externParameter: 'the name of a parameter',
  for: 'a name',
  forName: 'a name',
  type: 'a type',
};

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
  const [keyword, name] = reading.tokens;
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

const expectedText = (rule: string, wanted: string): string => {
  if (wanted === 'Identifier' || wanted === 'AnyName') return names[rule] ?? 'a name';
  if (wanted === 'Number') return 'a number';
  if (wanted === 'String') return 'a string with a path';
  const signs: Readonly<Record<string, string>> = {
    Colon: '`:`',
    LBrace: '`{`',
    LParen: '`(`',
    Assign: '`=`',
    In: '`in`',
    From: '`from`',
    RBrace: '`}`',
  };
  return signs[wanted] ?? expectations[rule]?.expected ?? 'something else';
};

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
      return i < 3 ? `in the parameters of \`${title(reading)}\`` : `in the arguments of \`${word.image}\``;
    }
  }
  const name = title(reading);
  return name === '' || index <= 1 ? '' : `in \`${name}\``;
}

/** `opening` and `end` are pseudo-rules of the lenient parser and of leftover tokens. */
function unexpected(reading: Reading, token: IToken, rule: string, expected: string): Diagnostic {
  const next = reading.tokens[reading.tokens.indexOf(token) + 1];
  const at = place(reading, token);
  if (reservedWords.includes(token.tokenType) && next?.tokenType === Colon && rule === 'items') {
    return syntax.reservedName.at(at, { word: token.image, role: 'label' });
  }
  const help =
    token.tokenType === Bar && rule === 'items'
      ? 'bars draw the paths of `sum`, `mul`, `concat` or `choose`: `sum { | conv(8) | identity }`'
      : token.tokenType === Else
        ? '`else` stands right after the body of an `if`'
        : (expectations[rule]?.help ?? null);
  return syntax.unexpected.at(at, { expected, found: found(reading, token), where: where(reading, token), help });
}

/** Chevrotain's exceptions carry what was wanted in their message (see `messages` in `machine.ts`). */
export function explainException(reading: Reading, error: IRecognitionException): Diagnostic {
  const rule = error.context?.ruleStack.at(-1) ?? 'end';
  if (error instanceof MismatchedTokenException) {
    // A group that could have ended here could also have gone on.
    const after = error.message === 'Colon' ? ` after ${describeToken(error.previousToken)}` : '';
    const expected =
      error.message === 'RBrace'
        ? (expectations[rule]?.expected ?? '`}`')
        : `${expectedText(rule, error.message)}${after}`;
    return unexpected(reading, error.token, rule, expected);
  }
  if (error.name === 'NotAllInputParsedException')
    return unexpected(reading, error.token, 'end', `the end of \`${title(reading)}\``);
  return unexpected(reading, error.token, rule, expectations[rule]?.expected ?? 'something else');
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
      const fix = [{ span: { ...at, start }, text: expected === ':' ? ':' : ' =' }];
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
