/** A data declaration: source, fields, and which samples are trained on, held out and tested with. */
import { training } from '../../diagnostics/catalog/training.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { Value } from '../../ir/value.ts';
import type { DataDeclaration } from '../../parser/tree.ts';
import { bindEntry, callOf } from '../entries.ts';
import { readSettings, type Settings } from '../keys.ts';
import type { DataConfig } from '../model.ts';
import { describe, emptyEnvironment } from '../values.ts';
import { readColumns } from './columns.ts';
import type { SourceDef } from './definitions.ts';
import { readFields } from './fields.ts';
import { readLimit, readShuffle, readTestShare, readValidation } from './parts.ts';
import { sources } from './sources.ts';

export { preprocessings } from './preprocessing.ts';
export { sources } from './sources.ts';

const keys = ['source', 'columns', 'validation', 'test', 'limit', 'shuffle'] as const;
type Key = (typeof keys)[number];

export function checkData(data: DataDeclaration, report: Report): DataConfig | null {
  const name = data.name.text;
  const settings = readSettings({ what: 'data', name, kind: 'data' }, data.settings, keys, report);
  const missing = [
    ...(settings.written.has('source') ? [] : ['source']),
    ...(data.fields.length > 0 ? [] : ['fields']),
  ];
  if (missing.length > 0) {
    const example =
      missing[0] === 'source'
        ? 'source: idx("fashion-mnist")'
        : 'fields { image: float32[28, 28, 1] = minmax   label: class(10) }';
    report(training.missingKeys.at(data.name.span, { what: 'data', name, missing, example, declared: [] }));
  }
  const sourceValue = settings.values.get('source');
  const source = sourceValue === undefined ? null : readSource('source', sourceValue, report);
  const validation = readValidation(settings.values.get('validation'), report);
  const test = readTest(settings.values.get('test'), report);
  const limit = readLimit(settings.values.get('limit'), report);
  const shuffle = readShuffle(settings.values.get('shuffle'), report);
  const fields = readFields(data, report);
  const columns = fields && readColumns(settings.values.get('columns'), name, fields, report);
  const failed = [...settings.written.keys()].some((key) => !settings.values.has(key));
  if (fields === null || source === null || validation === null || missing.length > 0 || failed) return null;
  if (test === 'wrong' || limit === null || shuffle === null || columns === null) return null;
  const config = { name, source, fields, columns, validation, test, limit, shuffle, span: data.span };
  return fits(config, settings, report) ? config : null;
}

const vocabulary = { table: sources, kind: 'source', noun: 'source', article: 'a' } as const;

function readSource(key: Key, value: Value, report: Report): Bound<SourceDef> | null {
  return bindEntry(value, vocabulary, emptyEnvironment, report, (wrong, accepts, near) =>
    report(
      training.badValue.at(wrong.span, {
        key,
        accepts,
        found: describe(wrong),
        nearest: near,
        hint: 'write it with its name: `idx("name")`; it is looked up in `--data`, then in `data/` beside the spec',
      }),
    ),
  );
}

function readTest(value: Value | undefined, report: Report): DataConfig['test'] | 'wrong' {
  if (value === undefined) return null;
  const found = callOf(value) === null ? readTestShare(value, report) : readSource('test', value, report);
  return found ?? 'wrong';
}

/** What each setting says may be fine, and not go with the others. */
function fits(data: DataConfig, settings: Settings<Key>, report: Report): boolean {
  const { source, fields, test } = data;
  let fine = true;
  const all = [source, ...(test === null || typeof test === 'number' ? [] : [test])];
  if (test === null && !source.def.ownTest) {
    fine = false;
    const at = settings.values.get('source')?.span ?? data.span;
    report(training.noTestPart.at(at, { data: data.name, source: source.def.name }));
  }
  const columns = settings.values.get('columns');
  const other = all.find((s) => !s.def.table);
  if (columns !== undefined && other !== undefined) {
    fine = false;
    report(training.columnsWithoutTable.at(columns.span, { source: other.def.name }));
  }
  for (const field of fields) {
    const refused = all
      .map((s) => ({ source: s, has: s.def.refuses?.(field, fields) ?? null }))
      .find((r) => r.has !== null);
    if (refused?.has == null) continue;
    fine = false;
    const facts = { source: refused.source.def.name, has: refused.has, field: field.name };
    report(
      training.fieldNotInSource.at(field.span, facts, {
        places: { source: settings.values.get('source')?.span ?? null },
      }),
    );
  }
  return fine;
}
