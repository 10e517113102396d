/** What is shown of a source line in a terminal of some width, and where things stand in it. */
import { cellsOf } from './cells.ts';

/** A stretch of one line that is underlined. */
export interface Mark {
  readonly line: number;
  /** In the line, UTF-16, end exclusive. */
  readonly from: number;
  readonly to: number;
  readonly primary: boolean;
  readonly text: string;
}

export interface View {
  readonly text: string;
  /** Does the mark begin in the part that is shown? */
  holds(mark: Mark): boolean;
  place(mark: Mark): { readonly column: number; readonly length: number };
}

/** All of the line, or a part of it around the first mark that matters most; that one is always held. */
export function viewOf(line: string, marks: readonly Mark[], room: number, cut: string): View {
  const cells = cellsOf(line);
  const columns: number[] = [];
  let total = 0;
  for (const cell of cells) {
    columns.push(total);
    total += cell.width;
  }
  const columnOf = (offset: number): number => {
    // The cell that holds the offset: the last one that does not begin after it.
    const after = cells.findIndex((cell) => cell.at > offset);
    if (after > 0) return columns[after - 1] ?? 0;
    return after === 0 ? 0 : offset > (cells.at(-1)?.at ?? -1) ? total : (columns.at(-1) ?? 0);
  };
  const span = (mark: Mark): { from: number; to: number } => {
    const from = columnOf(mark.from);
    return { from, to: Math.max(from + 1, columnOf(mark.to)) };
  };
  if (total <= room) {
    return {
      text: cells.map((cell) => cell.text).join(''),
      holds: () => true,
      place: (mark) => ({ column: span(mark).from, length: span(mark).to - span(mark).from }),
    };
  }
  const main = marks.find((mark) => mark.primary) ?? marks[0];
  const target = main === undefined ? 0 : span(main).from;
  const begin = Math.max(0, Math.min(target - Math.floor(room / 3), total - room));
  const end = begin + room;
  const left = begin > 0 ? cut : '';
  const right = end < total ? cut : '';
  const inside = cells.filter((_, i) => {
    const column = columns[i] ?? 0;
    return column >= begin + left.length && column + (cells[i]?.width ?? 0) <= end - right.length;
  });
  const first = inside[0];
  const shift = left.length - (first === undefined ? begin : columnOf(first.at));
  const text = `${left}${inside.map((cell) => cell.text).join('')}${right}`;
  const clamp = (column: number): number => Math.max(0, Math.min(room, column + shift));
  return {
    text,
    holds: (mark) => mark === main || (span(mark).from >= begin + left.length && span(mark).from < end - right.length),
    place(mark) {
      const { from, to } = span(mark);
      const column = clamp(from);
      return { column, length: Math.max(1, clamp(to) - column) };
    },
  };
}
