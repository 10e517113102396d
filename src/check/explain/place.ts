/** A step, a slot or a weight, explained. */
import type { AttrValue } from '../../ir/graph.ts';
import type { Formula } from '../../ir/vocabulary.ts';
import { attrText } from '../attributes.ts';
import type { Layer, Model, TrainConfig, Weight } from '../model.ts';
import type { BuiltNetwork } from '../network.ts';
import type { Place, SlotPlace, StepPlace, WeightPlace } from '../places.ts';
import { printValue } from '../printing.ts';
import { settingOf as definitionOf, settingKeys } from '../settings/index.ts';
import { defaultSetting, pinnedSetting, settingOf } from './cascade.ts';
import type { ArgumentExplanation, PlaceExplanation, SettingExplanation, WeightExplanation } from './explanation.ts';
import { updateOf } from './update.ts';

export function explainPlace(
  place: StepPlace | SlotPlace,
  only: WeightPlace | null,
  built: BuiltNetwork,
  train: TrainConfig | null,
): PlaceExplanation {
  const { model } = built;
  const layer = model.layers.find((l) => l.path === place.path) ?? null;
  const weights = (layer?.weights ?? []).filter((w) => only === null || w.name === only.path);
  return {
    kind: 'place',
    network: model.network,
    policy: model.policy,
    path: place.path,
    op: layer?.def.name ?? null,
    slot: place.kind === 'slot' ? place.word : null,
    doc: layer?.def.doc ?? '',
    span: place.span,
    arguments: layer === null ? [] : argumentsOf(layer),
    inputs: layer === null ? [] : inputsOf(layer),
    output: layer?.output.shape ?? null,
    shares: layer === null ? null : sharedBy(layer, model),
    settings: [...(place.kind === 'slot' ? [filling(place, built)] : []), ...noiseOf(place, built)],
    weights: layer === null ? [] : weights.map((w) => explainWeight(layer, w, built, train)),
    only: only?.name ?? null,
  };
}

/** What is added to the layer's value while training. */
const noiseOf = (place: Place, { reached }: BuiltNetwork): readonly SettingExplanation[] => {
  const found = settingOf('noise', reached.get(place)?.get('noise') ?? []);
  return found === null ? [] : [found];
};

/** The layer whose weights it uses, where that has some. */
const sharedBy = ({ shares }: Layer, { layers }: Model): string | null =>
  layers.some((l) => l.path === shares && l.weights.length > 0) ? shares : null;

/** A second application of a layer (`again`), which no rule can be about: it is what the first one is. */
export function explainRepeat(layer: Layer, { model }: BuiltNetwork): PlaceExplanation {
  return {
    kind: 'place',
    network: model.network,
    policy: model.policy,
    path: layer.path,
    op: layer.def.name,
    slot: null,
    doc: layer.def.doc,
    span: layer.span,
    arguments: argumentsOf(layer),
    inputs: inputsOf(layer),
    output: layer.output.shape,
    shares: sharedBy(layer, model),
    settings: [],
    weights: [],
    only: null,
  };
}

const inputsOf = (layer: Layer): PlaceExplanation['inputs'] =>
  layer.sources.map((source, i) => ({
    from: source.kind === 'input' ? source.name : source.path,
    shape: layer.inputs[i]?.shape ?? [],
  }));

/** `norm: none` of `--set`; that no rule fills it. */
export function whyEmpty(place: SlotPlace, built: BuiltNetwork): string {
  const { inForce } = filling(place, built);
  if (inForce.kind === 'default') return 'no rule fills it';
  return `\`${place.word}: ${inForce.value}\` ${inForce.kind === 'pin' ? 'is pinned in the network' : `of ${inForce.by}`}`;
}

function filling(place: SlotPlace, { reached }: BuiltNetwork): SettingExplanation {
  const candidates = reached.get(place)?.get(place.word) ?? [];
  if (place.pin !== null) return pinnedSetting(place.word, printValue(place.pin.value), place.span, candidates);
  return settingOf(place.word, candidates) ?? defaultSetting(place.word, 'none', 'every slot');
}

/** `bias: auto` has been decided by what comes after; methods of slots have their arguments from the policy. */
function argumentsOf(layer: Layer): readonly ArgumentExplanation[] {
  const { signature } = layer.def;
  return Object.entries(signature).map(([name, spec]): ArgumentExplanation => {
    const value = layer.args[name] ?? null;
    const auto = name === 'bias' && layer.biasReason !== null;
    const isDefault = spec.default !== undefined && sameText(spec.default, value);
    return {
      name,
      value: attrText(value),
      from: auto ? 'auto' : isDefault ? 'default' : 'written',
      // `no bias: norm1 subtracts the mean`: the value says the first half.
      why: auto ? (layer.biasReason ?? '').replace(/^(?:no )?bias: /, '') : null,
    };
  });
}

const sameText = (a: AttrValue, b: AttrValue): boolean => JSON.stringify(a) === JSON.stringify(b);

const sizeOf = (weight: Weight): number => weight.spec.shape.reduce((n, d) => n * d, 1);

function explainWeight(
  layer: Layer,
  weight: Weight,
  built: BuiltNetwork,
  train: TrainConfig | null,
): WeightExplanation {
  const place = built.places.find((p) => p.kind === 'weight' && p.path === weight.name);
  const statistic = weight.spec.role === 'statistic';
  const changes = weight.frozen ? 'frozen' : statistic ? 'measured' : 'trained';
  return {
    path: weight.name,
    name: weight.spec.name,
    shape: weight.shape,
    count: sizeOf(weight),
    changes,
    settings: weightSettings(layer, weight, place, built, train),
    reads: readsOf(weight),
    update: changes === 'trained' ? updateOf(weight, built.model, train) : null,
  };
}

const readsOf = ({ methods, noise }: Weight): readonly Formula[] => [
  ...methods.flatMap(({ def, args }) => def.formula?.(args) ?? []),
  ...(noise === null ? [] : [noise.def.formula('W', noise.args)]),
];

function weightSettings(
  layer: Layer,
  weight: Weight,
  place: Place | undefined,
  { reached }: BuiltNetwork,
  train: TrainConfig | null,
): readonly SettingExplanation[] {
  const keys = place === undefined ? undefined : reached.get(place);
  // `start: none` of a rule leaves what the train says.
  const starts = [settingOf('start', keys?.get('start') ?? []), startOf(weight, train)];
  const covered = (weight.start ?? train?.start ?? null) === null ? null : 'no effect: the file says how it begins';
  const initial = weight.init.kind === 'glorot_uniform' ? 'glorot' : weight.init.kind;
  const remark = weight.frozen ? 'no effect: the weight is frozen' : null;
  return [
    settingOf('init', keys?.get('init') ?? [], covered) ?? {
      ...defaultSetting('init', initial, layer.def.name),
      remark: covered,
    },
    ...starts,
    ...settingKeys
      .filter((key) => key !== 'init' && key !== 'start')
      .map((key) => settingOf(key, keys?.get(key) ?? [], definitionOf(key)?.acts === 'on updates' ? remark : null)),
  ].filter((s) => s !== null);
}

/** `start` of the train, where no rule says otherwise. */
function startOf(weight: Weight, train: TrainConfig | null): SettingExplanation | null {
  if (train?.start == null || weight.start !== null) return null;
  return {
    key: 'start',
    inForce: {
      kind: 'default',
      value: JSON.stringify(train.start),
      by: `train ${train.name}`,
      rule: null,
      specificity: null,
      span: train.span,
    },
    lost: [],
    remark: null,
  };
}
