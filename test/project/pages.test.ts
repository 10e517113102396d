/** One diagnostic, one entry, one page, and a test that raises it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { catalog } from '../../src/diagnostics/catalog/index.ts';
import { runtimeErrors } from '../../src/runtime/errors.ts';

const root = path.resolve(import.meta.dirname, '../..');
const titles = new Map<string, string>([
  ...Object.values(catalog).map((d): [string, string] => [d.code, d.title]),
  ...Object.values(runtimeErrors).map((e): [string, string] => [e.code, e.title]),
]);

const testText = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|snap|txt|json)$/.test(file))
  .map((file) => readFileSync(path.join(root, 'test', file), 'utf8'))
  .join('\n');

test('no code is used twice', () => {
  const codes = [...Object.values(catalog).map((d) => d.code), ...Object.values(runtimeErrors).map((e) => e.code)];
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
});

test('every code has a page and every page a code', () => {
  const pages = readdirSync(path.join(root, 'docs/errors')).map((file) => path.basename(file, '.md'));
  expect(pages.sort()).toEqual([...titles.keys()].sort());
});

test.each([...titles])('%s: its page has the title, a wrong and a right example', (code, title) => {
  const page = readFileSync(path.join(root, `docs/errors/${code}.md`), 'utf8');
  expect(page.startsWith(`# ${code}: ${title}\n`), page.split('\n')[0]).toBe(true);
  expect(page).toMatch(/\n## Wrong\n/);
  expect(page).toMatch(/\n## Right\n/);
});

test('every code is raised by a test', () => {
  expect([...titles.keys()].filter((code) => !testText.includes(code))).toEqual([]);
});
