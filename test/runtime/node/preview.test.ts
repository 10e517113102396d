/** The picture of augmentation: its colours. */
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import type { Samples } from '../../../src/runtime/batches.ts';
import { previewImages } from '../../../src/runtime/node/preview.ts';

/** One image of one pixel. */
const pixel = (...values: readonly number[]): Samples => ({
  columns: [
    {
      kind: 'tensor',
      name: 'image',
      dtype: 'float32',
      shape: [1, 1, values.length],
      values: Uint8Array.of(...values),
      preprocessing: { kind: 'none' },
    },
  ],
  rows: Uint32Array.of(0),
});

test.each([
  [
    [0, 255],
    [0, 0, 0],
  ],
  [
    [255, 0, 51],
    [255, 0, 51],
  ],
  [
    [255, 0, 51, 102],
    [255, 0, 51],
  ],
])('an image of the channels %j is drawn as %j', (channels, colour) => {
  const png = previewImages(pixel(...channels), { field: 'image', augment: null, seed: 1, rows: 1, epochs: 1 });
  const { data, width, height } = decode(png);
  const middle = 3 * (Math.floor(height / 2) * width + Math.floor(width / 2));
  expect([...data.slice(middle, middle + 3)]).toEqual(colour);
});

test('what is filled in from outside is black or white where it is beyond the values of the data', () => {
  const samples = pixel(0);
  const [column] = samples.columns;
  if (column?.kind !== 'tensor') expect.fail();
  const shares = { ...column, shape: [1, 2, 1], values: Float32Array.of(0, 1) };
  const drawn = (fill: number): number | undefined => {
    const augment = { images: ['image'], list: [{ kind: 'crop', pad: 40, fill }] } as const;
    const options = { field: 'image', augment, seed: 1, rows: 1, epochs: 1 };
    const { data, width, height } = decode(previewImages({ ...samples, columns: [shares] }, options));
    return data[3 * (Math.floor(height / 2) * width + width - 10)];
  };
  expect([drawn(5), drawn(-5), drawn(0.2)]).toEqual([255, 0, 51]);
});
