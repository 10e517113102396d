// Writes src/library/sources.ts from the folder library/, so that the compiler finds the library without reading files. `node scripts/library.ts`; a test compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './tools.ts';

/** The text of src/library/sources.ts. */
export function librarySource(): string {
  const folder = path.join(root, 'library');
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.nrm'))
    .sort();
  const entries = names.map((name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    const escaped = text.replace(/[\\`]|\$\{/g, (found) => `\\${found}`);
    return `  'nrmc/${name}': \`${escaped}\`,\n`;
  });
  return `/** Written by \`node scripts/library.ts\` from the folder \`library/\`; a test compares. */
export const librarySources: Readonly<Record<string, string>> = {
${entries.join('')}};
`;
}

const called = process.argv[1];
if (called !== undefined && import.meta.url === pathToFileURL(called).href)
  writeFileSync(path.join(root, 'src/library/sources.ts'), librarySource());
