/** What to type, where habits of other languages tell what was meant. It takes the place of the help of a site. */
import { type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import { nearest } from '../diagnostics/nearest.ts';
import { isCloser, isOpener } from './brackets.ts';
import {
  Again,
  AnyName,
  As,
  Assign,
  Bar,
  Colon,
  Comma,
  Dot,
  declarationWords,
  Else,
  Equal,
  For,
  Greater,
  Identifier,
  If,
  LBrace,
  LBracket,
  Less,
  LParen,
  Minus,
  NumberLiteral,
  Plus,
  Question,
  RBrace,
  RBracket,
  Repeat,
  RParen,
  StringLiteral,
  Times,
} from './tokens.ts';

interface Situation {
  /** The key of the site. */
  readonly site: string | null;
  readonly tokens: readonly IToken[];
  /** Of the token that does not fit; past the end when there is none. */
  readonly at: number;
}

/** The same, with what is asked of it most. */
interface Seen extends Situation {
  readonly token: IToken;
  readonly type: TokenType;
  readonly previous: IToken | undefined;
  readonly next: IToken | undefined;
}

type Rule = (seen: Seen) => string | null | false | undefined;

const isName = (token: IToken | undefined): token is IToken => token !== undefined && tokenMatcher(token, AnyName);
const isString = (token: IToken | undefined): boolean => token !== undefined && tokenMatcher(token, StringLiteral);
const is = (token: IToken | undefined, ...types: readonly TokenType[]): boolean =>
  token !== undefined && types.includes(token.tokenType);
/** Nothing stands between two tokens. */
const touch = (token: IToken | undefined, next: IToken | undefined): boolean =>
  token !== undefined && next !== undefined && token.startOffset + token.image.length === next.startOffset;
const sameLine = (token: IToken | undefined, next: IToken | undefined): boolean =>
  token?.startLine !== undefined && token.startLine === next?.startLine;
const unquoted = (token: IToken): string => token.image.replace(/^["']|["']$/g, '');

const noCondition = 'there is no conditional value; `if wide { … } else { … }` chooses between steps';
const noIndex = 'there is no indexing; rows are unpacked by `for [a, b] in [[1, 2], [3, 4]] { … }`';
const noSign = 'steps follow one another without a sign between them: `flatten dense(10)`';
const inPolicy =
  'how a layer is initialised or regularized stands in a policy: `policy Plain { dense { init: kaiming } }`';
const lists = 'several values are a list: `[accuracy, loss]`';

/** In the body of a network or block. */
const steps: readonly Rule[] = [
  ({ type }) => type === Else && '`else` stands right after the body of an `if`',
  ({ type }) => type === As && '`as` stands behind the step that makes the value: `flatten as features`',
  ({ type }) => type === Question && noCondition,
  ({ token }) =>
    token.image === 'return' &&
    'nothing is returned: the last value is the output, and `output mask: dense(3)` names one; `from x` goes on from a value',
  ({ type, previous }) =>
    type === Bar &&
    (is(previous, Bar)
      ? 'write `or`'
      : 'bars draw the paths of `sum`, `mul`, `concat` or `choose`: `sum { | conv(8) | identity }`'),
  ({ token, previous, next, tokens, at }) =>
    isString(token) && is(next, Colon)
      ? `a label stands without quotes: \`${unquoted(token)}: …\``
      : (token.tokenType === NumberLiteral || isString(token)) &&
          previous !== undefined &&
          tokenMatcher(previous, Identifier) &&
          sameLine(previous, token)
        ? `arguments stand in parentheses: \`${previous.image}(${token.image})\``
        : is(token, NumberLiteral) && is(next, Times) && is(tokens[at + 2], LBrace)
          ? `steps are repeated by \`repeat ${token.image} { … }\``
          : is(token, NumberLiteral) && `a number is the argument of a step: \`dense(${token.image})\``,
  ({ type, previous, next }) =>
    type === Dot &&
    (is(previous, RParen)
      ? 'steps follow one another: `dense(100) act(relu)`'
      : isName(previous) && isName(next) && `a step is named without a module before it: \`${next.image}\``),
  ({ type, token, next }) =>
    (type === Greater || (type === Assign && is(next, Greater) && touch(token, next))) && noSign,
  ({ type, tokens, at }) =>
    type === Assign && isName(tokens[at - 2]) && sameLine(tokens[at - 2], tokens[at])
      ? 'there are no variables; a number that is used often is a parameter: `block Head(width = 100) { … }`'
      : type === Assign && 'a label is written `classifier: dense(10)`, a value gets its name by `dense(10) as logits`',
  ({ type }) => type === Plus && 'paths are added by `sum { | conv(8, kernel: 3) | identity }`',
  ({ type, previous, next, tokens, at }) =>
    type === LParen &&
    (is(tokens[at - 2], Again)
      ? `\`again\` takes a label alone: \`again ${previous?.image}\``
      : is(tokens[at - 2], As)
        ? '`as` is followed by a name for the value: `flatten as features`'
        : is(previous, RParen) &&
          (isName(next)
            ? `a step takes the value before it; another one is called by \`from ${next.image}\``
            : 'a step has its arguments in one pair of parentheses')),
  ({ type, previous }) =>
    type === LBracket && isName(previous) && `arguments stand in parentheses: \`${previous.image}(…)\``,
  ({ type, previous }) =>
    type === Colon && is(previous, RParen) && 'a label stands before its step: `classifier: dense(10)`',
];

/** In the settings of something. */
const settings: readonly Rule[] = [
  ({ type }) => type === Question && 'there is no conditional value; a setting has one value',
  ({ type }) => type === LBracket && noIndex,
  ({ token, next }) => isString(token) && is(next, Colon) && `a key stands without quotes: \`${unquoted(token)}: …\``,
  ({ type, previous }) =>
    type === LBrace && isName(previous) && `arguments stand in parentheses: \`${previous.image}(…)\``,
  ({ type, next, tokens, at }) =>
    type === Minus &&
    isName(next) &&
    is(tokens[at + 2], Colon) &&
    `settings are written without dashes: \`${next.image}: …\``,
  ({ type }) => type === Comma && lists,
];

/** In arguments and lists. */
const items: readonly Rule[] = [
  ({ type }) => (type === If || type === Else || type === Question) && noCondition,
  ({ type }) => type === For && 'a list is written out: `[16, 32, 64]`; `for width in [16, 32] { … }` repeats steps',
  ({ type }) => type === LBracket && noIndex,
  ({ type }) => type === LBrace && 'arguments have names of their own: `adam(rate: 1e-3)`',
  ({ type, next }) => type === Times && is(next, Times) && 'arguments are written out: `conv(16, kernel: 3)`',
  ({ type }) => type === Bar && 'there are no bars around a value; `abs(x)` is its size',
];

const dimensions: readonly Rule[] = [
  ({ type }) =>
    (type === Question || type === Times || type === Minus) &&
    'a size that is not known gets a name: `float32[H, W, 3]`; the batch has no dimension of its own',
];

/** Between the name of a declaration and its body. */
const headers: readonly Rule[] = [
  ({ type, tokens }) =>
    (type === Assign || type === Colon) &&
    `a body stands in braces, right after the name: \`${tokens[0]?.image} ${tokens[1]?.image} { … }\``,
  ({ type }) => type === Less && 'parameters stand in parentheses: `(classes = 10)`',
  ({ type, tokens }) =>
    type === LParen && `settings stand in braces, without commas: \`${tokens[0]?.image} ${tokens[1]?.image} { … }\``,
  ({ token, type, previous, next }) =>
    (type === Minus || type === Dot) && touch(previous, token) && isName(previous) && isName(next)
      ? `a name is one word: \`${previous.image}_${next.image}\``
      : isName(token) &&
        isName(previous) &&
        is(next, LBrace) &&
        `a name is one word: \`${previous.image}_${token.image}\``,
  ({ token, next }) => isName(token) && is(next, Assign) && `parameters stand in parentheses: \`(${token.image} = …)\``,
  ({ type }) => type === LBracket && 'a body stands in braces: `{ … }`',
];

/** `if x then {`, `repeat 3 times {`. */
const noWord: Rule = ({ token, next }) =>
  isName(token) && is(next, LBrace) && `no word stands before the \`{\`: remove \`${token.image}\``;

const bySite: Readonly<Record<string, readonly Rule[]>> = {
  'body/RBrace': steps,
  'paths/RBrace': [
    ({ type }) => type === Comma && 'each path begins with a bar: `sum { | conv(8, kernel: 3) | identity }`',
    ...steps,
  ],
  'dataBody/RBrace': settings,
  'sweep>studyBody/RBrace': settings,
  'search>studyBody/RBrace': settings,
  'fields/RBrace': settings,
  'axes/RBrace': [
    ({ type }) => type === Comma && 'several values are a list: `policy.norm: [none, batch]`',
    ({ type, next }) => type === Dot && is(next, NumberLiteral) && 'a range is written `range(8, 64)`',
    ...settings,
  ],
  'arguments/RParen': items,
  'list/RBracket': items,
  'importNames/RBrace': [
    ({ type }) => type === As && 'what is imported keeps its name: `import { Residual } from "./blocks.nrm"`',
  ],
  'dimension/choice': dimensions,
  'dimensions/RBracket': dimensions,
  'parameters/RParen': [
    ({ type, previous }) => type === Colon && isName(previous) && `a parameter has no type: \`${previous.image} = …\``,
    ({ type, previous, token }) =>
      is(token, NumberLiteral) && isName(previous) && type !== Colon && `write \`${previous.image} = ${token.image}\``,
  ],
  'network>body/LBrace': [
    ({ type }) => type === LParen && 'the steps of a network stand in braces: `network LeNet { … }`',
    ({ type, token, previous, next }) =>
      (type === Colon || isName(token)) &&
      isName(next) &&
      sameLine(previous, next) &&
      `a policy is named by \`with\`: \`with ${next.image}\``,
    ({ type, tokens, at }) =>
      type === Comma &&
      tokens.slice(0, at).some((t) => t.image === 'with') &&
      'one policy stands after `with`; a training puts several together: `policy: [Plain, Strong]`',
    ({ type, previous, token, next }) =>
      type === Colon &&
      !isName(next) &&
      sameLine(previous, token) &&
      'the steps of a network stand in braces: `network LeNet { … }`',
    ...headers,
  ],
  'block>body/LBrace': [
    ({ token }) =>
      token.image === 'with' && 'a block has no policy of its own; `with` stands after the name of a network',
    ...headers,
  ],
  'policyBody/LBrace': [
    ({ type, token, next }) =>
      (type === Colon || isName(token)) &&
      isName(next) &&
      `a policy builds on another by \`extends\`: \`extends ${next.image}\``,
    ({ type, tokens }) =>
      type === Comma &&
      tokens.some((t) => t.image === 'extends') &&
      'a policy extends one other; a training puts several together: `policy: [Plain, Strong]`',
    ...headers,
  ],
  'train>settings/LBrace': headers,
  'dataBody/LBrace': headers,
  'sweep>studyBody/LBrace': headers,
  'search>studyBody/LBrace': headers,
  'repeat>body/LBrace': [noWord],
  'if>body/LBrace': [
    noWord,
    ({ type }) => type === Assign && 'equality is written `==`: `if size == 1 { … }`',
    ({ type, next }) => type === Bar && is(next, Bar) && 'write `or`: `if a or b { … }`',
  ],
  'for>body/LBrace': [
    noWord,
    ({ type }) => type === Comma && 'several values are a list: `for width in [100, 50] { … }`',
    ({ type, next }) =>
      type === Dot &&
      is(next, Dot, NumberLiteral) &&
      'the values are written out: `for i in [0, 1, 2] { … }`; `repeat 3 { … }` only repeats',
  ],
  'for/choice': [
    ({ type }) =>
      type === LParen &&
      'write `for filters in [16, 32] { … }`, or with rows `for [filters, count] in [[64, 2], [128, 3]] { … }`; `repeat 3 { … }` only repeats',
  ],
  'for/In': [
    ({ type }) =>
      type === Comma && 'the names of a row stand in brackets: `for [filters, count] in [[64, 2], [128, 3]] { … }`',
  ],
  'inputItem/Colon': [
    ({ type, previous }) =>
      type === LBracket &&
      previous !== undefined &&
      `the name of the input stands before its type: \`input image: ${previous.image}[…]\``,
    ({ type }) =>
      type === Comma && 'each input has a line of its own: `input left: float32[8]  input right: float32[8]`',
  ],
  'label/Colon': [
    ({ type, previous }) =>
      type === LParen &&
      previous !== undefined &&
      `the name of the output stands before its step: \`output label: ${previous.image}(…)\``,
  ],
  'rule>settings/LBrace': [
    ({ type, previous, next }) =>
      type === Greater &&
      previous !== undefined &&
      isName(next) &&
      `a space means inside: \`${previous.image} ${next.image} { … }\``,
    ({ type, previous, next }) =>
      type === Plus &&
      previous !== undefined &&
      isName(next) &&
      `a comma means "and also": \`${previous.image}, ${next.image} { … }\``,
  ],
  'policyBody/RBrace': [
    ({ type, previous, tokens, at }) =>
      type === LBrace && isName(previous) && is(tokens[at - 2], Colon) && isName(tokens[at - 3])
        ? `a condition stands in brackets: \`${tokens[at - 3]?.image}[${previous.image}] { … }\``
        : null,
    ({ type }) =>
      type === Times &&
      'a selector names what it means: an op, slot, label, block or parameter, such as `conv, dense { … }`',
    ({ type, next }) => type === Dot && isName(next) && `a label is written as it is: \`${next.image} { … }\``,
    ({ token }) => isString(token) && `names stand without quotes: \`${unquoted(token)} { … }\``,
  ],
  'condition/choice': [
    ({ token, next }) => isName(token) && is(next, Equal) && `a condition is written with \`:\`: \`${token.image}: …\``,
    ({ type, next }) =>
      type === Minus && is(next, NumberLiteral) && 'places are counted from 1; the last one is `conv[last]`',
    ({ token, next }) => token.image === 'not' && is(next, LParen) && 'write `conv[not classifier]`',
    ({ token, next }) => {
      const meant = isName(token) && is(next, RBracket) ? nearest(token.image, ['first', 'last']) : null;
      return meant !== null && `did you mean \`${meant}\`?`;
    },
  ],
  'bracket/RBracket': [
    ({ type }) => type === Colon && 'a bracket holds one place, counted from 1: `conv[1], conv[2] { … }`',
  ],
  'setting/Colon': [
    ({ token, previous, tokens, at }) =>
      token.image === '}' && is(tokens[at - 2], LBrace) && isName(tokens[at - 3]) && isName(previous)
        ? `write \`${tokens[at - 3]?.image}: ${previous.image}\``
        : null,
    ({ type, previous }) =>
      type === LParen && previous !== undefined
        ? previous.image === 'fields'
          ? 'fields stand in braces: `fields { image: float32[28, 28, 1]  label: class(10) }`'
          : `a call is the value of a key: \`optimizer: adam(…)\`, \`source: idx(…)\``
        : null,
    ({ type, previous, tokens }) =>
      type === Dot && previous !== undefined
        ? !['sweep', 'search'].includes(tokens[0]?.image ?? '')
          ? `what belongs to a value is its argument: \`optimizer: adam(rate: 1e-3)\``
          : 'what is tried out stands in `over`: `over { policy.norm: [none, batch] }`'
        : null,
    ({ type, previous, next }) =>
      type === Minus &&
      previous !== undefined &&
      isName(next) &&
      `a key is one word: \`${previous.image}_${next.image}: …\``,
    ({ type, previous }) => type === LBrace && previous !== undefined && `write \`${previous.image}: …\` with a value`,
    ({ previous, tokens, at }) =>
      previous?.image === 'over' &&
      isName(tokens[at]) &&
      'what is tried out stands in braces: `over { LeNet.width: range(8, 64) }`',
  ],
  'setting>value/choice': [
    ({ type, previous }) =>
      (type === Colon || type === Assign) &&
      is(previous, Colon) &&
      'one `:` stands between a key and its value: `batch: 64`',
  ],
  'expression#1>primary/choice': [
    ({ type, previous }) => type === Assign && is(previous, Equal) && 'equality is written `==`: `if size == 1 { … }`',
    ({ type, previous, tokens }) =>
      type === Times &&
      is(previous, Times) &&
      `there is no power; ${tokens[0]?.image === 'loss' ? 'write `square(x)`, or multiply' : 'multiply'}: \`8 * 8\``,
    ({ type, previous }) => type === Plus && is(previous, Plus) && 'nothing is counted up; write `size + 1`',
  ],
  'import/String': [({ token }) => isName(token) && `a path stands in double quotes: \`"./${token.image}.nrm"\``],
  'importNames/LBrace': [
    ({ token }) => isName(token) && `the names stand in braces: \`import { ${token.image} } from …\``,
    ({ type }) => type === Times && 'what is imported is named: `import { Residual, Inception } from "./blocks.nrm"`',
  ],
  'extern/From': [
    ({ type, previous }) =>
      type === Colon && is(previous, RParen) && 'the type of the result stands behind `->`: `-> float32[...S, C]`',
    ({ type }) => type === LBrace && 'a layer of your own is written in a module: `from "./gate.ts"`',
  ],
  'loss/Assign': [({ type }) => type === LBrace && 'the formula of a loss stands behind `=`, without braces'],
};

/** A rule for all settings, whatever they belong to. */
const rulesOf = (site: string | null): readonly Rule[] =>
  site === null
    ? []
    : Object.hasOwn(bySite, site)
      ? (bySite[site] ?? [])
      : site.endsWith('settings/RBrace')
        ? settings
        : [];

export function advice(situation: Situation): string | null {
  const { tokens, at } = situation;
  const token = tokens[at];
  if (token === undefined) return null;
  const seen: Seen = { ...situation, token, type: token.tokenType, previous: tokens[at - 1], next: tokens[at + 1] };
  for (const rule of [weightOfBrackets, ...rulesOf(situation.site)]) {
    const help = rule(seen);
    if (typeof help === 'string') return help;
  }
  return null;
}

/** Words that begin something else than a stage, and what is written for them. */
const words: Readonly<Record<string, string>> = {
  while: 'steps are repeated by `repeat 3 { … }`',
  loop: 'steps are repeated by `repeat 3 { … }`',
  switch: 'steps are chosen by `if size == 1 { … } else if size == 2 { … }`',
  match: 'steps are chosen by `if size == 1 { … } else if size == 2 { … }`',
  unless: 'write `if not … { … }`',
};

/** What a stage, or what is like one, is called: no such word stands between a label and its braces. */
export const stageWords: ReadonlySet<string> = new Set([
  'stage',
  'block',
  'module',
  'sequential',
  'sequence',
  'group',
  'layers',
]);

interface AdviceOnBraces {
  readonly help: string | null;
  /** The word behind which only a colon is missing. */
  readonly colonAfter: IToken | null;
  /** The word between a label and the braces that is one too many. */
  readonly leaveOut: IToken | null;
}

/** What braces without a label were meant to be. */
export function adviceOnBraces(tokens: readonly IToken[], at: number): AdviceOnBraces {
  const before = tokens[at - 1];
  const help = (text: string | null): AdviceOnBraces => ({ help: text, colonAfter: null, leaveOut: null });
  if (before === undefined || !sameLine(before, tokens[at])) return help(null);
  const label = tokens[at - 3];
  if (is(tokens[at - 2], Colon) && isName(label) && isName(before)) {
    const isSetting = isName(tokens[at + 1]) && is(tokens[at + 2], Colon) && !is(tokens[at + 4], LParen);
    if (isSetting) return help(inPolicy);
    const leaveOut = stageWords.has(before.image.toLowerCase()) ? before : null;
    return { ...help(`write \`${label.image}: { … }\``), leaveOut };
  }
  const line = tokens.slice(0, at).filter((token) => sameLine(token, before));
  const word = line.find((token) => Object.hasOwn(words, token.image));
  if (word !== undefined) return help(words[word.image] ?? '');
  if (before.image === 'import') return help('an import stands at the top of the file, beside the networks');
  const keyword = tokens[at - 2];
  if (keyword !== undefined && declarationWords.includes(keyword.tokenType) && sameLine(keyword, before))
    return help(`a \`${keyword.image}\` stands beside the networks, not inside of one`);
  if (is(tokens[at + 1], NumberLiteral) || isString(tokens[at + 1]))
    return help(`arguments stand in parentheses: \`${before.image}(${tokens[at + 1]?.image}, …)\``);
  if (is(before, RParen)) return help(inPolicy);
  if (!isName(before) || before.tokenType !== Identifier) return help(null);
  const written = `\`${before.image}: { … }\``;
  if (isBodyOfIf(tokens, at - 2))
    return help(`behind the body of an \`if\` stands \`else { … }\`; a stage of its own is written ${written}`);
  return { ...help(`write ${written}`), colonAfter: before };
}

/** Does the body of an `if` or `else` end at this token? */
function isBodyOfIf(tokens: readonly IToken[], end: number): boolean {
  if (!is(tokens[end], RBrace)) return false;
  let at = end;
  for (let depth = 0; at >= 0; at--) {
    const token = tokens[at];
    if (token !== undefined && isCloser(token)) depth++;
    else if (token !== undefined && isOpener(token) && --depth === 0) break;
  }
  // The head of the body: operands and operators up to the word that begins it.
  for (let depth = 0, before = at - 1; before >= 0; before--) {
    const token = tokens[before];
    if (token === undefined) break;
    if (isCloser(token)) depth++;
    else if (isOpener(token) && --depth < 0) break;
    if (is(token, If, Else)) return true;
    if (is(token, RBrace, Bar, Colon, For, Repeat) && depth === 0) break;
  }
  return false;
}

/** `norm[first].gamma`: brackets stand behind all names of a part. */
function weightOfBrackets({ tokens, at: dot, token }: Seen): string | null {
  const weight = tokens[dot + 1];
  if (token.tokenType !== Dot || tokens[dot - 1]?.tokenType !== RBracket || !isName(weight)) return null;
  let open = dot - 1;
  for (let depth = 0; open >= 0; open--) {
    const before = tokens[open];
    if (before === undefined) break;
    if (isCloser(before)) depth++;
    else if (isOpener(before) && --depth === 0 && tokens[open - 1]?.tokenType !== RBracket) break;
  }
  const name = tokens[open - 1];
  if (!isName(name)) return null;
  const condition = tokens.slice(open, dot).map((t, i, all) => {
    const next = all[i + 1];
    const spaced = next !== undefined && next.startOffset > t.startOffset + t.image.length;
    return `${t.image}${spaced ? ' ' : ''}`;
  });
  return `write the brackets behind the dotted name: \`${name.image}.${weight.image}${condition.join('')}\``;
}
