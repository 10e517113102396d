/** The fields of a data declaration: what a sample is made of. */
import { names } from '../../diagnostics/catalog/names.ts';
import { training } from '../../diagnostics/catalog/training.ts';
import { unsupported as unsupportedErrors } from '../../diagnostics/catalog/unsupported.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Value } from '../../ir/value.ts';
import type { DataDeclaration, Field } from '../../parser/tree.ts';
import { callOf } from '../entries.ts';
import type { DataField } from '../model.ts';
import { fixedType } from '../types.ts';
import { isUnsupported } from '../unsupported.ts';
import { describe, emptyEnvironment, evaluate } from '../values.ts';
import { includes, stepNames } from '../words.ts';
import { readPreprocessing } from './preprocessing.ts';

export function readFields(data: DataDeclaration, report: Report): readonly DataField[] | null {
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
    const value = field.preprocessing && evaluate(field.preprocessing, emptyEnvironment, report);
    if (type === null || (field.preprocessing !== null && value === null)) return null;
    const preprocessing = value === null ? [] : readPreprocessing(value, { name, ...type }, value.span, report);
    return preprocessing && { kind: 'tensor', name, ...type, preprocessing, span };
  }
  const value = evaluate(field.type.value, emptyEnvironment, report);
  if (value === null) return null;
  // One real number a sample.
  if (value.kind === 'word' && value.word === 'real')
    return { kind: 'tensor', name, dtype: 'float32', shape: [1], preprocessing: [], span };
  const classes = readClasses(name, value, report);
  return classes === null ? null : { kind: 'class', name, classes, span };
}

function readClasses(field: string, value: Value, report: Report): number | null {
  const call = callOf(value);
  if (call !== null && isUnsupported('field', call.name)) {
    report(unsupportedErrors.word.at(call.span, { what: 'field type', word: call.name, compiled: ['class', 'real'] }));
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
      accepts: 'a type: `float32[28, 28, 1]`, `real`, or `class(10)` with at least two classes',
      found: describe(value),
      nearest: call === null || ['class', 'float32', 'int32'].includes(call.name) ? null : nearest(call.name, known),
      hint: typeHint(call),
    }),
  );
  return null;
}

const known = ['class', 'float32', 'real'] as const;

/** What was probably meant by a type that is not one. */
function typeHint(call: ReturnType<typeof callOf>): string | null {
  if (call === null) return null;
  const numbers = call.args.flatMap(({ value }) => (value.kind === 'number' ? [value.value] : []));
  if (call.name === 'float32' || call.name === 'int32')
    return `sizes stand in square brackets: \`${call.name}[${numbers.length === 0 ? '28, 28, 1' : numbers.join(', ')}]\``;
  if (call.name !== 'class') return null;
  const named = call.args.length > 0 && numbers.length === 0;
  return named
    ? `write how many there are: \`class(${Math.max(2, call.args.length)})\`; files hold them as numbers from 0`
    : 'write how many there are: `class(10)`; of two that are yes and no, `class(2)`';
}
