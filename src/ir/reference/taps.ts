/** Which pixel each tap of each window reads. */
import { type Extent, extents, type Placement } from '../window.ts';

/** The window at (row, column) reads pixel (y, x) with its tap (tapRow, tapColumn). */
interface Tap {
  readonly row: number;
  readonly column: number;
  readonly tapRow: number;
  readonly tapColumn: number;
  readonly y: number;
  readonly x: number;
}

/** [position of the window, tap, pixel] along one axis; taps on the padding are left out. */
function along({ size, out, taps, stride, dilation, before }: Extent): readonly (readonly [number, number, number])[] {
  const found: [number, number, number][] = [];
  for (let position = 0; position < out; position++) {
    for (let tap = 0; tap < taps; tap++) {
      const pixel = position * stride + tap * dilation - before;
      if (pixel >= 0 && pixel < size) found.push([position, tap, pixel]);
    }
  }
  return found;
}

/** All taps on real pixels, window by window within a column of rows, taps in row-major order; and how many windows there are. */
export function taps(
  height: number,
  width: number,
  placement: Placement,
): { readonly rows: number; readonly columns: number; readonly positions: readonly Tap[] } {
  const [vertical, horizontal] = extents(height, width, placement);
  const positions = along(vertical).flatMap(([row, tapRow, y]) =>
    along(horizontal).map(([column, tapColumn, x]): Tap => ({ row, column, tapRow, tapColumn, y, x })),
  );
  return { rows: vertical.out, columns: horizontal.out, positions };
}
