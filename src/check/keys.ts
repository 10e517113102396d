/** Settings of `data`, `train`, `sweep` and `search` by key: unknown and doubled ones are reported, the others evaluated. */
import { training } from '../diagnostics/catalog/training.ts';
import { unsupported } from '../diagnostics/catalog/unsupported.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Value } from '../ir/value.ts';
import type { Setting } from '../parser/tree.ts';
import { isUnsupported, type WordKind } from './unsupported.ts';
import { emptyEnvironment, evaluate } from './values.ts';

export interface Settings<K extends string> {
  /** Every known key that was written, also with a value that is wrong. */
  readonly written: ReadonlyMap<K, Setting>;
  /** The values that could be evaluated. */
  readonly values: ReadonlyMap<K, Value>;
}

/** Settings of a policy that are looked for in a train, and what others call those of a train. */
const elsewhere: Readonly<Record<string, string>> = {
  stop: 'early stopping belongs to a policy: `stop { patience: 5 }`',
  early_stopping: 'early stopping belongs to a policy: `stop { patience: 5 }`',
  patience: 'early stopping belongs to a policy: `stop { patience: 5 }`',
  monitor: 'early stopping belongs to a policy: `stop { monitor: loss  patience: 5 }`',
  accumulation_steps: 'write `accumulate: 4`',
  gradient_accumulation: 'write `accumulate: 4`',
  gradient_accumulation_steps: 'write `accumulate: 4`',
  ema: 'write `average: ema(decay: 0.999)`',
  use_ema: 'write `average: ema(decay: 0.999)`',
  swa: 'write `average: swa(start: 75%)`',
  clip: 'clipping belongs to a policy: `gradient { clip: global_norm(1) }`',
  augment: 'augmentation belongs to a policy: `input { augment: … }`',
};

export function readSettings<K extends string>(
  owner: {
    readonly what: 'data' | 'train' | 'sweep' | 'search';
    readonly name: string;
    /** Words of the language that are not compiled yet here. */
    readonly kind: WordKind | null;
  },
  settings: readonly Setting[],
  known: readonly K[],
  report: Report,
): Settings<K> {
  const written = new Map<K, Setting>();
  const values = new Map<K, Value>();
  const { what, name } = owner;
  for (const setting of settings) {
    const text = setting.key.text;
    const key = known.find((k) => k === text);
    if (text === '') continue; // missing, and reported by the parser
    if (key === undefined) {
      if (owner.kind !== null && isUnsupported(owner.kind, text))
        report(unsupported.word.at(setting.key.span, { what: `setting of a ${what}`, word: text, compiled: known }));
      else
        report(
          training.unknownKey.at(setting.key.span, {
            what,
            name,
            key: text,
            nearest: nearest(text, known),
            hint: what === 'train' && Object.hasOwn(elsewhere, text) ? (elsewhere[text] ?? null) : null,
            known: [...known, ...(what === 'data' ? ['fields'] : what === 'train' ? [] : ['over'])],
          }),
        );
      continue;
    }
    const first = written.get(key);
    if (first !== undefined) {
      report(training.keyTwice.at(setting.key.span, { what, name, key }, { places: { first: first.key.span } }));
      continue;
    }
    written.set(key, setting);
    if (key === 'policy' && setting.value.kind === 'binary') {
      const help = 'several policies are a list, later over earlier: `[Plain, Strong]`';
      const facts = { key, accepts: 'the name of a policy, or a list of names', found: 'an expression' };
      report(training.badValue.at(setting.value.span, { ...facts, nearest: null, hint: help }));
      continue;
    }
    const value = evaluate(setting.value, emptyEnvironment, report);
    if (value !== null) values.set(key, value);
  }
  return { written, values };
}
