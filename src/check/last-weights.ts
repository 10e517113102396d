/** The last layer with weights before each output: what adaptive clipping leaves alone. */
import type { Layer, Model, Source } from './model.ts';

/** Names of the weights of these layers; of a second application those of the layer that it uses. */
export function lastWeights(model: Model): ReadonlySet<string> {
  const byPath = new Map(model.layers.map((layer) => [layer.path, layer]));
  const position = new Map(model.layers.map((layer, i) => [layer, i]));
  const owner = (layer: Layer): Layer => byPath.get(layer.shares ?? layer.path) ?? layer;
  const last = model.outputs.flatMap(({ source }) => {
    const before = [...ancestors(source, byPath)].filter((layer) => owner(layer).weights.length > 0);
    return before.toSorted((a, b) => (position.get(b) ?? 0) - (position.get(a) ?? 0)).slice(0, 1);
  });
  return new Set(last.flatMap((layer) => owner(layer).weights.map((weight) => weight.name)));
}

/** The layers that a value comes from. */
function ancestors(source: Source, byPath: ReadonlyMap<string, Layer>): ReadonlySet<Layer> {
  const found = new Set<Layer>();
  const visit = (from: Source): void => {
    const layer = from.kind === 'layer' ? byPath.get(from.path) : undefined;
    if (layer === undefined || found.has(layer)) return;
    found.add(layer);
    layer.sources.forEach(visit);
  };
  visit(source);
  return found;
}
