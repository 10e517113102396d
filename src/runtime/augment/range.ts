import type { Column } from '../batches.ts';
import type { Range } from './image.ts';

/** Of the raw values of the training part. Bytes are taken to be pixels. */
export function rangeOf({ values }: Column, rows: Uint32Array, count: number): Range {
  if (values instanceof Uint8Array) return { min: 0, max: 255 };
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    for (let i = row * count; i < (row + 1) * count; i++) {
      const x = values[i] ?? 0;
      if (x < min) min = x;
      if (x > max) max = x;
    }
  }
  return { min, max };
}
