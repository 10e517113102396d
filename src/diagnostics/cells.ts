/** How source text looks in a terminal: how many cells a character takes, and what stands in for those that must not be printed. */

const plain = /^[\u0020-\u007e]*$/;
const wide =
  /\p{Emoji_Presentation}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
/** Half as wide as their scripts are otherwise. */
const halfwidth = /[\uff61-\uffdc]/u;
// Control characters, marks that change the direction of text, halves of pairs: a terminal would obey or garble them.
const unprintable = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/u;
// By themselves they cannot be seen, and that they are there may be the error.
const invisible = /^[\u00ad\u200b-\u200d\u2060-\u2064\ufeff]+$/u;
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
    if (unprintable.test(segment) || invisible.test(segment)) return { text: '\ufffd', width: 1, at: index };
    if (/^\p{M}+$/u.test(segment)) return { text: segment, width: 0, at: index };
    return { text: segment, width: cellsIn(segment), at: index };
  });
}

/** Halfwidth letters stay beside their marks; all others take two cells or one, with whatever is joined to them. */
function cellsIn(segment: string): number {
  const narrow = [...segment].filter((character) => halfwidth.test(character)).length;
  if (narrow > 0) return narrow;
  return wide.test(segment) || segment.includes('\ufe0f') ? 2 : 1;
}

/** How many cells a text takes. */
export const widthOf = (text: string): number =>
  plain.test(text) ? text.length : cellsOf(text).reduce((sum, cell) => sum + cell.width, 0);

/** A text in lines of at most so many cells, broken between words where there are any. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  const end = (): void => {
    if (line !== '') lines.push(line);
    line = '';
  };
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (widthOf(joined) <= width) {
      line = joined;
      continue;
    }
    end();
    // A word that is too long by itself is broken anywhere.
    for (const cell of cellsOf(word)) {
      if (widthOf(line) + cell.width > width) end();
      line += cell.text;
    }
  }
  end();
  return lines;
}
