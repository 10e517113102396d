/** How values flow between the layers of a model: the questions that lints ask of its graph. */
import type { EffectiveSetting, Layer, Model, Weight } from '../model.ts';

export interface Flow {
  /** The layers whose values a layer takes; inputs of the network are left out. */
  readonly sourcesOf: (layer: Layer) => readonly Layer[];
  /** The layers that take a layer's value. */
  readonly takersOf: (layer: Layer) => readonly Layer[];
  /** Names of the network's outputs that are this layer's value. */
  readonly outputsOf: (layer: Layer) => readonly string[];
  /** A layer and its second applications (`again`), which use its weights. */
  readonly usesOf: (layer: Layer) => readonly Layer[];
  /** The weights it uses: its own, or those of the layer that it shares with. */
  readonly weightsOf: (layer: Layer) => readonly Weight[];
  /**
   * The layers that a layer's value comes to, nearest first, on ways that go on only through layers that `passes` lets through;
   * those where a way ends are among them.
   */
  readonly pathsAhead: (from: Layer, passes: (layer: Layer) => boolean) => readonly Layer[];
  /** The same against the flow: the layers that a layer's value is made of. */
  readonly pathsBack: (from: Layer, passes: (layer: Layer) => boolean) => readonly Layer[];
}

export function flowOf(model: Model): Flow {
  const byPath = new Map(model.layers.map((layer) => [layer.path, layer]));
  const takers = new Map<Layer, Layer[]>();
  const outputs = new Map<Layer, string[]>();
  const sources = new Map<Layer, readonly Layer[]>();
  const again = new Map<Layer, Layer[]>();
  for (const layer of model.layers) {
    const of = layer.sources.flatMap((s) => (s.kind === 'layer' ? (byPath.get(s.path) ?? []) : []));
    sources.set(layer, of);
    for (const source of of) append(takers, source, layer);
    const original = layer.shares === null ? undefined : byPath.get(layer.shares);
    if (original !== undefined) append(again, original, layer);
  }
  for (const { name, source } of model.outputs) {
    const layer = source.kind === 'layer' ? byPath.get(source.path) : undefined;
    if (layer !== undefined) append(outputs, layer, name);
  }
  const sourcesOf = (layer: Layer): readonly Layer[] => sources.get(layer) ?? [];
  const takersOf = (layer: Layer): readonly Layer[] => takers.get(layer) ?? [];
  return {
    sourcesOf,
    takersOf,
    outputsOf: (layer) => outputs.get(layer) ?? [],
    usesOf: (layer) => [layer, ...(again.get(layer) ?? [])],
    weightsOf: (layer) => (layer.shares === null ? layer : (byPath.get(layer.shares) ?? layer)).weights,
    pathsAhead: (from, passes) => spread(from, takersOf, passes),
    pathsBack: (from, passes) => spread(from, sourcesOf, passes),
  };
}

function spread(
  from: Layer,
  next: (layer: Layer) => readonly Layer[],
  passes: (layer: Layer) => boolean,
): readonly Layer[] {
  const reached = new Set<Layer>(next(from));
  // A set is walked in the order of its growth, what is added on the way included.
  for (const layer of reached) if (passes(layer)) for (const further of next(layer)) reached.add(further);
  return [...reached];
}

function append<V>(lists: Map<Layer, V[]>, key: Layer, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The setting of a layer, or of one of its weights, that is in force. */
export const settingOf = (layer: Layer, key: string, weight: string | null): EffectiveSetting | null =>
  layer.settings.find((s) => s.key === key && s.weight === weight) ?? null;
