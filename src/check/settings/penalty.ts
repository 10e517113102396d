/** `penalty: l2(1e-4)`: a term of the loss. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import type { AttrValue } from '../../ir/graph.ts';
import { penalties } from '../../ir/ops/index.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { PenaltyDef } from '../../ir/vocabulary.ts';
import { bindEntry } from '../entries.ts';
import { printValue } from '../printing.ts';
import { fromBound, word } from '../syntax.ts';
import { defineSetting, resetByNone } from './definition.ts';
import { isNone, refuseWith } from './refuse.ts';

export interface PenaltyEffect {
  readonly kind: 'penalty';
  readonly penalties: readonly Bound<PenaltyDef>[];
}

const vocabulary = { table: penalties, kind: 'penalty', noun: 'penalty', article: 'a' } as const;

export const penalty = defineSetting<PenaltyEffect>({
  key: 'penalty',
  doc: 'a term of the loss that grows with a weight',
  reaches: 'kernels',
  acts: 'on updates',
  bind(value, environment, report) {
    if (isNone(value)) return { kind: 'penalty', penalties: [] };
    const refuse = refuseWith('penalty', report, environment);
    const bound = bindEntry(value, vocabulary, environment, report, refuse, ['none']);
    if (bound === null) return null;
    if (!allZero(Object.values(bound.args))) return { kind: 'penalty', penalties: [bound] };
    report(
      policies.doesNothing.at(value.span, {
        what: `\`penalty: ${printValue(value)}\``,
        why: 'a factor of 0 adds nothing to the loss',
        instead: '`penalty: none` resets a penalty that another rule sets',
      }),
    );
    return null;
  },
  isNeutral: (effect) => effect.penalties.length === 0,
  print({ penalties: [only] }) {
    return only === undefined ? word('none') : fromBound(only);
  },
  reset: resetByNone('penalty'),
});

const allZero = (values: readonly AttrValue[]): boolean => {
  const numbers = values.filter((v) => typeof v === 'number');
  return numbers.length > 0 && numbers.every((n) => n === 0);
};
