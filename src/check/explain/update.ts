/** The update that a parameter gets, as a formula with its numbers. */
import { numeral } from '../../ir/numeral.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { ClipDef, Decay, OptimizerDef, PenaltyDef } from '../../ir/vocabulary.ts';
import type { Model, TrainConfig } from '../model.ts';
import type { UpdateExplanation } from './explanation.ts';

/** What one parameter's update is made of. */
export interface Parts {
  readonly clip: Bound<ClipDef> | null;
  readonly penalties: readonly Bound<PenaltyDef>[];
  readonly decay: Decay | null;
}

type Trained = Pick<TrainConfig, 'optimizer' | 'schedule'>;

/** Without a train the optimizer is not known: its part of the update is called so. */
export function updateOf({ clip, penalties, decay }: Parts, train: Trained | null): UpdateExplanation {
  const clipping = clip?.def.formula?.(clip.args) ?? null;
  const optimizer = train === null ? null : (train.optimizer.def.formula?.(train.optimizer.args) ?? null);
  const step = optimizer?.text ?? `− ${train === null ? 'the optimizer' : train.optimizer.def.name}’s step`;
  const name = train?.optimizer.def.name ?? null;
  return {
    steps: [
      { text: 'g = ∂loss/∂w', note: null },
      ...(clip === null
        ? []
        : [
            {
              text: `g ← ${clipping?.text ?? `${clip.def.name}(g)`}`,
              note: [`clip: ${textOf(clip)}`, ...(clipping?.where ?? [])].join('; '),
            },
          ]),
      ...penalties.map((p) => ({
        text: `g ← g + ${p.def.gradient?.(p.args) ?? `∂${p.def.name}/∂w`}`,
        note: `penalty: ${textOf(p)}`,
      })),
      ...(optimizer?.where ?? []).map((text) => ({ text, note: null })),
      {
        text: withDecay(step, decay),
        note: [name, decay === null ? null : decayText(decay)].filter((t) => t !== null).join(', ') || null,
      },
    ],
    rate: train === null ? null : rateOf(train),
  };
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

function rateOf({ optimizer, schedule }: Trained): UpdateExplanation['rate'] {
  const { rate } = optimizer.args;
  if (typeof rate !== 'number') return null;
  return schedule.def.formula?.(schedule.args, rate) ?? { text: `${schedule.def.name} of ${numeral(rate)}`, where: [] };
}

/** `l2(1e-4)`: what differs from the defaults. */
export function textOf({ def, args }: Bound<ClipDef> | Bound<PenaltyDef> | Bound<OptimizerDef>): string {
  const given = Object.entries(def.signature).flatMap(([key, spec]) => {
    const value = args[key];
    if (value === undefined || value === null || value === spec.default) return [];
    const text = typeof value === 'number' ? numeral(value) : String(value);
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
    ];
    const text = weight.trainable ? parts.join(', ') || 'no decay, no penalty' : weight.frozen ? 'frozen' : null;
    if (text !== null) groups.set(text, [...(groups.get(text) ?? []), weight.name]);
  }
  return [...groups].map(([text, weights]) => ({ text, weights }));
}
