/**
 * How large text is, without anything that could draw it. All text is set in a monospaced face, of which the widest that a browser
 * may choose (SF Mono) advances 0.618 of the size; the others (Menlo, Consolas, DejaVu, Liberation, Courier) less.
 */
import { cellsOf, printable } from '../diagnostics/cells.ts';

export const fonts =
  'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", "Courier New", monospace';

const advance = 0.62;

export const size = { line: 12, label: 11, title: 17 } as const;
type TextSize = keyof typeof size;

/** Distance of the baselines of two lines. */
export const leading = 18;

export const widthOf = (text: string, of: TextSize): number =>
  Math.ceil(cellsOf(text).reduce((n, cell) => n + cell.width, 0) * advance * size[of]);

/** At most so many characters wide, an ellipsis the last one of what is cut. */
export function shortened(text: string, most: number): string {
  const cells = cellsOf(printable(text));
  const join = (kept: typeof cells): string => kept.map((c) => c.text).join('');
  if (cells.reduce((n, c) => n + c.width, 0) <= most) return join(cells);
  let width = 0;
  const fitting = cells.findIndex((c) => {
    width += c.width;
    return width >= most;
  });
  return `${join(cells.slice(0, fitting))}…`;
}
