/** `init: kaiming`: what a weight starts from. */
import { initializers } from '../../ir/ops/index.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { InitializerDef } from '../../ir/vocabulary.ts';
import { bindEntry } from '../entries.ts';
import { fromBound } from '../syntax.ts';
import { defineSetting } from './definition.ts';
import { refuseWith } from './refuse.ts';

export interface InitEffect {
  readonly kind: 'init';
  readonly init: Bound<InitializerDef>;
}

const vocabulary = { table: initializers, kind: 'initializer', noun: 'way of initialising', article: 'a' } as const;

export const init = defineSetting<InitEffect>({
  key: 'init',
  doc: 'what a weight starts from',
  reaches: 'kernels',
  acts: 'always',
  bind(value, environment, report) {
    const bound = bindEntry(value, vocabulary, environment, report, refuseWith('init', report, environment));
    return bound && { kind: 'init', init: bound };
  },
  isNeutral: () => false,
  print: (effect) => fromBound(effect.init),
  reset: null,
});
