/** Text → tokens. Words, numbers and strings that are malformed are reported here and read as what they were meant to be. */
import { createTokenInstance, type ILexingResult, type IToken } from 'chevrotain';
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { decodeString, isGeneratedName, numberProblem } from './literals.ts';
import { inLatin } from './lookalikes.ts';
import {
  DocComment,
  ForeignComment,
  ForeignName,
  ForeignString,
  Identifier,
  NumberLiteral,
  StringLiteral,
  UnterminatedString,
} from './tokens.ts';

/** A `//` or `///` comment, which the tree leaves out; `text` is as written. */
export interface Comment {
  readonly kind: 'line' | 'doc';
  readonly text: string;
  readonly span: Span;
}

interface Lexed {
  readonly tokens: readonly IToken[];
  readonly comments: readonly Comment[];
  /** Tokens that follow something unreadable: the parser says nothing about them. A gap at the end is `endsInGap`. */
  readonly afterGap: ReadonlySet<IToken>;
  readonly endsInGap: boolean;
}

const fullwidth = 'signs are written in their narrow form: `(`, `)`, `,`, `:`';

/** What was probably meant by signs of other languages and by characters that word processors put in. */
const meant: Readonly<Record<string, { readonly text?: string; readonly help: string }>> = {
  '&': { help: 'write `and`' },
  '&&': { text: 'and', help: 'write `and`' },
  '!': { text: 'not ', help: 'write `not`' },
  '%': { help: 'a percentage is written without a space: `10%`; there is no modulo operator' },
  "'": { help: 'strings stand in double quotes' },
  '`': { help: 'strings stand in double quotes' },
  '“': { text: '"', help: 'strings stand in straight double quotes' },
  '”': { text: '"', help: 'strings stand in straight double quotes' },
  '„': { text: '"', help: 'strings stand in straight double quotes' },
  '‘': { text: '"', help: 'strings stand in straight double quotes' },
  '’': { text: '"', help: 'strings stand in straight double quotes' },
  '−': { text: '-', help: 'write `-`' },
  '–': { text: '-', help: 'write `-`' },
  '—': { text: '-', help: 'write `-`' },
  '×': { text: '*', help: 'write `*`' },
  '·': { text: '*', help: 'write `*`' },
  '÷': { text: '/', help: 'write `/`' },
  '≤': { text: '<=', help: 'write `<=`' },
  '≥': { text: '>=', help: 'write `>=`' },
  '≠': { text: '!=', help: 'write `!=`' },
  '→': { text: '->', help: 'write `->`' },
  // No fix: it is right in a type only.
  '…': { help: 'in a type write `...S`; steps cannot be left out' },
  '，': { text: ',', help: fullwidth },
  '：': { text: ':', help: fullwidth },
  '；': { text: '', help: 'nothing stands between steps or settings; remove it' },
  '（': { text: '(', help: fullwidth },
  '）': { text: ')', help: fullwidth },
  '［': { text: '[', help: fullwidth },
  '］': { text: ']', help: fullwidth },
  '｛': { text: '{', help: fullwidth },
  '｝': { text: '}', help: fullwidth },
  '\\': { text: '', help: 'a line may end anywhere; remove the `\\`' },
  '^': { help: 'there is no power; multiply: `8 * 8` (the formula of a loss has `square(x)` too)' },
  '~': { text: 'not ', help: 'write `not`' },
  '@': { help: 'a name stands alone; remove the `@`' },
  $: { help: 'values that change are parameters: `network LeNet(classes = 10) { … }`' },
  '\u200b': { text: '', help: 'this character cannot be seen; delete it' },
  '\u200c': { text: '', help: 'this character cannot be seen; delete it' },
  '\u200d': { text: '', help: 'this character cannot be seen; delete it' },
  '\u2060': { text: '', help: 'this character cannot be seen; delete it' },
};

const inWord = /[\p{L}\p{M}\p{N}_]/u;

export function lex(result: ILexingResult, text: string, file: string, report: Report): Lexed {
  const spanOf = (start: number, end: number): Span => ({ file, start, end });
  const afterGap = new Set<IToken>();
  let tokens: readonly IToken[] = result.tokens;
  let endsInGap = false;

  if (result.errors.length > 0) {
    const gaps: { start: number; end: number }[] = [];
    const words: IToken[] = [];
    for (const { offset, length } of result.errors) {
      const last = words.at(-1);
      // Two unreadable letters in one word (`größenmaß`) are one mistake.
      if (last !== undefined && offset <= (last.endOffset ?? 0)) continue;
      let [start, end] = [offset, offset + length];
      if (inWord.test(text.slice(start, end))) {
        while (start > 0 && inWord.test(characterBefore(text, start))) start -= characterBefore(text, start).length;
        while (end < text.length && inWord.test(characterAt(text, end))) end += characterAt(text, end).length;
        words.push(
          createTokenInstance(
            Identifier,
            text.slice(start, end),
            start,
            end - 1,
            Number.NaN,
            Number.NaN,
            Number.NaN,
            Number.NaN,
          ),
        );
        const word = text.slice(start, end);
        const latin = inLatin(word);
        report(
          syntax.unexpectedCharacter.at(
            spanOf(offset, offset + length),
            {
              text: text.slice(offset, offset + length),
              help:
                latin === null
                  ? `names consist of the letters a to z, digits and \`_\`; \`${word}\` is fine in a string`
                  : `it only looks like a letter from a to z: type \`${latin}\` anew`,
            },
            { fix: latin === null ? [] : [{ span: spanOf(start, end), text: latin }] },
          ),
        );
        continue;
      }
      gaps.push({ start, end });
      const found = text.slice(start, end);
      const known = Object.hasOwn(meant, found) ? meant[found] : undefined;
      const fix = known?.text === undefined ? [] : [{ span: spanOf(start, end), text: known.text }];
      report(
        syntax.unexpectedCharacter.at(
          spanOf(start, end),
          { text: printable(found), help: known?.help ?? null },
          { fix },
        ),
      );
    }
    tokens = replaceWords(tokens, words);
    endsInGap = markAfter(tokens, gaps, afterGap);
  }

  const generated = new Set<string>();
  for (const token of tokens) {
    const start = token.startOffset;
    const span = (): Span => spanOf(start, start + token.image.length);
    if (token.tokenType === NumberLiteral) {
      const problem = numberProblem(token.image);
      // `1e−3` and `0..3`: the sign is what is wrong.
      const isPart =
        /[\u2212\u2013\u2014]/.test(text.charAt(start + token.image.length)) || text.charAt(start - 1) === '.';
      if (problem !== null && !isPart) {
        // `28x28x1` in a type is three sizes, `kernel: 3x3` is a list.
        const joined =
          /^\d+x\d/.test(token.image) &&
          !/^0x/i.test(token.image) &&
          !/\[\s*$/.test(text.slice(Math.max(0, start - 8), start));
        const instead = joined && problem.instead !== null ? `[${problem.instead}]` : problem.instead;
        // Right behind a word (`norm.5`) the digits would become part of it.
        const isApart = start === 0 || !inWord.test(characterBefore(text, start));
        const fix = instead === null || !isApart ? [] : [{ span: span(), text: instead }];
        report(syntax.malformedNumber.at(span(), { text: token.image, why: problem.why, instead }, { fix }));
      }
    } else if (token.tokenType === UnterminatedString) {
      report(syntax.unterminatedString.at(span(), {}));
    } else if (token.tokenType === ForeignString) {
      const content = token.image.slice(1, -1);
      const quote = [...token.image][0] ?? "'";
      report(
        syntax.unexpectedCharacter.at(
          span(),
          { text: quote, help: 'strings stand in straight double quotes: `"…"`' },
          { fix: /["\\]/.test(content) ? [] : [{ span: span(), text: `"${content}"` }] },
        ),
      );
    } else if (token.tokenType === ForeignName) {
      const mark = /^(?:\{\{|\$|@)/.exec(token.image)?.[0] ?? '';
      const help =
        mark === '{{'
          ? 'fill in the template first: an `.nrm` file holds no placeholders'
          : mark === '@' && /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, start - 80), start))
            ? 'nothing stands before a declaration but its documentation; the policy of a network is named by `with`'
            : (meant[mark]?.help ?? null);
      report(syntax.unexpectedCharacter.at(spanOf(start, start + mark.length), { text: mark, help }));
      afterGap.add(token);
    }
    if (token.tokenType === StringLiteral || token.tokenType === UnterminatedString) {
      for (const problem of decodeString(token.image).problems) {
        const from = start + problem.at;
        report(syntax.unknownEscape.at(spanOf(from, from + problem.escape.length), { escape: problem.escape }));
      }
    } else if (isGeneratedName(token.image) && !generated.has(token.image)) {
      // Once a name: its other uses are right to repeat it.
      generated.add(token.image);
      report(syntax.generatedName.at(span(), { name: token.image }));
    }
  }

  for (const { image, startOffset: start, tokenType } of result.groups.foreign ?? []) {
    if (tokenType !== ForeignComment) continue;
    const mark = /^(?:#|\/\*|<!--)/.exec(image)?.[0] ?? '';
    const content = image.slice(mark.length).replace(mark === '/*' ? /\*\/$/ : mark === '<!--' ? /-->$/ : /$/, '');
    const isRule = /^#[A-Za-z_]\w*\s*\{/.test(image);
    const afterIsEmpty = /^[ \t]*(?:\r?\n|$)/.test(text.slice(start + image.length, start + image.length + 200));
    const fix =
      afterIsEmpty && !content.includes('\n')
        ? [{ span: spanOf(start, start + image.length), text: `//${content.trimEnd()}` }]
        : [];
    report(
      syntax.unexpectedCharacter.at(
        spanOf(start, start + mark.length),
        {
          text: mark,
          help: /^#\s*include\b/.test(image)
            ? 'an import looks like `import { Residual } from "./blocks.nrm"`'
            : isRule
              ? 'a label is selected by its name, without `#`; comments begin with `//`'
              : 'comments begin with `//`',
        },
        { fix: /^#\s*include\b/.test(image) || isRule ? [] : fix },
      ),
    );
  }

  const comments = (result.groups.comments ?? []).map((token): Comment => {
    const written = token.image.trimEnd();
    return {
      kind: token.tokenType === DocComment ? 'doc' : 'line',
      text: written,
      span: spanOf(token.startOffset, token.startOffset + written.length),
    };
  });
  return { tokens, comments, afterGap, endsInGap };
}

const characterAt = (text: string, index: number): string => String.fromCodePoint(text.codePointAt(index) ?? 0);

function characterBefore(text: string, index: number): string {
  const pair = text.slice(Math.max(0, index - 2), index);
  return [...pair].at(-1) ?? '';
}

/** Control characters by their number: a terminal must not obey them. */
const printable = (text: string): string => {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return shown.replace(
    /[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (c) => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
};

/** The tokens with those that lie in one of the words replaced by it; both are in order. */
function replaceWords(tokens: readonly IToken[], words: readonly IToken[]): readonly IToken[] {
  if (words.length === 0) return tokens;
  const result: IToken[] = [];
  let next = 0;
  for (const token of tokens) {
    let word = words[next];
    while (word !== undefined && word.startOffset <= token.startOffset) {
      result.push(word);
      word = words[++next];
    }
    const last = words[next - 1];
    if (last === undefined || token.startOffset > (last.endOffset ?? 0)) result.push(token);
  }
  return [...result, ...words.slice(next)];
}

/** Marks the first token after each gap; true when a gap has none. */
function markAfter(
  tokens: readonly IToken[],
  gaps: readonly { readonly end: number }[],
  afterGap: Set<IToken>,
): boolean {
  let index = 0;
  for (const gap of gaps) {
    while (index < tokens.length && (tokens[index]?.startOffset ?? 0) < gap.end) index++;
    const token = tokens[index];
    if (token === undefined) return true;
    afterGap.add(token);
  }
  return false;
}
