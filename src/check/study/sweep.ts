/**
 * A sweep as it is run: its cases, each an ordinary train with settings said on top of it, in the words of `--set`. Repeat r trains
 * from the seed of its case plus r, in every case: cells are compared on the same splits, orders and first weights.
 */
import { studies } from '../../diagnostics/catalog/studies.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { printExpression } from '../../parser/print-expression.ts';
import type { Expression, SweepDeclaration } from '../../parser/tree.ts';
import { readSets } from '../override.ts';
import type { Scope } from '../scope.ts';
import { type CheckedTrain, checkTrainDeclaration } from '../train.ts';
import type { Overrides, TrainOverrides } from '../uses.ts';
import { emptyEnvironment, evaluate } from '../values.ts';
import { spanOf } from './axes.ts';
import { type ReadStudy, readStudy } from './index.ts';
import { isPart, product } from './trial.ts';

export interface SweepPlan {
  readonly name: string;
  /** The train, as it is without the axes. */
  readonly train: CheckedTrain;
  readonly axes: readonly SweepAxis[];
  readonly repeats: number;
  /** The repeats of a combination stand together; the last axis changes first. */
  readonly cases: readonly SweepCase[];
}

export interface SweepAxis {
  /** `policy.norm` */
  readonly path: string;
  readonly values: readonly SweepValue[];
}

export interface SweepValue {
  /** As it is written: `group(2)`. */
  readonly text: string;
  /** Null when it is no number. */
  readonly number: number | null;
}

export interface SweepCase {
  /** One of each axis. */
  readonly values: readonly SweepValue[];
  /** From 0. */
  readonly repeat: number;
  /** What `--set` says to train the same. */
  readonly set: readonly string[];
  /** Null when the train does not take these values: `why`. */
  readonly train: CheckedTrain | null;
  readonly why: string | null;
}

/** Null after an error; `refuse` is told of values that the train does not take, which leave cases without a train. */
export function planSweep(
  declaration: SweepDeclaration,
  given: TrainOverrides,
  scope: Scope,
  report: Report,
  refuse: Report,
): SweepPlan | null {
  const { set = [], ...rest } = given;
  const sets = readSets(set, scope.trains, report);
  if (sets === null) return null;
  const overrides: Overrides = { ...rest, sets };
  const read = readStudy(declaration, overrides, scope, report, refuse);
  if (read.trained === null || read.tooMany || !isFree(declaration, read, given, report)) return null;
  const train = checkTrainDeclaration(read.trained.declaration, overrides, scope, report);
  if (train === null || read.axes.length === 0 || read.axes.some((axis) => axis.values.length === 0)) return null;
  const axes = read.axes.map(({ path, values }) => ({ path, values: values.map(asValue) }));
  const name = declaration.name.text;
  return { name, train, axes, repeats: read.repeats, cases: casesOf(read, axes, given, scope) };
}

function asValue(expression: Expression): SweepValue {
  // It has been evaluated before, and its errors told.
  const value = evaluate(expression, emptyEnvironment, () => {});
  return { text: printExpression(expression), number: value?.kind === 'number' ? value.value : null };
}

/** Whether nothing of what is varied is set from outside as well. */
function isFree({ name }: SweepDeclaration, { axes }: ReadStudy, given: TrainOverrides, report: Report): boolean {
  const said = [
    ...(given.set ?? []).map((text) => ({ option: `--set ${text}`, path: pathIn(text) })),
    ...(given.epochs === undefined ? [] : [{ option: `--epochs ${given.epochs}`, path: 'epochs' }]),
    ...(given.policy === undefined ? [] : [{ option: '--policy', path: 'policy' }]),
  ];
  const both = axes.flatMap(({ path, axis }) =>
    said.filter((s) => plainPath(s.path) === plainPath(path)).map(({ option }) => ({ option, path, axis })),
  );
  for (const { option, path, axis } of both)
    report(studies.setAndSwept.at(spanOf(axis), { option, path, sweep: name.text }));
  return both.length === 0;
}

const pathIn = (text: string): string => text.split('=', 1)[0]?.trim() ?? '';
/** `train.batch` and `batch` are one. */
const plainPath = (path: string): string => path.replaceAll(/\s/g, '').replace(/^train\./, '');

function casesOf(
  { trained, axes: read, clashes, repeats }: ReadStudy,
  axes: readonly SweepAxis[],
  { set = [], ...given }: TrainOverrides,
  scope: Scope,
): readonly SweepCase[] {
  if (trained === null) return [];
  const name = trained.declaration.name.text;
  const choices = read.map(({ values, choices: of, refused }) =>
    values.map((value, i) => ({
      i,
      choice: of.find((c) => c.value === value) ?? null,
      why: refused.get(value) ?? null,
    })),
  );
  return product(choices).flatMap((combination): readonly SweepCase[] => {
    const values = combination.flatMap(({ i }, axis) => axes[axis]?.values[i] ?? []);
    const own = values.map(({ text }, axis) => `${axes[axis]?.path}=${text}`);
    const taken = combination.flatMap(({ choice }) => choice ?? []);
    const clash = clashes.find((c) => isPart(c.choices, taken));
    const why = combination.find(({ choice }) => choice === null)?.why ?? clash?.error.message ?? null;
    const under = (texts: readonly string[]): CheckedTrain | null => {
      const sets = readSets(texts, scope.trains, () => {});
      return sets && checkTrainDeclaration(trained.declaration, { ...given, sets }, scope, () => {});
    };
    const said = [...set, ...own];
    const first = taken.length < combination.length || clash !== undefined ? null : under(said);
    const all = first === null ? 1 : repeats;
    return Array.from({ length: all }, (_, repeat) => {
      if (first === null || repeat === 0) return { values, repeat, set: said, train: first, why };
      const seeded = [...said.filter((text) => !isSeed(pathIn(text), name)), `seed=${first.seed + repeat}`];
      return { values, repeat, set: seeded, train: under(seeded), why: null };
    });
  });
}

const isSeed = (path: string, train: string): boolean => ['seed', 'train.seed', `${train}.seed`].includes(path);
