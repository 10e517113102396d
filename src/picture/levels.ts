/**
 * A scene in levels: each box is laid out by itself, and lines that pass its frame do so at an entry or exit of their value.
 * A line from one item to another is made of one piece per level.
 */
import type { Box, Edge, Item, Scene, Title } from './scene.ts';

export const top = 'picture';

/** Where a piece begins or ends: an item (`in`, `out`), a passage of an inner box (by its value), or a passage of the level's own. */
export interface End {
  readonly node: string;
  readonly port: string;
}
export interface Piece {
  readonly id: string;
  readonly from: End;
  readonly to: End;
}

export interface Level {
  /** Of the box; the network itself has none here. */
  readonly title: Title | null;
  readonly items: readonly Item[];
  readonly pieces: Map<string, Piece>;
  /** By the item a value comes from: where it enters (a dot, or a passage), where it leaves. */
  readonly entries: Map<string, string>;
  readonly exits: Map<string, string>;
}

export interface Levels {
  /** By the id of a box; the network itself is `top`. */
  readonly levels: ReadonlyMap<string, Level>;
  /** Pieces of each line of the scene, with their levels. */
  readonly ways: ReadonlyMap<string, readonly { readonly level: string; readonly piece: string }[]>;
}

export function levelsOf(scene: Scene): Levels {
  const levels = new Map<string, Level>();
  const homes = new Map<string, readonly Box[]>();
  const visit = (id: string, items: readonly Item[], around: readonly Box[]): void => {
    levels.set(id, {
      title: around.at(-1)?.title ?? null,
      items,
      pieces: new Map(),
      entries: new Map(),
      exits: new Map(),
    });
    for (const item of items) {
      homes.set(item.id, around);
      if (item.kind === 'box') visit(item.id, item.items, [...around, item]);
    }
  };
  visit(top, scene.items, []);
  return { levels, ways: new Map(scene.edges.map((edge) => [edge.id, wayOf(edge, levels, homes)])) };
}

function wayOf(edge: Edge, levels: ReadonlyMap<string, Level>, homes: ReadonlyMap<string, readonly Box[]>) {
  const [outward, inward] = [homes.get(edge.from) ?? [], homes.get(edge.to) ?? []];
  const common = outward.findIndex((box, i) => box !== inward[i]);
  const shared = common === -1 ? outward.length : common;
  const way: { level: string; piece: string }[] = [];
  let from: End = { node: edge.from, port: 'out' };
  const go = (around: readonly Box[], to: End, own: boolean): void => {
    const level = around.at(-1)?.id ?? top;
    // What several lines have in common is one piece.
    const id = `${own ? edge.id : ''} ${from.node} ${from.port} ${to.node} ${to.port}`;
    levels.get(level)?.pieces.set(id, { id, from, to });
    way.push({ level, piece: id });
  };
  for (const [i, box] of [...outward.entries()].slice(shared).reverse()) {
    const exit = `exit ${edge.from}`;
    levels.get(box.id)?.exits.set(edge.from, exit);
    go(outward.slice(0, i + 1), { node: exit, port: 'in' }, false);
    from = { node: box.id, port: exit };
  }
  for (const [i, box] of [...inward.entries()].slice(shared)) {
    const entry = `entry ${edge.from}`;
    go(inward.slice(0, i), { node: box.id, port: entry }, false);
    // A dot is where its value enters.
    const isDot = i === inward.length - 1 && box.items.some((item) => item.kind === 'dot' && item.id === edge.to);
    levels.get(box.id)?.entries.set(edge.from, isDot ? edge.to : entry);
    if (isDot) return way;
    from = { node: entry, port: 'out' };
  }
  go(inward, { node: edge.to, port: 'in' }, true);
  return way;
}
