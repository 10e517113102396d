/**
 * Decoupled weight decay: takes a share of the old value away, beside the optimizer's update; never part of the gradient.
 *   per rate  w ← w − rate·λ·w_old − update      (AdamW; `decay: λ` is this)
 *   per step  w ← (1 − λ)·w after the update
 *
 * The optimizers' update ops carry it as the attributes `decay` and `decayPer`.   Source  Loshchilov & Hutter 2019.
 */
import { aNumber, oneOf } from '../attributes.ts';
import { choice, number } from '../signature.ts';
import { type Decay, decay } from '../vocabulary.ts';

/** Attributes of an op that updates a parameter. */
export const decayAttrs = { decay: aNumber(0), decayPer: oneOf(['rate', 'step'], 'rate') };

/** Those attributes for a decay, or for none. */
export const attrsOf = (of: Decay | null): { readonly decay: number; readonly decayPer: 'rate' | 'step' } =>
  of === null ? { decay: 0, decayPer: 'rate' } : { decay: of.amount, decayPer: of.per };

export const decoupled = decay({
  name: 'decoupled',
  doc: 'decoupled(λ): decoupled weight decay',
  signature: {
    amount: number({ min: 0, below: 1, positional: true, doc: 'share of the old value taken away' }),
    per: choice(['rate', 'step'], { default: 'rate', doc: 'times the learning rate, or as it is' }),
  },
  decay: ({ amount, per }) => ({ amount, per }),
  update: ({ amount, per }) =>
    per === 'rate' ? `w ← w − rate·${amount}·w − update` : `w ← ${Number((1 - amount).toPrecision(12))}·(w − update)`,
});
