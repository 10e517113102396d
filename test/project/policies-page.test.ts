/** docs/policies.md shows what the commands print: its spec is checked, its commands are run. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nrmc, workFolder } from '../cli/run.ts';

const file = path.resolve(import.meta.dirname, '../../docs/policies.md');
const page = readFileSync(file, 'utf8');
const folder = workFolder();
const [spec = ''] = [...page.matchAll(/```nrm\n([\s\S]*?)```/g)].map((m) => m[1] ?? '');
writeFileSync(path.join(folder, 'net.nrm'), spec);

/** `nrmc …` of a console block, and what it prints. */
const blocks = [...page.matchAll(/```console\n\$ nrmc ([^\n]*)\n([\s\S]*?)```/g)].map(
  (m) => [m[1] ?? '', m[2] ?? ''] as const,
);

test('the spec is fine', () => {
  expect(nrmc(folder, 'check', 'net.nrm')).toEqual({ code: 0, out: 'net.nrm: fine\n', err: '' });
});

test('there are commands', () => {
  expect(blocks.length).toBeGreaterThan(3);
});

test.each(blocks)('nrmc %s', (command, shown) => {
  const { out, err } = nrmc(folder, ...command.split(' '));
  expect(`${out}${err}`.trimEnd()).toBe(shown.trimEnd());
});
