/** A column from an array with the samples first. */
import type { RawColumn } from '../../data.ts';
import type { DataField } from '../../model.ts';
import type { Values } from '../../preprocessing.ts';

export function columnFrom(
  field: DataField,
  array: { readonly shape: readonly number[]; readonly values: Values },
  file: string,
): RawColumn {
  const [count = 0, ...shape] = array.shape;
  // Of no samples any shape will do: that there are none is what is told.
  const empty = count === 0 && field.kind === 'tensor';
  return { field, shape: empty ? field.shape : shape, count, values: array.values, file };
}
