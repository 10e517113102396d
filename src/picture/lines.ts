/** Paths of lines: right angles with round corners, and a tip. */
import type { Point } from './layout.ts';
import { number } from './xml.ts';

const radius = 6;
const tip = { length: 6, half: 3.5 } as const;

const at = ({ x, y }: Point): string => `${number(x)} ${number(y)}`;

/** From a towards b, at most all the way. */
function towards(a: Point, b: Point, distance: number): Point {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const part = length === 0 ? 0 : Math.min(1, distance / length);
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}

/** Without points that stand twice or on a straight line. */
function corners(points: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (const p of points) {
    const [a, b] = kept.slice(-2);
    if (b !== undefined && a !== undefined && ((a.x === b.x && b.x === p.x) || (a.y === b.y && b.y === p.y)))
      kept.pop();
    const last = kept.at(-1);
    if (last === undefined || last.x !== p.x || last.y !== p.y) kept.push(p);
  }
  return kept;
}

/** The line, which ends where its tip begins. */
export function rounded(points: readonly Point[], withTip: boolean): string {
  const all = [...corners(points)];
  const [end, before] = [all.at(-1), all.at(-2)];
  if (withTip && end !== undefined && before !== undefined) all[all.length - 1] = towards(end, before, tip.length - 1);
  return all
    .map((p, i) => {
      const [last, next] = [all[i - 1], all[i + 1]];
      if (last === undefined) return `M${at(p)}`;
      if (next === undefined) return `L${at(p)}`;
      const half = Math.min(Math.hypot(p.x - last.x, p.y - last.y), Math.hypot(next.x - p.x, next.y - p.y)) / 2;
      const r = Math.min(radius, half);
      return `L${at(towards(p, last, r))}Q${at(p)} ${at(towards(p, next, r))}`;
    })
    .join('');
}

/** A triangle at the end. */
export function arrow(points: readonly Point[]): string {
  const all = corners(points);
  const [end, before] = [all.at(-1), all.at(-2)];
  if (end === undefined || before === undefined) return '';
  const base = towards(end, before, tip.length);
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const side = { x: ((end.y - before.y) / length) * tip.half, y: (-(end.x - before.x) / length) * tip.half };
  return `M${at(end)}L${at({ x: base.x + side.x, y: base.y + side.y })}L${at({ x: base.x - side.x, y: base.y - side.y })}Z`;
}
