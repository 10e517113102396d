/** Known traps among what is compiled; each is a warning but the one that `checkTrainDeclaration` refuses. */
import { lints } from '../diagnostics/catalog/lints.ts';
import { training } from '../diagnostics/catalog/training.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Layer, Model, TrainConfig, Weight } from './model.ts';
import { printValue } from './printing.ts';

/** Fewer samples than this make the mean and variance of a batch too rough. */
const smallBatch = 8;

export function lintModel(model: Model, report: Report): void {
  varianceShift(model, report);
  penaltyAndDecay(model, report);
}

export function lintTrain(
  train: TrainConfig,
  places: { readonly batch: Span; readonly optimizer: Span },
  report: Report,
): void {
  const { model, optimizer, batch } = train;
  const norms = model.layers.filter((l) => l.def.name === 'batch');
  const [first] = norms;
  if (first !== undefined && batch < smallBatch) {
    report(
      lints.smallBatch.at(
        places.batch,
        { batch, layers: norms.map((l) => l.path) },
        { places: { norm: settingOf(first, 'norm', null) } },
      ),
    );
  }
  if (!optimizer.def.name.startsWith('adam')) return;
  const penalized = weightsWith(model, isL2);
  const [weight] = penalized;
  if (weight === undefined) return;
  const setting = weight.layer.settings.find((s) => s.key === 'penalty' && s.weight === weight.weight.spec.name);
  if (setting === undefined) return;
  const facts = {
    penalty: `penalty: ${printValue(setting.value)}`,
    optimizer: optimizer.def.name,
    weights: penalized.map((p) => p.weight.name),
  };
  report(lints.penaltyWithAdam.at(setting.from.span, facts, { places: { optimizer: places.optimizer } }));
}

/** At one sample a batch norm over features subtracts from each value that value. */
export function refuseNormOfOne(model: Model, batch: Span, report: Report): void {
  const norm = model.layers.find(
    (l) => l.def.name === 'batch' && l.input.shape.slice(1, -1).every((size) => size === 1),
  );
  if (norm === undefined) return;
  const facts = { layer: norm.path, features: norm.input.shape.at(-1) ?? 'its' };
  report(training.normOfOne.at(batch, facts, { places: { norm: settingOf(norm, 'norm', null) } }));
}

/** Batch norm right behind a dropout, with nothing but activations between. */
function varianceShift(model: Model, report: Report): void {
  for (const [i, drop] of model.layers.entries()) {
    if (drop.def.use !== 'drop') continue;
    const norm = model.layers.slice(i + 1).find((l) => l.def.use !== 'act');
    if (norm?.def.use !== 'norm' || !norm.def.subtractsMean) continue;
    report(lints.varianceShift.at(drop.span, { drop: drop.path, norm: norm.path }, { places: { norm: norm.span } }));
  }
}

/** One warning for each pair of rules, however many weights they meet at. */
function penaltyAndDecay(model: Model, report: Report): void {
  const pairs = new Map<
    string,
    { readonly penalty: Span | null; readonly decay: Span | null; readonly weights: string[] }
  >();
  for (const { layer, weight } of weightsWith(model, isL2)) {
    if (weight.decay === null) continue;
    const penalty = settingOf(layer, 'penalty', weight.spec.name);
    const decay = settingOf(layer, 'decay', weight.spec.name);
    const key = `${penalty?.start} ${decay?.start}`;
    const pair = pairs.get(key) ?? { penalty, decay, weights: [] };
    pairs.set(key, pair);
    pair.weights.push(weight.name);
  }
  for (const { penalty, decay, weights } of pairs.values())
    report(lints.penaltyAndDecay.at(penalty, { weights }, { places: { decay } }));
}

const isL2 = (weight: Weight): boolean => weight.penalties.some((p) => p.def.name === 'l2' || p.def.name === 'l1_l2');

const weightsWith = (
  model: Model,
  wanted: (weight: Weight) => boolean,
): readonly { readonly layer: Layer; readonly weight: Weight }[] =>
  model.layers.flatMap((layer) => layer.weights.filter(wanted).map((weight) => ({ layer, weight })));

const settingOf = (layer: Layer, key: string, weight: string | null): Span | null =>
  layer.settings.find((s) => s.key === key && s.weight === weight)?.from.span ?? null;
