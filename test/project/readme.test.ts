/** What the README shows is what there is. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../../src/check/index.ts';
import { parse } from '../../src/parser/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

test('its spec is clean', () => {
  const [, spec = ''] = /```nrm\n([\s\S]*?)```/.exec(readme) ?? [];
  const { tree, diagnostics } = parse(spec, 'README.md');
  expect([...diagnostics, ...check(tree).diagnostics].map((d) => d.message)).toEqual([]);
  expect(tree.declarations.map((d) => d.kind)).toEqual(['network', 'policy', 'data', 'train']);
});

test('its commands are those that exist', () => {
  const named = [...readme.matchAll(/^\| `nrmc ([a-z]+)/gm)].map((m) => m[1]);
  const main = readFileSync(path.join(root, 'src/cli/main.ts'), 'utf8');
  const there = [...main.matchAll(/commands\/([a-z]+)\.ts/g)].map((m) => m[1]);
  expect(named.toSorted()).toEqual(there.toSorted());
});
