/** A network with `choose` stands for several: what is shown of it, and counted, is the one of the first paths. */
import type { Layer, Model } from './model.ts';

/** The layers that the outputs are made of; without a choice all of them. */
export function firstPath(model: Model): readonly Layer[] {
  if (model.choices.length === 0) return model.layers;
  const byPath = new Map(model.layers.map((l) => [l.path, l]));
  const needed = new Set<Layer>();
  const open = model.outputs.flatMap((o) => (o.source.kind === 'layer' ? [o.source.path] : []));
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const layer = byPath.get(path);
    if (layer === undefined || needed.has(layer)) continue;
    needed.add(layer);
    // A second application needs the layer whose weights it uses.
    open.push(
      ...layer.sources.flatMap((s) => (s.kind === 'layer' ? [s.path] : [])),
      ...(layer.shares === null ? [] : [layer.shares]),
    );
  }
  return model.layers.filter((l) => needed.has(l));
}
