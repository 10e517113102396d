/** Weights meet the policy: initial values, decay and penalties, with the rules that set them. */
import { initializers } from '../ir/ops/index.ts';
import type { Value } from '../ir/value.ts';
import { effective, type Reached, winnerOf, won } from './cascade.ts';
import type { BareLayer } from './layers.ts';
import type { EffectiveSetting, Layer, SettingSource, Weight } from './model.ts';
import type { Place } from './places.ts';

/** `places` are the weights by path. */
export function finish(layer: BareLayer, reached: Reached, places: ReadonlyMap<string, Place>): Layer {
  const { place, def, args, source, input, output, biasReason } = layer;
  const made = layer.weights.map((spec) =>
    finishWeight(layer, spec, places.get(`${place.path}.${spec.name}`), reached),
  );
  return {
    path: place.path,
    def,
    args,
    source,
    input,
    output,
    weights: made.map((m) => m.weight),
    settings: [...layer.settings, ...made.flatMap((m) => m.settings)],
    biasReason,
    span: place.span,
  };
}

function finishWeight(
  layer: BareLayer,
  spec: Weight['spec'],
  place: Place | undefined,
  reached: Reached,
): { readonly weight: Weight; readonly settings: readonly EffectiveSetting[] } {
  const init = place === undefined ? null : winnerOf(reached, place, 'init', 'init');
  const decay = place === undefined ? null : winnerOf(reached, place, 'decay', 'decay');
  const penalty = place === undefined ? null : winnerOf(reached, place, 'penalty', 'penalty');
  const settings = [
    init === null ? byDefault(layer, spec) : effective('init', spec.name, won(init.candidate), init.lost),
    ...[decay, penalty].flatMap((w) =>
      w === null ? [] : [effective(w.candidate.setting.key, spec.name, won(w.candidate), w.lost)],
    ),
  ];
  const weight: Weight = {
    spec,
    name: `${layer.place.path}.${spec.name}`,
    shape: spec.shape,
    trainable: spec.role !== 'statistic',
    init: init === null ? spec.init : init.effect.init.def.initial(init.effect.init.args, spec.fan),
    decay: decay?.effect.decay ?? null,
    penalties: penalty?.effect.penalties ?? [],
  };
  return { weight, settings };
}

/** The initial value that a weight has when no rule says otherwise. */
function byDefault(layer: BareLayer, spec: Weight['spec']): EffectiveSetting {
  const word = spec.init.kind === 'glorot_uniform' && Object.hasOwn(initializers, 'glorot') ? 'glorot' : spec.init.kind;
  const value: Value = { kind: 'word', word, span: layer.place.span };
  const from: SettingSource = { kind: 'default', text: `default of ${layer.def.name}`, span: null };
  return effective('init', spec.name, { value, from }, []);
}
