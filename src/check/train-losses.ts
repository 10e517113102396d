/** `loss: cross_entropy`, or one for each output: `loss: { mask: cross_entropy  label: cross_entropy }`. */
import { losses as errors } from '../diagnostics/catalog/losses.ts';
import { training } from '../diagnostics/catalog/training.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { losses as builtin } from '../ir/ops/index.ts';
import type { Value } from '../ir/value.ts';
import type { LossDef } from '../ir/vocabulary.ts';
import { entryOf } from './bind.ts';
import { bindEntry, callOf } from './entries.ts';
import { modulePath } from './extern/module.ts';
import { lossOf, type OwnLoss, readOwn } from './loss/declaration.ts';
import { unusable } from './loss/lower.ts';
import type { Model } from './model.ts';
import type { Scope } from './scope.ts';
import { type Read, refuseWith } from './train-settings.ts';
import { emptyEnvironment } from './values.ts';

/** The loss of each output, by its name. */
export type Losses = ReadonlyMap<string, Read<LossDef>>;

/** Null after an error, and when the network is not known. */
export function readLosses(
  value: Value | undefined,
  model: Model | null,
  train: string,
  scope: Scope,
  report: Report,
): Losses | null {
  if (value === undefined) return null;
  if (value.kind !== 'record') {
    const loss = readLoss(value, scope, report);
    return loss && model && new Map(model.outputs.map((o) => [o.name, loss]));
  }
  const losses = new Map<string, Read<LossDef>>();
  const places = new Map<string, Value['span']>();
  let failed = false;
  for (const { key, keySpan, value: given } of value.entries) {
    const loss = readLoss(given, scope, report);
    if (loss === null) failed = true;
    else losses.set(key, loss);
    const before = places.get(key);
    places.set(key, keySpan);
    if (before !== undefined) {
      failed = true;
      report(
        training.keyTwice.at(keySpan, { what: 'the loss of train', name: train, key }, { places: { first: before } }),
      );
    } else if (model !== null && !refuseUnknown(key, keySpan, model, report)) failed = true;
  }
  if (model === null) return null;
  const missing = model.outputs.filter((o) => !places.has(o.name));
  const [first] = missing;
  if (first !== undefined && !failed) {
    failed = true;
    const facts = { network: model.network, missing: missing.map((o) => o.name), loss: firstOf(losses) };
    report(training.outputWithoutLoss.at(value.span, facts, { places: { output: first.span } }));
  }
  return failed ? null : losses;
}

const firstOf = (losses: Losses): string => [...losses.values()][0]?.bound.def.name ?? 'cross_entropy';

/** False after saying that there is no such output. */
function refuseUnknown(key: string, span: Value['span'], model: Model, report: Report): boolean {
  const known = model.outputs.map((o) => o.name);
  if (known.includes(key) || key === '') return true;
  report(training.unknownOutput.at(span, { network: model.network, output: key, known, nearest: nearest(key, known) }));
  return false;
}

/** A loss that is always there, or one of the project's own. */
function readLoss(value: Value, scope: Scope, report: Report): Read<LossDef> | null {
  const name = callOf(value)?.name ?? '';
  if (entryOf(builtin, name) === undefined && scope.unresolved.has(name)) return null; // the import has been reported
  const own = [...scope.losses.values()].flatMap((d) => {
    const module = d.kind === 'extern' ? modulePath(d, scope) : null;
    const def = lossOf(d, module);
    return def === undefined ? [] : [[d.name.text, def] as const];
  });
  // What is wrong with its declaration has been reported.
  if (scope.losses.has(name) && !own.some(([known]) => known === name)) return null;
  const table = { ...builtin, ...Object.fromEntries(own) };
  const vocabulary = { table, kind: 'loss', noun: 'loss', article: 'a' } as const;
  const bound = bindEntry(value, vocabulary, emptyEnvironment, report, refuseWith('loss', report));
  if (bound === null) return null;
  const declaration = scope.losses.get(name);
  const formula = declaration?.kind === 'loss' ? (readOwn(declaration, () => {})?.formula ?? null) : null;
  const wrong = formula && unusable(formula, bound.args);
  if (wrong !== null) {
    report(errors.badOperand.at(value.span, wrong));
    return null;
  }
  return { bound, value };
}

/** The declarations of the project's own losses that a train uses. */
export const ownLosses = (losses: Losses, scope: Scope): readonly OwnLoss[] => {
  const names = new Set([...losses.values()].map((l) => l.bound.def.name));
  return [...names].flatMap((name) => scope.losses.get(name) ?? []);
};
