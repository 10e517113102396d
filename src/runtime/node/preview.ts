/** A picture of augmentation: a row for each sample, the original first, then what training makes of it in one epoch after the other. */
import { encode } from 'fast-png';
import { type Changes, changing } from '../augment/changes.ts';
import type { AugmentConfig } from '../augment/index.ts';
import { rangeOf } from '../augment/range.ts';
import type { Column, Samples } from '../batches.ts';
import { failure, runtimeErrors } from '../errors.ts';

interface PreviewOptions {
  /** The field that is shown. */
  readonly field: string;
  /** Null: originals only. */
  readonly augment: AugmentConfig | null;
  readonly seed: number;
  /** How many samples, and how many epochs of each. */
  readonly rows: number;
  readonly epochs: number;
}

/** Pixels between images, and how small images are enlarged: whole factors, up to about this side. */
const gap = 2;
const wanted = 96;

type Image = Column & { readonly kind: 'tensor' };

/** As a PNG file; of more than three channels the first three. Values from the smallest to the largest of the training part are black to white. */
export function previewImages(samples: Samples, { field, augment, seed, rows, epochs }: PreviewOptions): Uint8Array {
  const column = samples.columns.find((c): c is Image => c.name === field && c.kind === 'tensor');
  const [height, width, channels] = column?.shape ?? [];
  if (column === undefined || height === undefined || width === undefined || channels === undefined)
    throw failure(runtimeErrors.notAnImage, { field, shape: column?.shape ?? [] });
  const shown = Math.min(rows, samples.rows.length);
  // Spread over the part, so that data in the order of their classes show several.
  const at = Array.from({ length: shown }, (_, i) => samples.rows[Math.floor((i * samples.rows.length) / shown)] ?? 0);
  const scale = Math.max(1, Math.floor(wanted / Math.max(height, width)));
  const canvas = canvasOf(1 + (augment === null ? 0 : epochs), shown, { height, width, scale, channels });
  const range = rangeOf(column, samples.rows, height * width * channels);
  // What comes in from outside may be darker or brighter than anything that is there.
  const grey = (x: number): number =>
    Math.min(255, Math.max(0, Math.round((255 * (x - range.min)) / (range.max - range.min || 1))));
  const original = column.values;
  const size = height * width * channels;
  at.forEach((row, y) => {
    canvas.draw(0, y, (i) => grey(original[row * size + i] ?? 0));
  });
  if (augment !== null) {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const changes: Changes = changing(samples, { ...augment, seed, epoch });
      at.forEach((row, y) => {
        const changed = changes.values(column, row);
        canvas.draw(epoch, y, (i) => grey(changed?.[i] ?? original[row * size + i] ?? 0));
      });
    }
  }
  return encode({ width: canvas.width, height: canvas.height, data: canvas.pixels, channels: 3, depth: 8 });
}

interface Cell {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly scale: number;
}

function canvasOf(columns: number, rows: number, { height, width, scale, channels }: Cell) {
  const [cellWidth, cellHeight] = [width * scale + gap, height * scale + gap];
  // Originals stand apart from what is made of them.
  const apart = columns > 1 ? 3 * gap : 0;
  const canvasWidth = columns * cellWidth + gap + apart;
  const pixels = new Uint8Array(canvasWidth * (rows * cellHeight + gap) * 3).fill(255);
  return {
    width: canvasWidth,
    height: rows * cellHeight + gap,
    pixels,
    /** `value`: of the i-th number of the image, [height, width, channels]. */
    draw(column: number, row: number, value: (i: number) => number): void {
      const [left, top] = [gap + column * cellWidth + (column > 0 ? apart : 0), gap + row * cellHeight];
      for (let y = 0; y < height * scale; y++) {
        for (let x = 0; x < width * scale; x++) {
          const pixel = (Math.floor(y / scale) * width + Math.floor(x / scale)) * channels;
          for (let c = 0; c < 3; c++)
            pixels[((top + y) * canvasWidth + left + x) * 3 + c] = value(pixel + (channels >= 3 ? c : 0));
        }
      }
    },
  };
}
