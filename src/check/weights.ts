/** Weights meet the policy: initial values, decay and penalties, with the rules that set them. */
import { initializers } from '../ir/ops/index.ts';
import type { Value } from '../ir/value.ts';
import { effective, type Reached, winnerOf, won } from './cascade.ts';
import type { BareLayer } from './layers.ts';
import type { EffectiveSetting, Layer, SettingSource, Weight } from './model.ts';
import type { Place } from './places.ts';

/** `places` are the weights by path. */
export function finish(layer: BareLayer, reached: Reached, places: ReadonlyMap<string, Place>): Layer {
  const { place, weights, settings, ...rest } = layer;
  // The weights of a second application are those of the first, which has them.
  const own = place.original === null ? weights : [];
  const made = own.map((spec) => finishWeight(layer, spec, places.get(`${place.path}.${spec.name}`), reached));
  return {
    ...rest,
    path: place.path,
    shares: place.original?.path ?? null,
    weights: made.map((m) => m.weight),
    settings: [...settings, ...made.flatMap((m) => m.settings)],
    span: place.span,
  };
}

function finishWeight(
  layer: BareLayer,
  spec: Weight['spec'],
  place: Place | undefined,
  reached: Reached,
): { readonly weight: Weight; readonly settings: readonly EffectiveSetting[] } {
  const winner = <K extends 'init' | 'decay' | 'penalty' | 'trainable' | 'start'>(key: K) =>
    place === undefined ? null : winnerOf(reached, place, key, key);
  const [init, start, decay, penalty, trainable] = [
    winner('init'),
    winner('start'),
    winner('decay'),
    winner('penalty'),
    winner('trainable'),
  ];
  const frozen = trainable?.effect.trainable === false;
  // What has no effect is no setting: a file says how the weight begins, and what acts on gradients has nothing to act on.
  const file = start?.effect.file ?? null;
  const settings = [
    ...(file !== null
      ? []
      : [init === null ? byDefault(layer, spec) : effective('init', spec.name, won(init.candidate), init.lost)]),
    ...[start, ...(frozen ? [] : [decay, penalty]), trainable].flatMap((w) =>
      w === null ? [] : [effective(w.candidate.setting.key, spec.name, won(w.candidate), w.lost)],
    ),
  ];
  const weight: Weight = {
    spec,
    name: `${layer.place.path}.${spec.name}`,
    shape: spec.shape,
    trainable: spec.role !== 'statistic' && !frozen,
    frozen,
    init: init === null ? spec.init : init.effect.init.def.initial(init.effect.init.args, spec.fan),
    decay: frozen ? null : (decay?.effect.decay ?? null),
    penalties: frozen ? [] : (penalty?.effect.penalties ?? []),
    start: file,
  };
  return { weight, settings };
}

/** The initial value that a weight has when no rule says otherwise. */
function byDefault(layer: BareLayer, spec: Weight['spec']): EffectiveSetting {
  const word = spec.init.kind === 'glorot_uniform' && Object.hasOwn(initializers, 'glorot') ? 'glorot' : spec.init.kind;
  const value: Value = { kind: 'word', word, span: layer.place.span };
  const from: SettingSource = { kind: 'default', text: `default of ${layer.def.name}`, specificity: null, span: null };
  return effective('init', spec.name, { value, from, by: null }, []);
}
