import { expect, test } from 'vitest';
import { catalog, definitions } from '../../src/diagnostics/catalog/index.ts';
import { defineDiagnostic } from '../../src/diagnostics/diagnostic.ts';

test('no code is used twice', () => {
  const codes = definitions.map((d) => d.code);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  expect(Object.keys(catalog)).toHaveLength(codes.length);
});

test('codes are NRM and four digits, titles are plain phrases', () => {
  for (const { code, title } of definitions) {
    expect(code).toMatch(/^NRM\d{4}$/);
    expect(title, code).toMatch(/^[^A-Z].*[^.]$/);
  }
});

test('a diagnostic has the labels whose places are known, the primary one first', () => {
  const kind = defineDiagnostic<{ n: number }, 'a' | 'b'>({
    code: 'NRM9999',
    severity: 'error',
    title: 'a test',
    message: (f) => `${f.n} is wrong`,
    label: () => 'here',
    places: { a: (f) => `a${f.n}`, b: () => 'b' },
    help: (f) => (f.n > 1 ? 'less' : null),
  });
  const span = { file: 'x', start: 0, end: 1 };
  expect(kind.at(span, { n: 2 }, { places: { b: null, a: span } })).toEqual({
    code: 'NRM9999',
    severity: 'error',
    message: '2 is wrong',
    labels: [
      { span, text: 'here' },
      { span, text: 'a2' },
    ],
    help: 'less',
    fix: [],
  });
  expect(kind.at(null, { n: 1 })).toMatchObject({ labels: [], help: null });
});
