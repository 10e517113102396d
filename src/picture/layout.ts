/** Where everything goes: each level laid out, inner ones first, and all put together. */
import type { Laid } from './engine.ts';
import { layOut } from './engine.ts';
import { levelsOf, top } from './levels.ts';
import { widthOf } from './measure.ts';
import type { Card, Dot, Edge, Item, Join, Pill, Scene, Title } from './scene.ts';
import { label, type Size } from './sizes.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
export type Rect = Point & Size;

export type PlacedItem =
  | ((Pill | Card | Join | Dot) & { readonly at: Rect })
  | {
      readonly kind: 'box';
      readonly id: string;
      readonly at: Rect;
      readonly title: Title;
      /** Left end of the title from that of the box, where no line passes. */
      readonly titleAt: number;
      readonly items: readonly PlacedItem[];
    };
interface PlacedEdge extends Edge {
  readonly points: readonly Point[];
}
/** A shape, beside the place where a value leaves its item. */
export interface Label {
  readonly text: string;
  readonly at: Rect;
  /** The item. */
  readonly of: string;
}
export interface Placed extends Size {
  readonly items: readonly PlacedItem[];
  readonly edges: readonly PlacedEdge[];
  readonly labels: readonly Label[];
}

export async function place(scene: Scene): Promise<Placed> {
  // Large, and needed by pictures only.
  const { default: elk } = await import('elkjs/lib/elk.bundled.js');
  const engine = new elk.default();
  const { levels, ways } = levelsOf(scene);
  const laid = new Map<string, Laid>();
  // Inner boxes come after outer ones in the map.
  for (const [id, level] of [...levels].reverse()) laid.set(id, await layOut(id, level, scene, laid, engine));
  const whole = laid.get(top);
  if (whole === undefined) throw new Error('nothing has been laid out');
  const origins = new Map<string, Point>();
  const items = placed(scene.items, top, { x: 0, y: 0 }, laid, origins);
  const pointsOf = (edge: Edge): readonly Point[] =>
    (ways.get(edge.id) ?? []).flatMap(({ level, piece }) => {
      const by = origins.get(level) ?? { x: 0, y: 0 };
      return (laid.get(level)?.lines.get(piece) ?? []).map((p) => ({ x: p.x + by.x, y: p.y + by.y }));
    });
  return {
    width: whole.width,
    height: whole.height,
    items,
    // A line into a dot ends on the frame of its box, above the dot.
    edges: scene.edges.map((edge) => ({ ...edge, points: [...pointsOf(edge), ...endAt(edge, items)] })),
    labels: labelsOf(items, scene.shapes),
  };
}

function placed(
  items: readonly Item[],
  level: string,
  by: Point,
  laid: ReadonlyMap<string, Laid>,
  origins: Map<string, Point>,
): readonly PlacedItem[] {
  origins.set(level, by);
  return items.map((item) => {
    const rect = laid.get(level)?.rects.get(item.id);
    if (rect === undefined) throw new Error(`the layout has lost ${item.id}`);
    const at = { ...rect, x: rect.x + by.x, y: rect.y + by.y };
    if (item.kind !== 'box') return { ...item, at };
    const titleAt = laid.get(item.id)?.titleAt ?? 0;
    return { ...item, at, titleAt, items: placed(item.items, item.id, at, laid, origins) };
  });
}

function endAt(edge: Edge, items: readonly PlacedItem[]): readonly Point[] {
  if (!edge.to.startsWith('dot ')) return [];
  const find = (among: readonly PlacedItem[]): readonly Point[] =>
    among.flatMap((item) =>
      item.kind === 'box'
        ? find(item.items)
        : item.id === edge.to
          ? [{ x: item.at.x + item.at.width / 2, y: item.at.y }]
          : [],
    );
  return find(items);
}

/** To the right of the line that leaves the item. */
function labelsOf(items: readonly PlacedItem[], shapes: Scene['shapes']): readonly Label[] {
  return items.flatMap((item): readonly Label[] => {
    if (item.kind === 'box') return labelsOf(item.items, shapes);
    const text = shapes.get(item.id);
    if (text === undefined) return [];
    const { x, y, width, height } = item.at;
    const at = {
      x: x + width / 2 + label.gap,
      y: y + height + 2,
      width: widthOf(text, 'label'),
      height: label.height - 2,
    };
    return [{ text, of: item.id, at }];
  });
}
