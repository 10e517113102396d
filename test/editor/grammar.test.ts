/** The TextMate grammar colours what the parser reads: laws over all specs of the repository, and goldens to read. */

import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { machine } from '../../src/parser/machine.ts';
import { type Classified, classify, expected } from './classes.ts';
import { type Coloured, colour, type Piece, readable, specs } from './support.ts';

const tokensOf = (text: string): readonly Classified[] => {
  const found = classify(text);
  if (found === null) throw new Error(`not a spec:\n${text}`);
  return found;
};

/** The scopes at each character. */
function byPlace({ pieces }: Coloured): (offset: number) => Piece | undefined {
  const at = new Map(
    pieces.flatMap((piece) => range(piece.start, piece.end).map((offset) => [offset, piece] as const)),
  );
  return (offset) => at.get(offset);
}
const range = (start: number, end: number): readonly number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);

const isInner = (scope: string): boolean => !scope.startsWith('meta.');

/** The words that are coloured as something else than the parser takes them for. */
function mistakesIn(text: string): readonly string[] {
  const at = byPlace(colour(text));
  return tokensOf(text).flatMap((found) => {
    const { token, as, rules } = found;
    const wanted = expected(found);
    const scopes = range(token.startOffset, token.startOffset + token.image.length).map(
      (offset) => at(offset)?.scopes ?? [],
    );
    const isContainer = as === 'Number' || as === 'String';
    const fine = scopes.every((list) =>
      isContainer ? list.some((s) => wanted.test(s)) : wanted.test(list.findLast(isInner) ?? ''),
    );
    return fine
      ? []
      : [
          `${token.startLine}:${token.startColumn} ${token.image} (${as} of ${rules.slice(-2).join('.')}) is ${scopes[0]?.join(' ')}`,
        ];
  });
}

const tour = specs.filter(([file]) => file.startsWith('test/parser/tour/'));

describe.each(specs)('%s', (_, text) => {
  test('every word has the scope of what it is', () => expect(mistakesIn(text)).toEqual([]));

  test('comments are comments, and nothing else is one', () => {
    const { comments = [] } = machine().lexer.tokenize(text).groups;
    const found = colour(text).pieces.filter(({ scopes }) => scopes.some((scope) => scope.startsWith('comment.')));
    expect(found.map((piece) => piece.text).join('')).toBe(comments.map((token) => token.image).join(''));
    for (const piece of found) {
      const token = comments.find((c) => c.startOffset <= piece.start && piece.start < c.startOffset + c.image.length);
      const kind = token?.tokenType.name === 'DocComment' ? 'documentation' : 'double-slash';
      expect(piece.scopes).toContain(`comment.line.${kind}`);
    }
  });

  test('nothing is invalid, no line leaves a string open, and the end leaves nothing open', () => {
    const { pieces, lines, depths } = colour(text);
    expect(pieces.filter(({ scopes }) => scopes.some((scope) => scope.startsWith('invalid.')))).toEqual([]);
    for (const line of lines) {
      const last = line.at(-1);
      const open =
        last?.scopes.some((s) => s.startsWith('string.')) && !last.scopes.includes('punctuation.definition.string.end');
      expect(open ?? false, last?.text).toBe(false);
    }
    expect(depths.at(-1)).toBe(1);
  });

  test('white space means nothing: on one line all words keep their scopes', () => {
    const words = tokensOf(text).map(({ token }) => token.image);
    expect(mistakesIn(words.join(' '))).toEqual([]);
  });
});

describe('laws over random layouts and cuts', () => {
  const options = { seed: 20260, numRuns: 100 };
  const anySpec = fc.constantFrom(...specs.map(([, text]) => text));

  const breaksAfter =
    /^(?:LBrace|RBrace|LParen|RParen|LBracket|RBracket|Comma|Bar|Colon|Assign|JoinKind|Layer|With|Extends|Import|For|In|Repeat|If|Else|Fields|Over)$/;
  const breaksBefore = /^(?:LBrace|RBrace|RParen|RBracket|Comma|Bar|With|Extends|In|Arrow)$/;

  test('lines may be broken around brackets, and after commas, colons and most keywords', () => {
    const breakable = fc.tuple(
      anySpec,
      fc.infiniteStream(fc.constantFrom('\n', ' ', '\n\n    ', ' // a word: { "\n', '')),
    );
    fc.assert(
      fc.property(breakable, ([text, gaps]) => {
        const tokens = tokensOf(text);
        const parts = tokens.map(({ token, as }, index) => {
          const next = tokens[index + 1];
          const free = breaksAfter.test(as) || breaksBefore.test(next?.as ?? '');
          const gap = free ? (gaps.next().value ?? ' ') : ' ';
          return `${token.image}${gap === '' ? ' ' : gap}`;
        });
        expect(mistakesIn(parts.join(''))).toEqual([]);
      }),
      options,
    );
  });

  test('whatever is left open, the next declaration at the beginning of a line is coloured as by itself', () => {
    fc.assert(
      fc.property(anySpec, fc.nat(), fc.constantFrom(...tour.map(([, text]) => text)), (text, cut, next) => {
        const after = `\n${next.replace(/^(?:\s*|\/\/.*|nrm 1)\n/gm, '')}`;
        const place = cut % (text.length + 1);
        const { pieces } = colour(text.slice(0, place) + after);
        const behind = pieces.filter((piece) => piece.start > place);
        const alone = colour(after).pieces;
        expect(behind.map((p) => [p.text, p.scopes])).toEqual(alone.map((p) => [p.text, p.scopes]));
      }),
      options,
    );
  });
});

test.each([
  ['a name like a keyword', 'network with with with { with: with(1) with again with as over }'],
  ['names of loops like keywords', 'network A { for in in in { conv } for [in, for] in [] { conv } }'],
  [
    'reserved words as keys',
    'train t { input: 1 for: sum from: x.as as: f(repeat: else) network: none over: 3 fields: 2 }',
  ],
  ['reserved words as fields', 'data D { fields { output: class(10) again: float32[2] = minmax first: last } }'],
  [
    'reserved words as parameters',
    'network A(sum = 1, if = sum + 1) { input repeat: float32[2] from repeat dense(sum, for: if) }',
  ],
  [
    'reserved words in selectors',
    'policy P { for { a: 1 } x.from { b: 2 } input: 1 first[first] last[not first] { c: 1 } }',
  ],
  [
    'declarations as settings',
    'sweep s { train: a over { data: [1] network.block: [policy] } search: b extern: c loss: import }',
  ],
  [
    'what begins like a slot',
    'network A { norms: normal(1) act2 dropout drop } policy P { norm2: a drop_path: b act: c norm drop2 { d: 1 } }',
  ],
  [
    'no white space',
    'policy P{norm:batch(epsilon:1e-5)drop?:none conv[first],conv[kernel:1]?{init:normal(0,-0.02)decay:not a}}',
  ],
  [
    'values in types',
    'network A(n = 2) { input x: float32[2 * n, f(n), [1], "a", (n), P.q, not n, Aa, none, ...rest] }',
  ],
  ['values broken before an operator', 'policy P { act: f\n + (1) a: 2\n + "b"\n - 3 } train t { a: 1\n / b }'],
  ['fields and axes broken so', 'data D { fields { a: 1\n + b } } sweep s { over { a: 1\n + f(2) b: [1] } }'],
  ['a loss broken so', 'loss a(x) = x\n + 1\nloss b(x) =\n x\n * mean(x)\n  train t { a: 1 }'],
  [
    'names on the next line',
    'network\nA {} block // a\nB {} policy\n\nC {} data\nD {} train\nE {} sweep // b\nF {} search\nG {}',
  ],
  ['other names on the next line', 'extern layer\ngate(x) from "a" network A { for\nx in y {} }'],
  ['values that go on', 'train t { a: 1 + 2 * b  c: -d or not e and f  g: (h - 1) / 2  i: j.k == "l"  m: 10% }'],
])('%s', (_, text) => expect(mistakesIn(text)).toEqual([]));

test.each([
  ['network A { input', 'input', 'keyword.other.input'],
  ['network A { output label', 'output', 'keyword.other.output'],
  ['network', 'network', 'storage.type.network'],
  ['policy A extends', 'extends', 'storage.modifier'],
  ['train t { batch: epochs: 3 }', 'epochs', 'support.type.property-name'],
  ['train t { batch:\n  epochs: 3 }', 'epochs', 'support.type.property-name'],
])('half-written: %s', (text, word, scope) => {
  expect(
    colour(text)
      .pieces.find((piece) => piece.text === word)
      ?.scopes.at(-1),
  ).toBe(scope);
});

test('what is wrong is shown as wrong, and harms nothing after it', () => {
  const wrong = (text: string): readonly string[] =>
    colour(text)
      .pieces.filter(({ scopes }) => scopes.some((s) => s.startsWith('invalid.')))
      .map((piece) => piece.text);
  expect(wrong('train t { a: "x\\q"  b: 3x3  c: 1.  d: .5  e: 1e  f: "\\u{12345678}" }')).toEqual([
    '\\q',
    '3x3',
    '1.',
    '.5',
    '1e',
    '\\u',
  ]);
  expect(wrong('train t { a: "open\n b: 3 }')).toEqual([]);
  const { pieces } = colour('train t { a: "open\n b: 3 }');
  expect(pieces.find((piece) => piece.text === 'b')?.scopes.at(-1)).toBe('support.type.property-name');
});

test.each(specs.filter(([file]) => /tour\/(?!networks)|examples\/lenet\.nrm$/.test(file) && !file.includes('golden')))(
  'golden of %s',
  async (file, text) => {
    await expect(readable(text)).toMatchFileSnapshot(`golden/${path.basename(file, '.nrm')}.txt`);
  },
);
