/** What a sweep or search says beside its axes. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { studies } from '../../diagnostics/catalog/studies.ts';
import { training } from '../../diagnostics/catalog/training.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { int } from '../../ir/signature.ts';
import type { Value } from '../../ir/value.ts';
import type { TrainDeclaration } from '../../parser/tree.ts';
import { bind } from '../bind.ts';
import { callOf } from '../entries.ts';
import { find, type Scope } from '../scope.ts';
import { describe, emptyEnvironment, sameValue } from '../values.ts';

/** What a search can be for. */
const objectives = ['accuracy', 'loss', 'parameters'] as const;

const bad = (key: string, accepts: string, value: Value, hint: string | null = null) =>
  training.badValue.at(value.span, { key, accepts, found: describe(value), nearest: null, hint });

/** 1 where nothing is said, and after an error. */
export function readRepeats(value: Value | undefined, report: Report): number {
  if (value === undefined) return 1;
  if (value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 1) return value.value;
  report(bad('repeats', 'a whole number from 1', value));
  return 1;
}

export function readMethod(value: Value | undefined, report: Report): void {
  if (value === undefined) return;
  const call = callOf(value);
  const signature = { trials: int({ min: 1, doc: 'how many cases are tried' }) };
  if (call?.name !== 'random') report(bad('method', '`random(trials: 30)`', value));
  else bind(signature, call.args, { name: 'random', span: value.span, environment: emptyEnvironment }, report);
}

export function readObjective(value: Value | undefined, report: Report): void {
  if (value === undefined) return;
  const items = value.kind === 'list' ? value.items : [value];
  if (items.length === 0) report(bad('objective', 'what a search is for: `accuracy`, or a list', value));
  for (const [i, item] of items.entries()) {
    if (item.kind !== 'word') report(bad('objective', 'names of objectives', item));
    else if (!objectives.some((o) => o === item.word)) {
      const facts = { name: item.word, known: objectives, nearest: nearest(item.word, objectives) };
      report(studies.unknownObjective.at(item.span, facts));
    } else if (items.slice(0, i).some((before) => sameValue(before, item)))
      report(
        policies.settingTwice.at(
          item.span,
          { key: item.word, where: '`objective`' },
          { places: { first: items[0]?.span ?? null } },
        ),
      );
  }
}

export function trainOf(value: Value | undefined, scope: Scope, report: Report): TrainDeclaration | null {
  if (value === undefined) return null;
  if (value.kind !== 'word') {
    report(bad('train', 'the name of a train', value));
    return null;
  }
  return find('train', scope.trains, value.word, value.span, scope, report);
}
