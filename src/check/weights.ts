/** Weights meet the policy: initial values, decay and penalties, with the rules that set them. */
import { initializers } from '../ir/ops/index.ts';
import type { Value } from '../ir/value.ts';
import { type Candidate, effective, type Reached, winnerOf, won } from './cascade.ts';
import type { BareLayer } from './layers.ts';
import { methodsAt } from './methods.ts';
import type { EffectiveSetting, Layer, SettingSource, Weight } from './model.ts';
import type { Place } from './places.ts';

/** `places` are the weights by path. */
export function finish(layer: BareLayer, reached: Reached, places: ReadonlyMap<string, Place>): Layer {
  const { place, weights, settings, ...rest } = layer;
  // The weights of a second application are those of the first, which has them.
  const own = place.original === null ? weights : [];
  // What reaches the first application is for the others too; each draws for itself.
  const noise = winnerOf(reached, place.original ?? place, 'noise', 'noise');
  const made = own.map((spec) => finishWeight(layer, spec, places.get(`${place.path}.${spec.name}`), reached));
  return {
    ...rest,
    path: place.path,
    shares: place.original?.path ?? null,
    weights: made.map((m) => m.weight),
    noise: noise?.effect.noise ?? null,
    settings: [
      ...settings,
      ...(noise === null ? [] : [effective('noise', null, won(noise.candidate), noise.lost)]),
      ...made.flatMap((m) => m.settings),
    ],
    span: place.span,
  };
}

function finishWeight(
  layer: BareLayer,
  spec: Weight['spec'],
  place: Place | undefined,
  reached: Reached,
): { readonly weight: Weight; readonly settings: readonly EffectiveSetting[] } {
  const winner = <
    K extends 'init' | 'decay' | 'penalty' | 'prior' | 'constraint' | 'trainable' | 'rate_scale' | 'start',
  >(
    key: K,
  ) => (place === undefined ? null : winnerOf(reached, place, key, key));
  const [init, start, trainable] = [winner('init'), winner('start'), winner('trainable')];
  const [decay, penalty, prior] = [winner('decay'), winner('penalty'), winner('prior')];
  const [constraint, rateScale] = [winner('constraint'), winner('rate_scale')];
  const noise = place === undefined ? null : winnerOf(reached, place, 'noise', 'noise');
  const methods = place === undefined ? [] : methodsAt(place, reached);
  const frozen = trainable?.effect.trainable === false;
  // What has no effect is no setting: a file says how the weight begins, and what acts on gradients has nothing to act on.
  const file = start?.effect.file ?? null;
  const settings = [
    ...(file !== null
      ? []
      : [init === null ? byDefault(layer, spec) : effective('init', spec.name, won(init.candidate), init.lost)]),
    ...[start, ...(frozen ? [] : [decay, penalty, prior, constraint, rateScale]), trainable].flatMap((w) =>
      w === null ? [] : [effective(w.candidate.setting.key, spec.name, won(w.candidate), w.lost)],
    ),
    ...[...methods, noise].flatMap((w) =>
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
    prior: frozen ? null : (prior?.effect.prior ?? null),
    rules: { penalty: ruleOf(penalty), prior: ruleOf(prior) },
    constraint: frozen ? null : (constraint?.effect.constraint ?? null),
    rateScale: rateScale?.effect.factor ?? 1,
    methods: methods.map((m) => m.method),
    noise: noise?.effect.noise ?? null,
    start: file,
  };
  return { weight, settings };
}

/** The rule of a setting by its selectors: `conv, dense`. */
const ruleOf = (winner: { readonly candidate: Candidate } | null): string | null =>
  winner === null ? null : winner.candidate.rule.selectors.map((s) => s.text).join(', ');

/** The initial value that a weight has when no rule says otherwise. */
function byDefault(layer: BareLayer, spec: Weight['spec']): EffectiveSetting {
  const word = spec.init.kind === 'glorot_uniform' && Object.hasOwn(initializers, 'glorot') ? 'glorot' : spec.init.kind;
  const { span } = layer.place;
  const constant = spec.init.kind === 'constant' ? spec.init.attrs.value : undefined;
  const value: Value =
    typeof constant === 'number'
      ? {
          kind: 'call',
          name: word,
          nameSpan: span,
          arguments: [
            { name: null, nameSpan: null, value: { kind: 'number', value: constant, percent: false, span }, span },
          ],
          span,
        }
      : { kind: 'word', word, span };
  const from: SettingSource = { kind: 'default', text: `default of ${layer.def.name}`, specificity: null, span: null };
  return effective('init', spec.name, { value, from, by: null }, []);
}
