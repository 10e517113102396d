/** Processes that tests start keep what is compiled of the sources in a folder, for the next ones; each run of the tests begins with an empty one. */
import { rmSync } from 'node:fs';
import path from 'node:path';

export const compiled = path.resolve(import.meta.dirname, '../node_modules/.cache/compiled');

export default function begin(): void {
  rmSync(compiled, { recursive: true, force: true });
}
