/** Flips, crops, shifts and rotations: where pixels are. */
import { type Image, moved, signed, type Transform, wholeWithin } from './image.ts';

interface FlipOptions {
  readonly direction: 'horizontal' | 'vertical' | 'both';
  /** Of each flip. */
  readonly probability: number;
}

/** Mirrors the image with a given probability; `both` draws for each direction by itself. */
export const flip =
  ({ direction, probability }: FlipOptions): Transform =>
  (image, draw) => {
    if (direction !== 'vertical' && draw() < probability) mirror(image);
    if (direction !== 'horizontal' && draw() < probability) turnOver(image);
  };

/** Left becomes right. */
function mirror({ values, height, width, channels }: Image): void {
  for (let y = 0; y < height; y++) {
    for (let left = y * width, right = left + width - 1; left < right; left++, right--)
      swap(values, left, right, channels);
  }
}

/** Top becomes bottom. */
function turnOver({ values, height, width, channels }: Image): void {
  for (let top = 0, bottom = height - 1; top < bottom; top++, bottom--) swap(values, top, bottom, width * channels);
}

/** Two runs of `size` numbers change places. */
function swap(values: Float32Array, a: number, b: number, size: number): void {
  for (let i = 0; i < size; i++) {
    const kept = values[a * size + i] ?? 0;
    values[a * size + i] = values[b * size + i] ?? 0;
    values[b * size + i] = kept;
  }
}

interface CropOptions {
  /** Pixels of `fill` added at each side before a window of the image's own size is taken out. */
  readonly pad: number;
  readonly fill: number;
}

/** A window of the padded image: the image moved by up to `pad` pixels each way. Source  He et al. 2016. */
export const crop =
  ({ pad, fill }: CropOptions): Transform =>
  (image, draw, scratch) =>
    moved(image, wholeWithin(pad, draw), wholeWithin(pad, draw), fill, scratch);

interface ShiftOptions {
  /** Greatest shift, as a share of height and width; whole pixels. */
  readonly by: number;
  readonly fill: number;
}

export const shift =
  ({ by, fill }: ShiftOptions): Transform =>
  (image, draw, scratch) => {
    const down = wholeWithin(Math.round(by * image.height), draw);
    moved(image, down, wholeWithin(Math.round(by * image.width), draw), fill, scratch);
  };

interface RotateOptions {
  /** Greatest angle either way. */
  readonly degrees: number;
  readonly fill: number;
}

/** Around the centre, bilinear; what comes from outside is `fill`. */
export const rotate =
  ({ degrees, fill }: RotateOptions): Transform =>
  (image, draw, scratch) => {
    const angle = (signed(draw) * degrees * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const { values, height, width, channels } = image;
    scratch.set(values);
    const [cy, cx] = [(height - 1) / 2, (width - 1) / 2];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const sy = cy + cos * (y - cy) - sin * (x - cx);
        const sx = cx + sin * (y - cy) + cos * (x - cx);
        const [y0, x0] = [Math.floor(sy), Math.floor(sx)];
        const [fy, fx] = [sy - y0, sx - x0];
        for (let c = 0; c < channels; c++) {
          const at = (row: number, column: number): number =>
            row < 0 || column < 0 || row >= height || column >= width
              ? fill
              : (scratch[(row * width + column) * channels + c] ?? 0);
          const top = at(y0, x0) * (1 - fx) + at(y0, x0 + 1) * fx;
          const bottom = at(y0 + 1, x0) * (1 - fx) + at(y0 + 1, x0 + 1) * fx;
          values[(y * width + x) * channels + c] = top * (1 - fy) + bottom * fy;
        }
      }
    }
  };
