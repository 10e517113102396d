/** NRM6012: a label that differs from a layer, a method or a slot by case only. In the case of the word itself it is an error. */
import { lints } from '../../diagnostics/catalog/lints.ts';
import { joins, layers } from '../../ir/ops/index.ts';
import type { Item } from '../../parser/tree.ts';
import { slots } from '../words.ts';
import { bodiesOf } from './calls.ts';
import type { FileLint } from './lint.ts';

export const labelCase: FileLint = ({ tree: file }, report) => {
  const walk = (items: readonly Item[]): void => {
    for (const item of items) {
      if (item.kind !== 'step') continue;
      if (item.label !== null) {
        const { text: label, span } = item.label;
        const word = label.toLowerCase();
        const what = whatIs(word);
        if (word !== label && what !== null) report(lints.labelCase.at(span, { label, word, what }));
      }
      for (const body of bodiesOf(item.core)) walk(body);
    }
  };
  for (const d of file.declarations) if ('body' in d) walk(d.body);
};

function whatIs(word: string): string | null {
  if (slots.some((slot) => slot === word)) return 'slot';
  if (Object.hasOwn(joins, word)) return 'join';
  const use = Object.hasOwn(layers, word) ? layers[word]?.use : undefined;
  return use === undefined ? null : use === 'step' ? 'layer' : 'method';
}
