/** What a layer reads of its weights: what is stored, or what the methods and the noise of the policy make of it. */
import type { Layer, Model } from '../check/model.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import type { Ref } from '../ir/graph.ts';

/**
 * The value that a layer reads by the name of a weight; `x` is what the layer is applied to. A second application (`again`) draws for itself,
 * by its own path. What is computed without a draw it has in common with the first one.
 */
export function reading(model: Model, build: GraphBuilder): (layer: Layer, name: string, x: Ref) => Ref {
  const layers = new Map(model.layers.map((l) => [l.path, l]));
  /** What was made without a draw, by the names of the weight and the method. */
  const common = new Map<string, Ref>();
  return (layer, name, x) => {
    const path = layer.shares ?? layer.path;
    const stored = (weight: string): Ref => {
      const ref: Ref = `@${path}.${weight}`;
      if (!build.has(ref)) throw new Error(`\`${layer.path}\` has no weight ${weight}`);
      return ref;
    };
    let value = stored(name);
    const weight = layers.get(path)?.weights.find((w) => w.spec.name === name);
    if (weight === undefined) return value;
    const stream = `${layer.path}.${name}`;
    let drawn = false;
    for (const { def, args } of weight.methods) {
      drawn ||= def.draws;
      const known = drawn ? undefined : common.get(`${path}.${name} ${def.use}`);
      value =
        known ??
        def.apply({
          build,
          kernel: value,
          spec: weight.spec,
          x,
          args,
          weight: stored,
          stream,
          name: `${stream}.${def.use}`,
        });
      if (!drawn) common.set(`${path}.${name} ${def.use}`, value);
    }
    if (weight.noise === null) return value;
    const noisy = `${stream}.noise`;
    return weight.noise.def.apply({ build, x: value, args: weight.noise.args, stream: noisy, name: noisy });
  };
}
