/** The published grammar is the parser's; the grammar has no ambiguities; the words agree with those of the checker. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { generate } from '../../scripts/grammar.ts';
import { reserved } from '../../src/check/words.ts';
import { createMachine } from '../../src/parser/machine.ts';
import { allTokens, reservedWords } from '../../src/parser/tokens.ts';
import { codesOf } from './support.ts';

const folder = path.resolve(import.meta.dirname, '../../grammar');

test.each([...generate()])('grammar/%s is what the parser says now (else: node scripts/grammar.ts)', (name, text) => {
  expect(readFileSync(path.join(folder, name), 'utf8')).toBe(text);
});

test('nothing else lies in grammar/', () =>
  expect(readdirSync(folder).sort()).toEqual([...generate().keys(), 'nrmc.schema.json'].sort()));

test('the tokens and rules are without ambiguities', () => {
  expect(() => createMachine({ validate: true })).not.toThrow();
});

test('every rule of the grammar is used, and every name in it explained', () => {
  const ebnf = generate().get('nrm.ebnf') ?? '';
  const rules = [...ebnf.matchAll(/^(\w+) +::=/gm)].map((m) => m[1]);
  expect(rules.length).toBeGreaterThan(60);
  for (const line of ebnf.replace(/\/\*[\s\S]*?\*\//g, '').split('\n')) {
    const names =
      line
        .replace(/^\w+ +::=/, '')
        .replace(/'[^']*'|\[[^\]]*\]/g, '')
        .match(/[A-Za-z]\w*/g) ?? [];
    for (const name of names) expect(rules, line).toContain(name);
  }
});

test('the reserved words are those of the checker', () => {
  expect(reservedWords.map((type) => type.PATTERN).sort()).toEqual([...reserved].sort());
});

describe('reserved words', () => {
  const words = reservedWords.map((type) => String(type.PATTERN));

  test.each(words)('%s is free as key, parameter, field, argument and input', (word) => {
    expect(codesOf(`train t { ${word}: 1  a: f(${word}: 2)  b: { ${word}: 3 }  c: ${word}  d: x.${word} }`)).toEqual(
      [],
    );
    expect(
      codesOf(`network A(${word} = 1, x) { input ${word}: float32[2]  from ${word} dense(${word}, ${word}: 3) }`),
    ).toEqual([]);
    expect(
      codesOf(`data D { fields { ${word}: class(10) } } policy P { ${word} { a: 1 } x.${word} { b: 2 } }`),
    ).toEqual([]);
  });

  test.each(words)('%s cannot be a label, block or declaration', (word) => {
    expect(codesOf(`network A { ${word}: conv(3) }`)).toEqual(['NRM1010']);
    expect(codesOf(`block ${word} { conv } policy ${word}(a = 1) { } import { ${word} } from "x"`)).toEqual([
      'NRM1010',
      'NRM1010',
      'NRM1010',
    ]);
    expect(codesOf(`network A { conv as ${word} }`)).toEqual(['NRM1010']);
  });
});

test('every other word may be a label, op and declaration; a value unless it is one of the operators', () => {
  const words = allTokens.map((type) => String(type.PATTERN)).filter((word) => /^[a-z]+$/.test(word));
  for (const word of words.filter((w) => !reservedWords.some((type) => type.PATTERN === w))) {
    expect(codesOf(`network ${word} with ${word} { ${word}: ${word}(1) ${word} again ${word} }`), word).toEqual([]);
    if (['and', 'or', 'not'].includes(word)) continue;
    const text = `policy ${word} { ${word}: 1 ${word} { ${word}: 2 } } train ${word} { ${word}: ${word} }`;
    expect(codesOf(text), word).toEqual([]);
  }
});
