/** How things are laid out: the pages' examples, and corners that they leave out. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkText, formatted, specs } from './support.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/format.md'), 'utf8');
const examples = [...page.matchAll(/^## (.*)\n[^#]*?```nrm\n([\s\S]*?)```\n\nbecomes\n\n```nrm\n([\s\S]*?)```/gm)].map(
  ([, title = '', before = '', after = '']) => [title, before, after] as const,
);

describe('docs/format.md', () => {
  test('an example in each section', () => {
    expect(examples.map(([title]) => title)).toEqual([...page.matchAll(/^## (.*)$/gm)].map((m) => m[1]));
  });
  test.each(examples)('%s', (_, before, after) => {
    expect(formatted(before)).toBe(after);
    checkText(before);
  });
});

test.each(specs)('%s is formatted', (_, text) => {
  expect(formatted(text)).toBe(text);
});

/** Each is formatted to the text behind it, or stays. */
const layouts: Readonly<Record<string, readonly [before: string, after?: string]>> = {
  'an empty file': ['', ''],
  'blank lines alone': [' \n\n\t\n', ''],
  'a comment alone': ['\n\n// a\n\n\n// b\n\n', '// a\n\n// b\n'],
  'no line break at the end': ['nrm 1', 'nrm 1\n'],
  'comments before, between and behind declarations': [
    '// a\nnrm 1 // b\n// c\npolicy A { x: 1 } // d\n// e\n\n/// f\n// g\npolicy B { x: 1 }\n// h\n',
    '// a\nnrm 1  // b\n\n// c\npolicy A { x: 1 }  // d\n\n// e\n\n/// f\n// g\npolicy B { x: 1 }\n\n// h\n',
  ],
  'comments in blocks': [
    'train t { // a\n\n  // b\n\n  c: 1 // d\n  // e\n\n  // f\n\n}\n',
    'train t {  // a\n  // b\n\n  c: 1  // d\n  // e\n\n  // f\n}\n',
  ],
  'comments in blocks without anything else': ['block A {\n// a\n }\n', 'block A {\n  // a\n}\n'],
  'comments in arguments': [
    'train t { a: f(1, // one\n b: 2 // two\n, // also two\n // three\n c: 3,) }\n',
    'train t {\n  a: f(\n    1,  // one\n    b: 2,  // two\n    // also two\n    // three\n    c: 3\n  )\n}\n',
  ],
  'a comment in a step': [
    'network A {\n  label: // why\n conv(3) as x\n}\n',
    'network A {\n  label:  // why\n    conv(3) as x\n}\n',
  ],
  'a comment behind a bar': [
    'network A {\n  sum {\n    | // a\n      conv(3)\n    | // b\n  }\n}\n',
    'network A {\n  sum {\n    |  // a\n      conv(3)\n    |  // b\n  }\n}\n',
  ],
  'a comment before an else': [
    'network A {\n  if a { x }\n  // b\n  else { y }\n}\n',
    'network A {\n  if a {\n    x\n  }\n  // b\n  else {\n    y\n  }\n}\n',
  ],
  operators: [
    'train t { a: -1  b: 1-2  c: -x*(y+-z)/2  d: not a and not(b or c)  e: [-1,- -2]  f: x.y.z  g: 3 }\n',
    'train t {\n  a: -1  b: 1 - 2  c: -x * (y + -z) / 2  d: not a and not (b or c)  e: [-1, --2]  f: x.y.z  g: 3\n}\n',
  ],
  'words that are keywords elsewhere': [
    'train t { for: 1 if: 2 in: x and: not true or: false not: 1 sum: sum( 1 ) import: 2 }\n',
    'train t { for: 1  if: 2  in: x  and: not true  or: false  not: 1  sum: sum(1)  import: 2 }\n',
  ],
  'a stage that is called import': ['network A { import :{a b} }\n', 'network A { import: { a  b } }\n'],
  'brackets of types, selectors, lists and calls': [
    'policy P { a . c [ first ] [ not b [ 2 ] ] ? d [ k : 1 ] { x:[ 1 ] } }\n',
    'policy P { a.c[first][not b[2]]? d[k: 1] { x: [1] } }\n',
  ],
  'a long list of plain values': [
    `train t { a: [${'1000, '.repeat(40)}] }\n`,
    `train t {\n  a: [\n    ${'1000, '.repeat(16).trim()}\n    ${'1000, '.repeat(16).trim()}\n    ${'1000, '.repeat(8).trim().slice(0, -1)}\n  ]\n}\n`,
  ],
  'a long condition': [
    `network A { if ${'condition or '.repeat(10)}last { a } }\n`,
    `network A {\n  if ${'condition or '.repeat(6)}condition\n    or condition or condition or condition or last {\n    a\n  }\n}\n`,
  ],
  'a long loss': [
    'loss huber(prediction, target, delta = 1) = mean(delta * delta * (sqrt(1 + square((prediction - target) / delta)) - 1))\n',
    'loss huber(prediction, target, delta = 1) = mean(\n  delta * delta * (sqrt(1 + square((prediction - target) / delta)) - 1)\n)\n',
  ],
  'a long header': [
    `block A(${'parameter = 1, '.repeat(8)}) { a }\n`,
    `block A(\n${'  parameter = 1,\n'.repeat(8).slice(0, -2)}\n) {\n  a\n}\n`,
  ],
  'a long ladder': [
    `network A {\n  if a { b }\n  else { ${'conv(1) '.repeat(12)} }\n}\n`,
    `network A {\n  if a {\n    b\n  } else {\n    ${'conv(1)  '.repeat(10).trim()}\n    conv(1)  conv(1)\n  }\n}\n`,
  ],
  'a step of several lines has them for itself': [
    'network A { a b: {\n c } d }\n',
    'network A {\n  a\n  b: {\n    c\n  }\n  d\n}\n',
  ],
  'a comment does not count': [
    `train t { a: 1 // ${'long '.repeat(30)}\n}\n`,
    `train t {\n  a: 1  // ${'long '.repeat(30).trim()}\n}\n`,
  ],
  'line ends of Windows': ['nrm 1\r\npolicy P {\r\n a:1\r\n\r\n\r\n}', 'nrm 1\r\n\r\npolicy P {\r\n  a: 1\r\n}\r\n'],
  'a byte order mark': ['\uFEFFnrm  1\n', '\uFEFFnrm 1\n'],
  'carriage returns alone': ['nrm  1\r// a\rpolicy P { }\r'],
};

test.each(Object.entries(layouts))('%s', (_, [before, after = before]) => {
  expect(formatted(before)).toBe(after);
  checkText(before);
});

describe('lines that an allowance is about', () => {
  const steps = 'conv(64, kernel: 3, stride: 2, padding: [[1, 1], [0, 2]], bias: false)';
  const rest = `drop  maxpool(3, stride: 2)  norm`;
  test.each([
    ['behind them', `  ${steps}   ${rest} // allow NRM6006: why\n`, `  ${steps}   ${rest}  // allow NRM6006: why\n`],
    [
      'before them',
      `  // allow NRM6006: why\n ${steps}   ${rest}\n`,
      `  // allow NRM6006: why\n  ${steps}   ${rest}\n`,
    ],
    ['as short as others', 'conv( 3 )   norm // allow NRM6006: why\n', '  conv(3)  norm  // allow NRM6006: why\n'],
  ])('%s', (_, before, after) => {
    expect(formatted(`network A {\n${before}   norm   act\n}\n`)).toBe(`network A {\n${after}  norm  act\n}\n`);
    checkText(`network A {\n${before} norm\n}\n`);
  });
});

describe('around errors', () => {
  const kept: Readonly<Record<string, readonly [before: string, after: string]>> = {
    'a setting, with what is on its line': [
      'train t { a :1\n  b:2   c =  3\n  d :4 }\n',
      'train t {\n  a: 1\n  b:2   c =  3\n  d: 4\n}\n',
    ],
    'a step in a path': [
      'network A { sum { | a   b\n | conv( , 3 )\n |c } }\n',
      'network A {\n  sum {\n    | a  b\n    | conv( , 3 )\n    | c\n  }\n}\n',
    ],
    'a declaration whose brackets do not match': [
      'policy  A { a:1 }\nnetwork   B { conv( 3 }\npolicy  C { a:1 }\n',
      'policy A { a: 1 }\nnetwork   B { conv( 3 }\npolicy C { a: 1 }\n',
    ],
    'lines of it stay below each other': [
      'block A { sum {\n    | a\n      | conv(1,\n              , 2)\n} }\n',
      'block A {\n  sum {\n    | a\n    | conv(1,\n              , 2)\n  }\n}\n',
    ],
    'what is no declaration': [
      'policy  A { a:1 }\n\n\nfoo   bar\n  baz\n\npolicy  B { a:1 }\n',
      'policy A { a: 1 }\n\nfoo   bar\n  baz\n\npolicy B { a: 1 }\n',
    ],
    'characters that mean nothing': [
      'policy  A { a:1\n b: @  1\n c:  2 }\n',
      'policy A {\n  a: 1\n  b: @  1\n  c: 2\n}\n',
    ],
    'comments of other languages': [
      'policy  A { a:1 # one\n b:  /* two */ 2\n c:  2 }\n',
      'policy A {\n  a:1 # one\n b:  /* two */ 2\n  c: 2\n}\n',
    ],
    'a string without an end': [
      'train t {\n a:  "b }\n c:  2 }\npolicy  B { a:1 }\n',
      'train t {\n  a:  "b }\n  c: 2\n}\n\npolicy B { a: 1 }\n',
    ],
  };
  test.each(Object.entries(kept))('%s', (_, [before, after]) => {
    expect(formatted(before)).toBe(after);
    checkText(before);
  });
});
