/** Hashes of files: by them a run knows that its data and its spec are the same. */
import { createHash } from 'node:crypto';

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** One hash of many files: of their names, sizes and contents, in the order in which they are added. */
export class FolderDigest {
  readonly #hash = createHash('sha256');

  add(name: string, content: Uint8Array): void {
    this.#hash.update(`${name}\0${content.length}\0`).update(content);
  }

  get value(): string {
    return this.#hash.copy().digest('hex');
  }
}
