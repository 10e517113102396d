/** Augmentation that cannot be: lists, arguments, and what is left of an image. */
import { describe, expect, test } from 'vitest';
import { augmentations } from '../../src/check/augment/table.ts';
import type { AttrValues } from '../../src/ir/graph.ts';
import { type Augmentation, mixing, transforming } from '../../src/runtime/augment/index.ts';
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

test('the runtime knows every augmentation of the language, by the names of its arguments', () => {
  const moment = { seed: 1, field: 'image', epoch: 1 };
  const image = { values: Float32Array.from({ length: 64 }, (_, i) => i), height: 8, width: 8, channels: 1 };
  const given: Readonly<Record<string, AttrValues>> = {
    crop: { pad: 2 },
    shift: { by: 0.2 },
    rotate: { degrees: 20 },
    brightness: { amount: 0.2 },
    contrast: { amount: 0.2 },
    cutout: { size: 3 },
  };
  for (const [kind, def] of Object.entries(augmentations)) {
    const defaults = Object.entries(def.signature).map(([key, spec]) => [key, spec.default] as const);
    const options = { ...Object.fromEntries(defaults), ...given[kind] };
    expect(Object.values(options), kind).not.toContain(undefined);
    // As an emitted configuration says it.
    const list = [{ kind, ...options }] as unknown as readonly Augmentation[];
    const own = { ...image, values: image.values.slice() };
    for (let sample = 0; sample < 8; sample++) {
      transforming(list, { min: 0, max: 63 }, moment)(own, sample);
      mixing(list, moment)?.(sample, image).apply(own, { ...image, values: image.values.toReversed() });
    }
    expect(own.values.every(Number.isFinite), kind).toBe(true);
    expect([...own.values], kind).not.toEqual([...image.values]);
  }
});
