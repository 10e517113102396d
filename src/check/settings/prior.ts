/** `prior: gaussian(sigma: 0.1)`: a penalty whose weight follows from a distribution of the weights. */
import { priors } from '../../ir/ops/index.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { PriorDef } from '../../ir/vocabulary.ts';
import { bindEntry } from '../entries.ts';
import { fromBound, word } from '../syntax.ts';
import { defineSetting, resetByNone } from './definition.ts';
import { isNone, refuseWith } from './refuse.ts';

export interface PriorEffect {
  readonly kind: 'prior';
  readonly prior: Bound<PriorDef> | null;
}

const vocabulary = { table: priors, kind: 'prior', noun: 'prior', article: 'a' } as const;

export const prior = defineSetting<PriorEffect>({
  key: 'prior',
  doc: 'how a weight is distributed before any data: a penalty by another name',
  reaches: 'kernels',
  acts: 'on updates',
  bind(value, environment, report) {
    if (isNone(value)) return { kind: 'prior', prior: null };
    const refuse = refuseWith('prior', report, environment);
    const bound = bindEntry(value, vocabulary, environment, report, refuse, ['none']);
    return bound && { kind: 'prior', prior: bound };
  },
  isNeutral: (effect) => effect.prior === null,
  print: (effect) => (effect.prior === null ? word('none') : fromBound(effect.prior)),
  reset: resetByNone('prior'),
});
