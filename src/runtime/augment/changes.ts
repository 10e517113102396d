/** What becomes of the values of samples on their way into a batch of training. */
import type { Column, Samples } from '../batches.ts';
import { type AugmentConfig, type Image, type Mixture, mixing, transforming } from './index.ts';
import { blend } from './mixing.ts';
import { rangeOf } from './range.ts';

/** Asked by row of the columns; what is handed out is overwritten by the next call. */
export interface Changes {
  /** Raw values of a sample, changed; null where they stay as they are. */
  readonly values: (column: Column & { readonly kind: 'tensor' }, row: number) => Float32Array | null;
  /** The share of each class; null where samples are not mixed. */
  readonly shares: ((column: Column & { readonly kind: 'class' }, row: number) => Float32Array) | null;
}

interface AugmentOptions extends AugmentConfig {
  readonly seed: number;
  readonly epoch: number;
}

export function changing(samples: Samples, { list, images, seed, epoch }: AugmentOptions): Changes {
  const columns = new Map(
    samples.columns.flatMap((column) =>
      column.kind === 'tensor' && images.includes(column.name)
        ? [[column.name, imagesOf(column, samples)] as const]
        : [],
    ),
  );
  const change = new Map(
    [...columns].map(([field, { range }]) => [field, transforming(list, range, { seed, field, epoch })] as const),
  );
  const mix = mixing(list, { seed, epoch });
  const size = [...columns.values()][0]?.size ?? { height: 1, width: 1 };
  const mixtureOf = (row: number): (Mixture & { readonly row: number }) | null => {
    const mixture = mix?.(row, size) ?? null;
    return mixture && { ...mixture, row: samples.rows[Math.floor(mixture.partner * samples.rows.length)] ?? row };
  };
  /** A copy of a sample's image, transformed. */
  const transformed = (column: Column & { readonly kind: 'tensor' }, row: number): Image | null => {
    const image = columns.get(column.name)?.copy(row) ?? null;
    if (image !== null) change.get(column.name)?.(image, row);
    return image;
  };
  return {
    values(column, row) {
      const own = transformed(column, row);
      const mixture = mixtureOf(row);
      if (own !== null) {
        if (mixture === null) return own.values;
        const kept = { ...own, values: own.values.slice() };
        const partner = transformed(column, mixture.row);
        if (partner !== null) mixture.apply(kept, partner);
        return kept.values;
      }
      // What is no image, such as a target of numbers, is mixed by the same share.
      if (mixture === null || column.dtype !== 'float32') return null;
      const count = column.shape.reduce((a, b) => a * b, 1);
      const values = Float32Array.from(column.values.subarray(row * count, (row + 1) * count));
      blend(values, column.values.subarray(mixture.row * count, (mixture.row + 1) * count), mixture.share);
      return values;
    },
    shares:
      mix === null
        ? null
        : (column, row) => {
            const shares = new Float32Array(column.classes);
            const { share = 1, row: other = row } = mixtureOf(row) ?? {};
            const add = (label: number | undefined, by: number): void => {
              if (label !== undefined) shares[label] = (shares[label] ?? 0) + by;
            };
            add(column.values[row], share);
            add(column.values[other], 1 - share);
            return shares;
          },
  };
}

function imagesOf(column: Column & { readonly kind: 'tensor' }, { rows }: Samples) {
  const [height = 1, width = 1, channels = 1] = column.shape;
  const count = height * width * channels;
  const values = new Float32Array(count);
  return {
    range: rangeOf(column, rows, count),
    size: { height, width },
    /** One buffer, for all samples one after the other. */
    copy(row: number): Image {
      values.set(column.values.subarray(row * count, (row + 1) * count));
      return { values, height, width, channels };
    },
  };
}
