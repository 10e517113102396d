/**
 * A long network in columns, as text is set: where only one line leads on, a level is cut, and the rest goes on at the top of the
 * next column.
 */
import type { Point, Rect } from './layout.ts';
import type { Size } from './sizes.ts';

/** Where an item is, and what it reaches: with the shape that is told below it. */
export interface Spot {
  readonly id: string;
  readonly at: Rect;
  readonly reach: Rect;
}
interface Way {
  readonly id: string;
  readonly points: readonly Point[];
}
interface Arranged extends Size {
  readonly spots: readonly Spot[];
  readonly ways: readonly Way[];
}

/** Lower than `low` a level stays one column; lines to a next column run at height `top`. */
export interface Room {
  readonly low: number;
  readonly top: number;
}

/** So wide a level becomes at least, as a part of its height. */
const wide = 0.6;
const mostColumns = 6;
/** Between columns, on both sides of the line that leads on. */
const gutter = 26;
/** Above and below a column, for that line. */
const turn = 16;

export function inColumns(level: Arranged, room: Room): Arranged {
  if (level.height <= room.low) return level;
  const possible = possibleCuts(level);
  const tries = Array.from({ length: mostColumns }, (_, i) =>
    setOut(level, balanced(possible, level.height, i + 1), room),
  );
  const ratio = ({ width, height }: Arranged): number => width / height;
  const fitting = tries.find((t) => ratio(t) >= wide);
  return fitting ?? tries.reduce((best, t) => (ratio(t) > ratio(best) ? t : best), level);
}

function setOut(level: Arranged, cuts: readonly number[], { top: above }: Room): Arranged {
  if (cuts.length === 0) return level;
  const bands = [0, ...cuts].map((top, i) => band(level, top, cuts[i] ?? Number.POSITIVE_INFINITY));
  const margin = Math.min(...level.spots.map((s) => s.reach.x));
  let left = margin;
  const columns = bands.map((b, i): Column => {
    const right = left + b.right - b.left;
    const column = { ...b, by: { x: left - b.left, y: above + turn - b.start }, gutter: right + gutter, above };
    left = i === bands.length - 1 ? right : right + 2 * gutter;
    return column;
  });
  const by = (y: number): Point => columns.find((c) => y < c.bottom)?.by ?? { x: 0, y: 0 };
  return {
    width: left + margin,
    height: Math.max(...columns.map((c) => c.end + c.by.y)) + turn,
    spots: level.spots.map((s) => ({ id: s.id, at: moved(s.at, by(s.at.y)), reach: moved(s.reach, by(s.at.y)) })),
    ways: level.ways.map((way) => ({ id: way.id, points: movedPoints(way.points, columns) })),
  };
}

/** Cuts into at most so many columns of which the tallest is as low as can be: each column takes what still fits. */
function balanced(possible: readonly number[], height: number, columns: number): readonly number[] {
  const under = (limit: number): readonly number[] | null => {
    const cuts: number[] = [];
    for (let top = 0; height - top > limit; ) {
      const next = possible.findLast((y) => y > top && y - top <= limit);
      if (next === undefined || cuts.length === columns - 1) return null;
      cuts.push(next);
      top = next;
    }
    return cuts;
  };
  let [no, yes] = [0, Math.ceil(height)];
  while (yes - no > 1) {
    const limit = Math.floor((no + yes) / 2);
    if (under(limit) === null) no = limit;
    else yes = limit;
  }
  return under(yes) ?? [];
}

/** What lies between two cuts: where they are, and what the items and lines there reach. */
interface Band {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly start: number;
  readonly end: number;
}
interface Column extends Band {
  readonly by: Point;
  /** Where the line to the next column rises, and how far. */
  readonly gutter: number;
  readonly above: number;
}

/** Between items, where one line passes, downwards and straight. */
function possibleCuts({ spots, ways }: Arranged): readonly number[] {
  const rects = spots.map((s) => s.reach);
  const bottoms = [...new Set(rects.map((r) => r.y + r.height))].sort((a, b) => a - b);
  return bottoms.flatMap((y) => {
    const next = rects.map((r) => r.y).filter((top) => top >= y);
    if (next.length === 0 || rects.some((r) => r.y < y && r.y + r.height > y)) return [];
    const cut = (y + Math.min(...next)) / 2;
    const across = ways.filter(({ points }) => points.some((p) => p.y < cut) && points.some((p) => p.y > cut));
    const [only] = across;
    return cut > y && across.length === 1 && only !== undefined && crossings(only.points, cut).length === 1
      ? [cut]
      : [];
  });
}

/** Where a line passes a height: the number of the first point of each piece that does. */
const crossings = (points: readonly Point[], y: number): readonly number[] =>
  points.slice(1).flatMap((p, i) => {
    const before = points[i];
    return before !== undefined && before.y < y !== p.y < y ? [i] : [];
  });

function band({ spots, ways }: Arranged, top: number, bottom: number): Band {
  const within = (y: number): boolean => y >= top && y < bottom;
  const rects = spots.filter((s) => within(s.at.y)).map((s) => s.reach);
  const points = ways.flatMap((w) => w.points).filter((p) => within(p.y));
  return {
    top,
    bottom,
    left: Math.min(...rects.map((r) => r.x), ...points.map((p) => p.x)),
    right: Math.max(...rects.map((r) => r.x + r.width), ...points.map((p) => p.x)),
    start: Math.min(...rects.map((r) => r.y)),
    end: Math.max(...rects.map((r) => r.y + r.height), ...points.map((p) => p.y)),
  };
}

const moved = <P extends Point>(at: P, by: Point): P => ({ ...at, x: at.x + by.x, y: at.y + by.y });

/** A line that passes a cut goes on below its column, up the gutter and into the next. */
function movedPoints(given: readonly Point[], columns: readonly Column[]): readonly Point[] {
  const points: Point[] = [];
  for (const [i, column] of columns.entries()) {
    points.push(...given.filter((p) => p.y >= column.top && p.y < column.bottom).map((p) => moved(p, column.by)));
    const last = given[crossings(given, column.bottom)[0] ?? -1];
    const next = columns[i + 1];
    if (last === undefined || next === undefined) continue;
    const below = column.end + column.by.y + turn / 2 + 2;
    const x = last.x + column.by.x;
    points.push({ x, y: below }, { x: column.gutter, y: below });
    points.push({ x: column.gutter, y: column.above }, { x: last.x + next.by.x, y: column.above });
  }
  return points;
}
