/** What would be wrong with a picture: things over each other, lines that lead nowhere, layers that are missing. */
import type { Model, Source } from '../../src/check/model.ts';
import { isIn } from '../../src/picture/groups.ts';
import type { Placed, PlacedItem, Point, Rect } from '../../src/picture/layout.ts';
import { titleHeight, titleWidth } from '../../src/picture/sizes.ts';

type Leaf = Exclude<PlacedItem, { readonly kind: 'box' }>;
type Box = Extract<PlacedItem, { readonly kind: 'box' }>;

const flat = (items: readonly PlacedItem[]): readonly PlacedItem[] =>
  items.flatMap((item) => (item.kind === 'box' ? [item, ...flat(item.items)] : [item]));
export const leavesOf = (placed: Placed): readonly Leaf[] =>
  flat(placed.items).filter((item): item is Leaf => item.kind !== 'box');
export const boxesOf = (placed: Placed): readonly Box[] =>
  flat(placed.items).filter((item): item is Box => item.kind === 'box');

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const within = (a: Rect, b: Rect): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
const rectOf = (a: Point, b: Point): Rect => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});
const near = (a: Point | undefined, b: Point): boolean =>
  a !== undefined && Math.abs(a.x - b.x) < 0.6 && Math.abs(a.y - b.y) < 0.6;

export function faultsOf(model: Model, placed: Placed): readonly string[] {
  return [
    ...overlaps(placed),
    ...nesting(placed),
    ...lines(placed),
    ...missing(model, placed),
    ...unconnected(model, placed),
  ];
}

function overlaps(placed: Placed): readonly string[] {
  const rects = [
    ...leavesOf(placed).map(({ id, at }) => ({ id, at })),
    ...placed.labels.map(({ of, at }) => ({ id: `shape of ${of}`, at })),
  ];
  const boxes = boxesOf(placed);
  return [
    ...rects.flatMap((a, i) =>
      rects.slice(i + 1).flatMap((b) => (overlap(a.at, b.at) ? [`${a.id} is over ${b.id}`] : [])),
    ),
    ...boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .flatMap((b) => (overlap(a.at, b.at) && !isIn(b.title.path, a.title.path) ? [`${a.id} is over ${b.id}`] : [])),
    ),
    ...rects.flatMap(({ id, at }) =>
      within(at, { x: 0, y: 0, width: placed.width, height: placed.height }) ? [] : [`${id} is off the picture`],
    ),
  ];
}

/** What a box holds lies in it, and nothing else does. */
function nesting(placed: Placed): readonly string[] {
  return boxesOf(placed).flatMap((box) => {
    const inside = new Set(flat(box.items).map((item) => item.id));
    const title = { x: box.at.x + box.titleAt, y: box.at.y + 6, width: titleWidth(box.title), height: titleHeight - 8 };
    return [
      ...flat(box.items).flatMap((item) => (within(item.at, box.at) ? [] : [`${item.id} sticks out of ${box.id}`])),
      ...leavesOf(placed).flatMap((item) =>
        !inside.has(item.id) && overlap(item.at, box.at) ? [`${item.id} is in ${box.id}`] : [],
      ),
      ...(within(title, box.at) ? [] : [`the title of ${box.id} sticks out`]),
      ...flat(box.items).flatMap((item) =>
        overlap(item.at, title) ? [`${item.id} is over the title of ${box.id}`] : [],
      ),
      ...placed.edges.flatMap(({ id, points }) =>
        crosses(points, title) ? [`${id} runs through the title of ${box.id}`] : [],
      ),
    ];
  });
}

const crosses = (points: readonly Point[], rect: Rect): boolean =>
  points.slice(1).some((p, i) => {
    const before = points[i];
    // The inside: a line may touch what it begins or ends at.
    const inner = { x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: rect.height - 2 };
    return before !== undefined && overlap(grown(rectOf(before, p)), inner);
  });
const grown = ({ x, y, width, height }: Rect): Rect => ({
  x: x - 0.1,
  y: y - 0.1,
  width: width + 0.2,
  height: height + 0.2,
});

function lines(placed: Placed): readonly string[] {
  const leaves = new Map(leavesOf(placed).map((item) => [item.id, item]));
  return placed.edges.flatMap(({ id, from, to, points }) => {
    const [start, end] = [leaves.get(from), leaves.get(to)];
    if (start === undefined || end === undefined) return [`${id} leads from or to nothing`];
    const out = { x: start.at.x + start.at.width / 2, y: start.at.y + start.at.height };
    const into = { x: end.at.x + end.at.width / 2, y: end.at.y };
    return [
      ...(near(points[0], out) ? [] : [`${id} does not begin at ${from}`]),
      ...(near(points.at(-1), into) ? [] : [`${id} does not end at ${to}`]),
      ...points.slice(1).flatMap((p, i) => {
        const before = points[i];
        return before !== undefined && Math.abs(before.x - p.x) > 0.6 && Math.abs(before.y - p.y) > 0.6
          ? [`${id} is slanted`]
          : [];
      }),
      ...[...leaves.values()].flatMap((item) =>
        item.id !== from && item.id !== to && crosses(points, item.at) ? [`${id} runs through ${item.id}`] : [],
      ),
      ...placed.labels.flatMap((label) =>
        crosses(points, label.at) ? [`${id} (${from} → ${to}) runs through the shape of ${label.of}`] : [],
      ),
    ];
  });
}

/** Every layer, input and output once. */
function missing(model: Model, placed: Placed): readonly string[] {
  const drawn = leavesOf(placed).flatMap((item) =>
    item.kind === 'card' ? item.lines.map((l) => l.layer.path) : item.kind === 'join' ? [item.layer.path] : [],
  );
  const pills = leavesOf(placed).flatMap((item) => (item.kind === 'pill' ? [item.id] : []));
  const wanted = [...model.inputs.map((i) => `input ${i.name}`), ...model.outputs.map((o) => `output ${o.name}`)];
  const differs = (a: readonly string[], b: readonly string[]): boolean =>
    [...a].sort().join() !== [...b].sort().join();
  return [
    ...(differs(
      drawn,
      model.layers.map((l) => l.path),
    )
      ? [`layers: ${drawn.join(' ')}`]
      : []),
    ...(differs(pills, wanted) ? [`pills: ${pills.join(' ')}`] : []),
  ];
}

/** Each value that a layer takes arrives there: by a line, by way of dots, or from the line above in its card. */
function unconnected(model: Model, placed: Placed): readonly string[] {
  const cards = leavesOf(placed).flatMap((item) =>
    item.kind === 'card'
      ? item.lines.map((l, i) => ({ path: l.layer.path, id: item.id, i, last: i === item.lines.length - 1 }))
      : [],
  );
  const joins = leavesOf(placed).flatMap((item) =>
    item.kind === 'join' ? [{ path: item.layer.path, id: item.id, i: 0, last: true }] : [],
  );
  const places = new Map([...cards, ...joins].map((p) => [p.path, p]));
  const arrives = (from: string, to: string): number =>
    placed.edges.filter(
      (e) => e.to === to && (e.from === from || (e.from.startsWith('dot ') && arrives(from, e.from) > 0)),
    ).length;
  const maker = (s: Source): { id: string; i: number; last: boolean } | undefined =>
    s.kind === 'input' ? { id: `input ${s.name}`, i: 0, last: true } : places.get(s.path);
  const count = (sources: readonly Source[], source: Source): number =>
    sources.filter((s) => maker(s)?.id === maker(source)?.id).length;
  return [
    ...model.layers.flatMap((layer) =>
      layer.sources.flatMap((source) => {
        const [a, b] = [maker(source), places.get(layer.path)];
        if (a === undefined || b === undefined) return [`${layer.path} has no place`];
        const inCard = a.id === b.id && b.i === a.i + 1;
        const byLine = a.last && b.i === 0 && arrives(a.id, b.id) === count(layer.sources, source);
        return inCard || byLine ? [] : [`nothing leads from ${a.id} to ${layer.path}`];
      }),
    ),
    ...model.outputs.flatMap((o) => {
      const a = maker(o.source);
      return a?.last === true && arrives(a.id, `output ${o.name}`) === 1 ? [] : [`nothing leads to output ${o.name}`];
    }),
  ];
}
