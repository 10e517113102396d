/**
 * Sweeps and searches: a train, and what of it is varied. Every value of every axis is tried on the train, and for a sweep every
 * combination of them, so that a long study does not find out in its last hour that one of its cases is none.
 */
import { policies } from '../../diagnostics/catalog/policies.ts';
import { studies } from '../../diagnostics/catalog/studies.ts';
import { training } from '../../diagnostics/catalog/training.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { Axis, Expression, SearchDeclaration, SweepDeclaration } from '../../parser/tree.ts';
import { readSettings } from '../keys.ts';
import type { Scope } from '../scope.ts';
import type { Overrides } from '../uses.ts';
import { pathOf, spanOf, valuesOf } from './axes.ts';
import { readMethod, readObjective, readRepeats, trainOf } from './settings.ts';
import { type Choice, type Clash, clashesOf, judged, reportClash, type Trained, tryValue } from './trial.ts';

type Study = SweepDeclaration | SearchDeclaration;

const sweepKeys = ['train', 'repeats'] as const;
const searchKeys = ['train', 'method', 'objective'] as const;

/** More are a slip of the pen; all of them are checked before the first is run. */
const mostCases = 10_000;

/** A study as far as it could be read; `axes` has an entry for each axis, with the values that the train takes. */
export interface ReadStudy {
  readonly trained: Trained | null;
  readonly axes: readonly ReadAxis[];
  readonly repeats: number;
  readonly clashes: readonly Clash[];
  readonly tooMany: boolean;
}

export interface ReadAxis {
  readonly path: string;
  readonly axis: Axis;
  /** Every value that stands there, good or not. */
  readonly values: readonly Expression[];
  readonly choices: readonly Choice[];
  /** Why the others are not among them. */
  readonly refused: ReadonlyMap<Expression, string>;
}

export const checkStudy = (study: Study, scope: Scope, report: Report): void => {
  readStudy(study, {}, scope, report);
};

/** `refuse` is told of values and combinations that the train does not take. */
export function readStudy(
  study: Study,
  overrides: Overrides,
  scope: Scope,
  report: Report,
  refuse: Report = report,
): ReadStudy {
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
  const repeats = readRepeats(settings.values.get('repeats'), report);
  readMethod(settings.values.get('method'), report);
  readObjective(settings.values.get('objective'), report);

  const train = trainOf(settings.values.get('train'), scope, report);
  const trained = train && judged(train, overrides, scope);
  const choices = trained?.checked?.model.choices.length ?? 0;
  if (study.over.length === 0 && (what === 'sweep' || (trained !== null && trained.checked !== null && choices === 0)))
    report(studies.nothingToVary.at(study.name.span, { what, name, choices: choices > 0 }));
  const axes = readAxes(study, trained, report, refuse);
  const cases = axes.reduce((n, { values }) => n * values.length, repeats);
  const tooMany = what === 'sweep' && cases > mostCases;
  if (tooMany) report(studies.tooManyCases.at(study.name.span, { name, cases, most: mostCases }));
  const clashes =
    trained === null || what === 'search' || tooMany
      ? []
      : clashesOf(
          axes.map((a) => a.choices),
          trained,
        );
  if (trained !== null) for (const clash of clashes) reportClash(clash, trained, refuse);
  return { trained, axes, repeats, clashes, tooMany };
}

function readAxes(study: Study, trained: Trained | null, report: Report, refuse: Report): readonly ReadAxis[] {
  const first = new Map<string, Axis>();
  return study.over.flatMap((axis): readonly ReadAxis[] => {
    const path = pathOf(axis);
    const before = first.get(path);
    if (before !== undefined) {
      const places = { first: spanOf(before) };
      const facts = { key: path, where: `${study.kind} \`${study.name.text}\`` };
      report(policies.settingTwice.at(spanOf(axis), facts, { places }));
      return [];
    }
    first.set(path, axis);
    const values = valuesOf(axis, study.kind, report);
    const refused = new Map<Expression, string>();
    const choices = values.flatMap((value) => {
      const told: Report = (d) => {
        if (!refused.has(value)) refused.set(value, d.message);
        refuse(d);
      };
      return (trained === null ? null : tryValue(axis, value, trained, told)) ?? [];
    });
    return [{ path, axis, values, choices, refused }];
  });
}

const examples: Readonly<Record<'train' | 'method' | 'objective', string>> = {
  train: 'train: lenet',
  method: 'method: random(trials: 30)',
  objective: 'objective: accuracy',
};
