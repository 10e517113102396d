/** No text may crash the parser, keep it busy, or make it point outside the file. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { parse } from '../../src/parser/index.ts';
import { printFile } from '../../src/parser/print.ts';
import { tour } from './support.ts';

/** Throws with the text that shows it; `expect` for each of so many texts would take most of the time. */
function check(text: string): void {
  const fail = (why: string): never => {
    throw new Error(`${why}, in ${JSON.stringify(text)}`);
  };
  const walk = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if ('start' in part && 'end' in part) {
      const { start, end } = part as { start: number; end: number };
      if (!(start >= 0 && start <= end && end <= text.length)) fail(`a span from ${start} to ${end}`);
    }
    for (const inner of Object.values(part)) walk(inner);
  };
  const { tree, diagnostics, comments } = parse(text, 'x.nrm');
  walk(tree);
  walk(comments);
  walk(diagnostics);
  for (const diagnostic of diagnostics) {
    const shown = renderDiagnostic(diagnostic, () => text, { color: false, width: 80 });
    if (/something else|undefined|NaN|\[object/.test(shown.replace(text, ''))) fail(diagnostic.message);
    // A terminal would obey them.
    if (/(?!\n)\p{Cc}/u.test(shown)) fail('a control character on the terminal');
  }
  printFile(tree);
}

const tokensOf = (text: string): readonly { readonly at: number; readonly text: string }[] =>
  [...text.matchAll(/[A-Za-z_]\w*|\d[\w.%]*|"[^"\n]*"|\/\/[^\n]*|\.\.\.|->|[=!<>]=|\S/g)].map((m) => ({
    at: m.index,
    text: m[0],
  }));

/** The corners one declaration at a time: together they would take as long as all other tests of the parser. */
const texts = tour.flatMap(([name, text]): (readonly [string, string])[] =>
  name === 'corners.nrm'
    ? parse(text, name).tree.declarations.map((d) => [`${name}: ${d.kind}`, text.slice(d.span.start, d.span.end)])
    : [[name, text]],
);

describe.each(texts)('%s', (_, text) => {
  const tokens = tokensOf(text);
  const cut = (from: number, to: number, by = ''): string => text.slice(0, from) + by + text.slice(to);

  test('each beginning of it', () => {
    // A cut within white space is the cut before it, and one within a long word is like any other within it.
    const ends = tokens.flatMap(({ at, text: word }) => [
      at + 1,
      at + (word.length >> 1),
      at + word.length - 1,
      at + word.length,
    ]);
    for (const end of new Set([0, ...ends])) check(text.slice(0, end));
  });

  test('each end of it', () => {
    for (const { at } of tokens) check(text.slice(at));
  });

  test('without any one token', () => {
    for (const { at, text: word } of tokens) check(cut(at, at + word.length));
  });

  test('with any one token twice', () => {
    for (const { at, text: word } of tokens) check(cut(at, at, `${word} `));
  });

  test('with any two neighbours swapped', () => {
    for (const [index, { at, text: word }] of tokens.entries()) {
      const next = tokens[index + 1];
      if (next === undefined) break;
      const between = text.slice(at + word.length, next.at);
      // A comment would swallow what comes after it on its line.
      check(
        cut(at, next.at + next.text.length, `${next.text}${between.includes('\n') ? between : `${between} `}${word}`),
      );
    }
  });
});

const words = [
  ...[
    'network',
    'block',
    'policy',
    'data',
    'train',
    'sweep',
    'search',
    'extern',
    'layer',
    'loss',
    'import',
    'nrm',
    'with',
    'extends',
  ],
  ...[
    'input',
    'output',
    'from',
    'again',
    'as',
    'repeat',
    'for',
    'if',
    'else',
    'sum',
    'concat',
    'choose',
    'identity',
    'in',
    'over',
  ],
  ...[
    'fields',
    'first',
    'last',
    'not',
    'and',
    'true',
    'A',
    'conv',
    '__x',
    'é',
    '1',
    '10%',
    '.5',
    '1e',
    '"x"',
    '"',
    "'",
    '{',
    '}',
    '{',
    '}',
  ],
  ...[
    '(',
    ')',
    '[',
    ']',
    ':',
    ',',
    ';',
    '|',
    '.',
    '...',
    '->',
    '=',
    '==',
    '?',
    '+',
    '-',
    '*',
    '/',
    '//',
    '///',
    '/*',
    '#',
    '@',
    '\\',
  ],
  ...['\n', '\n\n', '\r\n', '  ', '\t', '\u0000', '\u001b[31m', '\u202e', '\ud83d', '😀', '日本', 'e\u0301', '\ufeff'],
];

test('random words', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...words), fc.constantFrom('', ' ')), { maxLength: 60 }), (list) =>
      check(list.flat().join('')),
    ),
    { seed: 1, numRuns: 4000 },
  );
});

test('random text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => check(text)),
    { seed: 2, numRuns: 1000 },
  );
});

test('random words put into a file', () => {
  const text = tour.map(([, part]) => part).join('\n');
  fc.assert(
    fc.property(
      fc.nat(text.length),
      fc.nat(20),
      fc.array(fc.constantFrom(...words), { maxLength: 4 }),
      (at, length, list) => check(text.slice(0, at) + list.join(' ') + text.slice(at + length)),
    ),
    { seed: 3, numRuns: 300 },
  );
});

describe('nesting', () => {
  const nests: Readonly<Record<string, (depth: number) => string>> = {
    parentheses: (d) => `train t { a: ${'('.repeat(d)}1${')'.repeat(d)} }`,
    lists: (d) => `train t { a: ${'['.repeat(d)}1${']'.repeat(d)} }`,
    calls: (d) => `train t { a: ${'f('.repeat(d)}1${')'.repeat(d)} }`,
    records: (d) => `train t ${'{ a: '.repeat(d)}1${' }'.repeat(d)}`,
    stages: (d) => `network A ${'{ a: '.repeat(d)}conv${' }'.repeat(d)}`,
    conditions: (d) => `network A ${'{ if x '.repeat(d)}{ conv }${' }'.repeat(d)}`,
    joins: (d) => `network A { ${'sum { | '.repeat(d)}conv${' }'.repeat(d)} }`,
    selectors: (d) => `policy P { ${'conv[not '.repeat(d)}conv${']'.repeat(d)} { a: 1 } }`,
    signs: (d) => `train t { a: ${'-'.repeat(d)}1 }`,
    sums: (d) => `train t { a: 1${' + 1'.repeat(d)} }`,
    'else-ifs': (d) => `network A { if x { conv }${' else if x { conv }'.repeat(d)} }`,
  };

  test.each(Object.entries(nests))('%s: as deep as allowed, a little and far too deep', (_, nest) => {
    for (const depth of [62, 63]) expect(parse(nest(depth), 'x').diagnostics).toEqual([]);
    for (const depth of [65, 200, 4000]) {
      const text = nest(depth);
      check(text);
      expect(parse(text, 'x').diagnostics.map((d) => d.code)).toEqual(['NRM1014']);
    }
  });

  test('of chains in chains', () => {
    const chain = (inner: string): string => `(${inner}${' + 1'.repeat(60)})`;
    check(`train t { a: ${Array.from({ length: 60 }).reduce<string>((inner) => chain(inner), '1')} }`);
  });
});

test('long files of nonsense are given up in time', () => {
  const many = (text: string): string => text.repeat(10_000);
  const files = [
    many('('),
    many('(\n'),
    many('{'),
    many('}'),
    many('({['),
    many('f(1 g(2\n'),
    many('foo '),
    many('foo bar { }\n'),
    many('polcy P { }\n'),
    many('network A\n'),
    many('@ '),
    many('"\n'),
    many('/*\n'),
    many('é '),
    many('.'),
    many('1.'),
    many('///\n'),
    `"${many('\\')}`,
    many('\ud800'),
    many('\u0000'),
    `network A { ${many('1 a ')}}`,
    `network A { f(${many('a ')}) }`,
    `network A { ${many('| ')}}`,
    `policy P { ${many('a b ')}}`,
    `policy P { conv${many('[]')} { } }`,
    `train t { ${many('a 1 ')}}`,
    `train t { ${many('a = 1 ')}}`,
    `train t { ${many('a: ] ')}}`,
    `train t { a: ${many('* ')}}`,
    `train t { ${many(', ')}}`,
  ];
  // A quadratic step would take minutes: the limit of the test run catches it, on busy machines too.
  for (const text of files) check(text);
});
