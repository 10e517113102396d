/** `trainable: false`: freezes weights. */
import { boolean } from '../syntax.ts';
import { defineSetting } from './definition.ts';
import { refuseWith } from './refuse.ts';

export interface TrainableEffect {
  readonly kind: 'trainable';
  readonly trainable: boolean;
}

export const trainable = defineSetting<TrainableEffect>({
  key: 'trainable',
  doc: '`false` freezes a weight, and the statistics of a norm',
  reaches: 'weights',
  acts: 'always',
  bind(value, _environment, report) {
    if (value.kind === 'boolean') return { kind: 'trainable', trainable: value.value };
    const word = value.kind === 'word' ? value.word.toLowerCase() : '';
    const near = ['no', 'off', 'never', 'false'].includes(word)
      ? 'false'
      : ['yes', 'on', 'true'].includes(word)
        ? 'true'
        : null;
    refuseWith('trainable', report)(value, '`true` or `false`', near);
    return null;
  },
  isNeutral: (effect) => effect.trainable,
  print: (effect) => boolean(effect.trainable),
  reset: {
    value: 'true',
    why: 'nothing freezes what it selects',
    instead: 'weights are trained unless a rule says `trainable: false`',
  },
});
