/** How source text looks in a terminal: how many cells a character takes, and what stands in for those that must not be printed. */

const plain = /^[\u0020-\u007e]*$/;
const wide =
  /\p{Emoji_Presentation}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
// Control characters, marks that change the direction of text, halves of pairs: a terminal would obey or garble them.
const unprintable = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/u;
const tab = '  ';

/** Messages and labels may quote source text. */
export const printable = (text: string): string =>
  plain.test(text) ? text : text.replace(new RegExp(unprintable.source, 'gu'), '\ufffd');

export interface Cell {
  /** What is printed. */
  readonly text: string;
  readonly width: number;
  /** Offset in the line, UTF-16. */
  readonly at: number;
}

/** The characters of a line as they are printed. */
export function cellsOf(line: string): readonly Cell[] {
  if (plain.test(line)) return [...line].map((text, at) => ({ text, width: 1, at }));
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)].map(({ segment, index }): Cell => {
    if (segment === '\t') return { text: tab, width: tab.length, at: index };
    if (unprintable.test(segment)) return { text: '\ufffd', width: 1, at: index };
    if (/^[\p{M}\u200b-\u200d\ufeff]+$/u.test(segment)) return { text: segment, width: 0, at: index };
    return { text: segment, width: wide.test(segment) || segment.includes('\ufe0f') ? 2 : 1, at: index };
  });
}
