/** Trying values on a train: one by one, and all that a sweep brings together. */
import { studies } from '../../diagnostics/catalog/studies.ts';
import type { Diagnostic, Report } from '../../diagnostics/diagnostic.ts';
import { printExpression } from '../../parser/print-expression.ts';
import type { Axis, Expression, TrainDeclaration } from '../../parser/tree.ts';
import { type Override, overrideSet, readAxis } from '../override.ts';
import type { Scope } from '../scope.ts';
import { type CheckedTrain, checkTrainDeclaration } from '../train.ts';
import { reportUntaken } from '../untaken.ts';
import type { Overrides } from '../uses.ts';

/** A train, and what is said of it as it is. */
export interface Trained {
  readonly declaration: TrainDeclaration;
  readonly checked: CheckedTrain | null;
  readonly overrides: Overrides;
  readonly known: ReadonlySet<string>;
  readonly scope: Scope;
}

/** One value of one axis. */
export interface Choice {
  readonly axis: Axis;
  readonly value: Expression;
  readonly override: Override;
}

const keyOf = (d: Diagnostic): string => `${d.code} ${d.message}`;

export function judged(declaration: TrainDeclaration, overrides: Overrides, scope: Scope): Trained {
  const known = new Set<string>();
  const checked = checkTrainDeclaration(declaration, overrides, scope, (d) => known.add(keyOf(d)));
  return { declaration, checked, overrides, known, scope };
}

/** The errors of a train with these choices that it has not by itself. */
function errorsOf(choices: readonly Choice[], { declaration, overrides, known, scope }: Trained, report: Report) {
  const sets = overrideSet('the sweep', [...(overrides.sets?.list ?? []), ...choices.map((c) => c.override)]);
  const found: Diagnostic[] = [];
  checkTrainDeclaration(declaration, { ...overrides, sets }, scope, (d) => found.push(d));
  reportUntaken(sets, scope, report);
  return found.filter((d) => d.severity === 'error' && !known.has(keyOf(d)));
}

/**
 * The value as a choice; null after an error. What goes wrong in the value itself is told there; what goes wrong elsewhere is told of
 * the value.
 */
export function tryValue(axis: Axis, value: Expression, trained: Trained, report: Report): Choice | null {
  const override = readAxis(axis, value, trained.scope.trains, report);
  // A train that is wrong by itself says nothing about a value.
  if (override === null || trained.checked === null) return null;
  const choice: Choice = { axis, value, override };
  let untaken = false;
  const errors = errorsOf([choice], trained, (d) => {
    untaken = true;
    report(d);
  });
  const own = errors.filter((d) => d.labels[0] !== undefined && isIn(d.labels[0].span, axis));
  for (const d of own) report(d);
  const [other] = errors;
  if (other === undefined) return untaken ? null : choice;
  if (own.length > 0) return null;
  const facts = {
    path: override.path,
    value: printExpression(value),
    train: trained.declaration.name.text,
    why: other.message,
    help: other.help,
  };
  report(studies.refusedValue.at(value.span, facts, { places: { there: other.labels[0]?.span ?? null } }));
  return null;
}

const isIn = (span: Axis['span'], { span: axis }: Axis): boolean =>
  span.file === axis.file && span.start >= axis.start && span.end <= axis.end;

/** Choices that do not go together, and why. */
export interface Clash {
  readonly choices: readonly Choice[];
  readonly error: Diagnostic;
}

/** Every choice of one axis with every one of the others, the last axis first. */
export const product = <T>(axes: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  axes.reduce<readonly (readonly T[])[]>(
    (before, axis) => before.flatMap((one) => axis.map((value) => [...one, value])),
    [[]],
  );

/** What of a sweep does not check although each value by itself does: the fewest values that clash, each set of them once. */
export function clashesOf(axes: readonly (readonly Choice[])[], trained: Trained): readonly Clash[] {
  if (axes.length < 2 || trained.checked === null) return [];
  const ignore: Report = () => {};
  const clashes: Clash[] = [];
  for (const combination of product(axes)) {
    if (clashes.some((clash) => isPart(clash.choices, combination))) continue;
    const [error] = errorsOf(combination, trained, ignore);
    if (error === undefined) continue;
    const fewer = partsOf(combination).find((part) => errorsOf(part, trained, ignore).length > 0);
    const [cause] = fewer === undefined ? [error] : errorsOf(fewer, trained, ignore);
    clashes.push({ choices: fewer ?? combination, error: cause ?? error });
  }
  return clashes;
}

export const isPart = <T>(part: readonly T[], whole: readonly T[]): boolean => part.every((one) => whole.includes(one));

/** Two and more of them but not all, the fewest first, in order: a part for each number whose bits say what is in it. */
const partsOf = <T>(whole: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: 2 ** whole.length }, (_, bits) => whole.filter((_, i) => Math.floor(bits / 2 ** i) % 2 === 1))
    .filter((part) => part.length > 1 && part.length < whole.length)
    .toSorted((a, b) => a.length - b.length);

export function reportClash({ choices, error }: Clash, { declaration }: Trained, report: Report): void {
  const [first, ...others] = choices;
  if (first === undefined) return;
  const settings = choices.map((c) => `${c.override.path}: ${printExpression(c.value)}`);
  const facts = { settings, train: declaration.name.text, why: error.message, help: error.help };
  const places = { other: others[0]?.value.span ?? null, there: error.labels[0]?.span ?? null };
  report(studies.refusedCombination.at(first.value.span, facts, { places }));
}
