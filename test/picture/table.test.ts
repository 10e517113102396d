/** Networks as tables: everything in its column, at any width. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelTable } from '../../src/picture/table.ts';
import { anyModel, inception, modelOf, plain, siamese, texts, unet } from './networks.ts';

const table = (text: string, width: number): string => {
  const { head, rows } = modelTable(modelOf(text), width);
  return `${[head, ...rows].join('\n')}\n`;
};

describe('goldens', () => {
  test.each([
    ['siamese', siamese],
    ['unet', unet],
    ['inception', inception],
  ])('%s', async (name, text) => {
    await expect(table(text, 120)).toMatchFileSnapshot(`golden/${name}-120.txt`);
    await expect(table(text, 80)).toMatchFileSnapshot(`golden/${name}-80.txt`);
  });
});

test('no line is wider than asked', () => {
  for (const text of Object.values(texts))
    for (let width = 80; width <= 120; width++)
      for (const line of table(text, width).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
});

test('nor in any network, which has a row for each input, layer and group', () => {
  fc.assert(
    fc.property(anyModel, fc.integer({ min: 80, max: 160 }), (model, width) => {
      const { head, rows } = modelTable(model, width);
      for (const line of [head, ...rows]) expect(line.length).toBeLessThanOrEqual(width);
      const groups = model.groups.filter((g) => model.layers.some((l) => l.path.startsWith(`${g.path}.`)));
      expect(rows.length).toBeGreaterThanOrEqual(model.inputs.length + model.layers.length + groups.length);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('several outputs are listed', () => {
  const text = unet.replace('output mask:', 'output edge: conv(2, kernel: 1)  output mask:');
  expect(table(text, 120).trimEnd().split('\n').slice(-2)).toEqual([
    expect.stringMatching(/^edge +output of edge +8×8×2$/),
    expect.stringMatching(/^mask +output of mask +8×8×1$/),
  ]);
});

test('sizes with names', () => {
  const text = plain
    .replace('[8, 8, 1]', '[H, W, 1]')
    .replace('maxpool(2)', 'maxpool(2) conv(4, kernel: 3, padding: valid)')
    .replace('flatten', 'global_avgpool');
  const shapes = table(text, 120).match(/\S+×4(?=\s)/g);
  expect(shapes).toEqual(['H×W×4', 'H×W×4', 'H×W×4', '⌈H/2⌉×⌈W/2⌉×4', '(⌈H/2⌉−2)×(⌈W/2⌉−2)×4']);
});
