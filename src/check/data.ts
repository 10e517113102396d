/** A data declaration: source, fields, share held out for validation. */
import { names } from '../diagnostics/catalog/names.ts';
import { training } from '../diagnostics/catalog/training.ts';
import { unsupported as unsupportedErrors } from '../diagnostics/catalog/unsupported.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Value } from '../ir/value.ts';
import type { DataDeclaration, Field } from '../parser/tree.ts';
import { callOf } from './entries.ts';
import { readSettings } from './keys.ts';
import type { DataConfig, DataField, Preprocessing } from './model.ts';
import { fixedType } from './types.ts';
import { isUnsupported } from './unsupported.ts';
import { describe, emptyEnvironment, evaluate } from './values.ts';
import { includes, stepNames } from './words.ts';

const keys = ['source', 'validation'] as const;
const preprocessings: readonly Preprocessing[] = ['none', 'minmax', 'standardize'];

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
  const source = sourceValue === undefined ? null : readSource(sourceValue, report);
  const validation = readValidation(settings.values.get('validation'), report);
  const fields = readFields(data, report);
  if (fields === null || source === null || validation === null || missing.length > 0) return null;
  return { name, source, fields, validation, span: data.span };
}

function readSource(value: Value, report: Report): DataConfig['source'] | null {
  const call = callOf(value);
  if (call !== null && isUnsupported('source', call.name)) {
    report(unsupportedErrors.word.at(call.span, { what: 'data source', word: call.name, compiled: ['idx'] }));
    return null;
  }
  const [only, ...more] = call?.args ?? [];
  if (
    call?.name === 'idx' &&
    only?.name === null &&
    more.length === 0 &&
    only.value.kind === 'string' &&
    only.value.value !== ''
  )
    return { kind: 'idx', name: only.value.value };
  const near = call === null || call.name === 'idx' ? null : nearest(call.name, ['idx']);
  report(
    training.badValue.at(value.span, {
      key: 'source',
      accepts: '`idx("name")`',
      found: describe(value),
      nearest: near,
      hint: 'the name is looked up in `--data`, then in `data/` beside the spec',
    }),
  );
  return null;
}

function readValidation(value: Value | undefined, report: Report): number | null {
  if (value === undefined) return 0;
  if (value.kind === 'number' && value.value >= 0 && value.value < 1) return value.value;
  report(
    training.badValue.at(value.span, {
      key: 'validation',
      accepts: 'a share from 0% to below 100%',
      found: describe(value),
      nearest: null,
      hint:
        value.kind !== 'number'
          ? null
          : value.percent || value.value <= 1 || value.value >= 100
            ? '`10%` holds out a tenth, and some samples must be left to train on'
            : `write \`${value.value}%\``,
    }),
  );
  return null;
}

function readFields(data: DataDeclaration, report: Report): readonly DataField[] | null {
  const first = new Map<string, Field>();
  const fields = data.fields.map((field): DataField | null => {
    const name = field.name.text;
    if (name === '') return null;
    const before = first.get(name);
    if (before !== undefined) {
      report(
        training.keyTwice.at(
          field.name.span,
          { what: 'data', name: data.name.text, key: name },
          { places: { first: before.name.span } },
        ),
      );
      return null;
    }
    first.set(name, field);
    if (includes(stepNames, name)) {
      report(names.inputNameTaken.at(field.name.span, { name, what: 'a field' }));
      return null;
    }
    return readField(field, report);
  });
  return fields.includes(null) ? null : fields.filter((f) => f !== null);
}

function readField(field: Field, report: Report): DataField | null {
  const name = field.name.text;
  const span = field.span;
  if (field.type === null) return null;
  if (field.type.kind === 'tensor') {
    const type = fixedType(field.type.type, name, emptyEnvironment, report);
    const preprocessing = readPreprocessing(field, report);
    return type && preprocessing && { kind: 'tensor', name, ...type, preprocessing, span };
  }
  const value = evaluate(field.type.value, emptyEnvironment, report);
  const classes = value && readClasses(name, value, report);
  return classes === null ? null : { kind: 'class', name, classes, span };
}

function readClasses(field: string, value: Value, report: Report): number | null {
  const call = callOf(value);
  if (call !== null && isUnsupported('field', call.name)) {
    report(unsupportedErrors.word.at(call.span, { what: 'field type', word: call.name, compiled: ['class'] }));
    return null;
  }
  const [only, ...more] = call?.args ?? [];
  if (
    call?.name === 'class' &&
    only?.name === null &&
    more.length === 0 &&
    only.value.kind === 'number' &&
    Number.isSafeInteger(only.value.value) &&
    only.value.value >= 2
  )
    return only.value.value;
  report(
    training.badValue.at(value.span, {
      key: field,
      accepts: 'a type: `float32[28, 28, 1]`, or `class(10)` with at least two classes',
      found: describe(value),
      nearest: call === null || call.name === 'class' ? null : nearest(call.name, ['class', 'float32']),
    }),
  );
  return null;
}

function readPreprocessing(field: Field, report: Report): Preprocessing | null {
  if (field.preprocessing === null) return 'none';
  const value = evaluate(field.preprocessing, emptyEnvironment, report);
  if (value === null) return null;
  const call = callOf(value);
  const found = value.kind === 'word' ? preprocessings.find((p) => p === value.word) : undefined;
  if (found !== undefined) return found;
  if (call !== null && (isUnsupported('preprocessing', call.name) || includes(preprocessings, call.name))) {
    report(
      unsupportedErrors.word.at(value.span, {
        what: 'preprocessing',
        word: value.kind === 'call' ? `${call.name}(…)` : call.name,
        compiled: preprocessings,
      }),
    );
  } else {
    report(
      training.badValue.at(value.span, {
        key: field.name.text,
        accepts: 'a preprocessing: `minmax`, `standardize` or `none`',
        found: describe(value),
        nearest: call === null ? null : nearest(call.name, preprocessings),
      }),
    );
  }
  return null;
}
