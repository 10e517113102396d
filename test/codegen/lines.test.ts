import { expect, test } from 'vitest';
import { Body, call, filled, object } from '../../src/codegen/tfjs/lines.ts';

test('remarks of a body stand in one column', () => {
  const body = new Body();
  body.add('const a = f(x);', '[N]');
  body.add('a.dispose();');
  body.add('const longer = g(a, b, c);', '[N, 2]');
  expect(body.toString()).toBe(
    ['const a = f(x);             // [N]', 'a.dispose();', 'const longer = g(a, b, c);  // [N, 2]'].join('\n'),
  );
});

test('a remark stands right behind what ends on a line of its own', () => {
  const body = new Body();
  body.add('const a = f(x);', '[N]');
  body.add('const b = g(a, {\n  rate: 0.3,\n});', '[N, 2]');
  expect(body.toString()).toBe('const a = f(x);  // [N]\nconst b = g(a, {\n  rate: 0.3,\n}); // [N, 2]');
});

test('a call that is too long is broken after its parentheses', () => {
  expect(call('f', ['a', 'b'], 20)).toBe('f(a, b)');
  expect(call('f', ['aaaaaaaaaa', 'bbbbbbbbbb'], 20)).toBe('f(\n  aaaaaaaaaa, bbbbbbbbbb,\n)');
  expect(call('f', ['aaaaaaaaaa', 'bbbbbbbbbb', '{ rate: 0.3 }'], 20)).toBe(
    'f(\n  aaaaaaaaaa, bbbbbbbbbb,\n  { rate: 0.3 },\n)',
  );
  expect(call('f', ['a', '{ rate: 0.3, stream: x }'], 20)).toBe('f(a, {\n  rate: 0.3, stream: x,\n})');
  expect(call('f', ['aaaaaaaaaaaaaa', '{ rate: 0.3 }'], 16, 20)).toBe('f(aaaaaaaaaaaaaa, {\n  rate: 0.3,\n})');
});

test('a long list is filled line by line, and nothing in brackets is torn apart', () => {
  const list = Array.from({ length: 30 }, (_, i) => `gradient${i}`);
  const lines = call('f', [`[${list.join(', ')}]`, '{ maxNorm: 5 }'], 100).split('\n');
  expect(lines.slice(0, 2)).toEqual(['f(', '  [']);
  expect(lines.slice(-3)).toEqual(['  ],', '  { maxNorm: 5 },', ')']);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  const behind = call('f', ['state.mean', `[${list.join(', ')}]`, '{ beta: 5 }'], 100).split('\n');
  expect(behind.slice(0, 3)).toEqual(['f(', '  state.mean,', '  [']);
  expect(Math.max(...behind.map((line) => line.length))).toBeLessThanOrEqual(120);
  const pairs = Array.from({ length: 12 }, (_, i) => `pad${i}: [[1, 1], [1, 1]]`).join(', ');
  for (const line of filled(pairs).split('\n')) expect(line).toMatch(/^ {2}(pad\d+: \[\[1, 1\], \[1, 1\]\],? ?)+$/);
});

test('keys that are their own values are written once', () => {
  expect(
    object([
      ['seed', 'seed'],
      ['rate', '0.3'],
    ]),
  ).toBe('{ seed, rate: 0.3 }');
  expect(object([])).toBe('{}');
});
