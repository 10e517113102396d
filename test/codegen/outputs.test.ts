/** What `evaluate` and `predict` return is the caller's to dispose of: no two outputs, and no output and input, are one tensor. */
import { expect, test } from 'vitest';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileNetwork } from '../../src/compile.ts';
import { model } from '../check/support.ts';

const returned = (text: string): readonly string[] => {
  const files = emit(compileNetwork(model(text, 'N')), { source: 'n.nrm', version: 'test', spec: '' });
  const code = files.find((f) => f.path.endsWith('N.ts'))?.text ?? '';
  return [...code.matchAll(/^ {2}return (\{ a: [^\n]*);$/gm)].map((m) => m[1] ?? '');
};

test('a value under two names', () => {
  const found = returned(`network N {
    input image: float32[4, 4, 2]
    conv(2, kernel: 3) as h
    output a: act(linear)
    from h
    output b: drop
  }`);
  expect(found).toEqual(['{ a: conv1, b: conv1.clone() }', '{ a: conv1, b: conv1.clone() }']);
});

test('an input as an output', () => {
  const found = returned(`network N {
    input image: float32[4, 4, 2]
    output a: act(linear)
    conv(2, kernel: 3)
    output b: act(relu)
  }`);
  expect(found.every((r) => r.startsWith('{ a: image.clone(), '))).toBe(true);
  expect(found).toHaveLength(2);
});
