/** No text makes the parser and checker throw, hang, or point outside of the file. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from '../../src/parser/index.ts';
import { diagnose } from './support.ts';

const folder = path.resolve(import.meta.dirname, '../../examples');
const examplesIn = (under: string): readonly string[] =>
  readdirSync(path.join(folder, under), { recursive: under !== '', encoding: 'utf8' })
    .filter((file) => file.endsWith('.nrm'))
    .map((file) => path.join(under, file))
    .toSorted();
const examples = examplesIn('');
const others = [...examplesIn('methods'), ...examplesIn('experiments')];

function survives(text: string): void {
  for (const diagnostic of diagnose(text)) {
    for (const { span } of diagnostic.labels) {
      if (span.start < 0 || span.end < span.start || span.end > text.length)
        throw new Error(`${diagnostic.code} points outside of the file: ${span.start}–${span.end} in\n${text}`);
    }
    if (/undefined|null|\[object/.test(`${diagnostic.message} ${diagnostic.help}`.replace(/ null$/, '')))
      throw new Error(`${diagnostic.code}: ${diagnostic.message} ${diagnostic.help}`);
  }
}

/** Words, numbers, texts, signs; comments and white space are left out. */
const tokensOf = (text: string): readonly RegExpMatchArray[] => [
  ...text
    .replace(/\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length))
    .matchAll(/"[^"]*"|[A-Za-z_]\w*|[\d.]+(?:e-?\d+)?%?|\S/g),
];

const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

/** The same for all numbers, and for all texts. */
const kindOf = (token: string | undefined): string =>
  token === undefined ? '' : /^[\d.]/.test(token) ? '1' : token.startsWith('"') ? '""' : token;

/**
 * Places of tokens by file: those that stand between two others as none before them. What goes wrong at a place goes wrong at all that
 * are like it, so each is tried once.
 */
const places = new Map<string, ReadonlySet<number>>();
const seen = new Set<string>();
for (const file of [...examples, ...others]) {
  const kinds = tokensOf(read(file)).map(([token]) => kindOf(token));
  const isNew = (i: number): boolean => {
    const around = `${kinds[i - 1]} ${kinds[i]} ${kinds[i + 1]}`;
    return !seen.has(around) && seen.add(around) !== null;
  };
  places.set(file, new Set([...kinds.keys()].filter(isNew)));
}

const spansOf = (text: string): readonly (readonly [start: number, end: number])[] =>
  tokensOf(text).map((token) => [token.index ?? 0, (token.index ?? 0) + token[0].length]);

describe.each(examples)('%s', { timeout: 60_000 }, (file) => {
  const text = read(file);
  const spans = spansOf(text);
  const isPlace = (_: unknown, i: number): boolean => places.get(file)?.has(i) === true;

  test('is clean', () => {
    expect(diagnose(text)).toEqual([]);
  });

  test('every prefix', () => {
    for (let cut = 0; cut < text.length; cut++)
      for (const { labels } of parse(text.slice(0, cut), 'x.nrm').diagnostics)
        for (const { span } of labels)
          if (span.start < 0 || span.end < span.start || span.end > cut)
            throw new Error(`a span outside, cut at ${cut}`);
    // The checker, behind each token and in the middle of it.
    for (const [start, end] of spans.filter(isPlace))
      for (const cut of new Set([(start + end) >> 1, end])) survives(text.slice(0, cut));
  });

  test('tokens left out, doubled, and swapped with the next', () => {
    let turn = 0;
    for (const [i, [start, end]] of spans.entries()) {
      if (!isPlace(null, i)) continue;
      const [next, nextEnd] = spans[i + 1] ?? [text.length, text.length];
      survives(text.slice(0, start) + text.slice(end));
      // One and the other in turn: each takes as long as the first.
      if (turn++ % 2 === 0) survives(`${text.slice(0, end)} ${text.slice(start)}`);
      else
        survives(
          text.slice(0, start) +
            text.slice(next, nextEnd) +
            text.slice(end, next) +
            text.slice(start, end) +
            text.slice(nextEnd),
        );
    }
  });
});

describe.each(others)('%s', { timeout: 60_000 }, (file) => {
  const text = read(file);

  test('a token left out', () => {
    const own = places.get(file);
    for (const [i, [start, end]] of spansOf(text).entries())
      if (own?.has(i)) survives(text.slice(0, start) + text.slice(end));
  });
});

describe('odd specs', () => {
  test.each([
    '',
    'network N { }',
    'network N { input x: float32[] }',
    'network N { input x: float32[]  dense(3) }',
    'network N { input x: float32[4]  act }',
    'network N { input x: int32[4]  dense(3) }',
    'network N { input x: float32[4]  dense(1e9) }',
    'network N { input x: float32[2, 2, 1e15]  conv(3, kernel: 1, groups: 3) }',
    'network N(n = n) { input x: float32[n]  dense(n) }',
    'policy P { conv[0] { decay: 0.1 } }',
    'policy P extends P { }',
    'policy P { conv[not conv[not conv]] { decay: 0.1 } } network N with P { input x: float32[4, 4, 1]  conv(2, kernel: 1) }',
    'network constructor with toString { input hasOwnProperty: float32[4]  valueOf(3)  toString: dense(3) }',
    'policy P { constructor: batch  toString { valueOf: 3 } }',
    'train t { network: toString  data: constructor  loss: valueOf  optimizer: hasOwnProperty  batch: 1  epochs: 1 }',
  ])('%s', (text) => {
    survives(text);
  });
});
