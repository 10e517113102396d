/** Edits of texts, and the rounds in which fixes are applied. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, loadProgram } from '../../src/check/index.ts';
import type { Diagnostic, Edit } from '../../src/diagnostics/diagnostic.ts';
import { applyEdits, overlap } from '../../src/fix/edits.ts';
import { type Diagnose, fixAll } from '../../src/fix/fix.ts';
import { parse } from '../../src/parser/index.ts';

const edit = (start: number, end: number, text: string, file = 'a'): Edit => ({ span: { file, start, end }, text });
const finding = (fix: readonly Edit[], code = 'NRM0001'): Diagnostic => ({
  code,
  severity: 'error',
  message: code,
  labels: fix.slice(0, 1).map(({ span }) => ({ span, text: '' })),
  help: null,
  fix,
});

describe('edits', () => {
  test.each([
    ['one', 'abcdef', [edit(1, 3, 'X')], 'aXdef'],
    ['in any order', 'abcdef', [edit(4, 5, 'Y'), edit(1, 2, 'X')], 'aXcdYf'],
    ['side by side', 'abcdef', [edit(1, 3, 'X'), edit(3, 4, 'Y')], 'aXYef'],
    ['an insertion', 'abcdef', [edit(2, 2, 'X')], 'abXcdef'],
    ['a line that is left empty goes', 'a\n  bc\nd', [edit(4, 6, '')], 'a\nd'],
    ['also the last one', 'a\n  bc', [edit(4, 6, '')], 'a\n'],
    ['of two blank lines that come together one goes', 'a\n\nbc\n\nd', [edit(3, 5, '')], 'a\n\nd'],
    ['none is left at the beginning', 'bc\n\nd', [edit(0, 2, '')], 'd'],
    ['lines as on Windows', 'a\r\n  bc\r\nd', [edit(5, 7, '')], 'a\r\nd'],
    ['the space before goes with it', 'a  bc d', [edit(3, 5, '')], 'a d'],
    ['also at the end of a line', 'a  bc\nd', [edit(3, 5, '')], 'a\nd'],
    ['indentation stays', '  bc d', [edit(2, 4, '')], '   d'],
    ['two words of one line', 'a b c d', [edit(2, 3, ''), edit(4, 5, '')], 'a d'],
  ])('%s', (_, text, edits, expected) => {
    expect(applyEdits(text, edits)).toBe(expected);
  });

  const place = fc.tuple(fc.nat(20), fc.nat(20)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));

  test('law: replacements that do not overlap are what they are one by one, from the end', () => {
    const edits = fc.array(fc.record({ place, text: fc.constantFrom('X', 'YY') }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.string({ minLength: 20, maxLength: 20 }), edits, (text, wanted) => {
        const chosen: Edit[] = [];
        for (const w of wanted) {
          const next = edit(w.place.start, w.place.end, w.text);
          if (!chosen.some((e) => overlap(e, next))) chosen.push(next);
        }
        const inTurn = chosen
          .toSorted((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)
          .reduce((t, { span, text: by }) => t.slice(0, span.start) + by + t.slice(span.end), text);
        expect(applyEdits(text, chosen)).toBe(inTurn);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test('law: overlapping is mutual, and never of different files', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [x, y] = [edit(a.start, a.end, ''), edit(b.start, b.end, '')];
        expect(overlap(x, y)).toBe(overlap(y, x));
        expect(overlap(x, edit(b.start, b.end, '', 'b'))).toBe(false);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

describe('rounds', () => {
  const run = (text: string, diagnose: (text: string) => readonly Diagnostic[]) => {
    const of: Diagnose = (texts) => diagnose(texts.get('a') ?? '');
    const { texts, fixed, remaining } = fixAll(new Map([['a', text]]), of);
    return {
      text: texts.get('a'),
      fixed: fixed.map((f) => f.diagnostic.code),
      remaining: remaining.map((d) => d.code),
    };
  };

  test('of two that overlap the first is applied, and the other judged anew', () => {
    const diagnose = (text: string): readonly Diagnostic[] =>
      text === 'abcd'
        ? [finding([edit(0, 2, 'X')], 'NRM0001'), finding([edit(1, 3, 'Y')], 'NRM0002')]
        : text === 'Xcd'
          ? [finding([edit(1, 2, 'Y')], 'NRM0002')]
          : [];
    expect(run('abcd', diagnose)).toEqual({ text: 'XYd', fixed: ['NRM0001', 'NRM0002'], remaining: [] });
  });

  test('a fix of several edits is applied as a whole or not at all', () => {
    const diagnose = (text: string): readonly Diagnostic[] =>
      text === 'abcd' ? [finding([edit(1, 2, 'X')]), finding([edit(0, 1, 'Y'), edit(1, 2, 'Z')], 'NRM0002')] : [];
    expect(run('abcd', diagnose).text).toBe('aXcd');
  });

  test('one that removes nothing is not applied', () => {
    const diagnose = (text: string): readonly Diagnostic[] => [finding([edit(0, 1, text === 'a' ? 'b' : 'a')])];
    expect(run('a', diagnose)).toEqual({ text: 'a', fixed: [], remaining: ['NRM0001'] });
    expect(run('', (text) => [finding([edit(text.length, text.length, '.')])]).text).toBe('');
  });

  test('two that undo each other come to an end', () => {
    // Each is gone when it is applied, and the other has come with something that goes.
    const diagnose = (text: string): readonly Diagnostic[] =>
      text === 'a'
        ? [finding([edit(0, 1, 'b')], 'NRM0001'), finding([], 'NRM0003')]
        : text === 'b'
          ? [finding([edit(0, 1, 'a')], 'NRM0002')]
          : [];
    expect(run('a', diagnose)).toEqual({ text: 'b', fixed: ['NRM0001'], remaining: ['NRM0002'] });
  });

  test('one that makes it worse does not keep the others from being applied', () => {
    const diagnose = (text: string): readonly Diagnostic[] =>
      text.includes('!')
        ? ['NRM0002', 'NRM0002'].map((code) => finding([], code))
        : [
            ...(text.startsWith('a') ? [finding([edit(0, 1, 'x')], 'NRM0001')] : []),
            finding([edit(1, 2, '!')], 'NRM0002'),
          ];
    expect(run('ab', diagnose)).toEqual({ text: 'xb', fixed: ['NRM0001'], remaining: ['NRM0002'] });
  });

  test('what reaches into a file that is not to be edited is left', () => {
    expect(run('a', () => [finding([edit(0, 1, 'b', 'other')])])).toEqual({
      text: 'a',
      fixed: [],
      remaining: ['NRM0001'],
    });
  });

  test('what a fix uncovers is fixed too: a comma hides that a bias is dead', () => {
    const diagnose = (text: string): readonly Diagnostic[] => {
      const { tree, diagnostics } = parse(text, 'a');
      return [...diagnostics, ...check(tree).diagnostics];
    };
    const text =
      'network N with P {\n  input x: float32[8, 8, 1]\n  conv(4, kernel: 3, bias: true), norm\n  softmax\n}\npolicy P { norm: batch }\n';
    expect(run(text, diagnose)).toEqual({
      text: 'network N with P {\n  input x: float32[8, 8, 1]\n  conv(4, kernel: 3) norm\n}\npolicy P { norm: batch }\n',
      fixed: ['NRM1011', 'NRM2009', 'NRM6006'],
      remaining: [],
    });
  });

  test('what is meant to be allowed is allowed, and not repaired', () => {
    const diagnose = (text: string): readonly Diagnostic[] => {
      const { tree, diagnostics } = parse(text, 'a');
      return [...diagnostics, ...check(loadProgram(tree, text)).diagnostics];
    };
    const text = (comment: string): string =>
      `network N with P {\n  input x: float32[8, 8, 1]\n  ${comment}\n  conv(4, kernel: 3, bias: true) norm\n}\npolicy P { norm: batch }\n`;
    expect(run(text('// alow NRM6006: as it was'), diagnose)).toEqual({
      text: text('// allow NRM6006: as it was'),
      fixed: ['NRM6104'],
      remaining: [],
    });
  });

  test.each([
    ['act relu', 'act(relu)'],
    ['relu', 'act(relu)'],
    ['act: relu', 'act(relu)'],
    ['act = relu', 'act(relu)'],
    ['if 2 > 1 { dense(3) } esle { dense(4) }', 'if 2 > 1 { dense(3) } else { dense(4) }'],
    ['concat { | identity | dense(3) |}', 'concat { | identity | dense(3) }'],
  ])('%s becomes %s', (wrong, right) => {
    const diagnose = (text: string): readonly Diagnostic[] => {
      const { tree, diagnostics } = parse(text, 'a');
      return [...diagnostics, ...check(loadProgram(tree, text)).diagnostics];
    };
    const text = (step: string): string => `network N {\n  input x: float32[8]\n  ${step}\n  dense(4)\n}\n`;
    expect(run(text(wrong), diagnose)).toMatchObject({ text: text(right), remaining: [] });
  });
});
