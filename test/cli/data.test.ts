/** `nrmc data`: what a train reads, and the picture of its augmentation. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { writeDataSet } from './data.ts';
import { nrmc, workFolder } from './run.ts';

const folder = workFolder();
writeDataSet(folder, 'bands', { height: 6, width: 8, classes: 3, train: 40, test: 10 });
const spec = (type: string, more = ''): string => `
network Net with P { input image: ${type}  ${more}  dense(6)  act  head: dense(3) }
policy P { act: relu  input { augment: [flip(vertical, probability: 1), cutmix] } }
data Bands { source: idx("bands")  fields { image: ${type} = minmax   label: class(3) }  validation: 25% }
train bands { network: Net  data: Bands  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 8  epochs: 2  seed: 3 }
`;
writeFileSync(path.join(folder, 'bands.nrm'), spec('float32[6, 8, 1]', 'flatten'));

test('parts, fields and values', () => {
  expect(nrmc(folder, 'data', 'bands.nrm')).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "data Bands of train bands
      from        data/bands

      training           30 samples
      validation         10 samples
      test               10 samples

      image       float32[6, 8, 1]
                  raw          0 to 239, mean 99.2, deviation 67.21
                  as trained   0 to 1, mean 0.415, deviation 0.2812
      label       class(3)
                  in training: 10, 12, 8 of each class

      augment     flip, cutmix
    ",
    }
  `);
});

test('a row for each sample: the original, then one epoch after the other', () => {
  const { code, out } = nrmc(folder, 'data', 'bands.nrm', '--preview', '--samples', '3', '--columns', '2');
  expect(code).toBe(0);
  expect(out).toContain('bands.preview.png: left as they are, then one epoch after the other');
  const { width, height, channels, data } = decode(readFileSync(path.join(folder, 'bands.preview.png')));
  // Twelve pixels for each: 8 · 12 + 2 wide, 6 · 12 + 2 high, and a gap of six behind the originals.
  expect([width, height, channels]).toEqual([3 * 98 + 2 + 6, 3 * 74 + 2, 3]);
  expect(new Set(data).size).toBeGreaterThan(20);
  const again = nrmc(folder, 'data', 'bands.nrm', '--preview', 'other.png', '--samples', '3', '--columns', '2');
  expect(again.code).toBe(0);
  expect(readFileSync(path.join(folder, 'other.png'))).toEqual(readFileSync(path.join(folder, 'bands.preview.png')));
});

test('without augmentation the preview has one column', () => {
  const { out } = nrmc(folder, 'data', 'bands.nrm', '--preview', 'plain.png', '--set', 'policy.input.augment=none');
  expect(out).toContain('plain.png: images as they are; the policy augments none');
  expect(decode(readFileSync(path.join(folder, 'plain.png'))).width).toBe(98 + 2);
});

test('what is no image is not drawn', () => {
  writeFileSync(path.join(folder, 'flat.nrm'), spec('float32[48]').replace(/input \{[^}]*\}/, ''));
  const { code, err } = nrmc(folder, 'data', 'flat.nrm', '--preview');
  expect(code).toBe(1);
  expect(err).toContain('error[NRM5078]: `image` is no image: [48] is not [height, width, channels]');
});

test('a preview is never written over a spec', () => {
  const before = readFileSync(path.join(folder, 'bands.nrm'));
  const { code, err } = nrmc(folder, 'data', 'bands.nrm', '--preview', 'bands.nrm');
  expect([code, err.split('\n')[0]]).toEqual([
    2,
    "error: option '--preview [file.png]' argument 'bands.nrm' is invalid. a name that ends in .png is expected.",
  ]);
  expect(readFileSync(path.join(folder, 'bands.nrm'))).toEqual(before);
});

test('counts are whole numbers', () => {
  expect(nrmc(folder, 'data', 'bands.nrm', '--samples', '0').code).toBe(2);
});
