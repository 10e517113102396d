/**
 * Fixes are certain: those that diagnostics carry anywhere in the corpus, the pages and the examples are applied, and the text is
 * judged again. The diagnostic is gone and none has come.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, loadProgram } from '../../src/check/index.ts';
import { syntax } from '../../src/diagnostics/catalog/syntax.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { applyEdits } from '../../src/fix/edits.ts';
import { parse } from '../../src/parser/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

const filesOf = (folder: string, ending: string): readonly string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => `${folder}/${file}`);

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const texts: readonly (readonly [string, string])[] = [
  ...[...filesOf('test/corpus', '.nrm'), ...filesOf('examples', '.nrm')].map((file) => [file, read(file)] as const),
  ...filesOf('docs/errors', '.md').flatMap((file) => {
    const wrong = /## Wrong\n[\s\S]*?```nrm\n([\s\S]*?)```/.exec(read(file))?.[1];
    return wrong === undefined ? [] : [[file, wrong] as const];
  }),
];

/** Diagnostics that carry a fix, some of them not always. A new one belongs here and into the corpus. */
const fixing: readonly string[] = [
  'NRM1001',
  'NRM1004',
  'NRM1006',
  'NRM1008',
  'NRM1009',
  'NRM1011',
  'NRM1012',
  'NRM1013',
  'NRM1017',
  'NRM1019',
  'NRM2004',
  'NRM2009',
  'NRM6006',
  'NRM6010',
  'NRM6013',
  'NRM6014',
  'NRM6101',
  'NRM6103',
  'NRM6104',
];

function diagnose(text: string): readonly Diagnostic[] {
  const { tree, diagnostics } = parse(text, 'spec.nrm');
  return [...diagnostics, ...check(loadProgram(tree, text)).diagnostics];
}

const said = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map((d) => `${d.code} ${d.message}`).sort();

const tooMany = syntax.tooMany.code;
const cases = texts.flatMap(([file, text]) => {
  const diagnostics = diagnose(text);
  // Where more is wrong than is told, what is told next has not come by a fix.
  if (diagnostics.some((d) => d.code === tooMany)) return [];
  const fixable = diagnostics.filter((d) => d.fix.length > 0);
  return [...new Set(fixable.map((d) => d.code))].map((code) => ({ code, file, text, diagnostics }));
});

// All of one code in a text: of a pair of brackets of another alphabet one alone is not closed.
test.each(cases.map((c) => [c.code, c.file, c] as const))('%s in %s', (code, _, { text, diagnostics }) => {
  const fixed = diagnostics.filter((d) => d.code === code && d.fix.length > 0);
  const left = said(diagnostics.filter((d) => !fixed.includes(d)));
  const after = said(
    diagnose(
      applyEdits(
        text,
        fixed.flatMap((d) => d.fix),
      ),
    ),
  );
  const come = after.filter((message) => {
    const at = left.indexOf(message);
    // What the mistake itself brought about may be gone with it.
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  expect(come).toEqual([]);
});

test('every kind of fix is tried', () => {
  expect([...new Set(cases.map((c) => c.code))].sort()).toEqual(fixing);
});

describe('what is not certain has no fix', () => {
  const net = (body: string): string => `network N { input x: float32[8, 8, 1]  ${body}  flatten  dense(3) }`;
  test.each([
    ['more is given than it takes', net('relu(120)'), 'NRM2004'],
    ['it needs to be told how much', net('dropout'), 'NRM2004'],
    ['so does this', net('drop_path'), 'NRM2004'],
    ['the name is missing', 'network N { input float32[4]  dense(3) }', 'NRM1006'],
    ['steps cannot be left out', net('conv(3, kernel: 3) … act'), 'NRM1001'],
    ['digits would join the word', 'policy P { gradient { clip: global_norm5.0) } }', 'NRM1004'],
    ['the brace is missing, not a comma', 'import { A from "./a.nrm"', 'NRM1012'],
    ['attention has one in the middle', net('softmax'), 'NRM2009'],
    ['the slot that may be meant stands further off', net('conv(3, kernel: 3) act\n  relu'), 'NRM2004'],
    ['an empty path is identity, or a bar too many', net('sum { | conv(3, kernel: 3) || identity }'), 'NRM1019'],
    ['behind an `if` it may be a misspelt `else`', net('if 1 > 0 { flatten } tail { flatten }'), 'NRM1017'],
    ['the reason is missing', `// alow NRM6006\n${net('act')}`, 'NRM6104'],
    ['its value may be taken', 'network N { input x: float32[4]  dense(3)  probabilities: softmax }', 'NRM2009'],
  ])('%s', (_, text, code) => {
    const found = diagnose(text).filter((d) => d.code === code);
    expect(found.map((d) => d.fix)).toEqual([[]]);
  });
});
