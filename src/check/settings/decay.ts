/** `decay: 5e-4`, `decay: decoupled(0.02, per: step)`: decoupled weight decay. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { decays, penalties } from '../../ir/ops/index.ts';
import type { Decay } from '../../ir/vocabulary.ts';
import { bindEntry, callOf } from '../entries.ts';
import { printValue } from '../printing.ts';
import { argument, call, number, word } from '../syntax.ts';
import { describe } from '../values.ts';
import { defineSetting, resetByNone } from './definition.ts';
import { isNone, refuseWith } from './refuse.ts';

export interface DecayEffect {
  readonly kind: 'decay';
  readonly decay: Decay | null;
}

const vocabulary = { table: decays, kind: 'decay', noun: 'number or a decay', article: 'a' } as const;

export const decay = defineSetting<DecayEffect>({
  key: 'decay',
  doc: 'the share of a weight that each update takes away, beside the gradient',
  reaches: 'kernels',
  acts: 'on updates',
  bind(value, environment, report) {
    if (isNone(value)) return { kind: 'decay', decay: null };
    const accepts = 'a number above 0 and below 1, `decoupled(…)` or `none`';
    const refuse = (hint: string | null): null => {
      report(policies.badValue.at(value.span, { key: 'decay', accepts, found: describe(value), nearest: null, hint }));
      return null;
    };
    let decay: Decay;
    if (value.kind === 'number') {
      if (value.value < 0 || value.value >= 1) return refuse('it is the share of a weight that is taken away: `5e-4`');
      decay = { amount: value.value, per: 'rate' };
    } else {
      const name = callOf(value)?.name ?? '';
      if (Object.hasOwn(penalties, name))
        return refuse(`\`${name}\` is a penalty, a term of the loss: \`penalty: ${printValue(value)}\``);
      const bound = bindEntry(value, vocabulary, environment, report, refuseWith('decay', report, environment), [
        'none',
      ]);
      if (bound === null) return null;
      decay = bound.def.decay(bound.args);
    }
    if (decay.amount > 0) return { kind: 'decay', decay };
    report(
      policies.doesNothing.at(value.span, {
        what: `\`decay: ${printValue(value)}\``,
        why: 'nothing is taken away',
        instead: '`decay: none` resets a decay that another rule sets',
      }),
    );
    return null;
  },
  isNeutral: (effect) => effect.decay === null,
  print({ decay }) {
    if (decay === null) return word('none');
    const amount = number(decay.amount);
    return decay.per === 'rate' ? amount : call('decoupled', [argument(null, amount), argument('per', word('step'))]);
  },
  reset: resetByNone('decay'),
});
