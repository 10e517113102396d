/** The library that ships with the compiler: clean, formatted as it stands in its folder, and of the sizes that its papers have. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { librarySource } from '../../scripts/library.ts';
import { check, loadProgram } from '../../src/check/index.ts';
import type { Model } from '../../src/check/model.ts';
import { libraryFiles } from '../../src/library/index.ts';
import { parse } from '../../src/parser/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('the compiler has the library as it stands in its folder', () => {
  expect(readFileSync(path.join(root, 'src/library/sources.ts'), 'utf8')).toBe(librarySource());
  expect([...libraryFiles.keys()]).toEqual(
    readdirSync(path.join(root, 'library'))
      .sort()
      .map((name) => `nrmc/${name}`),
  );
});

const models = new Map<string, Model>();
describe.each([...libraryFiles])('%s', (file, text) => {
  const { tree, diagnostics } = parse(text, file);
  const checked = check(loadProgram(tree, text));
  for (const [name, model] of checked.networks) models.set(name, model);

  test('is clean', () => {
    // A block that no network of its file uses is there to be imported.
    expect([...diagnostics, ...checked.diagnostics].filter((d) => d.severity !== 'remark')).toEqual([]);
  });

  test('every declaration has its documentation', () => {
    expect(tree.declarations.flatMap((d) => (d.kind === 'import' || d.doc !== '' ? [] : [d.name.text]))).toEqual([]);
  });
});

const trainable = (model: Model): number =>
  model.layers
    .flatMap((l) => l.weights)
    .filter((w) => w.trainable)
    .reduce((sum, w) => sum + w.shape.reduce<number>((n, size) => n * Number(size), 1), 0);

/** Trainable parameters as published, torchvision's where there are several forms. */
test.each([
  ['LeNet5', 61_706],
  ['MLP', 468_874],
  ['AlexNet', 61_100_840],
  ['AlexNet2012', 60_965_224],
  ['VGG16', 138_357_544 + 2 * (64 * 2 + 128 * 2 + 256 * 3 + 512 * 6) - (64 * 2 + 128 * 2 + 256 * 3 + 512 * 6)],
  ['GoogLeNet', 6_624_904],
  ['GoogLeNet2014', 6_998_552],
  ['ResNet18', 11_689_512],
  ['ResNet34', 21_797_672],
  ['ResNet50', 25_557_032],
  ['ResNet101', 44_549_160],
  ['DenseNet121', 7_978_856],
  ['SqueezeNet', 1_235_496],
])('%s has %i trainable numbers', (name, count) => {
  const model = models.get(name);
  expect(model && trainable(model)).toBe(count);
});
