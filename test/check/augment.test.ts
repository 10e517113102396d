/** Augmentation that cannot be: lists, arguments, and what is left of an image. */
import { describe, expect, test } from 'vitest';
import { codes, spoken } from './support.ts';

const specOf = (augment: string, size = 12): string => `
network Net with P { input image: float32[${size}, ${size}, 3]  flatten  dense(6)  act  out: dense(3) }
policy P { act: relu  input { augment: ${augment} } }
data D { source: idx("d")  fields { image: float32[${size}, ${size}, 3] = minmax  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 2 }
`;

describe('what is left of an image', () => {
  test.each([
    ['cutout(11)', []],
    ['cutout(12)', ['NRM3337']],
    ['crop(pad: 11)', []],
    ['crop(pad: 12)', ['NRM3337']],
    ['[flip, crop(pad: 200), cutout(200)]', ['NRM3337', 'NRM3337']],
    ['[flip(both), crop(pad: 2), rotate(15), mixup]', []],
    ['[]', ['NRM3005']],
    ['flipp', ['NRM3009']],
    ['rotate', ['NRM2201']],
    ['shift(3)', ['NRM2205']],
  ])('%s', (augment, expected) => {
    expect(codes(specOf(augment))).toEqual(expected);
  });

  test('is told with the numbers', () => {
    expect(spoken(specOf('crop(pad: 200)'))).toMatchInlineSnapshot(`
      [
        "NRM3337 \`crop\` with \`pad: 200\` moves all of \`image\` out of its window, which is 12 × 12 | t",
      ]
    `);
  });
});
