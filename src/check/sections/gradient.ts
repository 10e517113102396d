/** `gradient { … }`: what happens to gradients between the loss and the optimizer. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { updates } from '../../diagnostics/catalog/updates.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { ascents, clips } from '../../ir/ops/index.ts';
import type { Bound, ClipOf } from '../../ir/recipe.ts';
import type { AscentDef, ClipDef } from '../../ir/vocabulary.ts';
import { bindEntry } from '../entries.ts';
import { refuseWith } from '../settings/refuse.ts';
import { fromBound, word } from '../syntax.ts';
import { describe } from '../values.ts';
import { sectionSetting } from './definition.ts';

const vocabulary = { table: clips, kind: 'clip', noun: 'way of clipping', article: 'a' } as const;

const clip = sectionSetting<Bound<ClipDef>>({
  doc: 'bounds gradients',
  bind(value, environment, report) {
    const bound = bindEntry(value, vocabulary, environment, report, refuseWith('clip', report));
    const conflict = bound?.def.conflict?.(bound.args) ?? null;
    if (bound === null || conflict === null) return bound;
    report(updates.conflict.at(value.span, { what: bound.def.name, why: conflict }));
    return null;
  },
  print: fromBound,
  formula: ({ def, args }) => def.formula?.(args) ?? null,
});

const words = ['data', 'total'] as const satisfies readonly ClipOf[];

const of = sectionSetting<ClipOf>({
  doc: 'what is clipped: the gradient of the loss (`data`), or its sum with those of penalties (`total`)',
  bind(value, _environment, report) {
    const written = value.kind === 'word' ? value.word : null;
    const found = words.find((w) => w === written);
    if (found !== undefined) return found;
    report(
      policies.badValue.at(value.span, {
        key: 'of',
        accepts: '`data`, the gradient of the loss, or `total`, with penalties added',
        found: describe(value),
        nearest: written === null ? null : nearest(written, words),
        hint: null,
      }),
    );
    return null;
  },
  print: word,
  formula: () => null,
});

const nearby = { table: ascents, kind: 'ascent', noun: 'place to take gradients at', article: 'a' } as const;

const at = sectionSetting<Bound<AscentDef>>({
  doc: 'where gradients are taken: at the weights, or near them',
  bind: (value, environment, report) => bindEntry(value, nearby, environment, report, refuseWith('at', report)),
  print: fromBound,
  formula: ({ def, args }) => def.formula(args),
});

export const gradient = { clip, of, at } as const;
