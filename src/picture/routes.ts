/**
 * Lines from who makes a value to all who take it. A value that several items of a group take enters the group once, and parts
 * there at a dot.
 */
import type { Box, Dot, Edge, Item } from './scene.ts';

export interface Consumer {
  /** Key of the value. */
  readonly value: string;
  /** The item that takes it; one that takes it twice stands twice. */
  readonly item: string;
}

export function routed(
  items: readonly Item[],
  consumers: readonly Consumer[],
  makers: ReadonlyMap<string, string>,
): { readonly items: readonly Item[]; readonly edges: readonly Edge[] } {
  const edges: Edge[] = [];
  const dots = new Map<string, Dot[]>();
  const within = new Map<string, ReadonlySet<string>>();
  collect(items, within);
  const connect = (from: string, to: string): void => {
    edges.push({ id: `edge ${edges.length}`, from, to });
  };
  const route = (scope: readonly Item[], takers: readonly string[], from: string, value: string): void => {
    for (const item of scope) {
      if (item.kind !== 'box') {
        for (const taker of takers) if (taker === item.id) connect(from, taker);
        continue;
      }
      const inside = takers.filter((taker) => within.get(item.id)?.has(taker) === true);
      if (inside.length === 0) continue;
      route(
        item.items,
        inside,
        inside.length === 1 || passesThrough(item, inside) ? from : entrance(item, from, value),
        value,
      );
    }
  };
  // All that is taken is taken further in: no need to part here.
  const passesThrough = (box: Box, takers: readonly string[]): boolean =>
    box.items.some(({ id }) => takers.every((taker) => within.get(id)?.has(taker) === true));
  const entrance = (box: Box, from: string, value: string): string => {
    if (within.get(box.id)?.has(from) === true) return from;
    const dot: Dot = { kind: 'dot', id: `dot ${box.title.path} ${value}` };
    dots.set(box.id, [...(dots.get(box.id) ?? []), dot]);
    connect(from, dot.id);
    return dot.id;
  };
  for (const [value, takers] of byValue(consumers)) {
    const maker = makers.get(value);
    if (maker !== undefined) route(items, takers, maker, value);
  }
  return { items: withDots(items, dots), edges };
}

function byValue(consumers: readonly Consumer[]): ReadonlyMap<string, readonly string[]> {
  const takers = new Map<string, string[]>();
  for (const { value, item } of consumers) takers.set(value, [...(takers.get(value) ?? []), item]);
  return takers;
}

/** Ids of all that stands in each box, however deep. */
function collect(items: readonly Item[], within: Map<string, ReadonlySet<string>>): readonly string[] {
  return items.flatMap((item) => {
    if (item.kind !== 'box') return [item.id];
    const ids = collect(item.items, within);
    within.set(item.id, new Set(ids));
    return [item.id, ...ids];
  });
}

const withDots = (items: readonly Item[], dots: ReadonlyMap<string, readonly Dot[]>): readonly Item[] =>
  items.map((item) =>
    item.kind === 'box' ? { ...item, items: [...(dots.get(item.id) ?? []), ...withDots(item.items, dots)] } : item,
  );
