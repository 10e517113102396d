/** Formatting twice is formatting once; the tree, the comments and their neighbours stay. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSpec, declarations, everything, tokensOf, withPlaces } from './support.ts';
import { specText } from './trees.ts';

/** What may stand between two tokens; `#` becomes the number of the place, so that comments can be told apart. */
const between = [
  '',
  '',
  '',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\n \n\n',
  '\t',
  ' // c#\n',
  '\n// c#\n',
  '\n/// d#\n\n',
  ' //e#\n//f#\n',
  '\n\n// g#\n\n',
  ' // allow NRM6002: h#\n',
  '\n// allow NRM6002: i#\n',
];

/** White space and comments between some tokens replaced. Where two words stand side by side, something stays between them. */
function disturbed(text: string, changes: ReadonlyMap<number, string>): string {
  const tokens = tokensOf(text);
  let result = '';
  let end = 0;
  for (const [index, token] of tokens.entries()) {
    const change = changes.get(index)?.replaceAll('#', String(index));
    const written = text.slice(end, token.start);
    const parted =
      change === '' && written !== '' && /[\w%".]$/.test(text.slice(0, end).trimEnd()) && /^[\w".]/.test(token.text);
    result += (change === undefined || parted ? written : change) + token.text;
    end = token.end;
  }
  return result;
}

const changes = (count: number): fc.Arbitrary<ReadonlyMap<number, string>> =>
  fc.array(fc.tuple(fc.nat(count), fc.constantFrom(...between)), { maxLength: 40 }).map((list) => new Map(list));

describe('files of the repository', () => {
  test.each(everything)('%s as it is', (_, text) => checkSpec(text));

  test.each(everything)('%s with other white space and comments', (_, text) => {
    const count = tokensOf(text).length - 1;
    fc.assert(
      fc.property(changes(count), (map) => checkSpec(disturbed(text, map))),
      { seed: 6, numRuns: 15 },
    );
  });

  test.each(everything)('%s with the same between all tokens', (_, text) => {
    const count = tokensOf(text).length;
    for (const gap of between) {
      const map = new Map(Array.from({ length: count }, (_, index) => [index, gap]));
      checkSpec(disturbed(text, map));
    }
  });
});

test.each(withPlaces(declarations))('%s with a comment at each place', (_, text, places) => {
  for (const at of places) {
    checkSpec(disturbed(text, new Map([[at, ' // c\n']])));
    checkSpec(disturbed(text, new Map([[at, '\n// c\n']])));
  }
});

describe('generated files', () => {
  test('with any white space and comments', () => {
    fc.assert(
      fc.property(specText, fc.array(fc.constantFrom(...between), { minLength: 1, maxLength: 200 }), (words, gaps) => {
        const text = words.reduce((all, word, index) => {
          const gap = (gaps[index % gaps.length] ?? ' ').replaceAll('#', String(index));
          return `${all}${gap === '' ? ' ' : gap}${word}`;
        }, '');
        checkSpec(text);
      }),
      { seed: 7, numRuns: 150 },
    );
  });
});

test('the laws can be broken', () => {
  expect(() => checkSpec('network {')).toThrow('an error');
});
