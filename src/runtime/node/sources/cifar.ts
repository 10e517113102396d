/**
 * The binary versions of CIFAR-10 and CIFAR-100: records of a label (CIFAR-100: a superclass, then a class) and 3072 bytes, the red
 * values of the 32 × 32 pixels row by row, then the green ones, then the blue ones.
 *
 * Source  www.cs.toronto.edu/~kriz/cifar.html.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { failure, runtimeErrors } from '../../errors.ts';
import { columnFrom } from './array.ts';
import { locate, type Opened, type PartName, type Request, readHashed } from './source.ts';

const pixels = 32 * 32;

interface Version {
  /** Bytes of labels before an image. */
  readonly labels: number;
  readonly files: Readonly<Record<PartName, readonly string[]>>;
}

const ten: Version = {
  labels: 1,
  files: { train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), test: ['test_batch.bin'] },
};
const hundred: Version = { labels: 2, files: { train: ['train.bin'], test: ['test.bin'] } };

export function openCifar(name: string, { fields, where, parts }: Request): Opened {
  const { place: folder, root } = locate(name, 'folder', where);
  const has = (file: string): boolean => existsSync(path.join(folder, file));
  const version = [...hundred.files.train, ...hundred.files.test].some(has) ? hundred : ten;
  const missing = parts.flatMap((part) => version.files[part]).filter((file) => !has(file));
  if (missing.length > 0)
    throw failure(runtimeErrors.missingFile, { name, tried: missing.map((file) => path.join(folder, file)) });
  return {
    folder: root,
    root,
    read(part) {
      const files: Record<string, string> = {};
      const read = version.files[part].map((name) => {
        const file = path.join(folder, name);
        const { bytes, hash } = readHashed(file);
        files[name] = hash;
        return parseCifar(bytes, file, version.labels);
      });
      const count = read.reduce((sum, r) => sum + r.count, 0);
      const images = joined(read.map((r) => r.images));
      const labels = Array.from({ length: version.labels }, (_, i) =>
        joined(read.map((r) => r.labels[i] ?? new Uint8Array())),
      );
      const columns = fields.map((field) => {
        if (field.kind === 'tensor') return columnFrom(field, { shape: [count, 32, 32, 3], values: images }, folder);
        // The superclass comes first; without one there is nothing else.
        const values = (field.name === 'coarse' ? labels[0] : labels.at(-1)) ?? new Uint8Array();
        return columnFrom(field, { shape: [count], values }, folder);
      });
      return { columns, files };
    },
  };
}

/** `file` is for the messages. */
export function parseCifar(
  bytes: Uint8Array,
  file: string,
  labels: number,
): { readonly count: number; readonly images: Uint8Array; readonly labels: readonly Uint8Array[] } {
  const record = labels + 3 * pixels;
  if (bytes.length % record !== 0) throw failure(runtimeErrors.cifarLength, { file, record, found: bytes.length });
  const count = bytes.length / record;
  const images = new Uint8Array(count * pixels * 3);
  for (let i = 0; i < count; i++) {
    const start = i * record + labels;
    for (let channel = 0; channel < 3; channel++)
      for (let p = 0; p < pixels; p++)
        images[(i * pixels + p) * 3 + channel] = bytes[start + channel * pixels + p] ?? 0;
  }
  const column = (at: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => bytes[i * record + at] ?? 0);
  return { count, images, labels: Array.from({ length: labels }, (_, at) => column(at)) };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
