/** `augment: [flip(horizontal), crop(pad: 4)]`: a list, or a single one. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import type { Bound } from '../../ir/recipe.ts';
import { bindEntry } from '../entries.ts';
import { sectionSetting } from '../sections/definition.ts';
import { refuseWith } from '../settings/refuse.ts';
import { fromBound, list } from '../syntax.ts';
import { type AugmentationDef, augmentations } from './table.ts';

const vocabulary = { table: augmentations, kind: 'augmentation', noun: 'augmentation', article: 'an' } as const;

/** In the order in which they are applied; those that mix samples come last, whatever their place. */
export const augment = sectionSetting<readonly Bound<AugmentationDef>[]>({
  doc: 'changes images anew in each epoch of training, before preprocessing',
  bind(value, environment, report) {
    const items = value.kind === 'list' ? value.items : [value];
    if (items.length === 0) {
      report(
        policies.doesNothing.at(value.span, {
          what: '`augment: []`',
          why: 'the list is empty',
          instead: '`augment: none` takes away what an earlier policy says',
        }),
      );
      return null;
    }
    const refuse = refuseWith('augment', report, environment);
    const bound = items.map((item) => bindEntry(item, vocabulary, environment, report, refuse, ['none']));
    return bound.includes(null) ? null : bound.filter((b) => b !== null);
  },
  print: (bound) => list(bound.map(fromBound)),
  formula: () => null,
});
