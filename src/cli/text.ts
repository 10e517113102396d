/** Files of text: UTF-8, or a plain word on why not. */
import { readFileSync } from 'node:fs';
import { reasonOf } from '../runtime/node/files.ts';

export function readBytes(path: string): { readonly bytes: Uint8Array } | { readonly why: string } {
  try {
    return { bytes: readFileSync(path) };
  } catch (error) {
    return { why: reasonOf(error) };
  }
}

export function textOf(bytes: Uint8Array): { readonly text: string } | { readonly why: string } {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { why: 'it begins as UTF-16 does' };
  if (bytes.includes(0)) return { why: 'it holds zero bytes' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { why: 'it holds bytes that are no characters' };
  }
}
