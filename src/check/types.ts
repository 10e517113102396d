/** Tensor types of inputs and fields. */
import { names } from '../diagnostics/catalog/names.ts';
import { mostNumbers } from '../diagnostics/catalog/shapes.ts';
import { unsupported } from '../diagnostics/catalog/unsupported.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Dim } from '../ir/graph.ts';
import type { Dimension, Type } from '../parser/tree.ts';
import { tracing } from './tracing.ts';
import { describe, type Environment, evaluate } from './values.ts';

const dtypes = ['float32', 'int32', 'bool'] as const;

interface TensorType<D extends Dim = number> {
  readonly dtype: 'float32' | 'int32';
  /** Without the batch. */
  readonly shape: readonly D[];
}

export const typeText = (type: TensorType<Dim>): string => `${type.dtype}[${type.shape.join(', ')}]`;

/** The type of an input: a size may be a name, which the data gives a number. */
export function tensorType(type: Type, name: string, environment: Environment, report: Report): TensorType<Dim> | null {
  const dtype = dtypes.find((d) => d === type.dtype.text);
  const found = type.dtype.text;
  if (found === '') return null;
  if (dtype === undefined) {
    report(
      names.badType.at(type.dtype.span, {
        name,
        problem: `there is no number type \`${found}\``,
        nearest: nearest(found, [...dtypes, 'float32']) ?? (/^f|float|double/.test(found) ? 'float32' : null),
      }),
    );
  } else if (dtype === 'bool')
    report(unsupported.word.at(type.dtype.span, { what: 'number type', word: dtype, compiled: ['float32', 'int32'] }));
  const shape = type.dimensions.map((d) => dimension(d, name, environment, report));
  const count = shape.reduce((n: number, size) => n * (typeof size === 'number' ? size : 1), 1);
  if (count > mostNumbers) {
    const problem = `${count} numbers a sample, a tensor holds at most ${mostNumbers}`;
    report(names.badType.at(type.span, { name, problem, nearest: null }));
    return null;
  }
  return dtype === undefined || dtype === 'bool' || shape.includes(null)
    ? null
    : { dtype, shape: shape.filter((d) => d !== null) };
}

/** A type whose sizes are all numbers: the data says how large its samples are. */
export function fixedType(type: Type, name: string, environment: Environment, report: Report): TensorType | null {
  const found = tensorType(type, name, environment, report);
  if (found === null) return null;
  const shape = found.shape.filter((size) => typeof size === 'number');
  if (shape.length === found.shape.length) return { dtype: found.dtype, shape };
  const symbol = found.shape.find((size) => typeof size === 'string');
  const problem = `\`${symbol}\` is no number; the data says how large its samples are`;
  report(names.badType.at(type.span, { name, problem, nearest: null }));
  return null;
}

function dimension(d: Dimension, name: string, environment: Environment, report: Report): Dim | null {
  if (d.kind === 'rest') {
    report(
      unsupported.construct.at(d.span, {
        what: `\`...${d.name.text}\``,
        instead: 'write the sizes: `float32[28, 28, 1]`',
      }),
    );
    return null;
  }
  const value = evaluate(d.value, environment, report);
  if (value === null) return null;
  // A word that was passed is no name of a size.
  if (value.kind === 'word' && value.origin === undefined) {
    const known = [...environment.keys()];
    const near = nearest(value.word, known);
    if (near === null && value.word !== 'N') return value.word;
    const problem =
      value.word === 'N' ? '`N` is the batch, which is not written' : `nothing is called \`${value.word}\` here`;
    report(names.badType.at(d.span, { name, problem, nearest: near }));
    return null;
  }
  if (value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 1) return value.value;
  const told = tracing([value], report);
  told(
    names.badType.at(d.span, {
      name,
      problem: `a size is a whole number from 1, found ${describe(value)}`,
      nearest: null,
    }),
  );
  return null;
}
