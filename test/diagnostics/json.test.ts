import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { toJson } from '../../src/diagnostics/json.ts';
import { parse } from '../../src/parser/index.ts';
import { at, error } from './support.ts';

const text = '// LeNet\nnetwork LeNet {\n  conv(16, kernel: 5, groups: 4)\n}\n';

test('a program gets the same as data, with lines and columns', () => {
  const diagnostic = error([at(text, 'groups: 4', 'here')], {
    help: 'divide',
    fix: [{ span: at(text, '4)', '').span, text: '2' }],
  });
  const place = { line: 3, column: 23, endLine: 3, endColumn: 32 };
  expect(toJson(diagnostic, () => text)).toEqual({
    code: 'NRM2103',
    severity: 'error',
    message: 'a message',
    file: 'examples/lenet.nrm',
    ...place,
    labels: [{ file: 'examples/lenet.nrm', offset: 47, endOffset: 56, ...place, text: 'here' }],
    help: 'divide',
    fix: [
      {
        file: 'examples/lenet.nrm',
        offset: 55,
        endOffset: 57,
        line: 3,
        column: 31,
        endLine: 3,
        endColumn: 33,
        text: '2',
      },
    ],
  });
});

test('places are null where the text of a file is not known, or there is no place', () => {
  expect(toJson(error([{ span: { file: 'gone', start: 1, end: 2 }, text: '' }]), () => undefined)).toMatchObject({
    file: 'gone',
    line: null,
    column: null,
    labels: [{ offset: 1, endOffset: 2, line: null }],
  });
  expect(toJson(error([]), () => undefined)).toMatchObject({ file: null, line: null, labels: [] });
});

test('columns count characters, offsets count UTF-16', () =>
  expect(toJson(error([at('😀 x', 'x', '')]), () => '😀 x')).toMatchObject({
    line: 1,
    column: 3,
    labels: [{ offset: 3 }],
  }));

test('several labels of several files have a place each', () => {
  const sources: Readonly<Record<string, string>> = { 'a.nrm': 'policy P { }', 'b.nrm': '\n\nnetwork N with Q { }' };
  const diagnostic = error([
    at('\n\nnetwork N with Q { }', 'Q', 'no such policy', 'b.nrm'),
    at('policy P { }', 'P', 'did you mean this?', 'a.nrm'),
    { span: { file: 'c.nrm', start: 4, end: 9 }, text: 'not to be read' },
  ]);
  expect(toJson(diagnostic, (file) => sources[file]).labels.map((l) => [l.file, l.line, l.column])).toEqual([
    ['b.nrm', 3, 16],
    ['a.nrm', 1, 8],
    ['c.nrm', null, null],
  ]);
});

test('the page shows what is printed', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/diagnostics.md'), 'utf8');
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const spec = 'train lenet {\n  batch = 64\n}\n';
  const found = parse(spec, 'lenet.nrm').diagnostics.map((d) => toJson(d, () => spec));
  expect(example).toBe(`${JSON.stringify(found, null, 2)}\n`);
});
