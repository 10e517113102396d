/** `columns { … }`: which columns of a table make up a field. */
import { training } from '../../diagnostics/catalog/training.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Value } from '../../ir/value.ts';
import type { DataConfig, DataField } from '../model.ts';
import { describe } from '../values.ts';

/** A column by name or, where the table has no header, by number from 1. */
const columnOf = (value: Value): string | null => {
  if (value.kind === 'string' && value.value !== '') return value.value;
  if (value.kind === 'word') return value.word;
  return value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 1 ? String(value.value) : null;
};

export function readColumns(
  value: Value | undefined,
  data: string,
  fields: readonly DataField[],
  report: Report,
): DataConfig['columns'] | null {
  if (value === undefined) return [];
  const accepts = 'columns by field: `{ x: [width, "petal length"] }`';
  const refuse = (wrong: Value, hint: string | null = null): null => {
    report(training.badValue.at(wrong.span, { key: 'columns', accepts, found: describe(wrong), nearest: null, hint }));
    return null;
  };
  if (value.kind !== 'record') {
    const [field] = fields.filter((f) => f.kind === 'tensor');
    return refuse(
      value,
      field === undefined ? null : `say of which field they are: \`columns: { ${field.name}: […] }\``,
    );
  }
  if (value.entries.length === 0) return refuse(value, 'leave it out where each field has the name of its column');
  const columns = value.entries.map(({ key, keySpan, value: list }, i) => {
    const field = fields.find((f) => f.name === key);
    const names = fields.map((f) => f.name);
    if (field === undefined) {
      report(
        training.unknownKey.at(keySpan, { what: 'data', name: data, key, nearest: nearest(key, names), known: names }),
      );
      return null;
    }
    const first = value.entries.slice(0, i).find((e) => e.key === key);
    if (first !== undefined) {
      report(
        training.keyTwice.at(keySpan, { what: 'setting', name: 'columns', key }, { places: { first: first.keySpan } }),
      );
      return null;
    }
    const items = list.kind === 'list' ? list.items : [list];
    const found = items.map((item) => columnOf(item) ?? refuse(item));
    if (found.includes(null)) return null;
    const again = items.flatMap((item, at) => {
      const before = found.indexOf(found[at] ?? null);
      return before < at ? [{ item, column: found[at] ?? '', first: items[before]?.span ?? null }] : [];
    })[0];
    if (again !== undefined) {
      const { item, column, first } = again;
      report(training.columnTwice.at(item.span, { field: key, column }, { places: { first } }));
      return null;
    }
    const wanted = field.kind === 'class' ? 1 : field.shape.reduce((a, b) => a * b, 1);
    if (found.length !== wanted) {
      report(
        training.columnsDiffer.at(
          list.span,
          { field: key, found: found.length, wanted },
          { places: { field: field.span } },
        ),
      );
      return null;
    }
    return { field: key, columns: found.filter((f) => f !== null) };
  });
  return columns.includes(null) ? null : columns.filter((c) => c !== null);
}
