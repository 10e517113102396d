/** Images from PNG and JPEG files: 8 bits a value, as many channels as are wanted, resized where that is asked for. */
import { decode as decodePng, hasPngSignature } from 'fast-png';
import jpeg from 'jpeg-js';
import { failure, runtimeErrors } from '../errors.ts';

export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [height, width, channels] */
  readonly values: Uint8Array;
}

/** `file` is for the messages. What it is, is told by the content. */
export function decodePicture(bytes: Uint8Array, file: string): Picture {
  try {
    if (hasPngSignature(bytes)) return fromPng(bytes);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) {
      const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false } as const;
      const { width, height, data } = jpeg.decode(bytes, options);
      return { height, width, channels: 3, values: data };
    }
  } catch (error) {
    // Decoders throw plain errors, and run off the end of files that are cut short.
    const said = error instanceof Error ? error.message.replace(/:?\s*$/, '') : String(error);
    const why = error instanceof RangeError ? 'it is cut short, or damaged' : said;
    throw failure(runtimeErrors.imageDamaged, { file, why });
  }
  throw failure(runtimeErrors.imageDamaged, { file, why: 'it begins neither as a PNG nor as a JPEG file' });
}

function fromPng(bytes: Uint8Array): Picture {
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height, depth, palette } = png;
  const values = eightBits(png.data, width * png.channels, height, depth, palette === undefined);
  if (palette === undefined) return { height, width, channels: png.channels, values };
  const channels = palette[0]?.length ?? 3;
  const coloured = new Uint8Array(width * height * channels);
  for (const [i, index] of values.entries()) {
    const colour = palette[index];
    if (colour === undefined) throw new Error(`colour ${index} is not in its palette`);
    coloured.set(colour, i * channels);
  }
  return { height, width, channels, values: coloured };
}

/** One byte a value. Fewer bits are packed, each row beginning with a new byte; of grey values they span black to white. */
function eightBits(data: ArrayLike<number>, inRow: number, rows: number, depth: number, scaled: boolean): Uint8Array {
  if (depth === 8) return Uint8Array.from(data);
  if (depth === 16) return Uint8Array.from(data, (value) => value >> 8);
  const most = 2 ** depth - 1;
  const bytesInRow = Math.ceil((inRow * depth) / 8);
  return Uint8Array.from({ length: inRow * rows }, (_, i) => {
    const bit = (i % inRow) * depth;
    const byte = data[Math.floor(i / inRow) * bytesInRow + (bit >> 3)] ?? 0;
    const value = (byte >> (8 - depth - (bit & 7))) & most;
    return scaled ? (value * 255) / most : value;
  });
}

/** Grey is the luma of ITU-R 601, rounded as Pillow does it; what is transparent is taken as it is. */
export function withChannels(picture: Picture, channels: number): Picture {
  const { channels: from, values, height, width } = picture;
  if (from === channels) return picture;
  const result = new Uint8Array(height * width * channels);
  for (let p = 0; p < height * width; p++) {
    const [r = 0, g = 0, b = 0] = from < 3 ? Array<number>(3).fill(values[p * from] ?? 0) : values.subarray(p * from);
    const alpha = from % 2 === 0 ? (values[p * from + from - 1] ?? 255) : 255;
    const grey = from < 3 ? r : (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
    const target = channels < 3 ? [grey, alpha] : [r, g, b, alpha];
    for (let c = 0; c < channels; c++) result[p * channels + c] = target[c] ?? 0;
  }
  return { ...picture, channels, values: result };
}

/** Linear interpolation; where it gets smaller, over all pixels that a new one covers (as Pillow's `BILINEAR`). */
export function resized(picture: Picture, height: number, width: number): Picture {
  if (picture.height === height && picture.width === width) return picture;
  const { channels, values } = picture;
  // Columns first, then rows: each new value is a weighted sum along one axis.
  const across = weights(picture.width, width);
  const between = new Float64Array(picture.height * width * channels);
  for (let y = 0; y < picture.height; y++)
    for (const [x, { from, shares }] of across.entries())
      for (let c = 0; c < channels; c++)
        between[(y * width + x) * channels + c] = shares.reduce(
          (sum, share, i) => sum + share * (values[(y * picture.width + from + i) * channels + c] ?? 0),
          0,
        );
  const result = new Uint8Array(height * width * channels);
  const row = width * channels;
  for (const [y, { from, shares }] of weights(picture.height, height).entries())
    for (let i = 0; i < row; i++)
      result[y * row + i] = Math.round(
        shares.reduce((sum, share, k) => sum + share * (between[(from + k) * row + i] ?? 0), 0),
      );
  return { height, width, channels, values: result };
}

/** By new place: the first old one that it takes from, and the share of each. */
function weights(from: number, to: number): readonly { readonly from: number; readonly shares: readonly number[] }[] {
  const scale = from / to;
  const reach = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const last = Math.min(from, Math.floor(centre + reach + 0.5));
    const raw = Array.from({ length: last - first }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach),
    );
    const sum = raw.reduce((a, b) => a + b, 0);
    return { from: first, shares: raw.map((w) => w / sum) };
  });
}
