/** `input { … }`: what happens to inputs while training. */
import type { Bound } from '../../ir/recipe.ts';
import type { NoiseDef } from '../../ir/vocabulary.ts';
import { augment } from '../augment/setting.ts';
import { bindNoise } from '../settings/noise.ts';
import { fromBound } from '../syntax.ts';
import { sectionSetting } from './definition.ts';

const noise = sectionSetting<Bound<NoiseDef>>({
  doc: 'random numbers that are added to inputs of floats while training, behind augmentation',
  bind: bindNoise,
  print: fromBound,
  formula: ({ def, args }) => def.formula('x', args),
});

export const input = { augment, noise } as const;
