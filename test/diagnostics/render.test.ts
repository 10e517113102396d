import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { at, error, show } from './support.ts';

const lenet = [
  '// LeNet',
  'network LeNet {',
  '  input image: float32[28, 28, 1]',
  '',
  '  conv(6, kernel: 5)   norm  act  maxpool(2)',
  '  conv(16, kernel: 5, groups: 4)',
  '}',
  '',
].join('\n');

test('looks as promised', () => {
  const diagnostic = error(
    [at(lenet, 'groups: 4', '6 is not a multiple of 4'), at(lenet, 'maxpool(2)', 'this step produces [14, 14, 6]')],
    {
      message: '`conv2`: 4 groups do not divide 6 input channels',
      help: '`groups: 2` or `groups: 1` divide both 6 input channels and 16 filters',
    },
  );
  expect(show(diagnostic, lenet)).toMatchInlineSnapshot(`
    "
    error[NRM2103]: \`conv2\`: 4 groups do not divide 6 input channels
      ┌─ examples/lenet.nrm:6:23
    5 │   conv(6, kernel: 5)   norm  act  maxpool(2)
      │                                   ---------- this step produces [14, 14, 6]
    6 │   conv(16, kernel: 5, groups: 4)
      │                       ^^^^^^^^^ 6 is not a multiple of 4
      = help: \`groups: 2\` or \`groups: 1\` divide both 6 input channels and 16 filters
      = explain: nrmc explain NRM2103
    "
  `);
  expect(show(diagnostic, lenet, { unicode: false })).toMatchInlineSnapshot(`
    "
    error[NRM2103]: \`conv2\`: 4 groups do not divide 6 input channels
      --> examples/lenet.nrm:6:23
    5 |   conv(6, kernel: 5)   norm  act  maxpool(2)
      |                                   ---------- this step produces [14, 14, 6]
    6 |   conv(16, kernel: 5, groups: 4)
      |                       ^^^^^^^^^ 6 is not a multiple of 4
      = help: \`groups: 2\` or \`groups: 1\` divide both 6 input channels and 16 filters
      = explain: nrmc explain NRM2103
    "
  `);
});

test('colours mark severity, places and margin', () => {
  const colored = (severity: Diagnostic['severity']): string =>
    show(error([at('abc', 'b', 'here'), at('abc', 'c', 'there')], { severity }), 'abc', { color: true }).replaceAll(
      '\u001b',
      'ESC',
    );
  expect(colored('error')).toMatchInlineSnapshot(`
    "
    ESC[31mESC[1merror[NRM2103]ESC[22mESC[39mESC[1m: a messageESC[22m
      ESC[34m┌─ESC[39m examples/lenet.nrm:1:2
    ESC[34m1 │ESC[39m abc
      ESC[34m│ESC[39m  ESC[31m^ hereESC[39m
      ESC[34m│ESC[39m   ESC[34m- thereESC[39m
      ESC[34m=ESC[39m explain: nrmc explain NRM2103
    "
  `);
  expect(colored('warning')).toContain('ESC[33m');
  expect(colored('remark')).toContain('ESC[36m');
});

describe('labels', () => {
  test('of several lines, with a gap between lines that are not neighbours', () => {
    const text = Array.from({ length: 12 }, (_, i) => `line ${i + 1}`).join('\n');
    expect(
      show(error([at(text, 'line 12', 'here'), at(text, 'line 2', 'first'), at(text, 'ne 3', '')]), text),
    ).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
         ┌─ examples/lenet.nrm:12:1
       2 │ line 2
         │ ------ first
       3 │ line 3
         │   ----
         ·
      12 │ line 12
         │ ^^^^^^^ here
         = explain: nrmc explain NRM2103
      "
    `);
  });

  test('of one line, one row each', () => {
    const text = 'conv(6) norm act';
    expect(
      show(error([at(text, 'norm', 'primary'), at(text, 'act', 'behind'), at(text, 'conv(6) norm act', 'all')]), text),
    ).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ examples/lenet.nrm:1:9
      1 │ conv(6) norm act
        │ ---------------- all
        │         ^^^^ primary
        │              --- behind
        = explain: nrmc explain NRM2103
      "
    `);
  });

  test('of several files', () => {
    const sources: Readonly<Record<string, string>> = { 'a.nrm': 'policy P { }', 'b.nrm': '\n\nnetwork N with Q { }' };
    const diagnostic = error([
      at('\n\nnetwork N with Q { }', 'Q', 'no such policy', 'b.nrm'),
      at('policy P { }', 'P', 'did you mean this?', 'a.nrm'),
      { span: { file: 'c.nrm', start: 4, end: 9 }, text: 'not to be read' },
    ]);
    expect(`\n${renderDiagnostic(diagnostic, (file) => sources[file], { color: false })}\n`).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ b.nrm:3:16
      3 │ network N with Q { }
        │                ^ no such policy
        ├─ a.nrm:1:8
      1 │ policy P { }
        │        - did you mean this?
        ├─ c.nrm
        │ not to be read
        = explain: nrmc explain NRM2103
      "
    `);
  });

  test('over several lines: their first and last are marked', () => {
    const text = 'train t {\n  batch: 3\n  epochs: 5\n} // end';
    expect(show(error([at(text, '{\n  batch: 3\n  epochs: 5\n}', 'this group')]), text)).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ examples/lenet.nrm:1:9
      1 │ train t {
        │         ^
        ·
      4 │ } // end
        │ ^ this group
        = explain: nrmc explain NRM2103
      "
    `);
    expect(show(error([at(text, 'batch: 3\n', 'with its line break')]), text)).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ examples/lenet.nrm:2:3
      2 │   batch: 3
        │   ^^^^^^^^ with its line break
        = explain: nrmc explain NRM2103
      "
    `);
  });

  test('of no place at all', () =>
    expect(show(error([], { help: 'do something' }), '')).toMatchInlineSnapshot(`
    "
    error[NRM2103]: a message
      = help: do something
      = explain: nrmc explain NRM2103
    "
  `));
});

describe('places', () => {
  const empty = (start: number, text = 'here', end = start): Diagnostic =>
    error([{ span: { file: 'a.nrm', start, end }, text }]);

  test('of no width get one caret', () =>
    expect(show(empty(3), 'abc def')).toMatchInlineSnapshot(`
    "
    error[NRM2103]: a message
      ┌─ a.nrm:1:4
    1 │ abc def
      │    ^ here
      = explain: nrmc explain NRM2103
    "
  `));

  test('at the end of a file stand behind its last character', () => {
    for (const text of ['abc', 'abc\n', 'abc\n\n  \n'])
      expect(show(empty(text.length), text)).toBe(
        '\nerror[NRM2103]: a message\n  ┌─ a.nrm:1:4\n1 │ abc\n  │    ^ here\n  = explain: nrmc explain NRM2103\n',
      );
    expect(show(empty(0), '')).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ a.nrm:1:1
      1 │
        │ ^ here
        = explain: nrmc explain NRM2103
      "
    `);
  });

  test('outside of the file are moved into it', () => {
    expect(show(empty(50, 'here', 90), 'abc')).toContain('a.nrm:1:4');
    expect(show(empty(-5, 'here', 90), 'abc')).toContain('│ ^^^ here');
  });
});

describe('lines', () => {
  test('with tabs', () =>
    expect(show(error([at('\tconv\t(6)', '(6)', 'here')]), '\tconv\t(6)')).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ examples/lenet.nrm:1:7
      1 │   conv  (6)
        │         ^^^ here
        = explain: nrmc explain NRM2103
      "
    `));

  test('with wide, combined and astral characters: columns count characters, carets count cells', () => {
    const text = '"日本" "e\u0301" "😀👩\u200d👩\u200d👧" x';
    expect(show(error([at(text, 'x', 'here')]), text)).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ examples/lenet.nrm:1:20
      1 │ "日本" "é" "😀👩‍👩‍👧" x
        │                   ^ here
        = explain: nrmc explain NRM2103
      "
    `);
    expect(show(error([at(text, '本"', 'half of it')]), text)).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ examples/lenet.nrm:1:3
      1 │ "日本" "é" "😀👩‍👩‍👧" x
        │    ^^^ half of it
        = explain: nrmc explain NRM2103
      "
    `);
  });

  test('with what a terminal would obey', () => {
    const text = 'a \u001b[31m b \u202e c \r d';
    const shown = show(
      error([at(text, 'd', 'red \u001b[31m')], { message: 'found \u001b]0;x\u0007', help: '\u0000' }),
      text,
    );
    expect(shown).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
    expect(shown).toMatchInlineSnapshot(`
      "
      error[NRM2103]: found �]0;x�
        ┌─ examples/lenet.nrm:1:17
      1 │ a �[31m b � c � d
        │                 ^ red �[31m
        = help: �
        = explain: nrmc explain NRM2103
      "
    `);
  });

  test('with the line ends of Windows', () =>
    expect(show(error([at('ab\r\ncd\r\n', 'cd', 'here')]), 'ab\r\ncd\r\n')).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ examples/lenet.nrm:2:1
      2 │ cd
        │ ^^ here
        = explain: nrmc explain NRM2103
      "
    `));

  test('that are long are cut around the place', () => {
    const text = `${'a '.repeat(500)}here ${'b '.repeat(500)}`;
    for (const width of [40, 80, 120]) {
      const shown = show(error([at(text, 'here', '')]), text, { width });
      for (const row of shown.split('\n').slice(2, -2)) expect([...row].length).toBeLessThanOrEqual(width);
      const [, , , line = '', marks = ''] = shown.split('\n');
      expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('here');
    }
    expect(
      show(
        error([
          at(text, 'here', 'in the middle'),
          at(text, 'b', 'near'),
          { span: { file: 'x', start: 1900, end: 1910 }, text: 'far' },
        ]),
        text,
        { width: 60 },
      ),
    ).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ examples/lenet.nrm:1:1001
      1 │ … a a a a a a a a here b b b b b b b b b b b b b b b b …
        │                   ^^^^ in the middle
        │                        - near
        ├─ x:1:1901
      1 │ …b b b b b b b b b b b b b b b b b b b b b b b b b b b …
        │                   ---------- far
        = explain: nrmc explain NRM2103
      "
    `);
    expect(
      show(error([{ span: { file: 'x', start: 1, end: 1900 }, text: 'nearly all' }]), text, { width: 60 }),
    ).toMatchInlineSnapshot(`
      "
      error[NRM2103]: a message
        ┌─ x:1:2
      1 │ a a a a a a a a a a a a a a a a a a a a a a a a a a a a…
        │  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        │  nearly all
        = explain: nrmc explain NRM2103
      "
    `);
  });

  test('of a million characters are cut to the place that matters', () => {
    const text = 'x'.repeat(1_000_000);
    const here = error([{ span: { file: 'x', start: 900_000, end: 900_001 }, text: 'here' }]);
    for (const shown of [show(here, text), show(here, `😀${text}`)]) {
      expect(shown).toContain('^ here');
      expect(shown.length).toBeLessThan(1000);
    }
  });
});
