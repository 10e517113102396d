/** Every place where reading can fail has a message, and a slip that raises it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverage, siteCoverage, sitesOf } from '../../scripts/sites.ts';
import { syntax } from '../../src/diagnostics/catalog/syntax.ts';
import { parse } from '../../src/parser/index.ts';
import { createMachine } from '../../src/parser/machine.ts';
import { messages, separators } from '../../src/parser/sites/index.ts';
import { programs } from './sites/programs.ts';
import { raised } from './sites/raised.ts';
import { rendered, tour } from './support.ts';

const keys = [...Object.keys(messages), ...Object.keys(separators).flatMap((r) => [`${r}/separator`, `${r}/item`])];

describe('the table of messages', () => {
  test('has one for each site that can fail, and none besides', () => expect(siteCoverage().faults).toEqual([]));

  test('is held against the grammar: a message too few or too many is a fault', () => {
    const sites = sitesOf(createMachine().parser.getGAstProductions());
    const { 'for/In': _, ...fewer } = messages;
    const faults = (table: typeof messages): readonly string[] =>
      coverage(sites, { messages: table, certain: {}, separators }).faults.filter((f) => f.includes('for/'));
    expect(faults(fewer)).toEqual([expect.stringMatching(/^core>for\/In has no message/)]);
    expect(faults({ ...messages, 'for/Over': { expected: '', help: '' } })).toEqual([
      expect.stringMatching(/^for\/Over is in .* no such site/),
    ]);
    expect(faults(messages)).toEqual([]);
  });

  test('says something with an example of its own each time', () => {
    for (const [key, { expected, help }] of Object.entries(messages)) {
      expect(help, key).toMatch(/`[^`]+`/);
      expect(typeof expected === 'function' ? expected('x') : expected, key).toMatch(/^[a-z`]/);
    }
  });
});

describe('a slip at each site', () => {
  test('is known for all of them', () => expect(Object.keys(programs).sort()).toEqual([...keys].sort()));

  test.each(keys.filter((key) => Object.hasOwn(messages, key)))('%s', (key) => {
    const text = programs[key] ?? '';
    expect(raised(text)[0]?.site).toBe(key);
    const { diagnostics } = parse(text, 'x');
    expect(diagnostics.map((d) => [d.code, d.help])).toEqual([[syntax.unexpected.code, messages[key]?.help]]);
  });

  test.each(Object.entries(separators))('%s: commas', (rule, { items, item, example }) => {
    const missing = parse(programs[`${rule}/separator`] ?? '', 'x').diagnostics;
    expect(missing.map((d) => [d.code, d.help])).toEqual([
      [syntax.missingComma.code, `${items} are separated by commas: ${example}`],
    ]);
    const empty = parse(programs[`${rule}/item`] ?? '', 'x').diagnostics;
    expect(empty.map((d) => [d.code, d.help])).toEqual([
      [syntax.unexpected.code, `write ${item} before the \`,\`, or remove it: ${example}`],
    ]);
    expect(empty[0]?.message).toContain(`expected ${item}, found \`,\``);
  });

  test('reads as it should', async () => {
    const told = keys.map((key) => `── ${key}\n${rendered(programs[key] ?? '').replace(/\n *= explain: .*/g, '')}\n`);
    await expect(told.join('\n')).toMatchFileSnapshot('golden/sites.txt');
  });
});

test('nothing fails at a place that is said to be certain', () => {
  const words = [
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ':',
    ',',
    '=',
    '|',
    '.',
    '...',
    '->',
    '?',
    '+',
    '-',
    '3',
    '"s"',
    'x',
  ].concat([
    'not',
    'else',
    'if',
    'for',
    'in',
    'as',
    'from',
    'sum',
    'input',
    'output',
    'fields',
    'over',
    'network',
    'first',
  ]);
  const pieces = tour.flatMap(([, text]) => [text.match(/"[^"\n]*"|\/\/.*|\w+|\.\.\.|->|[^\s\w]/g) ?? []]);
  fc.assert(
    fc.property(
      fc.nat(pieces.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom('insert', 'delete', 'replace'), fc.constantFrom(...words)), {
        minLength: 1,
        maxLength: 3,
      }),
      (file, edits) => {
        const text = [...(pieces[file] ?? [])].filter((piece) => !piece.startsWith('//'));
        for (const [place, edit, word] of edits)
          text.splice(place % text.length, edit === 'insert' ? 0 : 1, ...(edit === 'delete' ? [] : [word]));
        for (const { site, failure } of raised(text.join(' '))) expect(site, JSON.stringify(failure)).not.toBeNull();
      },
    ),
    { numRuns: 600, seed: 7 },
  );
});
