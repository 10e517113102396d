/** `rate_scale: 0.1`: a factor on the learning rate of some weights. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { number } from '../syntax.ts';
import { describe } from '../values.ts';
import { defineSetting } from './definition.ts';

export interface RateScaleEffect {
  readonly kind: 'rate_scale';
  readonly factor: number;
}

export const rateScale = defineSetting<RateScaleEffect>({
  key: 'rate_scale',
  doc: 'what the learning rate is multiplied by, for a weight',
  reaches: 'weights',
  acts: 'on updates',
  bind(value, _environment, report) {
    if (value.kind === 'number' && value.value > 0 && Number.isFinite(value.value))
      return { kind: 'rate_scale', factor: value.value };
    const isZero = value.kind === 'number' && value.value === 0;
    report(
      policies.badValue.at(value.span, {
        key: 'rate_scale',
        accepts: 'a number above 0',
        found: describe(value),
        nearest: null,
        hint: isZero ? 'weights that are not to change are frozen: `trainable: false`' : null,
      }),
    );
    return null;
  },
  isNeutral: (effect) => effect.factor === 1,
  print: (effect) => number(effect.factor),
  reset: {
    value: '1',
    why: 'no other rule changes the rate there',
    instead: 'remove it: the rate is that of the optimizer unless a rule scales it',
  },
});
