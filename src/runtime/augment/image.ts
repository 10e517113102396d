/** What augmentations work on: one image at a time, in place, by numbers that are a function of (seed, sample, epoch). */

/** An image [height, width, channels] of raw values, before preprocessing. */
export interface Image {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The next number in [0, 1) of a sample's own sequence. */
export type Draw = () => number;

/** Smallest and largest raw value of the training part: brightness is a share of their distance, and results stay within. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Changes an image in place. `scratch` is as long as the image, and may hold anything. */
export type Transform = (image: Image, draw: Draw, scratch: Float32Array, range: Range) => void;

/** A number in [−1, 1). */
export const signed = (draw: Draw): number => 2 * draw() - 1;

/** A whole number from −n to n. */
export const wholeWithin = (n: number, draw: Draw): number => Math.floor(draw() * (2 * n + 1)) - n;

/** Moves the image down and to the right by whole pixels; what comes in at the other side is `fill`. */
export function moved(image: Image, down: number, right: number, fill: number, scratch: Float32Array): void {
  const { values, height, width, channels } = image;
  if (down === 0 && right === 0) return;
  scratch.set(values);
  values.fill(fill);
  const [top, bottom] = [Math.max(0, down), Math.min(height, height + down)];
  const [left, end] = [Math.max(0, right), Math.min(width, width + right)];
  if (left >= end) return;
  for (let y = top; y < bottom; y++) {
    const from = ((y - down) * width + left - right) * channels;
    values.set(scratch.subarray(from, from + (end - left) * channels), (y * width + left) * channels);
  }
}
