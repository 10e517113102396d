/** One level through ELK's layered layout, and what comes back made into a box: its height, its title, lines up to its frame. */
import type { ELK, ElkExtendedEdge, ElkNode, ElkPort, LayoutOptions } from 'elkjs/lib/elk-api.js';
import { inColumns, type Room, type Spot } from './columns.ts';
import type { Point, Rect } from './layout.ts';
import { type Level, type Piece, top } from './levels.ts';
import { widthOf } from './measure.ts';
import type { Item, Scene, Title } from './scene.ts';
import { box, card, label, type Size, sizeOf, titleHeight, titleWidth } from './sizes.ts';

const options: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.portLabels.placement': '[OUTSIDE]',
  // Entries stand above all, also above what nothing joins to them.
  'elk.separateConnectedComponents': 'false',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.crossingMinimization.forceNodeModelOrder': 'true',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
};

/** In a box, lines to a next column stay below the title. */
const rooms: Readonly<Record<'picture' | 'box', Room>> = {
  picture: { low: 1200, top: 0 },
  box: { low: 2600, top: titleHeight + 4 },
};

/** A level as it has been laid out, from its own upper left corner. */
export interface Laid extends Size {
  readonly rects: ReadonlyMap<string, Rect>;
  readonly lines: ReadonlyMap<string, readonly Point[]>;
  readonly entries: ReadonlyMap<string, number>;
  readonly exits: ReadonlyMap<string, number>;
  readonly titleAt: number;
}

export async function layOut(
  id: string,
  level: Level,
  scene: Scene,
  inner: ReadonlyMap<string, Laid>,
  engine: ELK,
): Promise<Laid> {
  const isTop = id === top;
  const dots = new Set(level.entries.values());
  const passages = [
    ...[...level.entries.values()].filter((e) => !level.items.some((item) => item.id === e)),
    ...level.exits.values(),
  ];
  const graph: ElkNode = {
    id,
    layoutOptions: {
      ...options,
      'elk.padding': isTop
        ? '[top=4,left=4,bottom=4,right=4]'
        : // Lines that enter have the title beside them.
          `[top=${level.entries.size > 0 ? box.lead : box.top},left=${box.side},bottom=0,right=${box.side}]`,
    },
    children: [
      ...passages.map(passageNode),
      ...level.items.map((item) => asNode(item, scene.shapes, inner, dots.has(item.id))),
    ],
    edges: [...level.pieces.values()].map(
      (p): ElkExtendedEdge => ({
        id: p.id,
        sources: [`${p.from.node} ${p.from.port}`],
        targets: [`${p.to.node} ${p.to.port}`],
      }),
    ),
  };
  const done: ElkNode = await engine.layout(graph);
  return asLaid(done, level, scene.shapes);
}

// ── into ELK ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function port(id: string, side: 'NORTH' | 'SOUTH', x: number, y: number, text?: string): ElkPort {
  const labels = text === undefined ? [] : [{ text, width: widthOf(text, 'label') + label.gap, height: label.height }];
  return { id, x, y, width: 0, height: 0, labels, layoutOptions: { 'elk.port.side': side } };
}

const passageNode = (id: string): ElkNode => ({
  id,
  width: 0,
  height: 0,
  ports: [port(`${id} in`, 'NORTH', 0, 0), port(`${id} out`, 'SOUTH', 0, 0)],
  layoutOptions: {
    'elk.portConstraints': 'FIXED_POS',
    'elk.layered.layering.layerConstraint': id.startsWith('entry ') ? 'FIRST' : 'LAST',
  },
});

function asNode(item: Item, shapes: Scene['shapes'], inner: ReadonlyMap<string, Laid>, isEntry: boolean): ElkNode {
  const layoutOptions = {
    'elk.portConstraints': 'FIXED_POS',
    ...(isEntry ? { 'elk.layered.layering.layerConstraint': 'FIRST' } : {}),
  };
  const laid = inner.get(item.id);
  if (item.kind === 'box') {
    if (laid === undefined) throw new Error(`${item.id} has not been laid out before what is around it`);
    const { width, height, entries, exits } = laid;
    const ports = [
      ...[...entries].map(([from, x]) => port(`${item.id} entry ${from}`, 'NORTH', x, 0)),
      ...[...exits].map(([from, x]) => port(`${item.id} exit ${from}`, 'SOUTH', x, height)),
    ];
    return { id: item.id, width, height, ports, layoutOptions };
  }
  const { width, height } = sizeOf(item);
  const ports = [
    port(`${item.id} in`, 'NORTH', width / 2, 0),
    port(`${item.id} out`, 'SOUTH', width / 2, height, shapes.get(item.id)),
  ];
  return { id: item.id, width, height, ports, layoutOptions };
}

// ── and out of it ────────────────────────────────────────────────────────────────────────────────────────────────────

const pointsOf = (edge: ElkExtendedEdge): readonly Point[] =>
  (edge.sections ?? []).flatMap((s) => [s.startPoint, ...(s.bendPoints ?? []), s.endPoint]);

const isExit = (id: string): boolean => id.startsWith('exit ');

/** Set in columns, a level ends soon below its last item, is as wide as its title, and has that where no line enters. */
function asLaid(graph: ElkNode, level: Level, shapes: Scene['shapes']): Laid {
  const { title } = level;
  const { spots, ways, ...whole } = inColumns(
    {
      width: graph.width ?? 0,
      height: graph.height ?? 0,
      spots: (graph.children ?? []).map((n) => spotOf(n, shapes.get(n.id))),
      ways: (graph.edges ?? []).map((e) => ({ id: e.id, points: pointsOf(e) })),
    },
    title === null ? rooms.picture : rooms.box,
  );
  const xOf = (passage: string): number => {
    const at = spots.find((s) => s.id === passage)?.at;
    return at === undefined ? 0 : at.x + at.width / 2;
  };
  const entries = [...level.entries].map(([from, passage]) => [from, xOf(passage)] as const);
  const exits = [...level.exits].map(([from, passage]) => [from, xOf(passage)] as const);
  const room = titleRoom(
    title,
    whole.width,
    entries.map(([, x]) => x),
  );
  const ends = new Set([...level.pieces.values()].filter((p) => isExit(p.to.node)).map((p) => p.id));
  const low = Math.max(
    ...spots.filter((s) => !isExit(s.id)).map(({ reach }) => reach.y + reach.height),
    ...ways.flatMap(({ id, points }) => (ends.has(id) ? points.slice(0, -1) : points).map((p) => p.y)),
  );
  const height = title === null ? whole.height : low + box.bottom;
  const right = <P extends Point>(p: P): P => ({ ...p, x: p.x + room.shift });
  return {
    width: room.width,
    height,
    titleAt: room.at,
    rects: new Map(spots.map(({ id, at }) => [id, right(at)])),
    entries: new Map(entries.map(([from, x]) => [from, x + room.shift])),
    exits: new Map(exits.map(([from, x]) => [from, x + room.shift])),
    lines: new Map(ways.map(({ id, points }) => [id, toFrame(level.pieces.get(id), points, height).map(right)])),
  };
}

function spotOf({ id, x = 0, y = 0, width = 0, height = 0 }: ElkNode, shape: string | undefined): Spot {
  const at = { x, y, width, height };
  if (shape === undefined) return { id, at, reach: at };
  const beside = width / 2 + label.gap + widthOf(shape, 'label');
  return { id, at, reach: { x, y, width: Math.max(width, beside), height: height + label.height } };
}

/** Passages stand within the frame; lines go on to it. */
function toFrame(piece: Piece | undefined, points: readonly Point[], height: number): readonly Point[] {
  const enters = piece?.from.node.startsWith('entry ') === true;
  const leaves = piece !== undefined && isExit(piece.to.node);
  return [
    ...(enters ? points.slice(0, 1).map((p) => ({ ...p, y: 0 })) : []),
    ...points.map((p, i) => (leaves && i === points.length - 1 ? { ...p, y: height } : p)),
  ];
}

/** The title stands left of the lines that enter, else right of them, else they are moved. */
function titleRoom(
  title: Title | null,
  width: number,
  lines: readonly number[],
): { readonly at: number; readonly width: number; readonly shift: number } {
  if (title === null) return { at: 0, width, shift: 0 };
  const needed = titleWidth(title);
  const gap = 8;
  const least = Math.max(width, needed + 2 * card.padX);
  const shift = (least - width) / 2;
  const free = (from: number): boolean => lines.every((x) => x + shift < from - gap || x + shift > from + needed + gap);
  if (free(card.padX)) return { at: card.padX, width: least, shift };
  const right = least - card.padX - needed;
  if (free(right)) return { at: right, width: least, shift };
  const moved = Math.max(0, card.padX + needed + gap + 1 - Math.min(...lines));
  return { at: card.padX, width: Math.max(least, width + moved), shift: moved };
}
