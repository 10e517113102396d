import { expect, test } from 'vitest';
import { Body, call, object } from '../../src/codegen/tfjs/lines.ts';

test('remarks of a body stand in one column', () => {
  const body = new Body();
  body.add('const a = f(x);', '[N]');
  body.add('a.dispose();');
  body.add('const longer = g(a, b, c);', '[N, 2]');
  expect(body.toString()).toBe(
    ['const a = f(x);             // [N]', 'a.dispose();', 'const longer = g(a, b, c);  // [N, 2]'].join('\n'),
  );
});

test('a call that is too long is broken after its parentheses', () => {
  expect(call('f', ['a', 'b'], 20)).toBe('f(a, b)');
  expect(call('f', ['aaaaaaaaaa', 'bbbbbbbbbb'], 20)).toBe('f(\n  aaaaaaaaaa,\n  bbbbbbbbbb,\n)');
  expect(call('f', ['a', '{ rate: 0.3, stream: x }'], 20)).toBe('f(a, {\n  rate: 0.3, stream: x,\n})');
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
