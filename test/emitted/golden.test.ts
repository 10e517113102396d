/**
 * What emitted code reads like. The goldens are part of the type check of this repository; that such code computes what it should is
 * held by reference.test.ts.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { parse } from '../../src/parser/index.ts';
import { residual, scenes } from './specs.ts';

const emitted = (text: string, name: string) => {
  const { train } = checkTrain(parse(text, 'x.nrm').tree, name);
  if (train === null) throw new Error(`${name} does not check`);
  return emit(compileTrain(train), { source: 'x.nrm', version: '0.0.0', spec: resolvedSpec(train) });
};

const example = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, `../../examples/${name}.nrm`), 'utf8');

test.each(['lenet', 'mlp'])('%s', async (name) => {
  for (const file of emitted(example(name), name)) {
    await expect(file.text).toMatchFileSnapshot(`golden/${file.path}`);
  }
});

test.each([
  ['residual', residual],
  ['scenes', scenes],
])('%s', async (name, text) => {
  for (const file of emitted(text.replace('train net', `train ${name}`), name)) {
    await expect(file.text).toMatchFileSnapshot(`golden/${file.path}`);
  }
});

const withNorm = (body: string): string => {
  const text = `
network Net with P { input x: float32[4, 4, 1]  ${body}  flatten  dense(3) }
policy P { norm?: batch }
data D { source: idx("d")  fields { x: float32[4, 4, 1]  y: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: adam  batch: 8  epochs: 1 }
`;
  return emitted(text, 't')
    .map((f) => f.text)
    .join('\n');
};

test('a batch of one sample is too small only where a norm has one value of it', () => {
  expect(withNorm('conv(2, kernel: 3) norm')).toContain('needsTwoSamples: false');
  expect(withNorm('flatten dense(4) norm')).toContain('needsTwoSamples: true');
  expect(withNorm('')).toContain('needsTwoSamples: false');
});

test('frozen weights are counted as such, and no optimizer keeps anything for them', () => {
  const text = `
network Net with P { input x: float32[4]  stem: dense(5)  act  dense(3) }
policy P { act: relu  stem { trainable: false } }
data D { source: idx("d")  fields { x: float32[4]  y: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: adam  batch: 8  epochs: 1 }
`;
  const [module] = emitted(text, 't');
  expect(module?.text).toContain('/** Weights of Net: 43 numbers, of which 25 numbers are frozen. */');
  expect(module?.text).toContain('/** What the optimizer keeps between steps: 36 numbers. */');
  expect(module?.text).not.toContain('Update(params.stem');
});

test('every norm that was folded is named, also two in a row', () => {
  const text = withNorm('conv(2, kernel: 3) norm norm');
  expect(text).toContain('norm1 and norm2 folded in');
  expect(text).toContain('Folds norm1 into conv1, norm2 into conv1.');
});
