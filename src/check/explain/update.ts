/** The update that a parameter gets, as a formula with its numbers. */
import { numeral } from '../../ir/numeral.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { Decay, Entry, PriorDef } from '../../ir/vocabulary.ts';
import { lastWeights } from '../last-weights.ts';
import type { Model, TrainConfig, Weight } from '../model.ts';
import { priorDivisor } from '../priors.ts';
import type { UpdateExplanation } from './explanation.ts';

type Trained = Pick<TrainConfig, 'optimizer' | 'schedule' | 'losses' | 'data' | 'accumulate' | 'average'>;
type Line = UpdateExplanation['steps'][number];

/** Of one weight, or of what is the same for all (null). Without a train the optimizer is not known: its part is called so. */
export function updateOf(weight: Weight | null, model: Model, train: Trained | null): UpdateExplanation {
  const optimizer = train === null ? null : (train.optimizer.def.formula?.(train.optimizer.args) ?? null);
  const plain = optimizer?.text ?? `− ${train === null ? 'the optimizer' : train.optimizer.def.name}’s step`;
  const factor = weight?.rateScale ?? 1;
  const name = train?.optimizer.def.name ?? null;
  const decay = weight?.decay ?? null;
  const [clipping, penalties] = [clipLines(weight, model), penaltyLines(weight, model, train)];
  const notes = [
    name,
    decay === null ? null : decayText(decay),
    factor === 1 ? null : `rate_scale: ${numeral(factor)}`,
  ];
  return {
    steps: [
      { text: 'g = ∂loss/∂w', note: null },
      ...ascentLines(model),
      ...accumulationLines(train),
      ...(model.sections.gradient.of === 'total' ? [...penalties, ...clipping] : [...clipping, ...penalties]),
      ...(optimizer?.where ?? []).map((text) => ({ text: scaled(text, factor), note: null })),
      {
        text: scaled(withDecay(plain, decay), factor),
        note: notes.filter((t) => t !== null).join(', ') || null,
      },
      ...constraintLines(weight),
      ...averageLines(weight, train),
    ],
    rate: train === null ? null : rateOf(train),
  };
}

/** The rate of a group of weights wherever the formula has the rate. */
const scaled = (text: string, factor: number): string =>
  factor === 1 ? text : text.replaceAll(/\brate\b/g, `${numeral(factor)}·rate`);

function ascentLines({ sections }: Model): readonly Line[] {
  const { at } = sections.gradient;
  if (at === undefined) return [];
  const { text, where } = at.def.formula(at.args);
  return [{ text: `g ← ${text}`, note: [`at: ${textOf(at)}`, ...where].join('; ') }];
}

function accumulationLines(train: Trained | null): readonly Line[] {
  if (train === null || train.accumulate === 1) return [];
  return [
    {
      text: `g ← mean of g over ${train.accumulate} batches`,
      note: `accumulate: ${train.accumulate}; by the size of each`,
    },
  ];
}

/** What evaluation and prediction use in the place of w. */
function averageLines(weight: Weight | null, train: Trained | null): readonly Line[] {
  if (train?.average == null || weight?.trainable === false) return [];
  const { text, where } = train.average.def.formula(train.average.args);
  return [{ text: `w̄ ← ${text}`, note: [`average: ${textOf(train.average)}`, ...where].join('; ') }];
}

function clipLines(weight: Weight | null, model: Model): readonly Line[] {
  const { clip, of } = model.sections.gradient;
  if (clip === undefined) return [];
  const isLeftAlone = clip.def.name === 'adaptive' && clip.args.last !== true;
  if (weight !== null && isLeftAlone && lastWeights(model).has(weight.name)) return [];
  const formula = clip.def.formula?.(clip.args) ?? null;
  const where = (formula?.where ?? []).filter((line) => weight === null || !line.startsWith('the last layer'));
  const note = [`clip: ${textOf(clip)}`, ...(of === 'total' ? ['of: total'] : []), ...where].join('; ');
  return [{ text: `g ← ${formula?.text ?? `${clip.def.name}(g)`}`, note }];
}

function penaltyLines(weight: Weight | null, model: Model, train: Trained | null): readonly Line[] {
  if (weight === null) return [];
  const { penalties, prior } = weight;
  return [
    ...penalties.map((p) => ({
      text: `g ← g + ${p.def.gradient?.(p.args) ?? `∂${p.def.name}/∂w`}`,
      note: `penalty: ${textOf(p)}`,
    })),
    ...(prior === null ? [] : [priorLine(prior, model, train)]),
  ];
}

/** The penalty that a prior is: how many samples there are is known when the data are read, or where a limit says it. */
function priorLine(prior: Bound<PriorDef>, model: Model, train: Trained | null): Line {
  const divisor = train === null ? 1 : (priorDivisor(model, train.losses) ?? 1);
  const over = divisor === 1 ? '' : `/${divisor}`;
  const weight = prior.def.weight(prior.args) / divisor;
  const samples = train === null ? null : samplesOf(train.data);
  const value = samples === null ? `${numeral(weight)}/N` : numeral(weight / samples);
  const lambda = `λ = ${prior.def.formula(prior.args)}${over} = ${value}`;
  return {
    text: prior.def.penalty === 'l2' ? 'g ← g + 2·λ·w' : 'g ← g + λ·sign(w)',
    note: [
      `prior: ${textOf(prior)} is penalty: ${prior.def.penalty}(λ)`,
      lambda,
      `N${samples === null ? ':' : ` = ${samples},`} the samples to train with`,
      ...(divisor === 1 ? [] : [`the loss is a mean over ${divisor} values of a sample`]),
    ].join('; '),
  };
}

/** The samples that are left to train with; null where only the data say it. */
function samplesOf({ limit, validation }: TrainConfig['data']): number | null {
  return limit.train === null ? null : limit.train - Math.round(limit.train * validation);
}

function constraintLines(weight: Weight | null): readonly Line[] {
  if (weight === null || weight.constraint === null) return [];
  const { text, where } = weight.constraint.def.formula(weight.constraint.args);
  return [{ text: `w ← ${text}`, note: [`constraint: ${textOf(weight.constraint)}`, ...where].join('; ') }];
}

/** Decay by the rate stands beside the step; by the step it shrinks what the step leaves. */
function withDecay(step: string, decay: Decay | null): string {
  if (decay === null) return `w ← w ${step}`;
  return decay.per === 'rate'
    ? `w ← w ${step} − rate·${numeral(decay.amount)}·w`
    : `w ← ${numeral(1 - decay.amount)}·(w ${step})`;
}

const decayText = ({ amount, per }: Decay): string =>
  `decay: ${per === 'rate' ? numeral(amount) : `decoupled(${numeral(amount)}, per: step)`}`;

function rateOf({ optimizer, schedule }: Pick<Trained, 'optimizer' | 'schedule'>): UpdateExplanation['rate'] {
  const { rate } = optimizer.args;
  if (typeof rate !== 'number') return null;
  return schedule.def.formula?.(schedule.args, rate) ?? { text: `${schedule.def.name} of ${numeral(rate)}`, where: [] };
}

/** `l2(1e-4)`: what differs from the defaults. */
export function textOf({ def, args }: Bound<Entry>): string {
  const given = Object.entries(def.signature).flatMap(([key, spec]) => {
    const value = args[key];
    if (value === undefined || value === null || value === spec.default) return [];
    const text =
      typeof value === 'number' ? numeral(value) : Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
    return [spec.positional ? text : `${key}: ${text}`];
  });
  return given.length === 0 ? def.name : `${def.name}(${given.join(', ')})`;
}

/** Parameters by what acts on them beside the gradient of the loss. */
export function groupsOf(model: Model): readonly { readonly text: string; readonly weights: readonly string[] }[] {
  const groups = new Map<string, string[]>();
  for (const weight of model.layers.flatMap((l) => l.weights)) {
    const parts = [
      ...(weight.decay === null ? [] : [decayText(weight.decay)]),
      ...weight.penalties.map((p) => `penalty: ${textOf(p)}`),
      ...(weight.prior === null ? [] : [`prior: ${textOf(weight.prior)}`]),
      ...(weight.constraint === null ? [] : [`constraint: ${textOf(weight.constraint)}`]),
      ...(weight.rateScale === 1 ? [] : [`rate_scale: ${numeral(weight.rateScale)}`]),
    ];
    const text = weight.trainable ? parts.join(', ') || 'no decay, no penalty' : weight.frozen ? 'frozen' : null;
    if (text !== null) groups.set(text, [...(groups.get(text) ?? []), weight.name]);
  }
  return [...groups].map(([text, weights]) => ({ text, weights }));
}
