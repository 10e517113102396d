/** Entries of the vocabulary in values: `adam(rate: 1e-3)`, `kaiming`, `batch(epsilon: 1e-5)`. */

import { layers as layerErrors } from '../diagnostics/catalog/layers.ts';
import { names } from '../diagnostics/catalog/names.ts';
import { policies } from '../diagnostics/catalog/policies.ts';
import { randomness } from '../diagnostics/catalog/randomness.ts';
import { unsupported as unsupportedErrors } from '../diagnostics/catalog/unsupported.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { layers, weightMethods } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { Entry, LayerDef, WeightMethodDef } from '../ir/vocabulary.ts';
import { type BoundArguments, bind, entryOf } from './bind.ts';
import { suggestEntry, suggestMethod } from './familiar.ts';
import { printValue } from './printing.ts';
import { tracing } from './tracing.ts';
import { isUnsupported, type WordKind } from './unsupported.ts';
import { describe, type Environment } from './values.ts';
import { type Slot, slots } from './words.ts';

/** Where an entry is looked up, and how it is spoken of. */
export interface Vocabulary<D> {
  readonly table: Readonly<Record<string, D>>;
  readonly kind: WordKind;
  /** "optimizer" */
  readonly noun: string;
  readonly article: 'a' | 'an';
}

/** What a call-like value names; null for other values. */
export function callOf(
  value: Value,
): { readonly name: string; readonly span: Span; readonly args: readonly ArgumentValue[] } | null {
  if (value.kind === 'word') return { name: value.word, span: value.span, args: [] };
  if (value.kind === 'call') return { name: value.name, span: value.nameSpan, args: value.arguments };
  return null;
}

/** How a setting says that a value is not accepted; policies and trains have a definition each. */
export type Refuse = (value: Value, accepts: string, nearest: string | null) => void;

/** The entry with its arguments bound, or null after saying what is wrong. `also` are further words that the setting takes. */
export function bindEntry<D extends Entry>(
  value: Value,
  { table, kind, noun, article }: Vocabulary<D>,
  environment: Environment,
  sink: Report,
  refuse: Refuse,
  also: readonly string[] = [],
): Bound<D> | null {
  const report = tracing([value], sink);
  const call = callOf(value);
  const known = Object.keys(table);
  const def = call === null ? undefined : entryOf(table, call.name);
  if (call === null || def === undefined) {
    if (call !== null && isUnsupported(kind, call.name)) {
      report(unsupportedErrors.word.at(call.span, { what: noun, word: call.name, compiled: known }));
    } else {
      const accepts = `${article} ${noun}: ${[...known, ...also].map((k) => `\`${k}\``).join(', ')}`;
      const written = call?.name ?? (value.kind === 'string' ? value.value : null);
      refuse(value, accepts, written === null ? null : suggestEntry(kind, written, [...known, ...also]));
    }
    return null;
  }
  const args = bind(def.signature, call.args, { name: def.name, span: value.span, environment }, report);
  return args && { def, args };
}

/** What fills a slot. */
export type Method = Bound<LayerDef>;

/** Names of the methods of a slot. */
const methodsOf = (slot: Slot): readonly string[] => Object.keys(layers).filter((name) => layers[name]?.use === slot);

/** A method, `'none'`, or null after saying what is wrong. */
export function bindMethod(slot: Slot, value: Value, environment: Environment, sink: Report): Method | 'none' | null {
  const report = tracing([value], sink);
  const call = callOf(value);
  if (call === null) {
    report(
      policies.badValue.at(value.span, {
        key: slot,
        accepts: `a method: ${methodsOf(slot)
          .map((m) => `\`${m}\``)
          .join(', ')} or \`none\``,
        found: describe(value),
        nearest: null,
        hint: slot === 'drop' && value.kind === 'number' ? `write \`dropout(drop: ${describe(value)})\`` : null,
      }),
    );
    return null;
  }
  if (value.kind === 'word' && value.word === 'none') return 'none';
  const ofKernels = entryOf(weightMethods, call.name);
  if (ofKernels !== undefined) {
    reportInSlot(ofKernels, slot, value, report);
    return null;
  }
  const def = entryOf(layers, call.name);
  if (def === undefined || def.use !== slot) {
    reportUnknownMethod(slot, call, def, report);
    return null;
  }
  if (def.use === 'drop' && !checkFraction(def, call.args, value.span, sink)) return null;
  const args = bind(def.signature, call.args, { name: def.name, span: value.span, environment }, report);
  if (args === null || isIdlyExact(def, args, call.args, report)) return null;
  return { def, args };
}

/** `dropout(…, exact: true)` without `form: standard`, which is reported. */
function isIdlyExact(def: LayerDef, args: BoundArguments, given: readonly ArgumentValue[], report: Report): boolean {
  if (def.use !== 'drop' || args.exact !== true || args.form === 'standard') return false;
  const span = given.find((a) => a.name === 'exact')?.span ?? null;
  report(
    policies.doesNothing.at(span, {
      what: '`exact: true`',
      why: 'inverted dropout is not rewritten',
      instead: 'it is for `form: standard`: remove it',
    }),
  );
  return true;
}

/** A method of kernels where a slot is filled. */
export const reportInSlot = (def: WeightMethodDef, slot: string, value: Value, report: Report): void =>
  report(
    randomness.methodOfKernels.at(value.span, {
      method: def.name,
      slot,
      key: def.use,
      written: printValue(value),
      instead: def.use === 'drop' ? '`dropout`' : null,
    }),
  );

function reportUnknownMethod(
  slot: Slot,
  { name, span }: { readonly name: string; readonly span: Span },
  def: LayerDef | undefined,
  report: Report,
): void {
  const known = methodsOf(slot);
  if (def !== undefined && def.use !== 'step') report(names.methodOfOtherSlot.at(span, { name, slot, fits: def.use }));
  else if (name === 'softmax') report(names.softmax.at(span, {}));
  else if (slots.some((s) => isUnsupported(s, name)))
    report(unsupportedErrors.word.at(span, { what: `\`${slot}\` method`, word: name, compiled: known }));
  else
    report(names.unknownMethod.at(span, { slot, name, nearest: suggestMethod(slot, name, [...known, 'none']), known }));
}

/** `drop:` or `keep:`, exactly one, by name, and not a rate that drops nothing. */
export function checkFraction(def: Entry, args: readonly ArgumentValue[], span: Span, report: Report): boolean {
  const bare = args.find((a) => a.name === null);
  if (bare !== undefined) {
    const { value } = bare;
    const text = value.name ?? (value.kind === 'number' ? describe(value) : 'x');
    report(
      layerErrors.bareDropout.at(bare.span, {
        method: def.name,
        value: text,
        complement:
          value.kind !== 'number' || value.name !== undefined
            ? `1 − ${text}`
            : value.percent
              ? `${Number((100 - 100 * value.value).toPrecision(12))}%`
              : String(Number((1 - value.value).toPrecision(12))),
      }),
    );
    return false;
  }
  const [drop, keep] = ['drop', 'keep'].map((name) => args.find((a) => a.name === name));
  if ((drop === undefined) === (keep === undefined)) {
    // A misspelt name is the likelier cause of having neither; it is reported while binding.
    const misspelt = args.some((a) => a.name !== null && !(a.name in def.signature));
    if (drop === undefined && misspelt) return true;
    report(layerErrors.dropoutRate.at(span, { method: def.name, both: drop !== undefined }));
    return false;
  }
  const nothing = [drop, keep].find(
    (a) => a !== undefined && a.value.kind === 'number' && a.value.value === (a === drop ? 0 : 1),
  );
  if (nothing === undefined) return true;
  tracing(
    args,
    report,
  )(
    policies.doesNothing.at(nothing.span, {
      what: `\`${nothing === drop ? 'drop: 0' : 'keep: 1'}\``,
      why: 'nothing is ever dropped',
      instead: 'write `drop: none` in the policy to leave the slot empty',
    }),
  );
  return false;
}
