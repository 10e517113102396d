/** Augmentations: what each does to pixels, and that it depends on seed, field, sample and epoch alone. */
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Augmentation, type Image, mixing, transforming } from '../../src/runtime/augment/index.ts';
import { beta } from '../../src/runtime/augment/mixing.ts';
import { type Column, disposeBatch, epochBatches, type Samples } from '../../src/runtime/batches.ts';
import { draws } from '../../src/runtime/random.ts';

const range = { min: 0, max: 255 };
const moment = { seed: 3, field: 'image', epoch: 1 };

const image = (height: number, width: number, channels = 1): Image => ({
  values: Float32Array.from({ length: height * width * channels }, (_, i) => (37 * i + 11) % 251),
  height,
  width,
  channels,
});
const augmented = (list: readonly Augmentation[], of: Image, sample = 0, at = moment): number[] => {
  const copy = { ...of, values: of.values.slice() };
  transforming(list, range, at)(copy, sample);
  return [...copy.values];
};
const rows = (values: readonly number[], width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, y) => values.slice(y * width, (y + 1) * width));

test('flips mirror each row, turn the rows over, and do nothing with probability 0', () => {
  const of = image(3, 4);
  const own = rows([...of.values], 4);
  const flipped = (direction: 'horizontal' | 'vertical' | 'both', probability = 1) =>
    rows(augmented([{ kind: 'flip', direction, probability }], of), 4);
  expect(flipped('horizontal')).toEqual(own.map((r) => r.toReversed()));
  expect(flipped('vertical')).toEqual(own.toReversed());
  expect(flipped('both')).toEqual(own.toReversed().map((r) => r.toReversed()));
  expect(flipped('both', 0)).toEqual(own);
});

test('channels of a pixel stay together', () => {
  const pixels = (values: readonly number[]) => rows([...values], 3);
  const flipped = pixels(augmented([{ kind: 'flip', direction: 'horizontal', probability: 1 }], image(1, 5, 3)));
  expect(flipped).toEqual(pixels([...image(1, 5, 3).values]).toReversed());
});

test('a crop and a shift move the image by whole pixels, and fill what comes in', () => {
  const of = image(5, 6);
  const seen = new Set<string>();
  for (let sample = 0; sample < 200; sample++) {
    const found = rows(augmented([{ kind: 'crop', pad: 1, fill: -1 }], of, sample), 6);
    const moves = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => [down, right] as const));
    const matching = moves.filter(([down, right]) =>
      found.every((row, y) => row.every((v, x) => v === (rows([...of.values], 6)[y - down]?.[x - right] ?? -1))),
    );
    expect(matching).toHaveLength(1);
    seen.add(String(matching[0]));
  }
  // Every one of the nine moves comes up.
  expect(seen.size).toBe(9);
  const shifted = augmented([{ kind: 'shift', by: 0.2, fill: -1 }], of, 7);
  expect(shifted.filter((v) => v === -1).length).toBeLessThanOrEqual(11);
});

test('a rotation by nothing is none, by 180 degrees turns the image, and keeps a disc of one value', () => {
  const of = image(4, 4);
  augmented([{ kind: 'rotate', degrees: 0, fill: 0 }], of).forEach((v, i) => {
    expect(v).toBeCloseTo(of.values[i] ?? 0, 4);
  });
  const flat = { ...of, values: new Float32Array(16).fill(9) };
  const turned = augmented([{ kind: 'rotate', degrees: 180, fill: 9 }], flat, 5);
  for (const v of turned) expect(v).toBeCloseTo(9, 4);
});

test('brightness and contrast stay within the range', () => {
  const of = image(6, 6);
  for (let sample = 0; sample < 50; sample++) {
    const list: Augmentation[] = [
      { kind: 'brightness', amount: 0.5 },
      { kind: 'contrast', amount: 0.5 },
    ];
    for (const v of augmented(list, of, sample)) {
      expect(v).toBeGreaterThanOrEqual(0);
      expect(v).toBeLessThanOrEqual(255);
    }
  }
  // Without the limits, brightness adds one number and contrast keeps the mean.
  const small = { ...of, values: of.values.map((v) => 100 + v / 50) };
  const brighter = augmented([{ kind: 'brightness', amount: 0.1 }], small);
  const by = (brighter[0] ?? 0) - (small.values[0] ?? 0);
  expect(by).not.toBe(0);
  brighter.forEach((v, i) => {
    expect(v - (small.values[i] ?? 0)).toBeCloseTo(by, 4);
  });
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  expect(mean(augmented([{ kind: 'contrast', amount: 0.5 }], small))).toBeCloseTo(mean(small.values), 3);
});

test('cutout fills a square, or what of it lies within', () => {
  for (let sample = 0; sample < 100; sample++) {
    const found = rows(augmented([{ kind: 'cutout', size: 3, fill: -1 }], image(8, 8), sample), 8);
    const count = found.flat().filter((v) => v === -1).length;
    expect([4, 6, 9]).toContain(count);
  }
});

describe('mixing', () => {
  test('λ of Beta(α, α) has mean ½ and variance 1/(4(2α + 1))', () => {
    for (const alpha of [0.2, 1, 4]) {
      const draw = draws(1, 'beta', 0, 0);
      const values = Array.from({ length: 20_000 }, () => beta(alpha, draw));
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(0.5, 1);
      expect(variance * 4 * (2 * alpha + 1)).toBeGreaterThan(0.95);
      expect(variance * 4 * (2 * alpha + 1)).toBeLessThan(1.05);
    }
  });

  test('mixup is the weighted mean; cutmix leaves as many pixels as its share says', () => {
    fc.assert(
      fc.property(fc.nat(1000), (sample) => {
        const [own, partner] = [{ ...image(6, 8), values: new Float32Array(48).fill(1) }, image(6, 8)];
        partner.values.fill(0);
        const mixed = mixing([{ kind: 'mixup', alpha: 1 }], moment);
        const first = { ...own, values: own.values.slice() };
        const up = mixed?.(sample, own);
        up?.apply(first, partner);
        const share = up?.share ?? Number.NaN;
        for (const v of first.values) expect(v).toBeCloseTo(share, 5);
        const cut = mixing([{ kind: 'cutmix', alpha: 1 }], moment);
        const second = { ...own, values: own.values.slice() };
        const window = cut?.(sample, own);
        window?.apply(second, partner);
        const left = window?.share ?? Number.NaN;
        expect(second.values.reduce((a, b) => a + b, 0) / 48).toBeCloseTo(left, 5);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test('nothing to mix is null', () => {
    expect(mixing([{ kind: 'crop', pad: 2, fill: 0 }], moment)).toBeNull();
  });
});

test('an image is a function of seed, field, sample and epoch', () => {
  const list: Augmentation[] = [
    { kind: 'crop', pad: 2, fill: 0 },
    { kind: 'rotate', degrees: 20, fill: 0 },
  ];
  const at = (changes: Partial<typeof moment>, sample = 5) =>
    augmented(list, image(9, 9), sample, { ...moment, ...changes }).join();
  // One transformer over many samples gives what a fresh one gives.
  const many = transforming(list, range, moment);
  for (let sample = 0; sample < 8; sample++) {
    const copy = { ...image(9, 9), values: image(9, 9).values.slice() };
    many(copy, sample);
    if (sample === 5) expect([...copy.values].join()).toBe(at({}));
  }
  const others = [at({ seed: 4 }), at({ field: 'other' }), at({ epoch: 2 }), at({}, 6)];
  expect(new Set([at({}), ...others]).size).toBe(5);
});

describe('batches', () => {
  const classes = 4;
  const n = 12;
  const columns: readonly Column[] = [
    {
      kind: 'tensor',
      name: 'image',
      dtype: 'float32',
      shape: [5, 5, 1],
      values: Uint8Array.from({ length: n * 25 }, (_, i) => (31 * i) % 256),
      preprocessing: { kind: 'minmax', min: 0, max: 255 },
    },
    { kind: 'class', name: 'label', classes, values: Int32Array.from({ length: n }, (_, i) => i % classes) },
  ];
  const samples: Samples = { columns, rows: Uint32Array.from({ length: n }, (_, i) => i) };
  const batches = async (list: readonly Augmentation[], epoch: number, batch = 4) => {
    const options = { seed: 5, epoch, from: 0, batch, last: 'keep', needsTwoSamples: false } as const;
    const found: { image: number[]; label: number[]; shape: readonly number[] }[] = [];
    for await (const made of epochBatches(samples, { ...options, augment: { images: ['image'], list } })) {
      const { image, label } = made.fields;
      found.push({
        image: [...(image?.dataSync() ?? [])],
        label: [...(label?.dataSync() ?? [])],
        shape: label?.shape ?? [],
      });
      disposeBatch(made);
    }
    return found;
  };
  const bySample = (made: Awaited<ReturnType<typeof batches>>) => made.flatMap(({ image }) => rows(image, 25));

  test('an image does not depend on the size of batches, and is another in the next epoch', async () => {
    const list: Augmentation[] = [{ kind: 'rotate', degrees: 30, fill: 0 }];
    const [small, large] = [bySample(await batches(list, 2, 3)), bySample(await batches(list, 2, 12))];
    expect(small).toEqual(large);
    const sorted = (made: readonly number[][]) => made.map(String).toSorted();
    expect(sorted(bySample(await batches(list, 3)))).not.toEqual(sorted(small));
  });

  test('values are preprocessed after they were changed', async () => {
    for (const value of bySample(await batches([{ kind: 'cutout', size: 3, fill: 51 }], 1)).flat())
      expect(value).toBeGreaterThanOrEqual(0);
    const filled = bySample(await batches([{ kind: 'cutout', size: 3, fill: 51 }], 1)).flat();
    expect(filled.filter((v) => Math.abs(v - 0.2) < 1e-6).length).toBeGreaterThan(n * 4 - 1);
  });

  test('where samples are mixed, labels arrive as shares that add up to 1', async () => {
    const made = await batches([{ kind: 'mixup', alpha: 1 }], 1);
    const shares = made.flatMap(({ label }) => rows(label, classes));
    expect(made[0]?.shape).toEqual([4, classes]);
    for (const row of shares) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(shares.some((row) => row.filter((v) => v > 0).length === 2)).toBe(true);
    expect((await batches([{ kind: 'flip', direction: 'both', probability: 1 }], 1))[0]?.shape).toEqual([4]);
  });
});
