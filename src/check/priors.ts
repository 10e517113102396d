/**
 * Priors meet the loss: which losses are likelihoods, and by what the weight of a prior is divided beside the number of samples.
 *
 * A prior counts once, the likelihood once for each sample. So the loss must be a mean of −log p over samples, or become one by a factor
 * that is known: the noise of the targets for a mean squared error, the number of values where the mean goes over an output's values too.
 */
import { updates } from '../diagnostics/catalog/updates.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Dim } from '../ir/graph.ts';
import { settingOf } from './lints/flow.ts';
import type { Layer, Model, TrainConfig, Weight } from './model.ts';

type Losses = TrainConfig['losses'];

/** Losses that are a mean of −log p; softmax is over the last axis, so that the mean goes over the others. */
const likelihoods: readonly string[] = [
  'cross_entropy',
  'categorical_crossentropy',
  'sparse_categorical_crossentropy',
  'binary_crossentropy',
  'poisson',
];
const squared = 'mean_squared_error';

/** What the weight of every prior is divided by beside the samples; null where the losses give it no one weight. */
export function priorDivisor(model: Model, losses: Losses): number | null {
  const counts = new Set(losses.map((loss) => countOf(model, loss)));
  const [only, ...more] = counts;
  return only === undefined || more.length > 0 ? null : only;
}

/** The values of a sample that a loss is a mean over. */
function countOf({ outputs }: Model, { output, probabilities }: Losses[number]): number {
  const [, ...sizes] = outputs.find((o) => o.name === output)?.type.shape ?? [];
  const over = probabilities === 'softmax' ? sizes.slice(0, -1) : sizes;
  return over.reduce<number>((count, size) => count * known(size), 1);
}

function known(size: Dim): number {
  if (typeof size === 'number') return size;
  throw new Error(`the size ${size} of an output is not known while training`);
}

/** What keeps a loss from being a likelihood though its kind is one: samples that count more or less, targets that are not the data's. */
function unlike({ loss, sample }: Losses[number]): string | null {
  if (sample !== null) return 'sample';
  if (loss.args.weights != null) return 'weights';
  return typeof loss.args.label_smoothing === 'number' && loss.args.label_smoothing > 0 ? 'label_smoothing' : null;
}

/** Says what is wrong; nothing where no weight has a prior. */
export function checkPriors(model: Model, losses: Losses, at: Span, report: Report): void {
  const seen = new Set<string>();
  for (const { layer, weight } of weightsWithPrior(model)) {
    const setting = settingOf(layer, 'prior', weight.spec.name)?.from.span ?? null;
    const key = setting === null ? '' : `${setting.file}:${setting.start}`;
    if (seen.has(key)) continue;
    seen.add(key);
    checkPrior(weight, model, losses, setting, at, report);
  }
}

function checkPrior(
  weight: Weight,
  model: Model,
  losses: Losses,
  setting: Span | null,
  at: Span,
  report: Report,
): void {
  const places = { places: { loss: at } };
  const has = weight.prior?.args.noise !== null;
  for (const one of losses) {
    const { name } = one.loss.def;
    const needed = name === squared;
    const by = unlike(one);
    if ((!needed && !likelihoods.includes(name)) || by !== null) {
      const facts = { loss: name, by, weight: weight.name, known: [...likelihoods.slice(0, 1), squared] };
      report(updates.priorNeedsLikelihood.at(setting, facts, places));
      return;
    }
    if (needed !== has) {
      const facts = { loss: name, weight: weight.name, prior: weight.prior?.def.name ?? '', needed };
      report(updates.priorNoise.at(setting, facts, places));
      return;
    }
  }
  if (priorDivisor(model, losses) === null) {
    const facts = { weight: weight.name, losses: losses.map((l) => l.output) };
    report(updates.priorsOfSeveral.at(setting, facts, places));
  }
}

const weightsWithPrior = (model: Model): readonly { readonly layer: Layer; readonly weight: Weight }[] =>
  model.layers.flatMap((layer) =>
    layer.weights.filter((weight) => weight.prior !== null).map((weight) => ({ layer, weight })),
  );
