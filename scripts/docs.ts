// Writes the generated parts of docs/: what the library has. `node scripts/docs.ts`; a test compares.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { libraryFiles } from '../src/library/index.ts';
import { parse } from '../src/parser/index.ts';
import { root } from './tools.ts';

const page = path.join(root, 'docs/language.md');
const begin = '<!-- library: written by scripts/docs.ts -->\n';
const end = '<!-- end of library -->';

function libraryTable(): string {
  const rows = [...libraryFiles].flatMap(([file, text]) =>
    parse(text, file).tree.declarations.flatMap((d) =>
      d.kind === 'import' ? [] : [`| \`${d.name.text}\` | ${d.kind} | \`${file}\` | ${d.doc.replaceAll('\n', ' ')} |`],
    ),
  );
  return ['| name | | file | |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** docs/language.md with its table as it should be. */
export function languagePage(): string {
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  return `${text.slice(0, from)}${libraryTable()}${text.slice(text.indexOf(end))}`;
}

const called = process.argv[1];
if (called !== undefined && import.meta.url === pathToFileURL(called).href) writeFileSync(page, languagePage());
