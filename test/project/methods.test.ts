/** The catalogue: every method has a proof that is there, an example that uses it, and its line in docs/methods.md. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleMentions } from '../../scripts/methods/mentions.ts';
import { proofTable } from '../../scripts/methods/proofs.ts';
import { methodRows, methodsPage } from '../../scripts/methods.ts';

const root = path.resolve(import.meta.dirname, '../..');
const rows = methodRows();
const title = ({ section, name }: (typeof rows)[number]): string => `${section}: ${name}`;

test('there are many', () => {
  expect(rows.length).toBeGreaterThan(120);
});

test('every method has a proof', () => {
  expect(rows.filter((r) => r.proof === null).map(title)).toEqual([]);
});

test('a proof is there, and speaks of the method', () => {
  const silent = rows.flatMap((row) => {
    if (row.proof === null) return [];
    const missing = row.proof.files.filter((file) => !existsSync(path.join(root, file)));
    if (missing.length > 0) return [`${title(row)}: no ${missing.join(', ')}`];
    const text = row.proof.files.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n');
    return text.includes(row.proof.says) ? [] : [`${title(row)}: nothing says ${row.proof.says}`];
  });
  expect(silent).toEqual([]);
});

test('a record of values is read by the test that it is named with', () => {
  const unread = rows.flatMap(({ proof }) => {
    const [first = '', ...more] = proof?.files ?? [];
    const text = first === '' ? '' : readFileSync(path.join(root, first), 'utf8');
    return more.filter((f) => f.endsWith('.json') && !text.includes(path.basename(f)));
  });
  expect([...new Set(unread)]).toEqual([]);
});

test('no proof is of a method that there is not', () => {
  const named = new Set(rows.map(title));
  const proved = Object.entries(proofTable).flatMap(([section, words]) =>
    Object.keys(words).map((w) => `${section}: ${w}`),
  );
  expect(proved.filter((p) => !named.has(p))).toEqual([]);
});

test('every method is used by an example', () => {
  expect(rows.filter((r) => r.example === null).map(title)).toEqual([]);
});

test('docs/methods.md is as `node scripts/methods.ts` writes it', () => {
  expect(readFileSync(path.join(root, 'docs/methods.md'), 'utf8')).toBe(methodsPage());
});

describe('mentions', () => {
  test('are found where they are written, not in comments', () => {
    const mentions = exampleMentions().get('examples/methods/gradients.nrm') ?? [];
    expect(mentions).toContainEqual({ key: 'clip', value: 'adaptive' });
    expect(mentions).toContainEqual({ key: 'gradient', value: 'of:' });
    expect(mentions).not.toContainEqual({ key: 'clip', value: 'sam' });
  });
});
