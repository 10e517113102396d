/** Terminals of every width and skill: each golden is what a person sees there. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../src/diagnostics/cells.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { at, error, show } from './support.ts';

const line =
  '  conv(64, kernel: 7, stride: 2, padding: 3) norm act  maxpool(3, stride: 2, padding: 1)  conv(128, kernel: 3, groups: 5) norm act drop';
const long = error(
  [
    at(line, 'groups: 5', '64 is not a multiple of 5', 'a.nrm'),
    at(line, 'maxpool(3, stride: 2, padding: 1)', 'this step produces [56, 56, 64]', 'a.nrm'),
    at(line, 'conv(64', 'the channels come from here', 'a.nrm'),
  ],
  { message: '`conv2`: 5 groups do not divide 64 input channels', help: '`groups: 4` divides 64 input channels' },
);

const cases: Readonly<Record<string, () => string>> = {
  'a long line at 40': () => show(long, line, { width: 40 }),
  'a long line at 60': () => show(long, line, { width: 60 }),
  'a long line at 80': () => show(long, line, { width: 80 }),
  'a long line in a wide terminal': () => show(long, line, { width: 160 }),
  'without box drawing': () =>
    show({ ...long, help: 'write `sum { | … | … }`, 2 × 3 or less' }, line, { width: 60, unicode: false }),
  'wide characters before, under and in a label': () => {
    const text = 'data 日本 { source: idx("日本語のデータ") }';
    return show(error([at(text, '日本語のデータ', '日本語 is not there'), at(text, '日本', '日本')]), text);
  },
  'halfwidth katakana, emoji, flags and joined emoji': () => {
    const text = '"ﾃﾞｰﾀ" "😀" "🇩🇪" "👩\u200d👩\u200d👧" "1\ufe0f\u20e3" x';
    return show(error([at(text, ' x', 'here')]), text);
  },
  'a character that cannot be seen': () => {
    const text = 'flat\u200bten \u2060 \ufeff x';
    return show(error([at(text, '\u200b', 'here'), at(text, 'x', 'and here')]), text);
  },
  'tabs before and under a mark': () => {
    const text = '\t\tconv(6,\tkernel:\t5)';
    return show(error([at(text, 'kernel:\t5', 'here'), at(text, 'conv', 'first')]), text);
  },
  'several labels on one line, one in the other': () => {
    const text = 'conv(6, kernel: 5, groups: 4) norm act';
    return show(
      error([
        at(text, 'groups: 4', 'here'),
        at(text, '4', 'this'),
        at(text, 'conv(6, kernel: 5, groups: 4)', 'all of it'),
        at(text, 'act', 'behind'),
      ]),
      text,
    );
  },
  'more labels than anybody reads': () => {
    const text = Array.from({ length: 12 }, (_, i) => `key${i} = ${i}`).join('\n');
    return show(
      error(Array.from({ length: 12 }, (_, i) => at(text, `key${i} =`, i === 0 ? 'expected `:`' : 'here too'))),
      text,
    );
  },
  'labels in several files': () => {
    const sources: Readonly<Record<string, string>> = {
      'a.nrm': '\n\n\n\n\n\n\n\n\nblock B { act }\n',
      'b.nrm': 'network N { B }',
    };
    return `\n${renderDiagnostic(
      error([
        at('network N { B }', 'B', 'used here', 'b.nrm'),
        at(sources['a.nrm'] ?? '', 'B', 'declared here', 'a.nrm'),
        { span: { file: 'c.nrm', start: 3, end: 4 }, text: 'imported from here, a file that cannot be read any more' },
      ]),
      (file) => sources[file],
      { color: false, width: 40 },
    )}\n`;
  },
  'over several lines, with another label between': () => {
    const text = 'train t {\n  batch: 3\n  epochs: 5\n}\n';
    return show(
      error([at(text, '{\n  batch: 3\n  epochs: 5\n}', 'this group'), at(text, 'epochs: 5', 'of which this')]),
      text,
    );
  },
  'no width at the end of a line and of a file': () => {
    const text = 'train t {\n  batch:\n}';
    const empty = (offset: number, label: string): Diagnostic =>
      error([{ span: { file: 'a.nrm', start: offset, end: offset }, text: label }]);
    return (
      show(empty(text.indexOf(':') + 1, 'a value is missing'), text) + show(empty(text.length, 'more is missing'), text)
    );
  },
  'the line ends of Windows': () => {
    const text = 'train t {\r\n  batch:\r\n}\r\n';
    const start = text.indexOf(':') + 1;
    return show(
      error([{ span: { file: 'a.nrm', start, end: start + 2 }, text: 'here' }, at(text, '}', 'and here', 'a.nrm')]),
      text,
    );
  },
  'a label longer than the terminal is wide': () =>
    show(
      error([
        at(
          'conv(6)',
          '(6)',
          'this step has an argument that has a very long explanation, longer than a line of this terminal',
        ),
      ]),
      'conv(6)',
      { width: 40 },
    ),
};

test('every terminal', async () => {
  const told = Object.entries(cases).map(([name, render]) => `── ${name}\n${render()}`);
  await expect(told.join('\n')).toMatchFileSnapshot('golden/terminal.txt');
});

describe('laws', () => {
  const anyText = fc.string({
    unit: fc.constantFrom('a', ' ', 'b(', '\t', '日', '😀', 'e\u0301', '\u200b', '\u202e', '\n', '\r\n', '"'),
  });
  const anyDiagnostic = fc
    .tuple(
      anyText,
      fc.array(fc.tuple(fc.nat(60), fc.nat(12), fc.constantFrom('', 'here', 'a label of some words 日本')), {
        maxLength: 4,
      }),
    )
    .map(([text, labels]): readonly [string, Diagnostic] => [
      text,
      error(labels.map(([start, length, label]) => ({ span: { file: 'a', start, end: start + length }, text: label }))),
    ]);

  test('rows of source and marks fit the terminal', () =>
    fc.assert(
      fc.property(
        anyDiagnostic,
        fc.integer({ min: 24, max: 80 }),
        fc.boolean(),
        ([text, diagnostic], width, unicode) => {
          const rows = show(diagnostic, text, { width, unicode }).split('\n').slice(2, -2);
          for (const row of rows) expect(widthOf(row), row).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 300, seed: 5 },
    ));

  test('colour changes nothing but the colour', () =>
    fc.assert(
      fc.property(anyDiagnostic, ([text, diagnostic]) => {
        const colored = show(diagnostic, text, { color: true });
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what is removed are escapes.
        expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(show(diagnostic, text));
      }),
      { numRuns: 200, seed: 6 },
    ));

  test('without box drawing nothing of ours is beyond ASCII', () => {
    const shown = show({ ...long, message: 'a … b × c ≥ d', help: '→ … ≤' }, line, { width: 50, unicode: false });
    expect(shown).toMatch(/^[\n\u0020-\u007e]*$/);
  });
});
