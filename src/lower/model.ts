/** Model → Graph. */
import type { Layer, Model, Source } from '../check/model.ts';
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Ref } from '../ir/graph.ts';
import { specialize } from '../ir/specialize.ts';

/** Every layer's value is named after the layer, its weights `@<path>.<weight>`. */
export function lowerModel(model: Model): Graph<'model'> {
  const build = new GraphBuilder();
  const values = new Map<string, Ref>();
  for (const input of model.inputs)
    values.set(key({ kind: 'input', name: input.name }), build.input(`%${input.name}`, input.type));
  const refOf = (source: Source): Ref => {
    const ref = values.get(key(source));
    if (ref === undefined) throw new Error(`no value for ${key(source)}`);
    return ref;
  };
  for (const layer of model.layers)
    values.set(key({ kind: 'layer', path: layer.path }), lowerLayer(layer, layer.sources.map(refOf), build));
  build.layer = '';
  return build.finish(
    model.network,
    'model',
    model.outputs.map((o) => ({ name: o.name, ref: refOf(o.source) })),
  );
}

/** Inputs and layers may not share a name, but a key of their own costs nothing. */
const key = (source: Source): string => (source.kind === 'input' ? `input ${source.name}` : source.path);

/** Host values of the training step, which no value of the network may hide. */
const hostNames = ['random', 'update', 'updates'];

function lowerLayer(layer: Layer, xs: readonly Ref[], build: GraphBuilder): Ref {
  const [x] = xs;
  if (x === undefined) throw new Error(`\`${layer.path}\` takes no value`);
  build.layer = layer.path;
  for (const weight of layer.weights)
    build.store({
      ref: `@${weight.name}`,
      kind: weight.spec.role === 'statistic' ? 'state' : 'param',
      type: { dtype: 'float32', shape: weight.shape },
      init: weight.init,
      ...(weight.frozen ? { frozen: true } : {}),
    });
  return layer.def.lower({
    build,
    x,
    xs,
    args: layer.args,
    weight: (name) => {
      const ref: Ref = `@${layer.shares ?? layer.path}.${name}`;
      if (!build.has(ref)) throw new Error(`\`${layer.path}\` has no weight ${name}`);
      return ref;
    },
    name: hostNames.includes(layer.path) ? `${layer.path}_layer` : layer.path,
    layer: layer.path,
  });
}

export const lowerInfer = (graph: Graph<'model'>): Graph<'infer'> => specialize(graph, 'infer');
