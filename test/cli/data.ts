/** Small data sets as idx files: pictures whose class is where they are bright. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const header = (dimensions: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * dimensions.length);
  bytes.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((size, i) => void bytes.writeUInt32BE(size, 4 + 4 * i));
  return bytes;
};

/** A generator of its own, so that the files are the same on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `[samples, height, width]` pictures and their labels, in bands from top to bottom. */
function part(
  samples: number,
  height: number,
  width: number,
  classes: number,
  seed: number,
): { images: Buffer; labels: Buffer } {
  const next = numbers(seed);
  const images = Buffer.alloc(samples * height * width);
  const labels = Buffer.alloc(samples);
  for (let i = 0; i < samples; i++) {
    const label = Math.floor(next() * classes);
    labels[i] = label;
    for (let y = 0; y < height; y++) {
      const bright = Math.floor((y * classes) / height) === label;
      for (let x = 0; x < width; x++)
        images[(i * height + y) * width + x] = Math.floor(next() * 120) + (bright ? 120 : 0);
    }
  }
  return {
    images: Buffer.concat([header([samples, height, width]), images]),
    labels: Buffer.concat([header([samples]), labels]),
  };
}

export interface DataSet {
  readonly height: number;
  readonly width: number;
  readonly classes: number;
  readonly train: number;
  readonly test: number;
}

/** Writes the four files of `data/<name>` in a folder; images gzipped, labels plain, so that both are read. */
export function writeDataSet(folder: string, name: string, { height, width, classes, train, test }: DataSet): string {
  const place = path.join(folder, 'data', name);
  mkdirSync(place, { recursive: true });
  for (const [prefix, samples, seed] of [
    ['train', train, 1],
    ['t10k', test, 2],
  ] as const) {
    const { images, labels } = part(samples, height, width, classes, seed);
    writeFileSync(path.join(place, `${prefix}-images-idx3-ubyte.gz`), gzipSync(images));
    writeFileSync(path.join(place, `${prefix}-labels-idx1-ubyte`), labels);
  }
  return place;
}

/** A field of a data set: pictures of a size, or classes. */
export type FieldShape = { readonly height: number; readonly width: number } | { readonly classes: number };

/**
 * Writes `data/<name>` with files named after fields. Each picture is bright where the first class says, from top to bottom, and where
 * the last one says, from left to right: all of them can be told from any picture.
 */
export function writeFields(
  folder: string,
  name: string,
  fields: Readonly<Record<string, FieldShape>>,
  parts: Readonly<Record<'train' | 'test', number>>,
): void {
  const place = path.join(folder, 'data', name);
  mkdirSync(place, { recursive: true });
  const known = Object.entries(fields);
  const classes = known.flatMap(([field, f]) => ('classes' in f ? [{ field, count: f.classes }] : []));
  const [rows, columns] = [classes[0]?.count ?? 1, classes.at(-1)?.count ?? 1];
  for (const [part, samples] of Object.entries(parts)) {
    const next = numbers(samples);
    const labels = Array.from({ length: samples }, () => classes.map(({ count }) => Math.floor(next() * count)));
    const write = (field: string, dimensions: readonly number[], values: Buffer): void =>
      writeFileSync(
        path.join(place, `${part}-${field}-idx${dimensions.length}-ubyte`),
        Buffer.concat([header(dimensions), values]),
      );
    for (const [c, { field }] of classes.entries())
      write(field, [samples], Buffer.from(labels.map((of) => of[c] ?? 0)));
    for (const [field, f] of known) {
      if ('classes' in f) continue;
      const { height, width } = f;
      const values = labels.flatMap((of) =>
        Array.from({ length: height * width }, (_, i) => {
          const row = Math.floor((Math.floor(i / width) * rows) / height) === of[0];
          const column = Math.floor(((i % width) * columns) / width) === of.at(-1);
          return Math.floor(next() * 60) + (row ? 90 : 0) + (column ? 90 : 0);
        }),
      );
      write(field, [samples, height, width], Buffer.from(values));
    }
  }
}
