/** `dropout(…, form: standard, exact: true)`: the train of kernels that the pass invert-dropout made p times as large. */
import type { TrainConfig, Weight } from '../check/model.ts';
import type { Ref } from '../ir/graph.ts';
import {
  rescaledConstraint,
  rescaledDecay,
  rescaledPenalty,
  rescaledPrior,
  rescaledStep,
} from '../ir/ops/random/rescaling.ts';
import type { Bound } from '../ir/recipe.ts';
import type { OptimizerDef } from '../ir/vocabulary.ts';

/** By kernel: how many times as large it is as the one that the spec speaks of. */
type Scales = ReadonlyMap<Ref, number>;

/** What a pass did to a weight, as far as it is of interest here. */
interface Change {
  readonly kind: string;
  readonly target: Ref;
  readonly factor?: number;
  readonly exact?: true;
}

export function exactScales(changes: readonly Change[]): Scales {
  const scales = new Map<Ref, number>();
  for (const { kind, target, factor = 1, exact } of changes)
    if (kind === 'scale' && exact === true) scales.set(target, (scales.get(target) ?? 1) * factor);
  return scales;
}

interface Rescaled {
  readonly train: TrainConfig;
  /** By parameter: arguments of the optimizer that are its own. */
  readonly optimizers: ReadonlyMap<Ref, Bound<OptimizerDef>['args']>;
}

/** The train with the step, the penalty, the decay and the constraint of each such kernel put so that it moves as the smaller one would. */
export function rescaled(train: TrainConfig, scales: Scales): Rescaled {
  if (scales.size === 0) return { train, optimizers: new Map() };
  const optimizers = new Map<Ref, Bound<OptimizerDef>['args']>();
  const weightOf = (weight: Weight): Weight => {
    const ref: Ref = `@${weight.name}`;
    const p = scales.get(ref);
    if (p === undefined) return weight;
    const step = rescaledStep(train.optimizer, p);
    const constraint = weight.constraint && rescaledConstraint(weight.constraint, p);
    const penalties = weight.penalties.flatMap((penalty) => rescaledPenalty(penalty, p) ?? []);
    if (
      step === null ||
      (constraint === null && weight.constraint !== null) ||
      penalties.length < weight.penalties.length
    )
      throw new Error(`${weight.name} cannot be kept exact, which checking refuses`);
    optimizers.set(ref, step.args);
    return {
      ...weight,
      rateScale: weight.rateScale * step.rate,
      decay: weight.decay && rescaledDecay(weight.decay, step.rate),
      penalties,
      prior: weight.prior && rescaledPrior(weight.prior, p),
      constraint,
    };
  };
  const layers = train.model.layers.map((layer) => ({ ...layer, weights: layer.weights.map(weightOf) }));
  return { train: { ...train, model: { ...train.model, layers } }, optimizers };
}
