/** Specs cut off at any place, and with a token left out, doubled or swapped: nothing throws, hangs, gets lost or changes twice. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from '../../src/parser/index.ts';
import { checkText, declarations, everything, formatted, tokensOf, withPlaces } from './support.ts';

/** Between others, which it may not spoil. */
const texts = withPlaces(
  declarations.map(([name, text]) => [name, `policy Before  { a: 1 }\n${text}\n\n\npolicy After { b :2 }  // end\n`]),
);

/** Cut in the middle and at the end of each such token, and within comments. */
function prefixes(text: string, at: readonly number[]): readonly string[] {
  const tokens = tokensOf(text);
  const ends = new Set<number>();
  for (const token of at.map((i) => tokens[i])) if (token) ends.add((token.start + token.end) >> 1).add(token.end);
  for (const match of text.matchAll(/\/\/[^\n]*/g)) ends.add(match.index + 1).add(match.index + 4);
  return [...ends].map((end) => text.slice(0, end));
}

describe('files cut off', () => {
  test.each(texts)('%s', (_, text, at) => {
    for (const part of prefixes(text, at)) checkText(part);
  });
});

describe.each(['left out', 'doubled', 'swapped'] as const)('tokens %s', (how) => {
  test.each(texts)('%s', (_, text, at) => {
    const tokens = tokensOf(text);
    for (const index of at) {
      const [token, next] = [tokens[index], tokens[index + 1]];
      if (token === undefined) throw new Error(`no token ${index}`);
      const { start, end, text: word } = token;
      if (how === 'left out') checkText(text.slice(0, start) + text.slice(end));
      else if (how === 'doubled') checkText(`${text.slice(0, end)} ${word}${text.slice(end)}`);
      else if (next !== undefined)
        checkText(text.slice(0, start) + next.text + text.slice(end, next.start) + word + text.slice(next.end));
    }
  });
});

const words = fc.constantFrom(
  ...['network', 'policy', 'train', 'import', 'nrm', 'loss', 'with', 'input', 'from', 'sum', 'if', 'else', 'fields'],
  ...['A', 'conv', 'é', '1', '10%', '1e', '"x"', '"', "'", '{', '}', '{', '}', '(', ')', '[', ']', ':', ',', ';'],
  ...['|', '.', '...', '->', '=', '==', '?', '+', '-', '/', '// c', '/// d', '/*', '*/', '#', '@', '\\'],
  ...['\n', '\n', '\n\n', '\r\n', '\r', '  ', '\t', '\u0000', '\u202e', '\ud83d', '😀', '\ufeff', '\u2028'],
);
const junk = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.tuple(words, fc.constantFrom('', ' ')), { maxLength }).map((list) => list.flat().join(''));

test('random words', () => {
  fc.assert(
    fc.property(junk(60), (text) => void checkText(text)),
    { seed: 8, numRuns: 800 },
  );
});

test('random words in a file', () => {
  const text = everything.map(([, part]) => part).join('\n');
  fc.assert(
    fc.property(fc.nat(text.length - 400), fc.nat(20), junk(4), (at, length, word) => {
      const part = text.slice(at, at + 400);
      checkText(part.slice(0, 200) + word + part.slice(200 + length));
    }),
    { seed: 9, numRuns: 300 },
  );
});

describe('nesting as deep as allowed', () => {
  const nests: Readonly<Record<string, (depth: number) => string>> = {
    parentheses: (d) => `train t { a: ${'('.repeat(d)}1${')'.repeat(d)} }`,
    lists: (d) => `train t { a: ${'['.repeat(d)}1, 2${']'.repeat(d)} }`,
    calls: (d) => `train t { a: ${'f(x, '.repeat(d)}1${')'.repeat(d)} }`,
    records: (d) => `train t ${'{ a: '.repeat(d)}1${' }'.repeat(d)}`,
    stages: (d) => `network A ${'{ a: '.repeat(d)}conv${' }'.repeat(d)}`,
    joins: (d) => `network A { ${'sum { | '.repeat(d)}conv${' }'.repeat(d)} }`,
    'else-ifs': (d) => `network A { if x { conv }${' else if x { conv }'.repeat(d)} }`,
    ladders: (d) => `network A { if x { conv }${'\nelse if x { conv }'.repeat(d)} }`,
  };
  test.each(Object.entries(nests))('%s', (_, nest) => {
    expect(parse(nest(62), 'x').diagnostics).toEqual([]);
    for (const depth of [1, 10, 62, 65, 200]) checkText(nest(depth));
  });
});

test('long files take time as they are long', () => {
  const many = (text: string): string => text.repeat(5000);
  const files = [
    many('policy P { a: 1 }\n'),
    `network A { ${many('conv norm\n')} }`,
    `network A { ${many('conv ')} }`,
    `network A { sum { ${many('| conv ')} } }`,
    `train t { a: [${many('1, ')}] }`,
    `train t { a: [${many('f(1), // c\n')}] }`,
    `train t { ${many('a = 1 ')} }`,
    `policy P { ${many('a, ')} b { } }`,
    many('// a\n'),
    many('/* '),
    many('@ \n'),
    many('{'),
    many('}'),
    many('(\n'),
    many('network A {\n'),
    many('polcy P { }\n'),
  ];
  // A quadratic step would take minutes: the limit of the test run catches it, on busy machines too.
  for (const text of files) formatted(text);
});
