/** Model → Graph. */
import type { Layer, Model, Source, Weight } from '../check/model.ts';
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, Ref } from '../ir/graph.ts';
import { specialize } from '../ir/specialize.ts';
import { reading } from './weights.ts';

/** Every layer's value is named after the layer, its weights `@<path>.<weight>`; with noise the value is `%<path>.noise`. */
export function lowerModel(model: Model): Graph<'model'> {
  const build = new GraphBuilder();
  const values = new Map<string, Ref>();
  for (const { name, type } of model.inputs) values.set(key({ kind: 'input', name }), build.input(`%${name}`, type));
  const { noise } = model.sections.input;
  if (noise !== undefined)
    for (const { name, type } of model.inputs)
      if (type.dtype === 'float32') values.set(key({ kind: 'input', name }), withNoise(noise, `%${name}`, name, build));
  const refOf = (source: Source): Ref => {
    const ref = values.get(key(source));
    if (ref === undefined) throw new Error(`no value for ${key(source)}`);
    return ref;
  };
  const read = reading(model, build);
  for (const layer of model.layers) {
    const y = lowerLayer(layer, layer.sources.map(refOf), read, build);
    const noisy = layer.noise === null ? y : withNoise(layer.noise, y, layer.path, build);
    values.set(key({ kind: 'layer', path: layer.path }), noisy);
  }
  build.layer = '';
  return build.finish(
    model.network,
    'model',
    model.outputs.map((o) => ({ name: o.name, ref: refOf(o.source) })),
  );
}

/** Inputs and layers may not share a name, but a key of their own costs nothing. */
const key = (source: Source): string => (source.kind === 'input' ? `input ${source.name}` : source.path);

const withNoise = (noise: NonNullable<Layer['noise']>, x: Ref, path: string, build: GraphBuilder): Ref => {
  const name = `${path}.noise`;
  return noise.def.apply({ build, x, args: noise.args, stream: name, name });
};

/** Host values of the training step, which no value of the network may hide. */
const hostNames = ['random', 'update', 'updates', 'samples', 'batches'];

function lowerLayer(
  layer: Layer,
  xs: readonly Ref[],
  read: (layer: Layer, name: string, x: Ref) => Ref,
  build: GraphBuilder,
): Ref {
  const [x] = xs;
  if (x === undefined) throw new Error(`\`${layer.path}\` takes no value`);
  build.layer = layer.path;
  for (const weight of layer.weights) store(weight, build);
  return layer.def.lower({
    build,
    x,
    xs,
    args: layer.args,
    weight: (name) => read(layer, name, x),
    name: hostNames.includes(layer.path) ? `${layer.path}_layer` : layer.path,
    layer: layer.path,
  });
}

const store = (weight: Weight, build: GraphBuilder): Ref =>
  build.store({
    ref: `@${weight.name}`,
    kind: weight.spec.role === 'statistic' ? 'state' : 'param',
    type: { dtype: 'float32', shape: weight.shape },
    init: weight.init,
    ...(weight.frozen ? { frozen: true } : {}),
    ...(weight.constraint?.def.bounds === true ? { bounded: true } : {}),
  });

export const lowerInfer = (graph: Graph<'model'>): Graph<'infer'> => specialize(graph, 'infer');

/** One draw of Monte Carlo prediction: dropout as in training, norms as in prediction. */
export const lowerSample = (graph: Graph<'model'>): Graph<'infer'> => specialize(graph, 'infer', { sampling: true });
