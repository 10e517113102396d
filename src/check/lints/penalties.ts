/** NRM6002, NRM6003, NRM6007: penalties and decay that are not what they look like. */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { EffectiveSetting, Layer, Model, Weight } from '../model.ts';
import { printValue } from '../printing.ts';
import { settingOf } from './flow.ts';
import type { NetworkLint, TrainLint } from './lint.ts';

interface Owned {
  readonly layer: Layer;
  readonly weight: Weight;
}

/** NRM6002: one warning for each setting, however many weights it reaches. */
export const penaltyWithAdam: TrainLint = ({ model, train, optimizer }, report) => {
  // Plain and with momentum, gradient descent shrinks a weight by its penalty as it would by a decay.
  if (train.optimizer.def.name === 'sgd') return;
  for (const { setting, owned } of bySetting(weightsWith(model, isL2), 'penalty').values()) {
    const facts = {
      penalty: `penalty: ${printValue(setting.value)}`,
      optimizer: train.optimizer.def.name,
      weights: owned.map((o) => o.weight.name),
    };
    report(lints.penaltyWithAdam.at(setting.from.span, facts, { places: { optimizer: optimizer.span } }));
  }
};

/** NRM6003: one warning for each pair of rules, however many weights they meet at. */
export const penaltyAndDecay: NetworkLint = ({ model }, report) => {
  const pairs = new Map<string, Pair>();
  for (const { layer, weight } of weightsWith(model, (w) => shrinking(w).length > 1)) {
    const [one, other] = shrinking(weight);
    if (one === undefined || other === undefined) continue;
    const spanOf = (key: string) => settingOf(layer, key, weight.spec.name)?.from.span ?? null;
    const [first, second] = [spanOf(one), spanOf(other)];
    const key = `${placeOf(first)} ${placeOf(second)}`;
    const pair = pairs.get(key) ?? { what: [one, other], first, second, weights: [] };
    pairs.set(key, pair);
    pair.weights.push(weight.name);
  }
  for (const { what, first, second, weights } of pairs.values())
    report(lints.penaltyAndDecay.at(first, { weights, what }, { places: { other: second } }));
};

interface Pair {
  readonly what: readonly [string, string];
  readonly first: Span | null;
  readonly second: Span | null;
  readonly weights: string[];
}

/** Settings that pull a weight towards zero in proportion to it. */
const shrinking = (weight: Weight): readonly string[] => [
  ...(isL2(weight) ? ['penalty'] : []),
  ...(weight.prior?.def.penalty === 'l2' ? ['prior'] : []),
  ...(weight.decay === null ? [] : ['decay']),
];

/** NRM6007: a rule that names a bias, gamma or beta, since on a layer decay means its kernel. L1, which is to make them zero, is left alone. */
export const decayOffKernels: NetworkLint = ({ model }, report) => {
  for (const key of ['decay', 'penalty'] as const) {
    const shrunk = weightsWith(
      model,
      (w) => w.spec.role !== 'kernel' && (key === 'decay' ? w.decay !== null : isL2(w)),
    );
    for (const { setting, owned } of bySetting(shrunk, key).values()) {
      const names = owned.map((o) => o.weight.spec.name);
      const role = names.every((n) => n === 'bias')
        ? 'bias'
        : names.some((n) => n === 'gamma' || n === 'gain')
          ? 'norm'
          : 'other';
      const facts = {
        key: `${key}: ${printValue(setting.value)}`,
        weights: owned.map((o) => o.weight.name),
        role,
      } as const;
      report(lints.decayOffKernels.at(setting.from.span, facts));
    }
  }
};

const isL2 = (weight: Weight): boolean => weight.penalties.some((p) => p.def.name === 'l2' || p.def.name === 'l1_l2');

const weightsWith = (model: Model, wanted: (weight: Weight) => boolean): readonly Owned[] =>
  model.layers.flatMap((layer) => layer.weights.filter(wanted).map((weight) => ({ layer, weight })));

/** Weights by the setting in force on them. */
function bySetting(weights: readonly Owned[], key: string) {
  const found = new Map<string, { readonly setting: EffectiveSetting; readonly owned: Owned[] }>();
  for (const owned of weights) {
    const setting = settingOf(owned.layer, key, owned.weight.spec.name);
    if (setting === null) continue;
    const place = placeOf(setting.from.span);
    const known = found.get(place);
    if (known === undefined) found.set(place, { setting, owned: [owned] });
    else known.owned.push(owned);
  }
  return found;
}

const placeOf = (span: Span | null): string => (span === null ? '' : `${span.file}:${span.start}`);
