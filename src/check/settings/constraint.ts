/** `constraint: max_norm(3)`: a projection of weights after each update. */
import { updates } from '../../diagnostics/catalog/updates.ts';
import { constraints } from '../../ir/ops/index.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { ConstraintDef } from '../../ir/vocabulary.ts';
import { bindEntry } from '../entries.ts';
import { fromBound, word } from '../syntax.ts';
import { defineSetting, resetByNone } from './definition.ts';
import { isNone, refuseWith } from './refuse.ts';

export interface ConstraintEffect {
  readonly kind: 'constraint';
  readonly constraint: Bound<ConstraintDef> | null;
}

const vocabulary = { table: constraints, kind: 'constraint', noun: 'constraint', article: 'a' } as const;

export const constraint = defineSetting<ConstraintEffect>({
  key: 'constraint',
  doc: 'bounds a weight: it is projected after each update',
  reaches: 'kernels',
  acts: 'on updates',
  bind(value, environment, report) {
    if (isNone(value)) return { kind: 'constraint', constraint: null };
    const refuse = refuseWith('constraint', report, environment);
    const bound = bindEntry(value, vocabulary, environment, report, refuse, ['none']);
    if (bound === null) return null;
    const conflict = bound.def.conflict?.(bound.args) ?? null;
    if (conflict === null) return { kind: 'constraint', constraint: bound };
    report(updates.conflict.at(value.span, { what: bound.def.name, why: conflict }));
    return null;
  },
  isNeutral: (effect) => effect.constraint === null,
  isTogether: (effect) => effect.constraint?.def.of === 'together',
  print: (effect) => (effect.constraint === null ? word('none') : fromBound(effect.constraint)),
  reset: resetByNone('constraint'),
});
