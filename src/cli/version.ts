/** The version of this nrmc, from its package.json: two folders up from here, in the sources as in the build. */
import { readFileSync } from 'node:fs';

export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version: found } = JSON.parse(text) as { version?: unknown };
  return typeof found === 'string' ? found : 'unknown';
}
