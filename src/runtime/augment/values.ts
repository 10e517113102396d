/** Brightness, contrast and cutout: what pixels are. */
import { signed, type Transform } from './image.ts';

interface AmountOptions {
  readonly amount: number;
}

/** Adds a number drawn from ±amount·(max − min) to all pixels; results stay within the range. */
export const brightness =
  ({ amount }: AmountOptions): Transform =>
  ({ values }, draw, _scratch, { min, max }) => {
    const by = signed(draw) * amount * (max - min);
    for (let i = 0; i < values.length; i++) values[i] = Math.min(max, Math.max(min, (values[i] ?? 0) + by));
  };

/** Multiplies distances from the image's mean by a factor drawn from 1 ± amount; results stay within the range. */
export const contrast =
  ({ amount }: AmountOptions): Transform =>
  ({ values }, draw, _scratch, { min, max }) => {
    const factor = 1 + signed(draw) * amount;
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    for (let i = 0; i < values.length; i++)
      values[i] = Math.min(max, Math.max(min, mean + factor * ((values[i] ?? 0) - mean)));
  };

interface CutoutOptions {
  /** Pixels along a side of the square. */
  readonly size: number;
  readonly fill: number;
}

/** A square of `fill` around a pixel drawn anywhere, cut off at the border. Source  DeVries & Taylor 2017. */
export const cutout =
  ({ size, fill }: CutoutOptions): Transform =>
  ({ values, height, width, channels }, draw) => {
    const [top, left] = [Math.floor(draw() * height), Math.floor(draw() * width)].map(
      (c) => c - Math.floor(size / 2),
    ) as [number, number];
    for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
      const from = (y * width + Math.max(0, left)) * channels;
      values.fill(fill, from, Math.max(from, (y * width + Math.min(width, left + size)) * channels));
    }
  };
