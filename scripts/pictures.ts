// Draws the pictures of docs/pictures from the specs beside them: `node scripts/pictures.ts`. A test compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { check } from '../src/check/index.ts';
import { parse } from '../src/parser/index.ts';
import { drawModel } from '../src/picture/index.ts';
import { root } from './tools.ts';

export const folder = path.join(root, 'docs/pictures');

/** Texts of pictures by file name. */
export async function drawnPictures(): Promise<ReadonlyMap<string, string>> {
  const drawn = new Map<string, string>();
  for (const file of readdirSync(folder)
    .filter((f) => f.endsWith('.nrm'))
    .sort()) {
    const { tree, diagnostics } = parse(readFileSync(path.join(folder, file), 'utf8'), file);
    const checked = check(tree);
    const [model] = checked.networks.values();
    const said = [...diagnostics, ...checked.diagnostics].map((d) => `${file}: ${d.code} ${d.message}`);
    if (model === undefined || said.length > 0) throw new Error(said.join('\n'));
    drawn.set(file.replace(/nrm$/, 'svg'), await drawModel(model));
  }
  return drawn;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const [file, text] of await drawnPictures()) writeFileSync(path.join(folder, file), text);
