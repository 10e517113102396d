/** How lines indent and what Enter goes on with, as the editor reads it from language-configuration.json. */
import { describe, expect, test } from 'vitest';
import { read, specs } from './support.ts';

interface EnterRule {
  readonly beforeText: string;
  readonly afterText?: string;
  readonly action: { readonly indent: string; readonly appendText?: string };
}
const configuration = JSON.parse(read('editors/vscode/language-configuration.json')) as {
  readonly indentationRules: { readonly increaseIndentPattern: string; readonly decreaseIndentPattern: string };
  readonly onEnterRules: readonly EnterRule[];
  readonly wordPattern: string;
  readonly folding: { readonly markers: { readonly start: string; readonly end: string } };
};
const increases = new RegExp(configuration.indentationRules.increaseIndentPattern);
const decreases = new RegExp(configuration.indentationRules.decreaseIndentPattern);

const indent = (line: string): number => line.length - line.trimStart().length;

describe('indentation', () => {
  // Steps of a path stand two further in on its next lines, and so does what its braces hold: rules of a line by itself cannot say so.
  const plain = specs.filter(([, text]) => !/^ *\|.*(\{$|\n +[^ |}/])/m.test(text));

  test.each(plain)('%s is indented as it would be typed', (_, text) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    for (const [index, line] of lines.entries()) {
      const before = lines[index - 1];
      if (before === undefined) continue;
      const wanted = indent(before) + (increases.test(before) ? 2 : 0) - (decreases.test(line) ? 2 : 0);
      expect(indent(line), `${before}\n${line}`).toBe(wanted);
    }
  });

  test.each([
    ['network A {', true],
    ['search best {   // over `choose { | a | b }` in the network', true],
    ['  stem: { conv(3, kernel: [1, 3])', true],
    ['  source: idx(', true],
    ['  rates: [1, 2,', true],
    ['  over { a: [1, 2] }', false],
    ['// a network {', false],
    ['  source: idx("a { b")', false],
    ['  rate: (1 / 2)', false],
    ['}', false],
  ])('%s', (line, wanted) => expect(increases.test(line)).toBe(wanted));

  test('a long line is decided at once', () => {
    expect(increases.test(`${'conv(3) { "a" / '.repeat(2000)}"`)).toBe(false);
  });
});

describe('Enter', () => {
  /** The editor takes the first rule that fits. */
  const after = (before: string, rest = ''): string | null => {
    const rule = configuration.onEnterRules.find(
      ({ beforeText, afterText }) =>
        new RegExp(beforeText).test(before) && (afterText === undefined || new RegExp(afterText).test(rest)),
    );
    return rule === undefined ? null : `${rule.action.indent} ${rule.action.appendText ?? ''}`;
  };

  test.each([
    ['/// The first line of a page.', '', 'none /// '],
    ['  /// The first ', 'half', 'none /// '],
    ['///', '', null],
    ['/// ', '', null],
    ['//// a line', '', null],
    ['// half of ', 'a comment', 'none // '],
    ['// a whole comment', '', null],
    ['  sum {', '}', 'indentOutdent | '],
    ['  skip: concat {', '', 'indent | '],
    ['  stem: {', '}', null],
    ['    | conv(3) norm act', '', 'none | '],
    ['    | identity   // the shortcut', '', 'none | '],
    ['    | conv(', ')', null],
    ['    | conv(', '', null],
    ['    | stem: {', '', null],
    ['    | ', '', null],
    ['    | conv(3)', ' act', null],
    ['  conv(3)', '', null],
  ])('after %j before %j', (before, rest, wanted) => expect(after(before, rest)).toBe(wanted));
});

test('a double click takes names and numbers whole', () => {
  const words = 'conv.kernel: 5e-4, 12.5% x_1'.match(new RegExp(configuration.wordPattern, 'g'));
  expect(words).toEqual(['conv', 'kernel', '5e-4', '12.5%', 'x_1']);
});

test('regions fold', () => {
  const { start, end } = configuration.folding.markers;
  expect(
    ['// region a', '  // #region', '// endregion', '// regions'].map((line) => new RegExp(start).test(line)),
  ).toEqual([true, true, false, false]);
  expect(['// endregion', '// #endregion', '// region'].map((line) => new RegExp(end).test(line))).toEqual([
    true,
    true,
    false,
  ]);
});
