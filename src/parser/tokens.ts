/**
 * The words and signs of the language.
 *
 * Two kinds of keyword. Reserved words (`input`, `sum`, …) begin a step, so they cannot name a step, label, block or op; they are
 * free as keys, parameters, fields and argument names: their category is `AnyName` only. All other keywords are contextual: they
 * are also `Identifier`s, and mean something only where the grammar asks for them.
 */
import { createToken, Lexer, type TokenType } from 'chevrotain';

// ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Any word at all, reserved or not: keys, parameters, fields, arguments. */
export const AnyName = createToken({ name: 'AnyName', label: 'a name', pattern: Lexer.NA });
/** A word that is not reserved: declarations, labels, steps. */
export const Identifier = createToken({
  name: 'Identifier',
  label: 'a name',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [AnyName],
});

/** The words that join parallel paths. */
export const JoinKind = createToken({
  name: 'JoinKind',
  label: '`sum`, `mul`, `concat` or `choose`',
  pattern: Lexer.NA,
});
/** What stands between two operands. */
export const BinaryOperator = createToken({ name: 'BinaryOperator', label: 'an operator', pattern: Lexer.NA });

const keyword = (text: string, ...categories: readonly TokenType[]): TokenType =>
  createToken({
    name: `${text[0]?.toUpperCase()}${text.slice(1)}`,
    label: `\`${text}\``,
    pattern: text,
    longer_alt: Identifier,
    categories: [...categories],
  });
const reserved = (text: string, ...categories: readonly TokenType[]): TokenType =>
  keyword(text, AnyName, ...categories);
const contextual = (text: string, ...categories: readonly TokenType[]): TokenType =>
  keyword(text, Identifier, ...categories);

export const Input = reserved('input');
export const Output = reserved('output');
export const From = reserved('from');
export const Again = reserved('again');
export const As = reserved('as');
export const Repeat = reserved('repeat');
export const For = reserved('for');
export const If = reserved('if');
export const Else = reserved('else');
export const Sum = reserved('sum', JoinKind);
export const Mul = reserved('mul', JoinKind);
export const Concat = reserved('concat', JoinKind);
export const Choose = reserved('choose', JoinKind);
export const Identity = reserved('identity');

export const Nrm = contextual('nrm');
export const Import = contextual('import');
export const Network = contextual('network');
export const Block = contextual('block');
export const Policy = contextual('policy');
export const Data = contextual('data');
export const Train = contextual('train');
export const Sweep = contextual('sweep');
export const Search = contextual('search');
export const Extern = contextual('extern');
export const Layer = contextual('layer');
export const Loss = contextual('loss');
export const With = contextual('with');
export const Extends = contextual('extends');
export const In = contextual('in');
export const Over = contextual('over');
export const Fields = contextual('fields');
export const First = contextual('first');
export const Last = contextual('last');
export const Not = contextual('not');
export const And = contextual('and', BinaryOperator);
export const Or = contextual('or', BinaryOperator);
export const True = contextual('true');
export const False = contextual('false');

// ── numbers, strings, comments ───────────────────────────────────────────────────────────────────────────────────────

/**
 * Whatever begins like a number, so that `3x3` or `1.` is one mistake and not two tokens; the lexer says what is wrong with it. `10%` is
 * one token, because there is no modulo. A run of dots is left to `...`.
 */
export const NumberLiteral = createToken({
  name: 'Number',
  label: 'a number',
  pattern: /\.?\d(?:[eE][+-](?=\d)|[A-Za-z0-9_]|\.(?!\.))*%?/,
});
export const StringLiteral = createToken({ name: 'String', label: 'a string', pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*"/ });
/** Ends with its line, so that the next line is read as usual. */
export const UnterminatedString = createToken({
  name: 'UnterminatedString',
  pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*\\?/,
  categories: [StringLiteral],
});
/** Strings stand in straight double quotes; in others they are read as a string and reported. */
export const ForeignString = createToken({
  name: 'ForeignString',
  pattern: /'[^'\n\r]*'|`[^`\n\r]*`|[\u201c\u201d\u201e][^"\u201c\u201d\u201e\n\r]*[\u201c\u201d]/,
  categories: [StringLiteral],
});

export const DocComment = createToken({ name: 'DocComment', pattern: /\/\/\/(?!\/)[^\n\r]*/, group: 'comments' });
export const LineComment = createToken({ name: 'LineComment', pattern: /\/\/[^\n\r]*/, group: 'comments' });
/** Comments of other languages: skipped and reported. One that is not closed ends with its line. */
export const ForeignComment = createToken({
  name: 'ForeignComment',
  pattern: /#[^\n\r]*|<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|\/\*[^\n\r]*/,
  group: 'foreign',
});
/** Names of templates, shells and decorators: `{{ name }}`, `${name}`, `@name`; reported, and read as a name. */
export const ForeignName = createToken({
  name: 'ForeignName',
  pattern: /\{\{[^{}\n\r]*\}\}|\$\{[^{}\n\r]*\}|[$@][A-Za-z_]\w*/,
  categories: [Identifier],
});
const WhiteSpace = createToken({ name: 'WhiteSpace', pattern: /[\s\uFEFF]+/, group: Lexer.SKIPPED });

// ── signs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const sign = (name: string, text: string, ...categories: readonly TokenType[]): TokenType =>
  createToken({ name, label: `\`${text}\``, pattern: text, categories: [...categories] });

export const LBrace = sign('LBrace', '{');
export const RBrace = sign('RBrace', '}');
export const LParen = sign('LParen', '(');
export const RParen = sign('RParen', ')');
export const LBracket = sign('LBracket', '[');
export const RBracket = sign('RBracket', ']');
export const Colon = sign('Colon', ':');
export const Comma = sign('Comma', ',');
export const Semicolon = sign('Semicolon', ';');
export const Ellipsis = sign('Ellipsis', '...');
export const Dot = sign('Dot', '.');
export const Arrow = sign('Arrow', '->');
export const Question = sign('Question', '?');
export const Bar = sign('Bar', '|');
export const Equal = sign('Equal', '==', BinaryOperator);
export const NotEqual = sign('NotEqual', '!=', BinaryOperator);
export const LessEqual = sign('LessEqual', '<=', BinaryOperator);
export const Less = sign('Less', '<', BinaryOperator);
export const GreaterEqual = sign('GreaterEqual', '>=', BinaryOperator);
export const Greater = sign('Greater', '>', BinaryOperator);
export const Assign = sign('Assign', '=');
export const Plus = sign('Plus', '+', BinaryOperator);
export const Minus = sign('Minus', '-', BinaryOperator);
export const Times = sign('Times', '*', BinaryOperator);
export const Divide = sign('Divide', '/', BinaryOperator);

export const reservedWords: readonly TokenType[] = [
  Input,
  Output,
  From,
  Again,
  As,
  Repeat,
  For,
  If,
  Else,
  Sum,
  Mul,
  Concat,
  Choose,
  Identity,
];
/** The words that begin a declaration. */
export const declarationWords: readonly TokenType[] = [
  Import,
  Network,
  Block,
  Policy,
  Data,
  Train,
  Sweep,
  Search,
  Extern,
  Loss,
];
export const contextualWords: readonly TokenType[] = [
  Nrm,
  ...declarationWords,
  Layer,
  With,
  Extends,
  In,
  Over,
  Fields,
  First,
  Last,
  Not,
  And,
  Or,
  True,
  False,
];

/** In the order in which the lexer tries them: a longer sign before its beginning, keywords before names. */
export const allTokens: readonly TokenType[] = [
  WhiteSpace,
  DocComment,
  LineComment,
  ForeignComment,
  ...reservedWords,
  ...contextualWords,
  Identifier,
  ForeignName,
  NumberLiteral,
  StringLiteral,
  UnterminatedString,
  ForeignString,
  LBrace,
  RBrace,
  LParen,
  RParen,
  LBracket,
  RBracket,
  Colon,
  Comma,
  Semicolon,
  Ellipsis,
  Dot,
  Arrow,
  Question,
  Bar,
  Equal,
  NotEqual,
  LessEqual,
  Less,
  GreaterEqual,
  Greater,
  Assign,
  Plus,
  Minus,
  Times,
  Divide,
  AnyName,
  JoinKind,
  BinaryOperator,
];
