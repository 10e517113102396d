/** Offsets → lines and columns. Lines and columns count from 1; a column is a character (code point), not a byte or half a pair. */

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Lines {
  readonly count: number;
  /** Without its line break; empty for a line that is not there. */
  text(line: number): string;
  /** Offset of the first character of a line. */
  start(line: number): number;
  position(offset: number): Position;
}

/** An index of the lines of a text; make it once for many positions. */
export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const start = (line: number): number => starts[line - 1] ?? text.length;
  return {
    count: starts.length,
    start,
    text: (line) => text.slice(start(line), start(line + 1)).replace(/\r?\n$/, ''),
    position(offset) {
      const at = Math.max(0, Math.min(text.length, offset));
      let [low, high] = [1, starts.length];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (start(middle) <= at) low = middle;
        else high = middle - 1;
      }
      return { line: low, column: [...text.slice(start(low), at)].length + 1 };
    },
  };
}

/** For a single position; `linesOf` for many. */
export const positionOf = (text: string, offset: number): Position => linesOf(text).position(offset);
