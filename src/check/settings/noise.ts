/** `noise: gaussian(0.1)`: what is added while training, to the output of a layer or to a weight. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { noises } from '../../ir/ops/index.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { Value } from '../../ir/value.ts';
import type { NoiseDef } from '../../ir/vocabulary.ts';
import { bindEntry } from '../entries.ts';
import { printValue } from '../printing.ts';
import { fromBound, word } from '../syntax.ts';
import type { Environment } from '../values.ts';
import { defineSetting, resetByNone } from './definition.ts';
import { isNone, refuseWith } from './refuse.ts';

export interface NoiseEffect {
  readonly kind: 'noise';
  readonly noise: Bound<NoiseDef> | null;
}

const vocabulary = { table: noises, kind: 'noise', noun: 'noise', article: 'a' } as const;

/** Noise that adds something, or null after saying what is wrong. Also that of `input { … }`. */
export function bindNoise(value: Value, environment: Environment, report: Report): Bound<NoiseDef> | null {
  const bound = bindEntry(value, vocabulary, environment, report, refuseWith('noise', report, environment), ['none']);
  if (bound === null || !bound.def.isNothing(bound.args)) return bound;
  report(
    policies.doesNothing.at(value.span, {
      what: `\`noise: ${printValue(value)}\``,
      why: 'a deviation of 0 adds nothing',
      instead: '`noise: none` resets a noise that another rule sets',
    }),
  );
  return null;
}

export const noise = defineSetting<NoiseEffect>({
  key: 'noise',
  doc: 'random numbers that are added while training, to the output of a layer, or to a weight that is named',
  reaches: 'outputs',
  acts: 'always',
  bind(value, environment, report) {
    if (isNone(value)) return { kind: 'noise', noise: null };
    const bound = bindNoise(value, environment, report);
    return bound && { kind: 'noise', noise: bound };
  },
  isNeutral: (effect) => effect.noise === null,
  print: (effect) => (effect.noise === null ? word('none') : fromBound(effect.noise)),
  reset: resetByNone('noise'),
});
