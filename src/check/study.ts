/**
 * Sweeps and searches: a train, and what of it is varied. Every value of every axis is tried on the train, so that a long study does
 * not find out in its last hour that one of its values is no value. Axes are tried one by one: what a combination does is not.
 */
import { policies } from '../diagnostics/catalog/policies.ts';
import { studies } from '../diagnostics/catalog/studies.ts';
import { training } from '../diagnostics/catalog/training.ts';
import type { Diagnostic, Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { int, number } from '../ir/signature.ts';
import type { Value } from '../ir/value.ts';
import { printExpression } from '../parser/print-expression.ts';
import type { Axis, Expression, SearchDeclaration, SweepDeclaration, TrainDeclaration } from '../parser/tree.ts';
import { bind } from './bind.ts';
import { callOf } from './entries.ts';
import { readSettings } from './keys.ts';
import { overrideSet, readAxis } from './override.ts';
import { find, type Scope } from './scope.ts';
import { type CheckedTrain, checkTrainDeclaration } from './train.ts';
import { reportUntaken } from './untaken.ts';
import { describe, emptyEnvironment, evaluate, sameValue } from './values.ts';

type Study = SweepDeclaration | SearchDeclaration;

/** What a search can be for. */
const objectives = ['accuracy', 'loss', 'parameters'] as const;

const sweepKeys = ['train', 'repeats'] as const;
const searchKeys = ['train', 'method', 'objective'] as const;

export function checkStudy(study: Study, scope: Scope, report: Report): void {
  const what = study.kind;
  const name = study.name.text;
  const keys = what === 'sweep' ? sweepKeys : searchKeys;
  const settings = readSettings<'train' | 'repeats' | 'method' | 'objective'>(
    { what, name, kind: null },
    study.settings,
    keys,
    report,
  );
  const required = what === 'sweep' ? (['train'] as const) : (['train', 'method', 'objective'] as const);
  const missing = required.filter((key) => !settings.written.has(key));
  if (missing.length > 0) {
    const declared = missing[0] === 'train' ? [...scope.trains.keys()] : [];
    const example = examples[missing[0] ?? 'train'];
    report(training.missingKeys.at(study.name.span, { what, name, missing, example, declared: declared.slice(0, 1) }));
  }
  repeats(settings.values.get('repeats'), report);
  method(settings.values.get('method'), report);
  objective(settings.values.get('objective'), report);

  const train = trainOf(settings.values.get('train'), scope, report);
  const trained = train && judged(train, scope);
  const choices = trained?.checked?.model.choices.length ?? 0;
  if (study.over.length === 0 && (what === 'sweep' || (trained !== null && trained.checked !== null && choices === 0)))
    report(studies.nothingToVary.at(study.name.span, { what, name, choices: choices > 0 }));
  const first = new Map<string, Axis>();
  for (const axis of study.over) {
    const path = pathOf(axis);
    const before = first.get(path);
    if (before === undefined) first.set(path, axis);
    else {
      const places = { first: spanOf(before) };
      report(policies.settingTwice.at(spanOf(axis), { key: path, where: `${what} \`${name}\`` }, { places }));
      continue;
    }
    for (const value of valuesOf(axis, what, report))
      if (trained !== null) tryValue(axis, value, trained, scope, report);
  }
}

const examples: Readonly<Record<'train' | 'method' | 'objective', string>> = {
  train: 'train: lenet',
  method: 'method: random(trials: 30)',
  objective: 'objective: accuracy',
};

const pathOf = (axis: Axis): string => axis.path.map((n) => n.text).join('.');
const spanOf = (axis: Axis) => ({ ...axis.span, end: axis.path.at(-1)?.span.end ?? axis.span.end });

// ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const bad = (key: string, accepts: string, value: Value, hint: string | null = null) =>
  training.badValue.at(value.span, { key, accepts, found: describe(value), nearest: null, hint });

function repeats(value: Value | undefined, report: Report): void {
  if (value === undefined) return;
  if (value.kind !== 'number' || !Number.isSafeInteger(value.value) || value.value < 1)
    report(bad('repeats', 'a whole number from 1', value));
}

function method(value: Value | undefined, report: Report): void {
  if (value === undefined) return;
  const call = callOf(value);
  const signature = { trials: int({ min: 1, doc: 'how many cases are tried' }) };
  if (call?.name !== 'random') report(bad('method', '`random(trials: 30)`', value));
  else bind(signature, call.args, { name: 'random', span: value.span, environment: emptyEnvironment }, report);
}

function objective(value: Value | undefined, report: Report): void {
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

function trainOf(value: Value | undefined, scope: Scope, report: Report): TrainDeclaration | null {
  if (value === undefined) return null;
  if (value.kind !== 'word') {
    report(bad('train', 'the name of a train', value));
    return null;
  }
  return find('train', scope.trains, value.word, value.span, scope, report);
}

// ── axes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const rangeSignature = {
  low: number({ positional: true, doc: 'the least value' }),
  high: number({ positional: true, doc: 'the greatest value' }),
};

/** The values of an axis; of a range its ends. Empty after an error. */
function valuesOf(axis: Axis, what: Study['kind'], report: Report): readonly Expression[] {
  const { values } = axis;
  const path = pathOf(axis);
  const example = path === 'batch' || !path.includes('.') ? `\`${path}: [16, 32]\`` : `\`${path}: […]\``;
  const expects = what === 'sweep' ? 'a list of values' : 'a list of values or a range';
  const help = what === 'sweep' ? `write a list: ${example}` : `write \`${path}: range(8, 64)\` or a list`;
  const refuse = (found: string, fix = help): readonly Expression[] => {
    report(studies.badAxis.at(values.span, { path, expects, found, help: fix }));
    return [];
  };
  if (values.kind === 'missing' || path === '') return [];
  if (values.kind === 'call' && values.name.text === 'range') {
    if (what === 'sweep')
      return refuse('a range', 'a sweep tries each value: write them as a list; a `search` takes ranges');
    const value = evaluate(values, emptyEnvironment, report);
    const call = value && callOf(value);
    const callee = { name: 'range', span: values.span, environment: emptyEnvironment };
    const bound = call && bind(rangeSignature, call.args, callee, report);
    if (bound === null) return [];
    const { low, high } = bound;
    if (typeof low !== 'number' || typeof high !== 'number') return [];
    if (low >= high) return refuse(`a range from ${low} to ${high}`, 'the lower end comes first: `range(8, 64)`');
    return values.arguments.map((a) => a.value);
  }
  if (values.kind !== 'list') {
    const value = evaluate(values, emptyEnvironment, report);
    return value === null
      ? []
      : refuse(describe(value), `put it in brackets: \`${path}: [${printExpression(values)}, …]\``);
  }
  if (values.items.length === 0) return refuse('an empty list');
  return distinct(values.items, report);
}

function distinct(items: readonly Expression[], report: Report): readonly Expression[] {
  const seen: Value[] = [];
  return items.filter((item) => {
    const value = evaluate(item, emptyEnvironment, report);
    if (value === null) return false;
    if (seen.some((s) => sameValue(s, value))) {
      const what = `\`${printExpression(item)}\` a second time`;
      report(policies.doesNothing.at(item.span, { what, why: 'the sweep tries it already', instead: 'remove it' }));
      return false;
    }
    seen.push(value);
    return true;
  });
}

interface Trained {
  readonly declaration: TrainDeclaration;
  readonly checked: CheckedTrain | null;
  /** What is said of the train as it is. */
  readonly known: ReadonlySet<string>;
}

const keyOf = (d: Diagnostic): string => `${d.code} ${d.message}`;

function judged(declaration: TrainDeclaration, scope: Scope): Trained {
  const known = new Set<string>();
  const checked = checkTrainDeclaration(declaration, {}, scope, (d) => known.add(keyOf(d)));
  return { declaration, checked, known };
}

/** One value of one axis. What goes wrong in the value itself is told there; what goes wrong elsewhere is told of the value. */
function tryValue(axis: Axis, value: Expression, trained: Trained, scope: Scope, report: Report): void {
  const override = readAxis(axis, value, scope.trains, report);
  // A train that is wrong by itself says nothing about a value.
  if (override === null || trained.checked === null) return;
  const sets = overrideSet('the sweep', [override]);
  const found: Diagnostic[] = [];
  const { declaration } = trained;
  checkTrainDeclaration(declaration, { sets }, scope, (d) => found.push(d));
  reportUntaken(sets, scope, report);
  const errors = found.filter((d) => d.severity === 'error' && !trained.known.has(keyOf(d)));
  const own = errors.filter((d) => d.labels[0] !== undefined && isIn(d.labels[0].span, axis));
  for (const d of own) report(d);
  const [other] = errors;
  if (own.length > 0 || other === undefined) return;
  const facts = {
    path: override.path,
    value: printExpression(value),
    train: declaration.name.text,
    why: other.message,
    help: other.help,
  };
  report(studies.refusedValue.at(value.span, facts, { places: { there: other.labels[0]?.span ?? null } }));
}

const isIn = (span: Axis['span'], { span: axis }: Axis): boolean =>
  span.file === axis.file && span.start >= axis.start && span.end <= axis.end;
