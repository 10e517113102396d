/** Blocks that repeat, drawn once. */
import { expect, test } from 'vitest';
import { fold } from '../../src/picture/fold.ts';
import { isIn } from '../../src/picture/groups.ts';
import { modelOf, resnet, texts } from './networks.ts';

test('blocks that follow each other and are alike', () => {
  const { model, times } = fold(modelOf(resnet));
  expect([...times]).toEqual([['Residual1', 2]]);
  expect(model.groups.map((g) => g.path)).not.toContain('Residual2');
  // What took the value of the last now takes that of the first.
  expect(model.layers.find((l) => l.path === 'Residual3.conv1')?.sources).toEqual([
    { kind: 'layer', path: 'Residual1.act2' },
  ]);
});

test('blocks in a stage', () => {
  const text = resnet.replace('repeat 2 { Residual(64) }', 'body: { repeat 4 { Residual(64) } }');
  expect([...fold(modelOf(text)).times]).toEqual([['body.Residual1', 4]]);
});

test('not where the policy tells them apart', () => {
  const apart = resnet.replace('conv[first]? { decay: none }', 'conv[3] { decay: none }');
  expect([...fold(modelOf(apart)).times]).toEqual([]);
});

test('not where something else takes a value of the first', () => {
  const text = resnet.replace(
    'repeat 2 { Residual(64) }',
    'Residual(64) as early  Residual(64)  concat { | identity | from early }',
  );
  expect([...fold(modelOf(text)).times]).toEqual([]);
});

test('counted with their number, nothing is lost', () => {
  for (const text of Object.values(texts)) {
    const whole = modelOf(text);
    const { model, times } = fold(whole);
    const counted = model.layers.map((l) =>
      [...times].reduce((n, [group, count]) => (isIn(l.path, group) ? n * count : n), 1),
    );
    expect(counted.reduce((a, b) => a + b, 0)).toBe(whole.layers.length);
  }
});
